/* SPDX-License-Identifier: BSD-2-Clause */
#include "second.h"
#include "layout.h"
#include "steps.h"
#include <hypmmu/arch.h>

#define PSCI_CPU_ON	   UINT64_C(0xc4000003)
#define PSCI_AFFINITY_INFO UINT64_C(0xc4000004)
#define PSCI_IS_OFF	   1
#define SECOND_AFFINITY	   1	    /* its MPIDR_EL1 on QEMU's virt */
#define PATIENCE	   50000000 /* turns of a loop */
#define HCR_E2H		   UINT64_C(0x400000000)
#define WORD		   UINT64_C(0x1234567812345678)

/* What it has seen, in the bulk of RAM, and the stack that it has there, as the upper half has them. */
#define SEEN_AT	 0x100000
#define STACK_AT 0x200000

struct seen {
	uint64_t word, hcr, here, sp;
};
_Static_assert(offsetof(struct seen, word) == SEEN_WORD, "second.h");
_Static_assert(offsetof(struct seen, hcr) == SEEN_HCR, "second.h");
_Static_assert(offsetof(struct seen, sp) == SEEN_SP, "second.h");

extern const unsigned char vectors[], second_arrives[];

static uint64_t psci(uint64_t what, uint64_t first, uint64_t second, uint64_t third)
{
	register uint64_t x0 __asm__("x0") = what;
	register uint64_t x1 __asm__("x1") = first;
	register uint64_t x2 __asm__("x2") = second;
	register uint64_t x3 __asm__("x3") = third;

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
			   "x15", "x16", "x17", "memory");
	return x0;
}

/* Not by AFFINITY_INFO alone, which may not know yet that the CPU has been started. */
static bool has_come_and_gone(const volatile struct seen *seen)
{
	for (unsigned i = 0; i < PATIENCE; i++) {
		if (seen->word != WORD &&
		    psci(PSCI_AFFINITY_INFO, SECOND_AFFINITY, 0, 0) == PSCI_IS_OFF)
			return true;
		__asm__ volatile("yield");
	}
	return false;
}

static uint64_t in_upper_text(const unsigned char *at)
{
	return UPPER_TEXT + (uint64_t)(at - text_start);
}

bool second_cpu_comes(const struct hypmmu *lower, const struct hypmmu *upper)
{
	static struct hypmmu_cpu_params params;
	volatile struct seen *seen = (volatile struct seen *)(uintptr_t)(BULK_BASE + SEEN_AT);
	struct hypmmu_report report;

	params = (struct hypmmu_cpu_params){.sp = UPPER_BULK + STACK_AT,
					    .vbar = in_upper_text(vectors),
					    .entry = in_upper_text(second_arrives),
					    .arg = UPPER_BULK + SEEN_AT};
	seen->word = WORD;
	if (!succeeds("hypmmu_arch_cpu_params",
		      hypmmu_arch_cpu_params(&params, lower, upper, must_hold,
					     must_hold_length_of_both, &report),
		      &report) ||
	    psci(PSCI_CPU_ON, SECOND_AFFINITY, (uintptr_t)hypmmu_arch_cpu_entry,
		 (uintptr_t)&params))
		return false;
	return holds("A second CPU has come to the upper half, by hypmmu_arch_cpu_entry()",
		     has_come_and_gone(seen) && seen->word == WORD + 1 && (seen->hcr & HCR_E2H) &&
			     seen->here == params.entry && seen->sp == params.sp - 16 &&
			     hypmmu_arch_cpu_stage(&params) == HYPMMU_CPU_SWITCHING);
}
