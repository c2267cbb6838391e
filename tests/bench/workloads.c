/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"
#include "support/random.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB UINT64_C(0x400)
#define MIB UINT64_C(0x100000)
#define GIB UINT64_C(0x40000000)

#define WINDOW	    (512 * GIB) /* the VA of all but the hyp layout */
#define SPARE_PAGES 16		/* enough for the root, the hyp layout, and what is shared */

static void *must(void *memory)
{
	if (memory)
		return memory;
	fputs("no memory\n", stderr);
	exit(1);
}

/* Doubles whenever n is a power of 2. */
void bench_add(struct bench_list *list, struct hypmmu_change change)
{
	if (!(list->n & (list->n - 1)))
		list->at = must(realloc(list->at, (list->n ? 2 * list->n : 1) * sizeof(change)));
	list->at[list->n++] = change;
}

/* Aligned so in VA and PA that leaves of the wanted size fit, and no larger ones. */
static struct hypmmu_change whole(const struct bench *bench)
{
	return (struct hypmmu_change){.va = WINDOW,
				      .pa = WINDOW + bench->workload->leaf,
				      .size = bench->size,
				      .attr = HYPMMU_DATA};
}

static struct hypmmu_change one_page(const struct bench *bench, hypmmu_va va)
{
	struct hypmmu_change page = whole(bench);

	page.pa += va - page.va;
	page.va = va;
	page.size = bench->workload->leaf;
	return page;
}

static void map_all(struct bench *bench)
{
	bench_add(&bench->work, whole(bench));
	bench_add(&bench->after, whole(bench));
}

static void map_identity(struct bench *bench)
{
	struct hypmmu_change map = {.size = bench->size, .attr = HYPMMU_DATA};

	bench_add(&bench->work, map);
	bench_add(&bench->after, map);
}

static void make_room(struct bench *bench, size_t n)
{
	bench->va = must(malloc(n * sizeof(*bench->va)));
	bench->n_va = n;
	bench->units = n;
}

/* The first calls of a shuffled deck of all pages. */
static void map_random(struct bench *bench)
{
	struct random random = {.state = 1};
	size_t pages = (size_t)(bench->size / bench->workload->leaf);
	unsigned char *is_mapped = must(calloc(pages, 1));

	bench_add(&bench->work, one_page(bench, WINDOW));
	make_room(bench, pages);
	for (size_t i = 0; i < pages; i++)
		bench->va[i] = WINDOW + i * bench->workload->leaf;
	bench->n_va = bench->units = bench->calls;
	for (size_t i = 0; i < bench->calls; i++) {
		size_t other = i + (size_t)random_below(&random, pages - i);
		hypmmu_va va = bench->va[other];

		bench->va[other] = bench->va[i];
		bench->va[i] = va;
		is_mapped[(va - WINDOW) / bench->workload->leaf] = 1;
	}
	for (size_t i = 0; i < pages; i++) {
		if (is_mapped[i])
			bench_add(&bench->after,
				  one_page(bench, WINDOW + i * bench->workload->leaf));
	}
	free(is_mapped);
}

static void unmap_all(struct bench *bench)
{
	bench_add(&bench->before, whole(bench));
	bench_add(&bench->work, whole(bench));
}

static void unmap_second(struct bench *bench)
{
	uint64_t leaf = bench->workload->leaf;

	bench_add(&bench->before, whole(bench));
	bench_add(&bench->work, one_page(bench, WINDOW));
	make_room(bench, (size_t)(bench->size / leaf / 2));
	for (size_t i = 0; i < bench->n_va; i++) {
		bench_add(&bench->after, one_page(bench, WINDOW + 2 * i * leaf));
		bench->va[i] = WINDOW + (2 * i + 1) * leaf;
	}
}

static void protect_all(struct bench *bench)
{
	bench_add(&bench->before, whole(bench));
	bench_add(&bench->work, whole(bench));
	bench->work.at[0].attr = HYPMMU_RODATA;
	bench_add(&bench->after, bench->work.at[0]);
}

