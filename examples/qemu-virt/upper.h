/* SPDX-License-Identifier: BSD-2-Clause */
/* The upper half of EL2&0, in a run with HCR_EL2.E2H = 1: what TTBR1_EL2 translates. */
#ifndef UPPER_H
#define UPPER_H
#include "layout.h"

/* HCR_EL2.E2H = 1, and SCTLR_EL2 anew; with the MMU off. */
bool enter_el2_0(void);

/* cfg is the lower half's. */
bool build_upper(struct hypmmu *upper, const struct hypmmu_config *cfg,
		 const struct hypmmu_pages *pages);

/* Code runs there, and memory is what it is elsewhere. */
bool upper_half_is_used(void);

/* Over to *lower alone, while the MMU is on. */
bool upper_half_can_be_left_out(struct hypmmu *lower);

/* Live: a page goes, and another one comes. */
bool upper_half_changes(struct hypmmu *upper);
#endif
