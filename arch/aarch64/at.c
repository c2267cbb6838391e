/* SPDX-License-Identifier: BSD-2-Clause */
/* What the MMU makes of an address now: the answer of the CPU itself, not of a table. */
#include "state.h"

#define PAR_F  BIT(0)
#define PAR_PA BITS(51, 12)

static bool is_translated(void)
{
	return (is_at_el2() ? read_sctlr_el2() : read_sctlr_el1()) & SCTLR_M;
}

/* PAR_EL1 may be a guest's: it is put back. */
hypmmu_pa hm_arch_translate(hypmmu_va va)
{
	uint64_t saved, par;

	if (!is_translated())
		return va;
	saved = read_par_el1();
	if (is_at_el2())
		at_s1e2r(va);
	else
		at_s1e1r(va);
	isb(); /* AT has written PAR_EL1 | it is read */
	par = read_par_el1();
	write_par_el1(saved);
	return par & PAR_F ? HM_NOWHERE : (par & PAR_PA) | (va & BITS(11, 0));
}
