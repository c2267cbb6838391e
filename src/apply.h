/* SPDX-License-Identifier: BSD-2-Clause */
/* Apply: the pipeline. */
#ifndef HM_APPLY_H
#define HM_APPLY_H
#include "plan.h"

/* Plans the pieces of `plan`, which are initialised, on the tables of mmu. As hm_plan_count(). */
int hm_plan(struct hm_plan *plan, const struct hypmmu *mmu, struct hypmmu_report *report);

/* A change of one page whose table is there already: straight down, one store. False, and nothing
 * is changed: that is for hm_apply(). The change is checked. */
bool hm_apply_page(struct hypmmu *mmu, const struct hypmmu_change *change);

/* Plans, reserves and stages: all of the pieces or nothing. The caller has set mmu->busy. */
int hm_apply(struct hm_plan *plan, struct hypmmu *mmu, struct hypmmu_report *report);
#endif
