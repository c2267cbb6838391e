/* SPDX-License-Identifier: BSD-2-Clause */
#include "live_cost.h"
#include <hypmmu/arch.h>
#include <stdlib.h>
#include <string.h>

#define PAGE   UINT64_C(0x1000)
#define BLOCK  UINT64_C(0x200000)
#define GIB    UINT64_C(0x40000000)
#define WINDOW (512 * GIB)

struct live_counts live_counts;

/* With the MMU on nothing is published: the backend never gets here. */
void hypmmu_arch_publish(const void *p, size_t size)
{
	(void)p;
	(void)size;
	live_counts.cleans++;
}

static void publish(void *ctx, const void *p, size_t size)
{
	live_counts.publishes++;
	hypmmu_arch_maint.publish(ctx, p, size);
}

static void sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		 size_t n)
{
	live_counts.syncs++;
	live_counts.invalidations += n > 0;
	hypmmu_arch_maint.sync(ctx, cfg, list, n);
}

/* self, as the backend's own: the writer looks whether it would lose sight of the tables. */
static const struct hypmmu_maint counting = {.publish = publish, .sync = sync, .self = true};

static int apply_each(struct bench *bench)
{
	const struct hypmmu_change *change = bench->work.at, *end = change + bench->work.n;
	int err = 0;

	for (; change < end; change++)
		err |= hypmmu_apply(&bench->mmu, change, 1, NULL);
	return err;
}

static const struct bench_workload *find(const char *name)
{
	for (size_t i = 0; i < bench_n_workloads; i++) {
		if (!strcmp(bench_workloads[i].name, name))
			return &bench_workloads[i];
	}
	return NULL;
}

static void unmap_second_in_list(struct bench *bench)
{
	struct hypmmu_change unmap = {.op = HYPMMU_UNMAP, .size = bench->workload->leaf};

	find("W6b")->fill_in(bench);
	bench->work.n = 0;
	for (size_t i = 0; i < bench->n_va; i++) {
		unmap.va = bench->va[i];
		bench_add(&bench->work, unmap);
	}
	bench->n_va = bench->units = 0;
}

/* Blocks fit there, and no larger leaves. */
static const struct hypmmu_change blocks = {
	.va = WINDOW, .pa = WINDOW + BLOCK, .attr = HYPMMU_DATA};

static void add_part(struct bench_list *list, struct hypmmu_change change, uint64_t offset,
		     uint64_t size)
{
	change.va += offset;
	change.pa += offset;
	change.size = size;
	bench_add(list, change);
}

static void punch_holes(struct bench *bench)
{
	struct hypmmu_change unmap = blocks;

	unmap.op = HYPMMU_UNMAP;
	unmap.flags = HYPMMU_MAY_BREAK;
	add_part(&bench->before, blocks, 0, bench->size);
	for (uint64_t block = 0; block < bench->size; block += BLOCK) {
		uint64_t hole = block + BLOCK / 2;

		add_part(&bench->work, unmap, hole, PAGE);
		add_part(&bench->after, blocks, block, BLOCK / 2);
		add_part(&bench->after, blocks, hole + PAGE, BLOCK / 2 - PAGE);
	}
}

static void punch_holes_unbroken(struct bench *bench)
{
	punch_holes(bench);
	for (size_t i = 0; i < bench->work.n; i++)
		bench->work.at[i].flags = 0;
}

static void merge_blocks(struct bench *bench)
{
	struct hypmmu_change map = blocks, merge = blocks;

	map.flags = HYPMMU_PAGES_ONLY;
	merge.op = HYPMMU_MERGE;
	merge.flags = HYPMMU_MAY_BREAK;
	add_part(&bench->before, map, 0, bench->size);
	add_part(&bench->after, blocks, 0, bench->size);
	for (uint64_t block = 0; block < bench->size; block += BLOCK)
		add_part(&bench->work, merge, block, BLOCK);
}

static const struct bench_workload half_in_list = {
	.granule = HYPMMU_4K,
	.leaf = PAGE,
	.size = GIB,
	.fill_in = unmap_second_in_list,
	.measured = bench_apply,
};
static const struct bench_workload holes = {
	.granule = HYPMMU_4K,
	.leaf = PAGE,
	.size = GIB,
	.fill_in = punch_holes,
	.measured = apply_each,
};
static const struct bench_workload holes_unbroken = {
	.granule = HYPMMU_4K,
	.leaf = PAGE,
	.size = GIB,
	.fill_in = punch_holes_unbroken,
	.measured = apply_each,
};
static const struct bench_workload merges = {
	.granule = HYPMMU_4K,
	.leaf = BLOCK,
	.size = 8 * BLOCK,
	.fill_in = merge_blocks,
	.measured = apply_each,
};

const struct live_workload live_workloads[] = {
	{.name = "map", .what = "map 1 GiB of 4K pages", .of = "W1"},
	{.name = "unmap", .what = "unmap them (W6)", .of = "W6"},
	{.name = "unmap-1M", .what = "unmap 1 MiB of 4K pages", .of = "W6", .shift = 10},
	{.name = "unmap-each",
	 .what = "unmap half of 1 GiB, page by page (W6b)",
	 .of = "W6b",
	 .is_each = true},
	{.name = "unmap-list", .what = "the same as one list", .own = &half_in_list},
	{.name = "protect", .what = "RW to RO, 1 GiB of 4K pages (W7)", .of = "W7"},
	{.name = "hole",
	 .what = "unmap 4K within a 2M block, by a break",
	 .own = &holes,
	 .is_each = true},
	{.name = "hole-noabort",
	 .what = "the same on a CPU with HW_BBM_NOABORT, unbroken",
	 .own = &holes_unbroken,
	 .is_each = true,
	 .hw = HYPMMU_HW_BBM_NOABORT},
	{.name = "merge",
	 .what = "merge 4K pages into a 2M block",
	 .own = &merges,
	 .is_each = true},
};
const size_t live_n_workloads = sizeof(live_workloads) / sizeof(live_workloads[0]);

const struct live_workload *live_find(const char *name)
{
	for (size_t i = 0; i < live_n_workloads; i++) {
		if (!strcmp(live_workloads[i].name, name))
			return &live_workloads[i];
	}
	return NULL;
}

static const char *run_calls(struct bench *bench)
{
	int err = bench_start(bench);

	err = err ? err : hypmmu_set_live(&bench->mmu, &counting);
	if (err)
		return hypmmu_strerror(err);
	memset(&live_counts, 0, sizeof(live_counts));
	bench_measured(bench, bench->workload->measured);
	return bench->err ? hypmmu_strerror(bench->err) : NULL;
}

const char *live_run(const struct live_workload *workload, uint32_t hw, unsigned shift, bool verify,
		     struct live_cost *cost, hypmmu_va *va)
{
	struct bench bench;
	const char *wrong;

	bench_open(&bench, workload->of ? find(workload->of) : workload->own,
		   workload->shift + shift);
	bench.hw = workload->hw | hw;
	*va = WINDOW;
	wrong = run_calls(&bench);
	*cost = (struct live_cost){
		.counts = live_counts,
		.calls = workload->is_each ? bench.units : 1,
		.pages = bench.units * (size_t)(bench.workload->leaf / PAGE),
	};
	if (!wrong && verify)
		wrong = bench_verify(&bench, va);
	bench_close(&bench);
	return wrong;
}
