/* SPDX-License-Identifier: BSD-2-Clause */
/* Apply: the pipeline. */
#ifndef HM_APPLY_H
#define HM_APPLY_H
#include "count.h"

/* Plans the pieces of `plan`, which are initialised, on the tables of mmu, and counts. Errors as
 * hm_count(), and in the report, if any. */
int hm_plan_change(struct hm_plan *plan, struct hm_count *count, const struct hypmmu *mmu,
		   struct hypmmu_report *report);

/* Carries out what hm_plan_change() has planned: all of it or nothing. The caller has set
 * mmu->busy. */
int hm_carry_out(struct hm_plan *plan, const struct hm_count *count, struct hypmmu *mmu,
		 struct hypmmu_report *report);
#endif
