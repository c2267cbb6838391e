/* SPDX-License-Identifier: BSD-2-Clause */
/* Hardware that sets AF and clears AP[2] right before a store of the library, or before a sync in a
 * table that is unlinked by then: not a bit of it is lost, and only what may race is exchanged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"
#include "live_log.h"

#define CLEAN	(HYPMMU_DATA | HYPMMU_DBM)
#define MAX_HIT 64

/* What hardware has written to, by address; pages of 16K make tables too large for all of them. */
struct hardware {
	hypmmu_va hit[MAX_HIT];
	unsigned hits;
};

/* An access to va: as a walker that finds a leaf there would. */
static void touch(struct live *live, struct hardware *hw, hypmmu_desc *slot, hypmmu_va va)
{
	hypmmu_desc leaf = *slot;

	if (live->s.cfg.use & HYPMMU_USE_BIG_ENDIAN)
		leaf = __builtin_bswap64(leaf);
	if (!(leaf & LIVE_VALID) || hw->hits == MAX_HIT)
		return;
	if ((leaf & LIVE_AF) && (!(leaf & LIVE_DBM) || !(leaf & LIVE_AP2)))
		return;
	live_poke(live, slot, LIVE_AF, leaf & LIVE_DBM ? LIVE_AP2 : 0);
	hw->hit[hw->hits++] = va;
}

/* Before each store in a leaf: that very leaf. */
static void touch_before_store(struct live *live, enum live_moment moment, hypmmu_desc *slot)
{
	const struct live_page *page;
	hypmmu_desc desc;
	size_t offset;

	if (moment != LIVE_STORE)
		return;
	offset = (size_t)((unsigned char *)slot - live->s.arena.memory);
	page = &live->page[offset / live->s.page];
	if (!page->placed)
		return;
	desc = live->s.cfg.use & HYPMMU_USE_BIG_ENDIAN ? __builtin_bswap64(*slot) : *slot;
	if (page->level == 3)
		touch(live, live->hook_ctx, slot,
		      page->va + offset % live->s.page / 8 * live->s.page);
	else if (page->level == 2 && !(desc & 2))
		touch(live, live->hook_ctx, slot,
		      page->va + offset % live->s.page / 8 * live->s.block);
}

static void assert_nothing_lost(struct live *live, const struct hardware *hw, bool dirty)
{
	assert_true(hw->hits);
	for (unsigned i = 0; i < hw->hits; i++) {
		hypmmu_desc leaf = live_desc(live, hw->hit[i]);

		if (!(leaf & LIVE_VALID))
			continue;
		assert_true(leaf & LIVE_AF);
		assert_true(!dirty || !(leaf & LIVE_AP2));
	}
}

/* With direct permissions and with indirect ones: AP[2] is nDirty, DBM part of PIIndex. */
static void over_schemes(uint32_t use,
			 void (*scenario)(struct live *live, uint64_t page, uint64_t block))
{
	live_over(HYPMMU_HW_HAFDBS, use, scenario);
	live_over(HYPMMU_HW_HAFDBS | HYPMMU_HW_S1PIE, use | HYPMMU_USE_S1PIE, scenario);
}

/* Clean leaves, and some that were never accessed. */
static void prepare(struct live *live, uint64_t page, uint64_t block)
{
	live_do(live, HYPMMU_PROTECT, 0, 4 * page, CLEAN, HYPMMU_MAY_BREAK, NULL);
	live_do(live, HYPMMU_PROTECT, block, block, CLEAN, 0, NULL);
	for (unsigned i = 0; i < 4; i++)
		live_poke(live, live_slot(live, live->s.base + i * page), LIVE_AP2,
			  i % 2 ? LIVE_AF : 0);
	live_poke(live, live_slot(live, live->s.base + block), LIVE_AP2, LIVE_AF);
}

static void run(struct live *live, enum hypmmu_op op, uint64_t va, uint64_t size, hypmmu_attr attr,
		bool dirty)
{
	struct hardware hw = {.hits = 0};

	live->hook_ctx = &hw;
	live->hook = touch_before_store;
	live_do(live, op, va, size, attr, HYPMMU_MAY_BREAK, NULL);
	live->hook = NULL;
	assert_nothing_lost(live, &hw, dirty);
	assert_true(live->exchanges);
}

