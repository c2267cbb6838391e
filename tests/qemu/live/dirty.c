/* SPDX-License-Identifier: BSD-2-Clause */
#include "dirty.h"
#include "../../../examples/qemu-virt/host.h"
#include "../../../examples/qemu-virt/probe.h"
#include "cpus.h"
#include "scenario.h"
#include "state.h"

#define TRACKED (DATA | HYPMMU_DBM)
/* How often a change and a write meet is a matter of chance. */
#define MANY	3000 /* pages that are written to for the first time, */
#define WINDOW	2    /* of them are relabelled, from the next one on; */
#define PAUSE	300  /* between two writes; and no write is ahead of as many changes */

static const struct step map_pages = {
	.ops = {MAP_PAGES(PAGES(0), PAGES(0), PAGES(MANY + WINDOW), TRACKED)}};
static const struct step unmap_all = {.ops = {CLEAR}};

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
	uint32_t done, changes; /* pages written to; changes beside it */
};

static bool write_once(const void *what)
{
	struct use *use = *(struct use *const *)what;
	bool right = true;

	for (unsigned i = 0; i < MANY; i++) {
		const uint64_t va = ARENA_BASE + to_bytes(use->granule, PAGES(i));

		while (i > __atomic_load_n(&use->changes, __ATOMIC_RELAXED))
			__asm__ volatile("yield");
		for (volatile unsigned k = 0; k < PAUSE; k++)
			;
		right = !try_word(va, HYPMMU_WRITE, i).faulted && right;
		__atomic_store_n(&use->done, i + 1, __ATOMIC_RELEASE);
	}
	return right;
}

static bool relabel(struct rig *rig, unsigned first, hypmmu_attr more)
{
	const enum hypmmu_granule granule = rig->mmu.cfg.granule;
	int err = hypmmu_protect(&rig->mmu, ARENA_BASE + to_bytes(granule, PAGES(first)),
				 to_bytes(granule, PAGES(WINDOW)), TRACKED | more, 0);

	return succeeds("hypmmu_protect", err, NULL);
}

/* The second CPU writes to one page after the other; the pages at which it is are relabelled. */
static bool relabel_beside(struct rig *rig)
{
	struct use use = {.granule = rig->mmu.cfg.granule}, *what = &use;
	bool right = change(rig, &map_pages) && count_dirty(rig, MANY) == 0;
	unsigned done = 0;

	if (!right)
		return false;
	start_on_second(write_once, &what);
	for (; done < MANY; done = __atomic_load_n(&use.done, __ATOMIC_ACQUIRE)) {
		right = relabel(rig, done, HYPMMU_SW(1 + use.changes % 2)) && right;
		__atomic_store_n(&use.changes, use.changes + 1, __ATOMIC_RELAXED);
	}
	right = finish_on_second() && right;
	done = count_dirty(rig, MANY);
	say("pages written to for the first time beside %lu changes: %lu, dirty: %lu\n",
	    (uint64_t)use.changes, (uint64_t)MANY, (uint64_t)done);
	return right && done == MANY && change(rig, &unmap_all);
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
		count_dirty(rig, 8) == 8;
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
	return reshape(rig) && merge_one(rig) && (rig->cpus == 1 || relabel_beside(rig));
}
