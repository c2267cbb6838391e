/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "../../arch/aarch64/idmap.h"
#include "fake_insn.h"
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct fake_cpu cpu;
static char text[16384];

/* The core in idmap.S is no more than addresses here. */
const unsigned char hm_arch_idmap_start[1] = {0}, hm_arch_idmap_end[1] = {0};

void reset_cpu(void)
{
	cpu = (struct fake_cpu){
		.el = 2,
		.ctr_el0 = UINT64_C(4) << 16,
		.par_el1 = 0xabcd,
		.id = {.midr = 0x10,
		       .mmfr0 = 0x20,
		       .mmfr1 = 0x21,
		       .mmfr2 = 0x22,
		       .mmfr3 = 0x23,
		       .mmfr4 = 0x24,
		       .pfr0 = 0x30,
		       .pfr1 = 0x31,
		       .isar0 = 0x40,
		       .isar1 = 0x41},
	};
	clear_log();
}

const char *insn_log(void)
{
	return text;
}

void clear_log(void)
{
	text[0] = '\0';
}

static void record(const char *format, ...)
{
	size_t length = strlen(text);
	va_list args;

	assert_true(length + 128 < sizeof(text));
	if (length)
		length += (size_t)snprintf(text + length, sizeof(text) - length, ", ");
	va_start(args, format);
	vsnprintf(text + length, sizeof(text) - length, format, args);
	va_end(args);
}

static uint64_t of_el2(uint64_t value)
{
	assert_int_equal(cpu.el, 2);
	return value;
}

uint64_t read_current_el(void)
{
	return cpu.el << 2;
}

uint64_t read_sctlr_el1(void)
{
	return cpu.sctlr_el1;
}

uint64_t read_sctlr_el2(void)
{
	return of_el2(cpu.sctlr_el2);
}

uint64_t read_hcr_el2(void)
{
	return of_el2(cpu.hcr_el2);
}

void write_hcr_el2(uint64_t value)
{
	cpu.hcr_el2 = of_el2(value | cpu.hcr_res1);
}

uint64_t read_ttbr0_el2(void)
{
	return of_el2(cpu.ttbr0_el2);
}

/* UNDEFINED without FEAT_VHE: to be read only where E2H shows that this is there. */
uint64_t read_ttbr1_el2(void)
{
	assert_true(cpu.hcr_el2 & UINT64_C(1) << 34);
	return of_el2(cpu.ttbr1_el2);
}

#define INDIRECTION(reg)                                                                           \
	uint64_t read_##reg(void)                                                                  \
	{                                                                                          \
		assert_true(cpu.has_s1pie);                                                        \
		return of_el2(cpu.reg);                                                            \
	}                                                                                          \
	void write_##reg(uint64_t value)                                                           \
	{                                                                                          \
		assert_true(cpu.has_s1pie);                                                        \
		record(#reg " = %" PRIx64, value);                                                 \
		cpu.reg = of_el2(value);                                                           \
	}
INDIRECTION(tcr2_el2)
INDIRECTION(pir_el2)
INDIRECTION(pire0_el2)

uint64_t read_par_el1(void)
{
	return cpu.par_el1;
}

void write_par_el1(uint64_t value)
{
	cpu.par_el1 = value;
}

uint64_t read_ctr_el0(void)
{
	return cpu.ctr_el0;
}

#define ID(name, field)                                                                            \
	uint64_t read_##name(void)                                                                 \
	{                                                                                          \
		return cpu.id.field;                                                               \
	}
ID(midr_el1, midr)
ID(id_aa64mmfr0_el1, mmfr0)
ID(id_aa64mmfr1_el1, mmfr1)
ID(id_aa64mmfr2_el1, mmfr2)
ID(id_aa64mmfr3_el1, mmfr3)
ID(id_aa64mmfr4_el1, mmfr4)
ID(id_aa64pfr0_el1, pfr0)
ID(id_aa64pfr1_el1, pfr1)
ID(id_aa64isar0_el1, isar0)
ID(id_aa64isar1_el1, isar1)

#define INSN(name, what)                                                                           \
	void name(void)                                                                            \
	{                                                                                          \
		record(what);                                                                      \
	}
INSN(dmb_sy, "dmb sy")
INSN(dsb_sy, "dsb sy")
INSN(dsb_ish, "dsb ish")
INSN(dsb_ishst, "dsb ishst")
INSN(dsb_nsh, "dsb nsh")
INSN(dsb_nshst, "dsb nshst")
INSN(tlbi_alle2, "tlbi alle2")
INSN(tlbi_alle2is, "tlbi alle2is")

#define INSN_OF(name, what)                                                                        \
	void name(uint64_t operand)                                                                \
	{                                                                                          \
		record(what " %" PRIx64, operand);                                                 \
	}
INSN_OF(tlbi_vae2, "tlbi vae2")
INSN_OF(tlbi_vae2is, "tlbi vae2is")
INSN_OF(tlbi_vale2, "tlbi vale2")
INSN_OF(tlbi_vale2is, "tlbi vale2is")
INSN_OF(tlbi_rvae2, "tlbi rvae2")
INSN_OF(tlbi_rvae2is, "tlbi rvae2is")
INSN_OF(tlbi_rvale2, "tlbi rvale2")
INSN_OF(tlbi_rvale2is, "tlbi rvale2is")
INSN_OF(dc_cvac, "dc cvac")
INSN_OF(dc_civac, "dc civac")
INSN_OF(dc_ivac, "dc ivac")

/* AT is no part of a sequence; the ISB after it is, in that PAR_EL1 must not be read before it. */
static void ask(uint64_t va)
{
	uint64_t pa = va + (va >= cpu.moved_above ? cpu.moved : 0);

	cpu.asked = true;
	cpu.answer = cpu.nothing_mapped ? 0x809 : pa & 0xffffffffff000;
}

void at_s1e1r(uint64_t va)
{
	ask(va);
}

void at_s1e2r(uint64_t va)
{
	ask(of_el2(va));
}

void isb(void)
{
	if (cpu.asked)
		cpu.par_el1 = cpu.answer;
	else
		record("isb");
	cpu.asked = false;
}

void hm_arch_load_regs(const struct hypmmu_regs *regs, uint64_t sctlr_off)
{
	cpu.loaded = *regs;
	record("load %" PRIx64, sctlr_off);
}

void hm_arch_unload(uint64_t first_line, uint64_t lines, uint64_t line_size, uint64_t sctlr_off)
{
	record("unload %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64, first_line, lines, line_size,
	       sctlr_off);
}
