/* SPDX-License-Identifier: BSD-2-Clause */
/* Apply: the pipeline. */
#ifndef HM_APPLY_H
#define HM_APPLY_H
#include "plan.h"

/* Plans without changing anything; an error for what hm_apply() would refuse. */
int hm_plan(const struct hypmmu *mmu, struct hm_pieces *pieces, struct hypmmu_report *report);
/* Plans, reserves and stages: all of the pieces or nothing. The caller has set mmu->busy. */
int hm_apply(struct hypmmu *mmu, struct hm_pieces *pieces, struct hypmmu_report *report);
#endif
