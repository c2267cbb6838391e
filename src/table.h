/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Table memory: the only accesses to descriptors and to table pages in the library.
 *
 * The first group is the door: each access is one aligned 64-bit load or store, and the byte order
 * of the tables is known here and nowhere else. A build may replace the group by defining
 * HM_TABLE_DOOR as the name of a header that has the same functions: to record accesses, or to
 * model memory for a prover.
 */
#ifndef HM_TABLE_H
#define HM_TABLE_H
#include "desc.h"
#include <stddef.h>

#ifdef HM_TABLE_DOOR
#include HM_TABLE_DOOR
#else
static inline hypmmu_desc hm_order(const struct hypmmu_geometry *geo, hypmmu_desc desc)
{
	return geo->swap ? __builtin_bswap64(desc) : desc;
}

static inline hypmmu_desc hm_load(const struct hypmmu_geometry *geo, const hypmmu_desc *slot)
{
	return hm_order(geo, __atomic_load_n(slot, __ATOMIC_RELAXED));
}

static inline void hm_store(const struct hypmmu_geometry *geo, hypmmu_desc *slot, hypmmu_desc desc)
{
	__atomic_store_n(slot, hm_order(geo, desc), __ATOMIC_RELAXED);
}

/* The stores that filled a table come before the store that links it, for whoever follows it. */
static inline void hm_link(const struct hypmmu_geometry *geo, hypmmu_desc *slot, hypmmu_desc desc)
{
	__atomic_store_n(slot, hm_order(geo, desc), __ATOMIC_RELEASE);
}

/* Stores desc, as hm_link() does, if the slot holds `expected` still; returns what it held. For
 * slots that hardware may write to as well. On AArch64 in line: a compiler may call a helper for the builtin. Not with the
 * MMU off, where memory has no exclusive monitor. */
static inline hypmmu_desc hm_exchange(const struct hypmmu_geometry *geo, hypmmu_desc *slot,
				      hypmmu_desc expected, hypmmu_desc desc)
{
	hypmmu_desc old = hm_order(geo, expected);
	hypmmu_desc wanted = hm_order(geo, desc);
#if defined(__aarch64__)
	hypmmu_desc found;
	uint32_t failed;

	__asm__ volatile("1:	ldxr	%0, %2\n"
			 "	cmp	%0, %3\n"
			 "	b.ne	2f\n"
			 "	stlxr	%w1, %4, %2\n"
			 "	cbnz	%w1, 1b\n"
			 "2:"
			 : "=&r"(found), "=&r"(failed), "+Q"(*slot)
			 : "r"(old), "r"(wanted)
			 : "cc", "memory");
	return hm_order(geo, found);
#else
	__atomic_compare_exchange_n(slot, &old, wanted, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
	return hm_order(geo, old);
#endif
}

/* n slots: desc, desc + step, ... */
void hm_fill(const struct hypmmu_geometry *geo, hypmmu_desc *slot, size_t n, hypmmu_desc desc,
	     uint64_t step);
/* n slots keep the bits of `keep` and get those of `bits`. */
void hm_rewrite(const struct hypmmu_geometry *geo, hypmmu_desc *slot, size_t n, uint64_t keep,
		hypmmu_desc bits);
/* How many of the n slots, from the first on, hold `value` in the bits of `mask`. */
unsigned hm_run(const struct hypmmu_geometry *geo, const hypmmu_desc *slot, unsigned n,
		uint64_t mask, hypmmu_desc value);
#endif

/* For every call: ARG; STATE if it was never initialised, or destroyed; BUSY from a callback. */
int hm_mmu_check(const struct hypmmu *mmu);

/* The table at pa, or NULL if pa is not a page of the source. */
hypmmu_desc *hm_table_at(const struct hypmmu_pages *pages, hypmmu_pa pa);
hypmmu_pa hm_table_pa(const struct hypmmu_pages *pages, const hypmmu_desc *table);

/* What readers beside the writer need of *mmu, and a change writes. */
static inline hypmmu_pa hm_mmu_root(const struct hypmmu *mmu)
{
	return __atomic_load_n(&mmu->root, __ATOMIC_RELAXED);
}

static inline size_t hm_mmu_tables(const struct hypmmu *mmu)
{
	return __atomic_load_n(&mmu->tables, __ATOMIC_RELAXED);
}

static inline void hm_mmu_set_tables(struct hypmmu *mmu, size_t tables)
{
	__atomic_store_n(&mmu->tables, tables, __ATOMIC_RELAXED);
}

hypmmu_desc *hm_root(const struct hypmmu *mmu);

struct hm_place { /* a slot, and what was read from it */
	hypmmu_desc *slot;
	hypmmu_desc desc;
};

/* The slot that decides about va, and its level: it holds a hole, a leaf, or what no table of ours
 * holds, such as a table that is no page. If the root is no page there is no slot, and the level is
 * the one above. va is in range. Readers may run beside the writer: each slot is loaded once. */
struct hm_place hm_find_slot(const struct hypmmu *mmu, hypmmu_va va, int *level);

/* Has the page source all it needs, and is its window made of whole granules? */
int hm_pages_check(const struct hypmmu_pages *pages, const struct hypmmu_config *cfg);

/* Pages that are reserved and not used yet: the first slot of each holds the pointer to the next.
 * Takes n pages, each checked, or none: NOMEM, PAGES. */
int hm_pages_reserve(hypmmu_desc **list, size_t n, const struct hypmmu_pages *pages,
		     const struct hypmmu_geometry *geo);
static inline hypmmu_desc *hm_pages_next(const hypmmu_desc *page)
{
	return (hypmmu_desc *)(uintptr_t)*page;
}

/* A store like those of descriptors: what orders it before a reader's load is that the load's
 * address depends on the descriptor that links the table. */
static inline void hm_pages_link(hypmmu_desc *page, const hypmmu_desc *next)
{
	__atomic_store_n(page, (uintptr_t)next, __ATOMIC_RELAXED);
}

/* The list must not be empty. */
hypmmu_desc *hm_pages_take(hypmmu_desc **list);
void hm_pages_release(hypmmu_desc **list, const struct hypmmu_pages *pages);

/* Can this page be a table: aligned, its PA too and below pa_bits, and found again by it? */
bool hm_page_is_good(const hypmmu_desc *page, const struct hypmmu_pages *pages,
		     const struct hypmmu_geometry *geo);
#endif
