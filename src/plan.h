/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plan: what the pieces do to the tree, as a sequence of spans. Plan and stage read the same
 * sequence; one counts, the other writes. Nothing here writes to a table.
 */
#ifndef HM_PLAN_H
#define HM_PLAN_H
#include "span.h"

/* Goes to the first span of `pieces`, which is initialised. CORRUPT: the root is no page. */
int hm_plan_start(struct hm_plan *plan, const struct hypmmu *mmu);
/* The same for an empty tree, which is planned only. */
void hm_plan_start_empty(struct hm_plan *plan, const struct hypmmu_geometry *geo);

/* 1: plan->span is the next one, to be carried out or counted before asking again. 0: there is
 * none. Else an error. */
int hm_plan_next(struct hm_plan *plan);
#endif
