/* SPDX-License-Identifier: BSD-2-Clause */
/* Pool: a page source over one block of memory. */
#include "table.h"

static void *take_page(void *ctx)
{
	struct hypmmu_pool *pool = ctx;
	void *page = pool->free_list;

	if (page)
		pool->free_list = (void *)(uintptr_t) * (hypmmu_desc *)page;
	else if (pool->fresh < pool->total)
		page = pool->base + pool->fresh++ * pool->page_size;
	else
		return NULL;
	if (++pool->used > pool->peak)
		pool->peak = pool->used;
	return page;
}

static void give_page(void *ctx, void *table)
{
	struct hypmmu_pool *pool = ctx;

	*(hypmmu_desc *)table = (uintptr_t)pool->free_list;
	pool->free_list = table;
	pool->used--;
}

int hypmmu_pool_init(struct hypmmu_pool *pool, enum hypmmu_granule granule, void *base,
		     hypmmu_pa base_pa, size_t size)
{
	if (!pool || !base)
		return HYPMMU_ERR_ARG;
	if (granule != HYPMMU_4K && granule != HYPMMU_16K && granule != HYPMMU_64K)
		return HYPMMU_ERR_CONFIG;
	if (!is_aligned((uintptr_t)base | base_pa | size, granule))
		return HYPMMU_ERR_ALIGN;
	if (!size || base_pa + (size - 1) < base_pa ||
	    (uintptr_t)base + (size - 1) < (uintptr_t)base)
		return HYPMMU_ERR_RANGE;
	*pool = (struct hypmmu_pool){
		.pages =
			{
				.alloc = take_page,
				.free = give_page,
				.ctx = pool,
				.window = base,
				.window_pa = base_pa,
				.window_size = size,
			},
		.base = base,
		.base_pa = base_pa,
		.total = size >> granule,
		.page_size = (size_t)BIT(granule),
	};
	return 0;
}
