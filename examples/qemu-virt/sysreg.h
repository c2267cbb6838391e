/* SPDX-License-Identifier: BSD-2-Clause */
/* The few system registers that the example itself reads and writes. */
#ifndef SYSREG_H
#define SYSREG_H
#include <stdint.h>

#define READER_OF(name, reg)                                                                       \
	static inline uint64_t read_##name(void)                                                   \
	{                                                                                          \
		uint64_t value;                                                                    \
		__asm__ volatile("mrs %0, " reg : "=r"(value) : : "memory");                       \
		return value;                                                                      \
	}
#define READER(name) READER_OF(name, #name)
READER(mair_el2)
READER(tcr_el2)
READER(ttbr0_el2)
READER_OF(ttbr1_el2, "S3_4_C2_C0_1") /* assemblers want an -march that has it */
READER_OF(tcr2_el2, "S3_4_C2_C0_3")
READER_OF(pir_el2, "S3_4_C10_C2_3")
READER_OF(pire0_el2, "S3_4_C10_C2_2")
READER_OF(id_aa64mmfr3_el1, "S3_0_C0_C7_3")
READER(sctlr_el2)
READER(hcr_el2)
READER(mpidr_el1)
READER(par_el1)

static inline void write_hcr_el2(uint64_t value)
{
	__asm__ volatile("msr hcr_el2, %0\n\tisb" : : "r"(value) : "memory");
}

static inline void write_vbar_el2(const void *vectors)
{
	__asm__ volatile("msr vbar_el2, %0\n\tisb" : : "r"(vectors) : "memory");
}

static inline void write_cptr_el2(uint64_t value)
{
	__asm__ volatile("msr cptr_el2, %0\n\tisb" : : "r"(value) : "memory");
}

/* On all CPUs: the page at va, of this ASID; everything. */
static inline void tlbi_vae2is(uint64_t va, uint64_t asid)
{
	uint64_t operand = asid << 48 | (va << 8 >> 20);

	__asm__ volatile("tlbi vae2is, %0\n\tdsb ish\n\tisb" : : "r"(operand) : "memory");
}

static inline void tlbi_alle2is(void)
{
	__asm__ volatile("tlbi alle2is\n\tdsb ish\n\tisb" : : : "memory");
}

/* Translations as reads and writes would get them; the ISB lets PAR_EL1 be read after the AT. */
static inline uint64_t at_s1e2r(uint64_t va)
{
	__asm__ volatile("at s1e2r, %0\n\tisb" : : "r"(va) : "memory");
	return read_par_el1();
}

static inline uint64_t at_s1e2w(uint64_t va)
{
	__asm__ volatile("at s1e2w, %0\n\tisb" : : "r"(va) : "memory");
	return read_par_el1();
}
#endif
