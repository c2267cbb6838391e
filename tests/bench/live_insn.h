/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for arch/aarch64/insn.h: each instruction of a sync is counted, none is executed. */
#ifndef HM_INSN_H
#define HM_INSN_H
#include <stdint.h>

struct live_counts {
	uint64_t publishes, syncs, invalidations; /* invalidations: syncs that ask for TLBIs */
	uint64_t cleans;			  /* publishes that do anything */
	uint64_t dsbs, isbs, tlbis;		  /* instructions */
};
extern struct live_counts live_counts;

#define INSN(name, kind)                                                                           \
	static inline void name(void)                                                              \
	{                                                                                          \
		live_counts.kind++;                                                                \
	}
#define INSN_OF(name, kind)                                                                        \
	static inline void name(uint64_t operand)                                                  \
	{                                                                                          \
		(void)operand;                                                                     \
		live_counts.kind++;                                                                \
	}
/* A CPU at EL2, MMU and caches on. */
#define READ(name, value)                                                                          \
	static inline uint64_t read_##name(void)                                                   \
	{                                                                                          \
		return value;                                                                      \
	}

READ(current_el, 2 << 2)
READ(sctlr_el1, 0)
READ(sctlr_el2, 5)
READ(ctr_el0, 4 << 16)

INSN(isb, isbs)
INSN(dsb_ish, dsbs)
INSN(dsb_ishst, dsbs)
INSN(dsb_nsh, dsbs)
INSN(dsb_nshst, dsbs)
INSN(tlbi_alle2, tlbis)
INSN(tlbi_alle2is, tlbis)
INSN_OF(tlbi_vae2, tlbis)
INSN_OF(tlbi_vae2is, tlbis)
INSN_OF(tlbi_vale2, tlbis)
INSN_OF(tlbi_vale2is, tlbis)
INSN_OF(tlbi_rvae2, tlbis)
INSN_OF(tlbi_rvae2is, tlbis)
INSN_OF(tlbi_rvale2, tlbis)
INSN_OF(tlbi_rvale2is, tlbis)
#endif
