/* SPDX-License-Identifier: BSD-2-Clause */
/* Page: a change of one page, the commonest of all, without the pipeline. */
#ifndef HM_PAGE_H
#define HM_PAGE_H
#include <hypmmu/hypmmu.h>

/* Carries out a lone change of one page whose table is there already: straight down, one store.
 * False, and nothing has changed: that is for the pipeline, or not legal. */
bool hm_apply_page(struct hypmmu *mmu, const struct hypmmu_change *change);
#endif
