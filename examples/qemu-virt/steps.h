/* SPDX-License-Identifier: BSD-2-Clause */
/* Each step says how it went. */
#ifndef STEPS_H
#define STEPS_H
#include <hypmmu/hypmmu.h>

/* Says what failed, if something did. */
bool succeeds(const char *what, int err, const struct hypmmu_report *report);

/* Says whether it is so. */
bool holds(const char *what, bool is_so);
#endif