static void query_random(struct bench *bench)
{
	struct random random = {.state = 1};

	bench_add(&bench->before, whole(bench));
	bench_add(&bench->after, whole(bench));
	make_room(bench, bench->calls);
	for (size_t i = 0; i < bench->calls; i++)
		bench->va[i] = WINDOW + random_below(&random, bench->size);
}

/* As many as W1 has. */
static void store_all(struct bench *bench)
{
	bench->units = (size_t)(bench->size / bench->workload->leaf);
}

#define PAGES_4K  HYPMMU_4K, 4 * KIB
#define PAGES_16K HYPMMU_16K, 16 * KIB
#define PAGES_64K HYPMMU_64K, 64 * KIB

const struct bench_workload bench_workloads[] = {
	{"loop", "plain stores", PAGES_4K, GIB, 0, store_all, bench_store_each, 0},
	{"W1", "map 1 GiB of 4K pages", PAGES_4K, GIB, 0, map_all, bench_apply, 0},
	{"W2", "map 512 GiB of 1G blocks", HYPMMU_4K, GIB, 512 * GIB, 0, map_identity, bench_apply,
	 0},
	{"W3", "map 64 GiB of 2M blocks", HYPMMU_4K, 2 * MIB, 64 * GIB, 0, map_all, bench_apply, 0},
	{"W4", "map random pages of 1 GiB", PAGES_4K, GIB, 100000, map_random, bench_map_each, 0},
	{"W4-callbacks", "W4 without a window", PAGES_4K, GIB, 100000, map_random, bench_map_each,
	 BENCH_CALLBACKS},
	{"W5", "a hyp-mode layout", PAGES_4K, 0, 0, bench_fill_in_hyp_layout, bench_apply, 0},
	{"W5-zeroed", "W5 with zeroed pages", PAGES_4K, 0, 0, bench_fill_in_hyp_layout, bench_apply,
	 BENCH_ZEROED},
	{"W6", "unmap W1", PAGES_4K, GIB, 0, unmap_all, bench_unmap_all, 0},
	{"W6b", "unmap half of W1, page by page", PAGES_4K, GIB, 0, unmap_second, bench_unmap_each,
	 0},
	{"W7", "protect W1", PAGES_4K, GIB, 0, protect_all, bench_protect_all, 0},
	{"W6-live", "W6 on live tables", PAGES_4K, GIB, 0, unmap_all, bench_unmap_all, BENCH_LIVE},
	{"W6-ranges", "W6-live with FEAT_TLBIRANGE", PAGES_4K, GIB, 0, unmap_all, bench_unmap_all,
	 BENCH_LIVE | BENCH_RANGES},
	{"W6b-live", "W6b on live tables", PAGES_4K, GIB, 0, unmap_second, bench_unmap_each,
	 BENCH_LIVE},
	{"W6b-ranges", "W6b-live with FEAT_TLBIRANGE", PAGES_4K, GIB, 0, unmap_second,
	 bench_unmap_each, BENCH_LIVE | BENCH_RANGES},
	{"W7-live", "W7 on live tables", PAGES_4K, GIB, 0, protect_all, bench_protect_all,
	 BENCH_LIVE},
	{"W7-ranges", "W7-live with FEAT_TLBIRANGE", PAGES_4K, GIB, 0, protect_all,
	 bench_protect_all, BENCH_LIVE | BENCH_RANGES},
	{"W8", "query at random in W1", PAGES_4K, GIB, 1000000, query_random, bench_query_each, 0},
	{"W1-16K", "map 1 GiB of 16K pages", PAGES_16K, GIB, 0, map_all, bench_apply, 0},
	{"W1-64K", "map 1 GiB of 64K pages", PAGES_64K, GIB, 0, map_all, bench_apply, 0},
	{"W7-16K", "protect W1-16K", PAGES_16K, GIB, 0, protect_all, bench_protect_all, 0},
	{"W7-64K", "protect W1-64K", PAGES_64K, GIB, 0, protect_all, bench_protect_all, 0},
	{"W1=4K", "map 4 KiB", PAGES_4K, 4 * KIB, 0, map_all, bench_apply, 0},
	{"W1=64K", "map 64 KiB", PAGES_4K, 64 * KIB, 0, map_all, bench_apply, 0},
	{"W1=1M", "map 1 MiB", PAGES_4K, MIB, 0, map_all, bench_apply, 0},
	{"W1=16M", "map 16 MiB", PAGES_4K, 16 * MIB, 0, map_all, bench_apply, 0},
	{"W1=256M", "map 256 MiB", PAGES_4K, 256 * MIB, 0, map_all, bench_apply, 0},
	{"W1=4G", "map 4 GiB", PAGES_4K, 4 * GIB, 0, map_all, bench_apply, 0},
	{"W1=64G", "map 64 GiB", PAGES_4K, 64 * GIB, 0, map_all, bench_apply, 0},
};
const size_t bench_n_workloads = sizeof(bench_workloads) / sizeof(bench_workloads[0]);

