/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of the blocks that the running program itself is in. */
#ifndef STAND_H
#define STAND_H
#include "rig.h"

/* The program is mapped by blocks. They are split and merged again beside a new root; in place that
 * is refused. */
bool stand(struct rig *rig);
#endif
