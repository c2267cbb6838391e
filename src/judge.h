/* SPDX-License-Identifier: BSD-2-Clause */
/* Judge: what an operation makes of a slot, and of those after it. Nothing here writes. */
#ifndef HM_JUDGE_H
#define HM_JUDGE_H
#include "span.h"

/* plan->span says where and what is there, for plan->piece: fills in action and count, for some
 * actions the index, too. CONFLICT, UNMAPPED; CORRUPT for what no table of ours holds. */
int hm_judge(struct hm_plan *plan);

/* The block policy: is that a leaf of this size, for the rest of a MAP that covers it? The largest
 * one that is legal and aligned. */
bool hm_judge_leaf(const struct hm_plan *plan, int level, hypmmu_pa pa);

/* How many slots from the span's first on have the bits of `mask` in common with it, as far as there
 * is room. Of a group that was dissolved on the way plan and stage do not see the same: its slots
 * come one by one. */
unsigned hm_judge_run(const struct hm_plan *plan, uint64_t mask);
#endif
