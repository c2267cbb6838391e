/* SPDX-License-Identifier: BSD-2-Clause */
/* The few system registers that the example itself reads and writes. */
#ifndef SYSREG_H
#define SYSREG_H
#include <stdint.h>

#define READER(name)                                                                               \
	static inline uint64_t read_##name(void)                                                   \
	{                                                                                          \
		uint64_t value;                                                                    \
		__asm__ volatile("mrs %0, " #name : "=r"(value) : : "memory");                     \
		return value;                                                                      \
	}
READER(mair_el2)
READER(tcr_el2)
READER(ttbr0_el2)
READER(sctlr_el2)
READER(mpidr_el1)
READER(par_el1)

static inline void write_vbar_el2(const void *vectors)
{
	__asm__ volatile("msr vbar_el2, %0\n\tisb" : : "r"(vectors) : "memory");
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
