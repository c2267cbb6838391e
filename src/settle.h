/* SPDX-License-Identifier: BSD-2-Clause */
/* Settle: what had to wait until no TLB holds anything old. */
#ifndef HM_SETTLE_H
#define HM_SETTLE_H
#include "span.h"

/* Below the pieces of the plan: what is armed becomes valid, what folds a leaf; tables that were
 * unlinked are freed. True: something became valid, and walkers have to be told. */
bool hm_settle(struct hm_plan *plan, const struct hypmmu *mmu);
#endif
