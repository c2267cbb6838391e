/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes without a break, while the other CPU goes on using what they are not about. */
#ifndef BESIDE_H
#define BESIDE_H
#include "rig.h"

/* The second CPU reads and writes all the time; whatever it meets there but what it has written
 * itself is wrong. With trouble there are breaks, too, and it has to meet nothing at all at times.
 * For two CPUs that run at the same time. */
bool change_beside(struct rig *rig);
#endif