static void protect_pages(struct live *live, uint64_t page, uint64_t block)
{
	prepare(live, page, block);
	run(live, HYPMMU_PROTECT, 0, 4 * page, CLEAN | HYPMMU_SW(1), true);
	prepare(live, page, block);
	run(live, HYPMMU_PROTECT, 0, 4 * page, CLEAN | HYPMMU_NS, true);
	prepare(live, page, block);
	run(live, HYPMMU_PROTECT, 0, 4 * page, HYPMMU_RODATA, false);
	prepare(live, page, block);
	run(live, HYPMMU_PROTECT, block, block, CLEAN | HYPMMU_SW(1), true);
}

static void nothing_is_lost_in_a_protect(void **state)
{
	(void)state;
	over_schemes(HYPMMU_USE_HAFDBS, protect_pages);
}

static void protect_part_of_a_block(struct live *live, uint64_t page, uint64_t block)
{
	prepare(live, page, block);
	run(live, HYPMMU_PROTECT, block + page, page, CLEAN | HYPMMU_SW(1), true);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(live_desc(live, live->s.base + block + i * page) &
					 (LIVE_AF | LIVE_AP2),
				 LIVE_AF);
}

static void nothing_is_lost_in_a_split(void **state)
{
	(void)state;
	over_schemes(HYPMMU_USE_HAFDBS, protect_part_of_a_block);
	live_over(HYPMMU_HW_HAFDBS | HYPMMU_HW_BBM_NOABORT, HYPMMU_USE_HAFDBS,
		  protect_part_of_a_block);
	live_over(HYPMMU_HW_HAFDBS | HYPMMU_HW_BBM_NOABORT | HYPMMU_HW_S1PIE,
		  HYPMMU_USE_HAFDBS | HYPMMU_USE_S1PIE, protect_part_of_a_block);
}

/* A walker that still has the table in its cache: up to the end of the TLBI. */
static void touch_before_sync(struct live *live, enum live_moment moment, hypmmu_desc *slot)
{
	hypmmu_desc **kept = live->hook_ctx;

	(void)slot;
	if (moment == LIVE_SYNC && live->flushes == 0)
		live_poke(live, *kept, LIVE_AF, LIVE_AP2);
}

static void merge_pages(struct live *live, uint64_t page, uint64_t block)
{
	hypmmu_desc *kept;

	live_do(live, HYPMMU_MAP, 2 * block, block, CLEAN, HYPMMU_PAGES_ONLY, NULL);
	for (uint64_t va = 2 * block; va < 3 * block; va += page)
		live_poke(live, live_slot(live, live->s.base + va), LIVE_AP2, LIVE_AF);
	kept = live_slot(live, live->s.base + 2 * block + 3 * page);
	live->hook_ctx = &kept;
	live->hook = touch_before_sync;

	live_do(live, HYPMMU_MERGE, 2 * block, block, 0, HYPMMU_MAY_BREAK,
		"2@2b=fold sync(2b+1b L3 walks) 2@2b=leaf free sync");

	live->hook = NULL;
	assert_int_equal(live_desc(live, live->s.base + 2 * block) & (LIVE_AF | LIVE_AP2), LIVE_AF);
}

static void nothing_is_lost_in_a_merge(void **state)
{
	(void)state;
	over_schemes(HYPMMU_USE_HAFDBS, merge_pages);
}

static void protect_what_cannot_race(struct live *live, uint64_t page, uint64_t block)
{
	live_do(live, HYPMMU_PROTECT, 0, 4 * page, HYPMMU_RODATA, 0, "3@0p+4p=leaf sync(0p+4p L3)");
	assert_int_equal(live->exchanges, 0);
	live_do(live, HYPMMU_SPLIT, block, page, 0, HYPMMU_MAY_BREAK, NULL);
	live_do(live, HYPMMU_UNMAP, block, page, 0, 0, NULL);
	assert_int_equal(live->exchanges, 0);
}

static void what_hardware_does_not_write_to_is_stored(void **state)
{
	(void)state;
	over_schemes(HYPMMU_USE_HAFDBS, protect_what_cannot_race);
	over_schemes(0, protect_what_cannot_race);
}

