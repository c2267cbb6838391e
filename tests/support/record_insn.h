/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for arch/aarch64/insn.h where tlb.c is recorded: barriers and TLBIs become events. */
#ifndef HM_INSN_H
#define HM_INSN_H
#include <stdint.h>

void isb(void);
void dmb_sy(void);
void dsb_sy(void);
void dsb_ish(void);
void dsb_ishst(void);
void dsb_nsh(void);
void dsb_nshst(void);
void tlbi_alle2(void);
void tlbi_alle2is(void);
void tlbi_vae2(uint64_t operand);
void tlbi_vae2is(uint64_t operand);
void tlbi_vale2(uint64_t operand);
void tlbi_vale2is(uint64_t operand);
void tlbi_rvae2(uint64_t operand);
void tlbi_rvae2is(uint64_t operand);
void tlbi_rvale2(uint64_t operand);
void tlbi_rvale2is(uint64_t operand);

/* At EL2, MMU and caches on, 64-byte lines. */
static inline uint64_t read_current_el(void)
{
	return 2 << 2;
}

static inline uint64_t read_sctlr_el1(void)
{
	return 5;
}

static inline uint64_t read_sctlr_el2(void)
{
	return 5;
}

static inline uint64_t read_ctr_el0(void)
{
	return 4 << 16;
}
#endif
