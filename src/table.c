/* SPDX-License-Identifier: BSD-2-Clause */
/* Table memory: runs of slots; pages: check the source, reserve, take, park, release. */
#include "table.h"

#ifndef HM_TABLE_DOOR
#if defined(__GNUC__) && !defined(__clang__) && !defined(__OPTIMIZE_SIZE__)
#define UNROLLED _Pragma("GCC unroll 16")
#else
#define UNROLLED
#endif

void hm_fill(const struct hypmmu_geometry *geo, hypmmu_desc *slot, size_t n, hypmmu_desc desc,
	     uint64_t step)
{
	if (geo->swap) {
		for (; n; n--, slot++, desc += step)
			__atomic_store_n(slot, __builtin_bswap64(desc), __ATOMIC_RELAXED);
		return;
	}
	UNROLLED
	for (; n; n--, slot++, desc += step)
		__atomic_store_n(slot, desc, __ATOMIC_RELAXED);
}

void hm_rewrite(const struct hypmmu_geometry *geo, hypmmu_desc *slot, size_t n, uint64_t keep,
		hypmmu_desc bits)
{
	keep = hm_order(geo, keep);
	bits = hm_order(geo, bits);
	UNROLLED
	for (; n; n--, slot++)
		__atomic_store_n(slot, (__atomic_load_n(slot, __ATOMIC_RELAXED) & keep) | bits,
				 __ATOMIC_RELAXED);
}

/* As hm_run() in steps of sixteen, if all bits of the mask have to be 1: two instructions a slot. */
static unsigned run_of_ones(const hypmmu_desc *slot, unsigned n, uint64_t mask)
{
	enum { STEP = 16 };
	unsigned run = 0;

	for (; n - run >= STEP; run += STEP) {
		hypmmu_desc all = mask;

		UNROLLED
		for (unsigned i = 0; i < STEP; i++)
			all &= __atomic_load_n(slot + run + i, __ATOMIC_RELAXED);
		if (all != mask)
			break;
	}
	return run;
}

unsigned hm_run(const struct hypmmu_geometry *geo, const hypmmu_desc *slot, unsigned n,
		uint64_t mask, hypmmu_desc value)
{
	enum { STEP = 8 };
	hypmmu_desc differ = 0;
	unsigned run;

	mask = hm_order(geo, mask);
	value = hm_order(geo, value) & mask;
	run = value == mask ? run_of_ones(slot, n, mask) : 0;
	for (; n - run >= STEP; run += STEP) {
		UNROLLED
		for (unsigned i = 0; i < STEP; i++)
			differ |= __atomic_load_n(slot + run + i, __ATOMIC_RELAXED) ^ value;
		if (differ & mask)
			break;
	}
	while (run < n && !((__atomic_load_n(slot + run, __ATOMIC_RELAXED) ^ value) & mask))
		run++;
	return run;
}
#endif

int hm_mmu_check(const struct hypmmu *mmu)
{
	if (!mmu)
		return HYPMMU_ERR_ARG;
	if (mmu->busy)
		return HYPMMU_ERR_BUSY;
	return mmu->tables ? 0 : HYPMMU_ERR_STATE;
}

hypmmu_desc *hm_table_at(const struct hypmmu_pages *pages, hypmmu_pa pa)
{
	if (pages->window) {
		uint64_t offset = pa - pages->window_pa;

		return offset < pages->window_size
			       ? (hypmmu_desc *)(void *)((char *)pages->window + offset)
			       : NULL;
	}
	return pages->to_ptr(pages->ctx, pa);
}

hypmmu_pa hm_table_pa(const struct hypmmu_pages *pages, const hypmmu_desc *table)
{
	if (pages->window)
		return pages->window_pa +
		       (uint64_t)((const char *)(const void *)table - (const char *)pages->window);
	return pages->to_pa(pages->ctx, table);
}

hypmmu_desc *hm_root(const struct hypmmu *mmu)
{
	return hm_table_at(&mmu->pages, hm_mmu_root(mmu));
}

/* On down from a slot of a table at this level; or from above the root. */
static struct hm_place descend(const struct hypmmu *mmu, hypmmu_va va, int *level,
			       struct hm_place place)
{
	const struct hypmmu_geometry *geo = &mmu->geo;
	int at = *level;

	while (hm_desc_kind(geo, at, place.desc) == HM_TABLE) {
		hypmmu_desc *table = hm_table_at(&mmu->pages, hm_get_oa(geo, place.desc));

		if (!table)
			break;
		place.slot = table + hm_slot_index(geo, ++at, va);
		place.desc = hm_load(geo, place.slot);
	}
	*level = at;
	return place;
}

static hypmmu_va turn_left(hypmmu_va va, unsigned by)
{
	return va << (by & 63) | va >> (-by & 63);
}

/* Straight down as far as tables lie in the window and descriptors are as the library writes them,
 * without folded address bits and in the host's byte order: no call, no branch on geometry. The
 * address is turned so that the index, times 8, of each level in turn is in its low bits. */
