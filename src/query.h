/* SPDX-License-Identifier: BSD-2-Clause */
/* Query: reading the tree slot by slot. */
#ifndef HM_QUERY_H
#define HM_QUERY_H
#include "table.h"

/* The lowest slot at or above va, which it is rounded down for, that is not a hole. 0: *leaf is a
 * leaf; CORRUPT: it is what no table of ours holds; UNMAPPED: there is none. */
int hm_next_place(const struct hypmmu *mmu, hypmmu_va va, struct hypmmu_leaf *leaf);
#endif
