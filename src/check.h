/* SPDX-License-Identifier: BSD-2-Clause */
/* Check: every invariant of the tables. */
#ifndef HM_CHECK_H
#define HM_CHECK_H
#include "cursor.h"

/* Enters at most *tables tables and sets it to their number. report may be NULL. */
int hm_check_tables(const struct hypmmu *mmu, size_t *tables, struct hypmmu_report *report);
#endif
