/* SPDX-License-Identifier: BSD-2-Clause */
/* What hyp is asked to do on each CPU, and what has to come of it. */
#ifndef DEEDS_H
#define DEEDS_H
#include "cpus.h"

/* All that hyp may do, and what it must not. */
bool deeds_are_right(void);

/* Every CPU goes over to a root without a window that the old one has; until then it has it. */
bool root_changes(bool (*switch_root)(unsigned cpu));

/* How often CPU n has counted so far, by its own data. */
bool counts_on(unsigned cpu);
#endif
