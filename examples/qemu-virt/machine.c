/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"
#include "layout.h"
#include "sysreg.h"
#include <hypmmu/arch.h>

#define HCR_E2H UINT64_C(0x400000000)

/* ID_AA64MMFR3_EL1.S1PIE. There is no EL3 here that could trap the registers. */
static bool has_s1pie(void)
{
	return read_id_aa64mmfr3_el1() >> 8 & 15;
}

struct hypmmu_regs read_registers(void)
{
	struct hypmmu_regs regs = {
		.mair = read_mair_el2(),
		.tcr = read_tcr_el2(),
		.ttbr0 = read_ttbr0_el2(),
		.sctlr = read_sctlr_el2(),
		.hcr = read_hcr_el2() & HCR_E2H,
	};

	if (has_s1pie()) {
		regs.tcr2 = read_tcr2_el2();
		regs.pir = read_pir_el2();
		regs.pire0 = regs.hcr ? read_pire0_el2() : 0;
	}
	if (regs.hcr)
		regs.ttbr1 = read_ttbr1_el2();
	return regs;
}

bool same_registers(const struct hypmmu_regs *a, const struct hypmmu_regs *b)
{
	return a->mair == b->mair && a->tcr == b->tcr && a->ttbr0 == b->ttbr0 &&
	       a->ttbr1 == b->ttbr1 && a->sctlr == b->sctlr && a->hcr == b->hcr &&
	       a->tcr2 == b->tcr2 && (!a->tcr2 || (a->pir == b->pir && a->pire0 == b->pire0));
}

/* Tables are at VA = PA, and nowhere else. */
static bool read_table(void *ctx, hypmmu_pa pa, unsigned char bytes[8])
{
	const unsigned char *from = (const unsigned char *)(uintptr_t)pa;

	(void)ctx;
	if (pa - ADDRESS(table_memory) >= ADDRESS(table_memory_size))
		return false;
	for (unsigned i = 0; i < 8; i++)
		bytes[i] = from[i];
	return true;
}

struct hypmmu_machine this_machine(void)
{
	struct hypmmu_machine machine = {.regs = read_registers(), .read = read_table};

	hypmmu_arch_read_id(&machine.id);
	return machine;
}
