/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One instruction each: everything the C part of the backend does that C cannot say. A build that
 * defines HM_INSN_H has its own, for example to record them. None of them reorders against another
 * or against memory accesses.
 */
#ifndef HM_INSN_H
#define HM_INSN_H
#include <stdint.h>

/* What older assemblers do not know stands here by its encoding. */
#define HM_READ(name, reg)                                                                         \
	static inline uint64_t read_##name(void)                                                   \
	{                                                                                          \
		uint64_t value;                                                                    \
		__asm__ volatile("mrs %0, " reg : "=r"(value) : : "memory");                       \
		return value;                                                                      \
	}
#define HM_WRITE(name, reg)                                                                        \
	static inline void write_##name(uint64_t value)                                            \
	{                                                                                          \
		__asm__ volatile("msr " reg ", %0" : : "r"(value) : "memory");                     \
	}
/* Without an operand, and with an address or a register's value. */
#define HM_INSN(name, text)                                                                        \
	static inline void name(void)                                                              \
	{                                                                                          \
		/* NOLINTNEXTLINE(bugprone-macro-parentheses): a string, not an expression */      \
		__asm__ volatile(text : : : "memory");                                             \
	}
#define HM_INSN_OF(name, text)                                                                     \
	static inline void name(uint64_t operand)                                                  \
	{                                                                                          \
		__asm__ volatile(text ", %0" : : "r"(operand) : "memory");                         \
	}

HM_READ(current_el, "CurrentEL")
HM_READ(sctlr_el1, "sctlr_el1")
HM_READ(sctlr_el2, "sctlr_el2")
HM_READ(hcr_el2, "hcr_el2")
HM_READ(ttbr0_el2, "ttbr0_el2")
HM_READ(ttbr1_el2, "S3_4_C2_C0_1")
HM_READ(tcr2_el2, "S3_4_C2_C0_3")
HM_WRITE(tcr2_el2, "S3_4_C2_C0_3")
HM_READ(pir_el2, "S3_4_C10_C2_3")
HM_WRITE(pir_el2, "S3_4_C10_C2_3")
HM_READ(pire0_el2, "S3_4_C10_C2_2")
HM_WRITE(pire0_el2, "S3_4_C10_C2_2")
HM_READ(par_el1, "par_el1")
HM_WRITE(par_el1, "par_el1")
HM_READ(midr_el1, "midr_el1")
HM_READ(ctr_el0, "ctr_el0")
HM_READ(id_aa64mmfr0_el1, "S3_0_C0_C7_0")
HM_READ(id_aa64mmfr1_el1, "S3_0_C0_C7_1")
HM_READ(id_aa64mmfr2_el1, "S3_0_C0_C7_2")
HM_READ(id_aa64mmfr3_el1, "S3_0_C0_C7_3")
HM_READ(id_aa64mmfr4_el1, "S3_0_C0_C7_4")
HM_READ(id_aa64pfr0_el1, "S3_0_C0_C4_0")
HM_READ(id_aa64pfr1_el1, "S3_0_C0_C4_1")
HM_READ(id_aa64isar0_el1, "S3_0_C0_C6_0")
HM_READ(id_aa64isar1_el1, "S3_0_C0_C6_1")

HM_INSN(isb, "isb")
HM_INSN(dmb_sy, "dmb sy")
HM_INSN(dsb_sy, "dsb sy")
HM_INSN(dsb_ish, "dsb ish")
HM_INSN(dsb_ishst, "dsb ishst")
HM_INSN(dsb_nsh, "dsb nsh")
HM_INSN(dsb_nshst, "dsb nshst")

HM_INSN(tlbi_alle2, "tlbi alle2")
HM_INSN(tlbi_alle2is, "tlbi alle2is")
HM_INSN_OF(tlbi_vae2, "tlbi vae2")
HM_INSN_OF(tlbi_vae2is, "tlbi vae2is")
HM_INSN_OF(tlbi_vale2, "tlbi vale2")
HM_INSN_OF(tlbi_vale2is, "tlbi vale2is")
HM_INSN_OF(tlbi_rvae2, "sys #4, c8, c6, #1")
HM_INSN_OF(tlbi_rvae2is, "sys #4, c8, c2, #1")
HM_INSN_OF(tlbi_rvale2, "sys #4, c8, c6, #5")
HM_INSN_OF(tlbi_rvale2is, "sys #4, c8, c2, #5")

HM_INSN_OF(dc_cvac, "dc cvac")
HM_INSN_OF(dc_civac, "dc civac")
HM_INSN_OF(dc_ivac, "dc ivac")

HM_INSN_OF(at_s1e1r, "at s1e1r")
HM_INSN_OF(at_s1e2r, "at s1e2r")
#endif