static void protect_one_that_races(struct live *live, uint64_t page, uint64_t block)
{
	(void)block;
	live_poke(live, live_slot(live, live->s.base + page), 0, LIVE_AF);
	if (live->s.cfg.use & HYPMMU_USE_HAFDBS)
		live_do(live, HYPMMU_PROTECT, 0, 4 * page, HYPMMU_RODATA, 0,
			"3@0p=leaf 3@1p=~leaf 3@2p+2p=leaf sync(0p+4p L3)");
	else /* where it is software that sees to AF */
		assert_int_equal(
			hypmmu_protect(&live->s.mmu, live->s.base, 4 * page, HYPMMU_RODATA, 0),
			HYPMMU_OK);
	assert_int_equal(live->exchanges, live->s.cfg.use & HYPMMU_USE_HAFDBS ? 1 : 0);
	assert_false(live_desc(live, live->s.base + page) & LIVE_AF);
}

static void only_the_leaf_that_may_race_is_exchanged(void **state)
{
	(void)state;
	over_schemes(HYPMMU_USE_HAFDBS, protect_one_that_races);
	over_schemes(0, protect_one_that_races);
}

static void assert_state(struct live *live, hypmmu_attr attr, bool accessed, bool dirty)
{
	struct hypmmu_translation t;
	struct hypmmu_leaf leaf;

	assert_int_equal(hypmmu_query(&live->s.mmu, live->s.base, &leaf), HYPMMU_OK);
	assert_int_equal(leaf.attr, attr);
	assert_int_equal(leaf.accessed, accessed);
	assert_int_equal(leaf.dirty, dirty);
	assert_int_equal(hypmmu_translate(&live->s.mmu, live->s.base, HYPMMU_WRITE, &t),
			 (attr & HYPMMU_W) != 0);
	live_assert_sound(live);
}

/* The life of one page, as the caller sees it. */
static void protect_and_query_a_page(struct live *live, uint64_t page, uint64_t block)
{
	hypmmu_desc *slot = live_slot(live, live->s.base);

	(void)block;
	live_do(live, HYPMMU_UNMAP, 0, page, 0, 0, NULL);
	live_do(live, HYPMMU_MAP, 0, page, CLEAN, 0, NULL);
	live_poke(live, slot, 0, LIVE_AF);
	assert_state(live, CLEAN, false, false);
	live_poke(live, slot, LIVE_AF, LIVE_AP2); /* the first write */
	assert_state(live, CLEAN, true, true);
	live_do(live, HYPMMU_PROTECT, 0, page, CLEAN, 0, "");
	live_do(live, HYPMMU_MAP, 0, page, CLEAN, 0, "");
	assert_state(live, CLEAN, true, true);
	live_do(live, HYPMMU_PROTECT, 0, page, CLEAN | HYPMMU_SW(1), 0, "3@0p=~leaf sync");
	assert_state(live, CLEAN | HYPMMU_SW(1), true, true);
	live_do(live, HYPMMU_PROTECT, 0, page, HYPMMU_RODATA, 0, "3@0p=~leaf sync(0p+1p L3)");
	assert_state(live, HYPMMU_RODATA, true, false);
	live_do(live, HYPMMU_PROTECT, 0, page, CLEAN, 0, "3@0p=leaf sync(0p+1p L3)");
	assert_state(live, CLEAN, true, false);
	live_do(live, HYPMMU_PROTECT, 0, page, HYPMMU_DATA, 0, "3@0p=~leaf sync(0p+1p L3)");
	assert_state(live, HYPMMU_DATA, true, true);
	live_do(live, HYPMMU_PROTECT, 0, page, CLEAN, 0, "3@0p=leaf sync(0p+1p L3)");
	assert_state(live, CLEAN, true, true);
}

static void query_and_protect_know_a_page_that_hardware_made_writable(void **state)
{
	(void)state;
	over_schemes(HYPMMU_USE_HAFDBS, protect_and_query_a_page);
}

static void make_and_dissolve_a_group(struct live *live)
{
	const uint64_t at = 2 * live->s.block,
		       half = live->s.page * (live->s.cfg.granule == HYPMMU_4K	  ? 8
					      : live->s.cfg.granule == HYPMMU_16K ? 64
										  : 16);
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_MAP, at, half, CLEAN, 0),
		live_change(live, HYPMMU_MAP, at + half, half, CLEAN, 0),
		live_change(live, HYPMMU_UNMAP, at + 3 * live->s.page, live->s.page, 0, 0),
		live_change(live, HYPMMU_MAP, at, 2 * half, CLEAN, 0),
	};

	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(hypmmu_apply(&live->s.mmu, &changes[i], 1, NULL), HYPMMU_OK);
		assert_int_equal(!!(live_desc(live, live->s.base + at) & LIVE_CONT), i % 2);
	}
	assert_int_equal(hypmmu_check(&live->s.mmu, NULL), HYPMMU_OK);
}

