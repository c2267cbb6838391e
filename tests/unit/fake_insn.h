/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for arch/aarch64/insn.h: instructions go into a log, registers are variables. Reading a
 * register of EL2 at EL1 is UNDEFINED, and ends the test. */
#ifndef HM_INSN_H
#define HM_INSN_H
#include <hypmmu/hypmmu.h>

struct fake_cpu {
	unsigned el;
	uint64_t sctlr_el1, sctlr_el2, hcr_el2, ttbr0_el2, ttbr1_el2, ctr_el0;
	uint64_t tcr2_el2, pir_el2, pire0_el2;
	bool has_s1pie; /* else these three are UNDEFINED */
	uint64_t par_el1;
	struct hypmmu_id id;	   /* but for ctr and hcr, which are above */
	uint64_t hcr_res1;	   /* write_hcr_el2() cannot clear these */
	uint64_t moved;		   /* AT: how far from its VA everything is mapped, */
	uint64_t moved_above;	   /* from here on */
	bool nothing_mapped;	   /* AT faults */
	bool asked;		   /* AT has been issued, */
	uint64_t answer;	   /* and what PAR_EL1 will hold */
	struct hypmmu_regs loaded; /* by hm_arch_load_regs() */
};
extern struct fake_cpu cpu;

/* A CPU at EL2 with the MMU off and 64-byte lines, and an empty log. Each ID register has a number of
 * its own for a value. */
void reset_cpu(void);
/* What has been done, as "name operand, name operand"; operands in hexadecimal. */
const char *insn_log(void);
void clear_log(void);

uint64_t read_current_el(void);
uint64_t read_sctlr_el1(void);
uint64_t read_sctlr_el2(void);
uint64_t read_hcr_el2(void);
void write_hcr_el2(uint64_t value); /* the boot code's */
uint64_t read_ttbr0_el2(void);
uint64_t read_ttbr1_el2(void);
uint64_t read_tcr2_el2(void);
void write_tcr2_el2(uint64_t value);
uint64_t read_pir_el2(void);
void write_pir_el2(uint64_t value);
uint64_t read_pire0_el2(void);
void write_pire0_el2(uint64_t value);
uint64_t read_par_el1(void);
void write_par_el1(uint64_t value);
uint64_t read_midr_el1(void);
uint64_t read_ctr_el0(void);
uint64_t read_id_aa64mmfr0_el1(void);
uint64_t read_id_aa64mmfr1_el1(void);
uint64_t read_id_aa64mmfr2_el1(void);
uint64_t read_id_aa64mmfr3_el1(void);
uint64_t read_id_aa64mmfr4_el1(void);
uint64_t read_id_aa64pfr0_el1(void);
uint64_t read_id_aa64pfr1_el1(void);
uint64_t read_id_aa64isar0_el1(void);
uint64_t read_id_aa64isar1_el1(void);
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
void dc_cvac(uint64_t va);
void dc_civac(uint64_t va);
void dc_ivac(uint64_t va);
void at_s1e1r(uint64_t va);
void at_s1e2r(uint64_t va);
#endif