static struct hm_place descend_window(const struct hypmmu *mmu, hypmmu_va va, int *level,
				      uint64_t offset)
{
	static const struct hypmmu_geometry native = {.swap = false};
	const hypmmu_desc first = mmu->pages.window_pa | HM_TYPE | HM_VALID;
	const uint64_t in_page = mmu->geo.in_page, size = mmu->pages.window_size;
	const unsigned stride = mmu->geo.stride;
	char *const window = mmu->pages.window, *table = window + offset;
	hypmmu_va turned = turn_left(va - mmu->geo.va_base, mmu->geo.root_turn);
	struct hm_place place;
	int at = mmu->geo.start_level;

	for (;; at++) {
		place.slot = (hypmmu_desc *)(void *)(table + (turned & (in_page - 7)));
		place.desc = hm_load(&native, place.slot);
		if (at == HM_LAST_LEVEL)
			break;
		offset = place.desc - first;
		if (offset >= size || (offset & in_page))
			break;
		table = window + offset;
		turned = turn_left(turned, stride);
	}
	*level = at;
	return at == HM_LAST_LEVEL ? place : descend(mmu, va, level, place);
}

struct hm_place hm_find_slot(const struct hypmmu *mmu, hypmmu_va va, int *level)
{
	const struct hypmmu_geometry *geo = &mmu->geo;
	hypmmu_pa root = hm_mmu_root(mmu);
	uint64_t offset = root - mmu->pages.window_pa;

	if (mmu->pages.window && !geo->swap && offset < mmu->pages.window_size)
		return descend_window(mmu, va, level, offset);
	*level = geo->start_level - 1;
	return descend(mmu, va, level, (struct hm_place){NULL, hm_table_desc(geo, root)});
}

int hm_pages_check(const struct hypmmu_pages *pages, const struct hypmmu_config *cfg)
{
	unsigned shift = (unsigned)cfg->granule;

	if (!pages->alloc || !pages->free || (pages->flags & ~HYPMMU_PAGES_ZEROED))
		return HYPMMU_ERR_ARG;
	if (!pages->window)
		return pages->to_pa && pages->to_ptr ? 0 : HYPMMU_ERR_ARG;
	if (!is_aligned((uintptr_t)pages->window | pages->window_pa | pages->window_size, shift))
		return HYPMMU_ERR_ALIGN;
	if (!pages->window_size || pages->window_pa + (pages->window_size - 1) < pages->window_pa)
		return HYPMMU_ERR_RANGE;
	return 0;
}

bool hm_page_is_good(const hypmmu_desc *page, const struct hypmmu_pages *pages,
		     const struct hypmmu_geometry *geo)
{
	hypmmu_pa pa;

	if (!is_aligned((uintptr_t)page, geo->page_shift))
		return false;
	pa = hm_table_pa(pages, page);
	return is_aligned(pa, geo->page_shift) && pa < BIT(geo->pa_bits) &&
	       hm_table_at(pages, pa) == page;
}

static bool is_listed(const hypmmu_desc *list, size_t n, const hypmmu_desc *page)
{
	for (; n && list != page; n--)
		list = hm_pages_next(list);
	return n;
}

/* A source that gives one page twice makes a ring of the list: it is cut, for the release. */
static bool cut_ring(hypmmu_desc *list, size_t n)
{
	hypmmu_desc *page = list;

	for (size_t i = 0; page && i < n; i++)
		page = hm_pages_next(page);
	if (!page)
		return false;
	page = list;
	for (size_t i = 1; !is_listed(list, i, hm_pages_next(page)); i++)
		page = hm_pages_next(page);
	hm_pages_link(page, NULL);
	return true;
}

int hm_pages_reserve(hypmmu_desc **list, size_t n, const struct hypmmu_pages *pages,
		     const struct hypmmu_geometry *geo)
{
	size_t taken = 0;
	int err = 0;

	*list = NULL;
	while (!err && taken < n) {
		hypmmu_desc *page = pages->alloc(pages->ctx);

		if (!page) {
			err = HYPMMU_ERR_NOMEM;
		} else if (hm_page_is_good(page, pages, geo)) {
			hm_pages_link(page, *list);
			*list = page;
			taken++;
		} else {
			err = HYPMMU_ERR_PAGES;
			pages->free(pages->ctx, page);
		}
	}
	if (cut_ring(*list, taken))
		err = HYPMMU_ERR_PAGES;
	if (err)
		hm_pages_release(list, pages);
	return err;
}

hypmmu_desc *hm_pages_take(hypmmu_desc **list)
{
	hypmmu_desc *page = *list;

	*list = hm_pages_next(page);
	hm_pages_link(page, NULL); /* a zeroed page is zero again */
	return page;
}

void hm_pages_release(hypmmu_desc **list, const struct hypmmu_pages *pages)
{
	while (*list)
		pages->free(pages->ctx, hm_pages_take(list));
}
