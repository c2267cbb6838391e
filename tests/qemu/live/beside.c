/* SPDX-License-Identifier: BSD-2-Clause */
#include "beside.h"
#include "../../../examples/qemu-virt/host.h"
#include "../../../examples/qemu-virt/probe.h"
#include "cpus.h"
#include "scenario.h"
#include "state.h"

#define ROUNDS 200
#define PLACES 3

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* What the second CPU uses: a page and a block that are relabelled, a page beside others. */
static const amount places[PLACES] = {PAGES(0), PAGES(2), BLOCKS(2) - PAGES(1)};

static const struct step start = {.ops = {MAP(PAGES(0), PAGES(0), PAGES(3), DATA),
					  MAP(BLOCKS(1), BLOCKS(1), BLOCKS(1), DATA)}};

/* Again and again. */
static const struct step round[] = {
	{.ops = {PROTECT(PAGES(0), PAGES(1), DATA | HYPMMU_SW(5))}},
	{.ops = {PROTECT(PAGES(1), PAGES(1), RODATA), MAP(PAGES(3), PAGES(3), PAGES(1), CODE)}},
	{.ops = {PROTECT(PAGES(0), PAGES(1), DATA | HYPMMU_GUARDED),
		 PROTECT(BLOCKS(1), BLOCKS(1), DATA | HYPMMU_GUARDED)}},
	{.ops = {UNMAP(PAGES(1), PAGES(1)), MAP_PAGES(BLOCKS(2), BLOCKS(0), BLOCKS(1), DATA)}},
	{.ops = {UNMAP(BLOCKS(2), BLOCKS(1)), UNMAP(PAGES(3), PAGES(1)),
		 PROTECT(PAGES(0), PAGES(1), DATA)}},
	{.ops = {MAP(PAGES(1), PAGES(1), PAGES(1), DATA), PROTECT(BLOCKS(1), BLOCKS(1), DATA)}},
};

/* With trouble as well: the block is absent for a moment, again and again until it is
 * seen. */
static const struct step breaks[] = {
	{.ops = {SPLIT_PAGES(BLOCKS(1), BLOCKS(1))}, .flags = HYPMMU_MAY_BREAK},
	{.ops = {MERGE(BLOCKS(1), BLOCKS(1))}, .flags = HYPMMU_MAY_BREAK},
};

/* With HYPMMU_HW_BBM_NOABORT, once: the block may be split under the other CPU's eyes. */
static const struct step split = {.ops = {PROTECT(BLOCKS(1), PAGES(3), RODATA)}};

struct use {
	uint64_t at[PLACES];
	uint32_t stop;
	uint64_t accesses, absent, wrong;
};

#define FSC_TRANSLATION_2 0x06 /* in place of a block or a table */

static void count(struct use *use, uint64_t at, enum hypmmu_access access, uint64_t value)
{
	const struct outcome outcome = try_word(at, access, value);

	use->accesses++;
	if (!outcome.faulted && (access == HYPMMU_WRITE || outcome.value == value))
		return;
	if (is_fault(&outcome, at, access, FSC_TRANSLATION_2)) {
		__atomic_store_n(&use->absent, use->absent + 1, __ATOMIC_RELAXED);
		return;
	}
	if (!use->wrong++)
		say("    access %lu, at %016lx: ESR_EL2 %lx, value %lx\n", use->accesses, at,
		    (uint64_t)outcome.esr, outcome.value);
}

/* Where a write has found nothing, the value is the one before. */
static void use_once(struct use *use, unsigned place)
{
	const uint64_t absent = use->absent, value = use->accesses;

	count(use, use->at[place], HYPMMU_WRITE, value);
	if (use->absent == absent)
		count(use, use->at[place], HYPMMU_READ, value);
}

static bool use_all(const void *what)
{
	struct use *use = *(struct use *const *)what;

	do {
		for (unsigned i = 0; i < PLACES; i++)
			use_once(use, i);
	} while (!__atomic_load_n(&use->stop, __ATOMIC_ACQUIRE));
	return !use->wrong;
}

static bool change(struct rig *rig, const struct step *step)
{
	struct hypmmu_change changes[OPS];
	size_t n = to_changes(step, rig->mmu.cfg.granule, changes);
	struct hypmmu_report report;

	return succeeds("hypmmu_apply", hypmmu_apply(&rig->mmu, changes, n, &report), &report);
}

static bool change_in_turn(struct rig *rig, const struct step *steps, size_t n)
{
	bool right = true;

	for (size_t i = 0; i < n && right; i++)
		right = change(rig, &steps[i]);
	return right;
}

static bool change_all(struct rig *rig, const struct use *use)
{
	bool right = true;

	if (rig->hw & HYPMMU_HW_BBM_NOABORT)
		right = change(rig, &split);
	for (unsigned i = 0; i < ROUNDS && right; i++)
		right = change_in_turn(rig, round, LENGTH(round));
	while (right && rig->trouble == BREAKS && !__atomic_load_n(&use->absent, __ATOMIC_RELAXED))
		right = change_in_turn(rig, breaks, LENGTH(breaks));
	return right;
}

bool change_beside(struct rig *rig)
{
	struct use use = {0}, *what = &use;
	bool right;

	for (unsigned i = 0; i < PLACES; i++)
		use.at[i] = ARENA_BASE + to_bytes(rig->mmu.cfg.granule, places[i]);
	if (rig->cpus != 2 || !change(rig, &start))
		return false;
	start_on_second(use_all, &what);
	right = change_all(rig, &use);
	__atomic_store_n(&use.stop, 1, __ATOMIC_RELEASE);
	right = finish_on_second() && right;
	say("%lu accesses beside the changes, %lu met nothing, %lu were wrong\n", use.accesses,
	    use.absent, use.wrong);
	return right && use.accesses > ROUNDS && (use.absent > 0) == (rig->trouble == BREAKS);
}
