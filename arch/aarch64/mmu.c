/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The MMU on, off, and over to other tables: everything that can be checked is checked here, and
 * the values are complete, before the first register is written in idmap.S.
 */
#include "idmap.h"
#include "state.h"

#define TTBR_CNP BIT(0)

#define NOINLINE __attribute__((noinline))

#define PIN_OFFSET(field, offset)                                                                  \
	_Static_assert(offsetof(struct hypmmu_regs, field) == (offset), "idmap.h")
PIN_OFFSET(mair, HM_REGS_MAIR);
PIN_OFFSET(tcr, HM_REGS_TCR);
PIN_OFFSET(ttbr0, HM_REGS_TTBR0);
PIN_OFFSET(ttbr1, HM_REGS_TTBR1);
PIN_OFFSET(sctlr, HM_REGS_SCTLR);
PIN_OFFSET(hcr, HM_REGS_HCR);
_Static_assert(HM_ERR_STATE == HYPMMU_ERR_STATE, "idmap.h");

/* At EL2, and with this E2H, which decides the layout of TCR_EL2? */
static bool is_at_el2_with(uint64_t e2h)
{
	return is_at_el2() && !((read_hcr_el2() ^ e2h) & HCR_E2H);
}

bool hypmmu_arch_enabled(void)
{
	return is_at_el2() && (read_sctlr_el2() & SCTLR_M);
}

/* What is in use on both sides of a change: the core in idmap.S, which has to be at VA = PA, and
 * the code and stack that it returns to, with the frames below this one. */
enum place { CORE_FIRST, CORE_LAST, CODE, CALLER, STACK_LOW, STACK, PLACES };

#define STACK_BELOW 512 /* hypmmu_arch_enable() needs no more */

#define HERE(function)                                                                             \
	{                                                                                          \
		[CORE_FIRST] = (uintptr_t)hm_arch_idmap_start,                                     \
		[CORE_LAST] = (uintptr_t)hm_arch_idmap_end - 1, [CODE] = (uintptr_t)(function),    \
		[CALLER] = (uintptr_t)__builtin_return_address(0),                                 \
		[STACK_LOW] = (uintptr_t)__builtin_frame_address(0) - STACK_BELOW,                 \
		[STACK] = (uintptr_t)__builtin_frame_address(0),                                   \
	}

static bool are_identity(const uint64_t *here, enum place last)
{
	for (unsigned i = 0; i <= last; i++) {
		if (hm_arch_translate(here[i]) != here[i])
			return false;
	}
	return true;
}

static uint64_t sctlr_off(void)
{
	return read_sctlr_el2() & ~(SCTLR_M | SCTLR_C);
}

/* A CPU that shares TLB entries (CnP) with others must not leave the tables that they share. */
static bool leaves_shared_root(uint64_t now, uint64_t then)
{
	return ((now | then) & TTBR_CNP) && now != then;
}

/* E2H is that of *regs: without FEAT_VHE there is no TTBR1_EL2 to read. */
static bool leaves_shared_tables(const struct hypmmu_regs *regs)
{
	return leaves_shared_root(read_ttbr0_el2(), regs->ttbr0) ||
	       ((regs->hcr & HCR_E2H) && leaves_shared_root(read_ttbr1_el2(), regs->ttbr1));
}

/*
 * What PIIndex permits. None of it is touched, not even read, unless the tables need it: without
 * FEAT_S1PIE it is UNDEFINED, and it may trap to EL3. With the MMU off it means nothing yet, and the
 * ISB of idmap.S comes before the MMU goes on; with the MMU on it is about what is in use.
 */
static bool changes_indirection(const struct hypmmu_regs *regs)
{
	return regs->tcr2 && (read_tcr2_el2() != regs->tcr2 || read_pir_el2() != regs->pir ||
			      ((regs->hcr & HCR_E2H) && read_pire0_el2() != regs->pire0));
}

static void load_indirection(const struct hypmmu_regs *regs)
{
	if (!regs->tcr2)
		return;
	write_pir_el2(regs->pir);
	if (regs->hcr & HCR_E2H)
		write_pire0_el2(regs->pire0);
	write_tcr2_el2(regs->tcr2);
}

int hypmmu_arch_switch(const struct hypmmu_regs *regs)
{
	const uint64_t here[PLACES] = HERE(hypmmu_arch_switch);

	if (!regs)
		return HYPMMU_ERR_ARG;
	if (!is_at_el2_with(regs->hcr))
		return HYPMMU_ERR_STATE;
	if (!hypmmu_arch_enabled()) {
		load_indirection(regs);
		hm_arch_load_regs(regs, 0);
		return 0;
	}
	if (leaves_shared_tables(regs) || changes_indirection(regs))
		return HYPMMU_ERR_STATE;
	if (!are_identity(here, CORE_LAST))
		return HYPMMU_ERR_CONFLICT;
	hm_arch_load_regs(regs, sctlr_off());
	return 0;
}

