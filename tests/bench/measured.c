/* SPDX-License-Identifier: BSD-2-Clause */
/* The measured code, apart from the library's own. */
#include "bench.h"

int bench_apply(struct bench *bench)
{
	return hypmmu_apply(&bench->mmu, bench->work.at, bench->work.n, NULL);
}

int bench_map_each(struct bench *bench)
{
	struct hypmmu_change map = bench->work.at[0];
	const hypmmu_va *va = bench->va, *end = va + bench->n_va;
	uint64_t offset = map.pa - map.va;
	int err = 0;

	for (; va < end; va++) {
		map.va = *va;
		map.pa = *va + offset;
		err |= hypmmu_map(&bench->mmu, &map);
	}
	return err;
}

int bench_unmap_all(struct bench *bench)
{
	return hypmmu_unmap(&bench->mmu, bench->work.at[0].va, bench->work.at[0].size, 0);
}

int bench_unmap_each(struct bench *bench)
{
	const hypmmu_va *va = bench->va, *end = va + bench->n_va;
	uint64_t size = bench->work.at[0].size;
	int err = 0;

	for (; va < end; va++)
		err |= hypmmu_unmap(&bench->mmu, *va, size, 0);
	return err;
}

int bench_protect_all(struct bench *bench)
{
	const struct hypmmu_change *work = &bench->work.at[0];

	return hypmmu_protect(&bench->mmu, work->va, work->size, work->attr, 0);
}

int bench_query_each(struct bench *bench)
{
	const hypmmu_va *va = bench->va, *end = va + bench->n_va;
	struct hypmmu_leaf leaf;
	int err = 0;

	for (; va < end; va++)
		err |= hypmmu_query(&bench->mmu, *va, &leaf);
	return err;
}

/* The plain loop. volatile: neither unrolled nor vectorised, each descriptor one store. */
int bench_store_each(struct bench *bench)
{
	volatile uint64_t *slot = (volatile uint64_t *)(void *)bench->memory;
	volatile uint64_t *end = slot + bench->stores;

	for (uint64_t desc = 0x743; slot < end; slot++, desc += 4096)
		*slot = desc;
	return 0;
}

/* The result is stored so that the call is no jump: its end must be seen, too. */
__attribute__((noinline)) void bench_measured(struct bench *bench,
					      int (*measured)(struct bench *bench))
{
	bench->err = measured(bench);
}