static void take_memory(struct bench *bench)
{
	unsigned granule = (unsigned)bench->workload->granule;
	uint64_t tables = bench->size / bench->workload->leaf >> (granule - 3); /* of leaves */

	tables += (tables >> (granule - 3)) + SPARE_PAGES;
	bench->memory_size = (size_t)(tables << granule);
	bench->memory = must(aligned_alloc((size_t)1 << granule, bench->memory_size));
	memset(bench->memory, 0x5a, bench->memory_size);
}

void bench_open(struct bench *bench, const struct bench_workload *workload, unsigned shift)
{
	*bench = (struct bench){
		.workload = workload,
		.size = workload->size >> shift,
		.calls = workload->calls >> shift,
	};
	if (workload->size && bench->size < workload->leaf)
		bench->size = workload->leaf;
	take_memory(bench);
	workload->fill_in(bench);
	for (size_t i = 0; !bench->n_va && i < bench->work.n; i++)
		bench->units += (size_t)(bench->work.at[i].size / workload->leaf);
	bench->stores = bench->memory_size / sizeof(uint64_t);
	if (bench->stores > bench->units)
		bench->stores = bench->units;
}

static hypmmu_pa to_pa(void *ctx, const void *table)
{
	const struct hypmmu_pool *pool = ctx;

	return BENCH_POOL_PA +
	       (size_t)((const unsigned char *)table - (const unsigned char *)pool->pages.window);
}

static void *to_ptr(void *ctx, hypmmu_pa pa)
{
	const struct hypmmu_pool *pool = ctx;
	size_t offset = (size_t)(pa - BENCH_POOL_PA);

	return offset < pool->pages.window_size ? (unsigned char *)pool->pages.window + offset
						: NULL;
}

static struct hypmmu_pages page_source(struct bench *bench)
{
	struct hypmmu_pages pages = bench->pool.pages;

	if (bench->workload->setup & BENCH_CALLBACKS) {
		pages.window = NULL;
		pages.to_pa = to_pa;
		pages.to_ptr = to_ptr;
	}
	if (bench->workload->setup & BENCH_ZEROED) {
		memset(bench->memory, 0, bench->memory_size);
		pages.flags = HYPMMU_PAGES_ZEROED;
	}
	return pages;
}

int bench_start(struct bench *bench)
{
	const struct hypmmu_config cfg = {
		.granule = bench->workload->granule,
		.regime = HYPMMU_EL2,
		.va_bits = 48,
		.pa_bits = 48,
		.hw = bench->hw |
		      (bench->workload->setup & BENCH_RANGES ? HYPMMU_HW_TLBIRANGE : 0)};
	struct hypmmu_pages pages;
	int err;

	err = hypmmu_pool_init(&bench->pool, cfg.granule, bench->memory, BENCH_POOL_PA,
			       bench->memory_size);
	if (err)
		return err;
	pages = page_source(bench);
	err = hypmmu_init(&bench->mmu, &cfg, &pages);
	if (!err)
		err = hypmmu_apply(&bench->mmu, bench->before.at, bench->before.n, NULL);
	if (!err && (bench->workload->setup & BENCH_LIVE))
		err = bench_go_live(bench);
	return err;
}

void bench_close(struct bench *bench)
{
	free(bench->memory);
	free(bench->before.at);
	free(bench->work.at);
	free(bench->after.at);
	free(bench->va);
}