static int check_call(const struct hypmmu *lower, const struct hypmmu *upper)
{
	int err = is_at_el2() ? hm_arch_check_halves(lower, upper) : HYPMMU_ERR_STATE;

	if (err)
		return err;
	return is_at_el2_with(wanted_e2h(lower)) ? 0 : HYPMMU_ERR_STATE;
}

static int make_live(struct hypmmu *half, bool *made)
{
	int err = 0;

	*made = half && !half->maint;
	if (*made)
		err = hypmmu_set_live(half, &hypmmu_arch_maint);
	*made = *made && !err;
	return err;
}

/* What is in use at this address stays there, and may be used so. */
NOINLINE static int expect_stays(const struct hypmmu *mmu, hypmmu_va va, enum place place,
				 struct hypmmu_report *report)
{
	hypmmu_attr needed = place >= STACK_LOW ? HYPMMU_W : HYPMMU_X;
	hypmmu_pa now = hm_arch_translate(va);
	struct hypmmu_leaf leaf;
	int err = hypmmu_query(mmu, va, &leaf);

	if (!err && (leaf.pa + (va - leaf.va) != now || !is_usable(&leaf, needed) ||
		     (place <= CORE_LAST && now != va)))
		err = HYPMMU_ERR_CONFLICT;
	if (err && report) {
		report->va = va;
		report->desc = leaf.desc;
		report->level = leaf.level;
	}
	return err;
}

/* The preflight: nothing of this CPU has changed when it fails. */
static int check_here(const struct hypmmu *lower, const struct hypmmu *upper, const uint64_t *here,
		      size_t index, struct hypmmu_report *report)
{
	int err = 0;

	for (unsigned i = 0; i < PLACES && !err; i++)
		err = expect_stays(hm_arch_half(lower, upper, here[i]), here[i], (enum place)i,
				   report);
	if (err && report)
		report->index = report->other = index;
	return err;
}

/* With the MMU off, stores have gone around the caches. What is read next goes through them. */
static void flush_data(const struct hypmmu_change *must_hold, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((must_hold[i].attr & HYPMMU_W) && !(must_hold[i].attr & HYPMMU_DEVICE_NGNRNE))
			hm_arch_flush(must_hold[i].pa, must_hold[i].size);
	}
}

/* Not inline, like the above: what it needs on the stack is not needed while the tables are
 * read. */
NOINLINE static int go_over(const struct hypmmu *lower, const struct hypmmu *upper,
			    const struct hypmmu_change *must_hold, size_t n)
{
	struct hypmmu_regs regs;
	int err = hypmmu_get_regs(lower, upper, &regs);

	if (err)
		return err;
	if (!hypmmu_arch_enabled())
		flush_data(must_hold, n);
	return hypmmu_arch_switch(&regs);
}

int hypmmu_arch_enable(struct hypmmu *lower, struct hypmmu *upper,
		       const struct hypmmu_change *must_hold, size_t n,
		       struct hypmmu_report *report)
{
	const uint64_t here[PLACES] = HERE(hypmmu_arch_enable);
	bool made_lower = false, made_upper = false;
	int err = check_call(lower, upper);

	if (report)
		*report = (struct hypmmu_report){0};
	if (!err)
		err = make_live(lower, &made_lower);
	if (!err)
		err = make_live(upper, &made_upper);
	if (!err)
		err = hm_arch_expect(lower, upper, must_hold, n, report);
	if (!err)
		err = check_here(lower, upper, here, n, report);
	if (!err)
		err = go_over(lower, upper, must_hold, n);
	if (err && made_lower)
		lower->maint = NULL;
	if (err && made_upper)
		upper->maint = NULL;
	return err;
}

/* Does [start, start + size) hold the stack, and does it not wrap? */
static bool holds_stack(uint64_t start, uint64_t size, uint64_t stack)
{
	return start + (size - 1) >= start && stack - start < size;
}

int hypmmu_arch_disable(const void *dirty, size_t size)
{
	const uint64_t here[PLACES] = HERE(hypmmu_arch_disable);
	uint64_t line, first, last = (uintptr_t)dirty + (size - 1);

	if (!hypmmu_arch_enabled())
		return HYPMMU_ERR_STATE;
	if (!holds_stack((uintptr_t)dirty, size, here[STACK]))
		return HYPMMU_ERR_RANGE;
	if (!are_identity(here, STACK))
		return HYPMMU_ERR_CONFLICT;
	line = data_line_size();
	first = (uintptr_t)dirty & ~(line - 1);
	hm_arch_unload(first, (last - first) / line + 1, line, sctlr_off());
	return 0;
}
