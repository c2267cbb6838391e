/* SPDX-License-Identifier: BSD-2-Clause */
#include "upper.h"
#include "host.h"
#include "machine.h"
#include "probe.h"
#include "steps.h"
#include "sysreg.h"
#include <hypmmu/arch.h>

#define HCR_TGE UINT64_C(0x8000000)
#define HCR_RW	UINT64_C(0x80000000)
#define HCR_E2H UINT64_C(0x400000000)

#define CPTR_FPEN UINT64_C(0x300000) /* with E2H = 1: no trap of vector registers */

#define OTHER_PAGE (BULK_BASE + 0x30000000) /* what takes the place of the shared page */
#define WORD	   UINT64_C(0x5151515152525252)

uint64_t add_one(uint64_t x); /* runtime.S */

bool enter_el2_0(void)
{
	write_hcr_el2(HCR_E2H | HCR_TGE | HCR_RW);
	write_cptr_el2(CPTR_FPEN); /* another layout now: 0 would trap what say() may be made of */
	return succeeds("hypmmu_arch_el2_setup", hypmmu_arch_el2_setup(), NULL) &&
	       holds("HCR_EL2.E2H is 1", (read_hcr_el2() & HCR_E2H) != 0);
}

bool build_upper(struct hypmmu *upper, const struct hypmmu_config *cfg,
		 const struct hypmmu_pages *pages)
{
	struct hypmmu_config mine = *cfg;
	struct hypmmu_report report;

	mine.regime = HYPMMU_EL2_0_UPPER;
	mine.va_bits = UPPER_BITS;
	mine.hw &= ~HYPMMU_HW_TLBIRANGE; /* a TLBI for each page, or one for all of them */
	return succeeds("hypmmu_init", hypmmu_init(upper, &mine, pages), NULL) &&
	       succeeds("hypmmu_apply",
			hypmmu_apply(upper, upper_layout, upper_layout_length, &report), &report) &&
	       succeeds("hypmmu_check", hypmmu_check(upper, &report), &report);
}

static uint64_t upper_text(uint64_t (*function)(uint64_t))
{
	return UPPER_TEXT + ((uintptr_t)function - ADDRESS(text_start));
}

static bool reads(uint64_t va, uint64_t value)
{
	struct outcome outcome = try_word(va, HYPMMU_READ, 0);

	return !outcome.faulted && outcome.value == value;
}

static bool misses(uint64_t va, unsigned fsc)
{
	struct outcome outcome = try_word(va, HYPMMU_READ, 0);

	return is_fault(&outcome, va, HYPMMU_READ, fsc);
}

bool upper_half_is_used(void)
{
	struct outcome call = try_word(upper_text(add_one), HYPMMU_FETCH, 41);
	struct outcome store = try_word(UPPER_BULK + GIB - 8, HYPMMU_WRITE, WORD);

	return holds("Code runs in the upper half", !call.faulted && call.value == 42) &&
	       holds("What is written there is read through the identity map",
		     !store.faulted && reads(BULK_BASE + GIB - 8, WORD));
}

bool upper_half_can_be_left_out(struct hypmmu *lower)
{
	struct hypmmu_report report;
	struct hypmmu_machine machine;
	struct hypmmu_translation t;

	if (!succeeds("hypmmu_arch_enable",
		      hypmmu_arch_enable(lower, NULL, must_hold, must_hold_length, &report),
		      &report))
		return false;
	machine = this_machine();
	return holds("Without an upper half its walks are disabled",
		     !hypmmu_walk(&machine, UPPER_TEXT, HYPMMU_READ, &t) &&
			     t.fault == HYPMMU_FAULT_TRANSLATION && misses(UPPER_TEXT, t.fsc) &&
			     misses(UPPER_BULK, t.fsc));
}

/* QEMU 7.2 has TLBI VAE2IS act on EL2 even with E2H = 1: then one by hand does not help either. */
static bool is_gone(uint64_t va, unsigned fsc)
{
	if (misses(va, fsc))
		return true;
	tlbi_vae2is(va, ASID);
	if (misses(va, fsc))
		return false;
	tlbi_alle2is();
	say("(This emulator's TLBI VAE2IS does not act on EL2&0.) ");
	return misses(va, fsc);
}

static bool map(struct hypmmu *upper, hypmmu_va va, hypmmu_pa pa, uint64_t size)
{
	const struct hypmmu_change pages = {.va = va,
					    .pa = pa,
					    .size = size,
					    .attr = HYPMMU_DATA | HYPMMU_NG,
					    .flags = HYPMMU_PAGES_ONLY};

	return succeeds("hypmmu_map", hypmmu_map(upper, &pages), NULL);
}

static bool unmap(struct hypmmu *upper, hypmmu_va va, uint64_t size)
{
	return succeeds("hypmmu_unmap", hypmmu_unmap(upper, va, size, 0), NULL);
}

static unsigned hole_fsc(const struct hypmmu *upper, hypmmu_va va)
{
	struct hypmmu_translation t;

	hypmmu_translate(upper, va, HYPMMU_READ, &t);
	return t.fsc;
}

/* So many that TLBI ALLE2IS is less than one TLBI for each. */
static bool many_pages_go(struct hypmmu *upper)
{
	const uint64_t size = UINT64_C(1024) << upper->cfg.granule;
	const hypmmu_va last = UPPER_MANY + size - 8;

	*(volatile uint64_t *)(uintptr_t)(BULK_BASE + GIB - 8) = WORD;
	if (!map(upper, UPPER_MANY, BULK_BASE + GIB - size, size) ||
	    !holds("1024 pages are there", reads(last, WORD)) || !unmap(upper, UPPER_MANY, size))
		return false;
	return holds("They are unmapped live, and missed at once",
		     misses(last, hole_fsc(upper, last)));
}

bool upper_half_changes(struct hypmmu *upper)
{
	const uint64_t first = *(volatile uint64_t *)shared_page, size = ADDRESS(shared_page_size);

	*(volatile uint64_t *)(uintptr_t)OTHER_PAGE = WORD;
	if (!many_pages_go(upper) ||
	    !holds("A page of this ASID is read", reads(UPPER_PAGE, first)) ||
	    !unmap(upper, UPPER_PAGE, size) ||
	    !holds("It is unmapped live, and missed at once",
		   is_gone(UPPER_PAGE, hole_fsc(upper, UPPER_PAGE))) ||
	    !map(upper, UPPER_PAGE, OTHER_PAGE, size) ||
	    !holds("Another takes its place", reads(UPPER_PAGE, WORD)) ||
	    !unmap(upper, UPPER_PAGE, size) ||
	    !holds("That is missed, too", is_gone(UPPER_PAGE, hole_fsc(upper, UPPER_PAGE))))
		return false;
	return map(upper, UPPER_PAGE, ADDRESS(shared_page), size) &&
	       holds("The first is back", reads(UPPER_PAGE, first));
}
