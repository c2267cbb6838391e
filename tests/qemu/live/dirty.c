/* SPDX-License-Identifier: BSD-2-Clause */
#include "dirty.h"
#include "../../../examples/qemu-virt/host.h"
#include "../../../examples/qemu-virt/probe.h"
#include "cpus.h"
#include "scenario.h"
#include "state.h"

#define TRACKED (DATA | HYPMMU_DBM)
#define PLACES	8
#define ROUNDS	400
#define PAUSE	300 /* between two writes: some relabelling */

static const struct step map_pages = {
	.ops = {MAP_PAGES(PAGES(0), PAGES(0), PAGES(PLACES), TRACKED)}};
static const struct step unmap_all = {.ops = {CLEAR}};
static const struct step relabel[] = {
	{.ops = {PROTECT(PAGES(0), PAGES(PLACES), TRACKED | HYPMMU_SW(1))}},
	{.ops = {PROTECT(PAGES(0), PAGES(PLACES), TRACKED | HYPMMU_GUARDED)}},
};

static const struct step map_block = {.ops = {MAP(PAGES(0), BLOCKS(0), BLOCKS(2), TRACKED)}};
static const struct step split = {.ops = {SPLIT_PAGES(PAGES(0), BLOCKS(1))},
				  .flags = HYPMMU_MAY_BREAK};
static const struct step merge = {.ops = {MERGE(PAGES(0), BLOCKS(1))}, .flags = HYPMMU_MAY_BREAK};

static bool change(struct rig *rig, const struct step *step)
{
	struct hypmmu_change changes[OPS];
	size_t n = to_changes(step, rig->mmu.cfg.granule, changes);
	struct hypmmu_report report;

	return succeeds("hypmmu_apply", hypmmu_apply(&rig->mmu, changes, n, &report), &report);
}

/* How many of the n pages from the first on are dirty. */
static unsigned count_dirty(const struct rig *rig, unsigned n)
{
	unsigned dirty = 0;

	for (unsigned i = 0; i < n; i++) {
		const uint64_t va = ARENA_BASE + to_bytes(rig->mmu.cfg.granule, PAGES(i));
		struct hypmmu_leaf leaf;

		dirty += !hypmmu_query(&rig->mmu, va, &leaf) && leaf.dirty;
	}
	return dirty;
}

struct use {
	enum hypmmu_granule granule;
	uint32_t done; /* pages written to */
};

static bool write_once(const void *what)
{
	struct use *use = *(struct use *const *)what;

	for (unsigned i = 0; i < PLACES; i++) {
		const uint64_t va = ARENA_BASE + to_bytes(use->granule, PAGES(i));

		for (volatile unsigned k = 0; k < PAUSE; k++)
			;
		if (try_word(va, HYPMMU_WRITE, i).faulted)
			return false;
		__atomic_store_n(&use->done, i + 1, __ATOMIC_RELEASE);
	}
	return true;
}

/* Pages are written to for the first time while they are relabelled. */
static bool relabel_beside(struct rig *rig)
{
	struct use use = {.granule = rig->mmu.cfg.granule}, *what = &use;
	bool right = change(rig, &map_pages) && count_dirty(rig, PLACES) == 0;

	if (!right)
		return false;
	start_on_second(write_once, &what);
	for (unsigned k = 0; right && __atomic_load_n(&use.done, __ATOMIC_ACQUIRE) < PLACES; k++)
		right = change(rig, &relabel[k % 2]);
	if (!finish_on_second() || !right)
		return false;
	if (count_dirty(rig, PLACES) != PLACES) {
		say("    %lu of %lu pages are not dirty\n",
		    (uint64_t)PLACES - count_dirty(rig, PLACES), (uint64_t)PLACES);
		return false;
	}
	return change(rig, &unmap_all);
}

/* A block that has been written to, and one that has not; the pages that it becomes are all dirty,
 * and so is the block that they become again, by one of them. */
static bool reshape(struct rig *rig)
{
	const uint64_t second = ARENA_BASE + to_bytes(rig->mmu.cfg.granule, BLOCKS(1));
	struct hypmmu_leaf leaf;
	bool right = change(rig, &map_block) && count_dirty(rig, 1) == 0;

	right = right && !try_word(ARENA_BASE, HYPMMU_WRITE, 0).faulted;
	right = right && count_dirty(rig, 1) == 1 && change(rig, &split) &&
		count_dirty(rig, PLACES) == PLACES;
	right = right && change(rig, &merge) && count_dirty(rig, 1) == 1;
	right = right && !hypmmu_query(&rig->mmu, second, &leaf) && !leaf.dirty;
	say("dirty state of blocks that are split and merged: %s\n", right ? "kept" : "WRONG");
	return right && change(rig, &unmap_all);
}

/* Of a block one page is dirty, and then all of it is. */
static bool merge_one(struct rig *rig)
{
	const uint64_t at = ARENA_BASE + to_bytes(rig->mmu.cfg.granule, PAGES(5));
	bool right = change(rig, &map_block) && change(rig, &split) && count_dirty(rig, 8) == 0;

	right = right && !try_word(at, HYPMMU_WRITE, 0).faulted && count_dirty(rig, 8) == 1;
	right = right && change(rig, &merge) && count_dirty(rig, 8) == 8;
	say("dirty state of one page that is merged with others: %s\n", right ? "kept" : "WRONG");
	return right && change(rig, &unmap_all);
}

bool keep_dirty(struct rig *rig)
{
	bool right = reshape(rig) && merge_one(rig);
	unsigned round = 0;

	while (right && rig->cpus == 2 && round < ROUNDS) {
		right = relabel_beside(rig);
		round++;
	}
	say("%lu rounds of first writes beside relabelling: %s\n", (uint64_t)round,
	    right ? "all kept" : "WRONG");
	return right;
}
