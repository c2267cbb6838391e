/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the registers and ID values of a CPU decide about a walk before it reads memory. Like walk.c
 * a reading of the Arm manual of its own: it shares nothing with geometry.c, desc.c and regs.c, so
 * that a mistake there cannot hide here.
 */
#ifndef HM_WALKPARAMS_H
#define HM_WALKPARAMS_H
#include "bits.h"
#include <hypmmu/hypmmu.h>

#define HM_EL2_ACCESSES (1u << HYPMMU_READ | 1u << HYPMMU_WRITE | 1u << HYPMMU_FETCH)

struct hm_walkparams {
	hypmmu_pa base; /* of the root table, aligned down to its size as the hardware does */
	uint8_t granule, stride, va_bits, pa_bits;
	int8_t start_level, block_level; /* of the root; the highest where blocks are legal */
	uint8_t sh;			 /* TCR_EL2.SHn, for DS = 1 */
	uint8_t reach; /* bit (1 << enum hypmmu_access): the address is in range for that access */
	bool mmu_on, tagged; /* SCTLR_EL2.M; VA[63:56] are ignored for data */
	bool two_privileges, ds, lpa, pie, aie, hpd, ha, hd, wxn, big_endian;
	bool nt_faults; /* FEAT_BBM level 1 or 2: an nT block may fault, so it does */
};

void hm_walkparams_read(struct hm_walkparams *p, const struct hypmmu_machine *machine,
			hypmmu_va va);

/* log2 of the bytes that one descriptor of this level translates. */
static inline unsigned hm_walkparams_shift(const struct hm_walkparams *p, int level)
{
	return p->granule + p->stride * (unsigned)(3 - level);
}
#endif
