/* SPDX-License-Identifier: BSD-2-Clause */
/* What a leaf allows: direct permissions, or indirect ones by PIR_EL2 (FEAT_S1PIE). */
#ifndef HM_WALKPERMS_H
#define HM_WALKPERMS_H
#include "walkparams.h"

/* Bit (1 << enum hypmmu_access) for each access that the permissions of the leaf grant; table is
 * the OR of the table descriptors above it, 0 where TCR_EL2.HPDn is set. */
unsigned hm_walkperms_of(const struct hm_walkparams *p, const struct hypmmu_regs *regs,
			 hypmmu_desc leaf, uint64_t table);
#endif
