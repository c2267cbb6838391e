/* SPDX-License-Identifier: BSD-2-Clause */
/* Apply: the pipeline. */
#ifndef HM_APPLY_H
#define HM_APPLY_H
#include "plan.h"

/* Plans the pieces of `plan`, which are initialised, on the tables of mmu. As hm_plan_count(). */
int hm_plan_change(struct hm_plan *plan, const struct hypmmu *mmu, struct hypmmu_report *report);

/* Reserves and stages what hm_plan_change() has planned: all of it or nothing. The caller has set
 * mmu->busy. */
int hm_carry_out(struct hm_plan *plan, struct hypmmu *mmu);
#endif