static void what_is_not_live_is_stored(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct hypmmu_config cfg = subject_configs[i];
		struct live live;

		cfg.hw |= HYPMMU_HW_HAFDBS;
		cfg.use |= HYPMMU_USE_HAFDBS | HYPMMU_USE_CONT;
		live_init(&live, &cfg);
		prepare(&live, live.s.page, live.s.block);
		live_begin(&live);
		live.on = true; /* count stores, although there is no maintenance yet */
		assert_int_equal(
			hypmmu_protect(&live.s.mmu, live.s.base, 4 * live.s.page, HYPMMU_RODATA, 0),
			HYPMMU_OK);
		assert_int_equal(live.stores, 4);
		assert_int_equal(live.exchanges, 0);
		make_and_dissolve_a_group(&live);
		assert_int_equal(live.exchanges, 0);
		live_end(&live);
	}
}

static void write_to_both_roots(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_PROTECT, 0, page, CLEAN | HYPMMU_SW(3), HYPMMU_NEW_ROOT),
		live_change(live, HYPMMU_PROTECT, 3 * page, page, HYPMMU_RODATA, 0),
		live_change(live, HYPMMU_SPLIT, block + page, page, 0, 0),
	};
	hypmmu_desc *old[4], *old_block;

	prepare(live, page, block);
	for (unsigned i = 0; i < 4; i++)
		old[i] = live_slot(live, live->s.base + i * page);
	old_block = live_slot(live, live->s.base + block);
	live_apply(live, changes, 3, NULL);

	live_poke(live, old[0], LIVE_AF, LIVE_AP2);
	live_poke(live, old[1], LIVE_AF, 0);
	live_poke(live, old[3], LIVE_AF, LIVE_AP2);
	live_poke(live, old_block, LIVE_AF, LIVE_AP2);
	live_poke(live, live_slot(live, live->s.base + 2 * page), LIVE_AF, LIVE_AP2);
	live_begin(live);
	assert_int_equal(hypmmu_reclaim(&live->s.mmu), HYPMMU_OK);
	live_log_end(live);

	live_assert_sound(live);
	assert_int_equal(live->syncs, 1);
	assert_int_equal(live->stores, live->exchanges);
	assert_int_equal(live_desc(live, live->s.base) & (LIVE_AF | LIVE_AP2), LIVE_AF);
	assert_int_equal(live_desc(live, live->s.base + page) & (LIVE_AF | LIVE_AP2),
			 LIVE_AF | LIVE_AP2);
	assert_int_equal(live_desc(live, live->s.base + 2 * page) & (LIVE_AF | LIVE_AP2), LIVE_AF);
	assert_int_equal(live_desc(live, live->s.base + 3 * page) & (LIVE_AF | LIVE_AP2),
			 LIVE_AF | LIVE_AP2); /* read-only is not clean */
	assert_int_equal(live_desc(live, live->s.base + block) & (LIVE_AF | LIVE_AP2), LIVE_AF);
	assert_int_equal(live_desc(live, live->s.base + 2 * block - page) & (LIVE_AF | LIVE_AP2),
			 LIVE_AF);
}

static void the_new_root_takes_over_what_was_written_to_the_old_one(void **state)
{
	(void)state;
	over_schemes(HYPMMU_USE_HAFDBS, write_to_both_roots);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_in_a_protect),
		cmocka_unit_test(nothing_is_lost_in_a_split),
		cmocka_unit_test(nothing_is_lost_in_a_merge),
		cmocka_unit_test(what_hardware_does_not_write_to_is_stored),
		cmocka_unit_test(only_the_leaf_that_may_race_is_exchanged),
		cmocka_unit_test(query_and_protect_know_a_page_that_hardware_made_writable),
		cmocka_unit_test(what_is_not_live_is_stored),
		cmocka_unit_test(the_new_root_takes_over_what_was_written_to_the_old_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
