/* SPDX-License-Identifier: BSD-2-Clause */
/* A writer that runs on the tables it changes: it must not lose sight of a table page that it has
 * yet to read or write. The pages are mapped where this test sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"
#include "support/random.h"
#include <stdlib.h>

#define GRANULES 3
#define PAGES	 24
#define NC	 (HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_NC)

/* Do pages lie above the blocks that a test uses otherwise? Valgrind has them so low that with large
 * granules they do not: nothing to be seen there. */
static bool is_clear(size_t granule)
{
	const size_t page = (size_t)1 << (12 + 2 * granule);
	void *pages = aligned_alloc(page, PAGES * page);
	bool clear = (uintptr_t)pages >= 8 * (uint64_t)page * page / 8;

	free(pages);
	return clear;
}

/* The arena is mapped in pages, or in blocks with all that is beside it. */
static void begin(struct live *live, size_t granule, bool blocks, uint32_t hw, bool self)
{
	const enum hypmmu_granule granules[GRANULES] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};
	struct hypmmu_config cfg = {.granule = granules[granule],
				    .regime = HYPMMU_EL2,
				    .va_bits = 48,
				    .pa_bits = 48,
				    .hw = hw};
	struct hypmmu_change map = {.attr = HYPMMU_DATA, .flags = blocks ? 0 : HYPMMU_PAGES_ONLY};
	uintptr_t first;

	live_init_with(live, &cfg, PAGES);
	first = (uintptr_t)live->s.arena.memory;
	map.va = blocks ? first & ~(live->s.block - 1) : first;
	map.size = blocks ? 2 * live->s.block : PAGES * live->s.page;
	map.pa = blocks ? 8 * live->s.block : live->s.arena.base_pa;
	assert_int_equal(hypmmu_map(&live->s.mmu, &map), HYPMMU_OK);
	live->maint.self = self;
	live->look = true;
	live_on(live);
}

/* Where the table is seen whose slot decides about va. */
static hypmmu_va table_of(struct live *live, hypmmu_va va)
{
	return (uintptr_t)live_slot(live, va) & ~(live->s.page - 1);
}

static hypmmu_va root_of(struct live *live)
{
	return (uintptr_t)arena_poke(&live->s.arena, live->s.mmu.root);
}

/* The page that the arena gives next. */
static hypmmu_va next_page(const struct live *live)
{
	const struct arena *arena = &live->s.arena;
	size_t page = arena->cursor % arena->capacity;

	while (arena->is_live[page])
		page = (page + 1) % arena->capacity;
	return (uintptr_t)arena->memory + page * live->s.page;
}

/* The places that a change can be about, and whether it is one that can be made there. */
#define PLACES 7
#define KINDS  5

static hypmmu_va place_at(struct live *live, unsigned place)
{
	const hypmmu_va arena = (uintptr_t)live->s.arena.memory;

	switch (place) {
	case 0:
		return 0;
	case 1: /* a hole of a table */
		return 4 * live->s.page;
	case 2: /* a hole that needs a table */
		return 2 * live->s.block;
	case 3:
		return table_of(live, 0);
	case 4:
		return table_of(live, arena);
	case 5:
		return root_of(live);
	default:
		return next_page(live);
	}
}

static struct hypmmu_change change_at(hypmmu_va va, uint64_t size, unsigned kind)
{
	static const struct hypmmu_change kinds[KINDS] = {
		{.op = HYPMMU_MAP, .attr = HYPMMU_DATA},
		{.op = HYPMMU_UNMAP},
		{.op = HYPMMU_PROTECT, .attr = HYPMMU_RODATA},
		{.op = HYPMMU_PROTECT, .attr = NC, .flags = HYPMMU_MAY_BREAK},
		{.op = HYPMMU_PROTECT, .attr = HYPMMU_DATA},
	};
	struct hypmmu_change change = kinds[kind];

	change.va = va;
	change.size = size;
	return change;
}

/* What a list comes to; and then, if it is PINNED, without self. */
struct outcome {
	int planned, err, alone;
	unsigned long blind;
	hypmmu_va next; /* the page that was to be taken */
	struct hypmmu_report report;
};

static struct outcome try(const unsigned list[4], size_t granule, uint32_t flags)
{
	struct hypmmu_change changes[2];
	struct outcome outcome;
	struct live live;

	begin(&live, granule, false, 0, true);
	for (unsigned i = 0; i < 2; i++) {
		changes[i] = change_at(place_at(&live, list[2 * i]), live.s.page, list[2 * i + 1]);
		changes[i].flags |= flags;
	}
	outcome.next = next_page(&live);
	subject_save(&live.s);
	live_begin(&live);
	outcome.planned = hypmmu_plan(&live.s.mmu, changes, 2, &outcome.report);
	outcome.err = hypmmu_apply(&live.s.mmu, changes, 2, &outcome.report);
	outcome.alone = outcome.err;
	if (outcome.err)
		subject_assert_untouched(&live.s);
	if (outcome.err == HYPMMU_ERR_PINNED) {
		live.maint.self = false;
		live_begin(&live);
		outcome.alone = hypmmu_apply(&live.s.mmu, changes, 2, NULL);
	}
	outcome.blind = live.blind;
	live_assert_sound(&live);
	live_end(&live);
	return outcome;
}

static bool takes_a_table(const unsigned list[4])
{
	return (list[0] >= 3 && list[1] >= 1 && list[1] <= 3) ||
	       (list[2] >= 3 && list[3] >= 1 && list[3] <= 3);
}

/* Nothing is carried out blindly, and refused is only what takes something from a page that is a
 * table, or is to be one. */
static void judge(const unsigned list[4], const struct outcome *outcome)
{
	if (outcome->err != HYPMMU_ERR_PINNED) {
		assert_int_equal(outcome->blind, 0);
	} else {
		assert_int_equal(outcome->alone, HYPMMU_OK);
		assert_true(takes_a_table(list));
	}
	if (outcome->planned == outcome->err)
		return;
	assert_int_equal(outcome->planned, HYPMMU_OK);
	assert_int_equal(outcome->report.va, outcome->next);
}

/* All pairs of changes with 4K, some with larger tables: blindly, without self, are how many? */
static unsigned try_pairs(size_t granule)
{
	const size_t pairs = PLACES * PLACES * KINDS * KINDS;
	const size_t tries = random_scaled(granule ? pairs / 8 : pairs);
	unsigned blind = 0, list[4];

	for (size_t i = 0; i < tries; i++) {
		const unsigned n = (unsigned)(i * pairs / tries);
		struct outcome outcome;

		list[0] = n % PLACES;
		list[1] = n / PLACES / PLACES % KINDS;
		list[2] = n / PLACES % PLACES;
		list[3] = n / PLACES / PLACES / KINDS;
		if (list[0] == list[2])
			continue;
		outcome = try(list, granule, 0);
		judge(list, &outcome);
		blind += outcome.blind != 0;
	}
	return blind;
}

static void what_the_writer_would_do_blindly_is_pinned(void **state)
{
	unsigned blind = 0;

	(void)state;
	for (size_t granule = 0; granule < GRANULES && is_clear(granule); granule++)
		blind += try_pairs(granule);
	assert_true(blind);
}

/* The root is broken, then read to make it whole again; is gone, before what waits is mapped. */
static void the_root_stays_in_sight_to_the_end(void **state)
{
	static const unsigned lists[][4] = {{5, 3, 0, 0}, {5, 3, 4, 4}, {5, 1, 1, 0}, {5, 1, 2, 0}};

	(void)state;
	for (size_t i = 0; i < 4 * GRANULES && is_clear(i / 4); i++) {
		struct outcome outcome = try(lists[i % 4], i / 4, 0);

		assert_int_equal(outcome.err, HYPMMU_ERR_PINNED);
		assert_true(outcome.blind);
	}
}

static void a_page_that_is_reserved_where_one_is_taken_away_is_pinned_late(void **state)
{
	(void)state;
	for (size_t granule = 0; granule < GRANULES && is_clear(granule); granule++) {
		for (unsigned kind = 1; kind <= 3; kind++) {
			const unsigned list[4] = {2, 0, 6, kind};
			struct outcome outcome = try(list, granule, 0);

			assert_int_equal(outcome.planned, HYPMMU_OK);
			assert_int_equal(outcome.err, HYPMMU_ERR_PINNED);
			judge(list, &outcome);
		}
	}
}

static void a_new_root_is_made_with_open_eyes(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < KINDS; kind++) {
		for (unsigned place = 0; place < PLACES; place++) {
			const unsigned list[4] = {2, 0, place, kind};
			struct outcome outcome;

			if (place == 2)
				continue;
			outcome = try(list, 0, HYPMMU_NEW_ROOT);
			assert_int_not_equal(outcome.err, HYPMMU_ERR_PINNED);
			assert_int_equal(outcome.blind, 0);
		}
	}
}

/* The block that maps the root, and something in it that is no table: the arena is smaller. */
static int change_beside_the_tables(size_t granule, enum hypmmu_op op, uint32_t hw, uint32_t flags,
				    bool self)
{
	struct hypmmu_change change = {.op = op, .attr = HYPMMU_RODATA, .flags = flags};
	struct live live;
	int err;

	begin(&live, granule, true, hw, self);
	change.size = live.s.page;
	change.va = root_of(&live) & ~(live.s.block - 1);
	if (change.va >= (uintptr_t)live.s.arena.memory)
		change.va += live.s.block - live.s.page;
	subject_save(&live.s);
	live_begin(&live);
	err = hypmmu_apply(&live.s.mmu, &change, 1, NULL);
	if (err)
		subject_assert_untouched(&live.s);
	assert_int_equal(live.blind != 0,
			 !err && (flags & HYPMMU_MAY_BREAK) && !(hw & HYPMMU_HW_BBM_NOABORT));
	live_end(&live);
	return err;
}

static void the_block_that_maps_the_tables_is_not_broken(void **state)
{
	static const enum hypmmu_op ops[] = {HYPMMU_SPLIT, HYPMMU_UNMAP, HYPMMU_PROTECT};
	const uint32_t may_break = HYPMMU_MAY_BREAK, noabort = HYPMMU_HW_BBM_NOABORT;

	(void)state;
	for (size_t i = 0; i < 3 * GRANULES && is_clear(i / 3); i++) {
		const enum hypmmu_op op = ops[i % 3];
		const size_t granule = i / 3;

		assert_int_equal(change_beside_the_tables(granule, op, 0, may_break, false), 0);
		assert_int_equal(change_beside_the_tables(granule, op, 0, may_break, true),
				 HYPMMU_ERR_PINNED);
		assert_int_equal(change_beside_the_tables(granule, op, 0, 0, true),
				 HYPMMU_ERR_BREAK);
		assert_int_equal(change_beside_the_tables(granule, op, noabort, may_break, true),
				 0);
		assert_int_equal(change_beside_the_tables(granule, op, noabort, 0, true), 0);
		assert_int_equal(change_beside_the_tables(granule, op, 0, HYPMMU_NEW_ROOT, true),
				 0);
	}
}

/* Split on a CPU that allows it; folding them breaks, on any. */
static int merge_the_tables(size_t granule, bool self)
{
	struct hypmmu_change split = {.op = HYPMMU_SPLIT, .flags = HYPMMU_PAGES_ONLY};
	struct hypmmu_change merge = {.op = HYPMMU_MERGE, .flags = HYPMMU_MAY_BREAK};
	struct live live;
	int err;

	begin(&live, granule, true, HYPMMU_HW_BBM_NOABORT, self);
	split.va = root_of(&live) & ~(live.s.block - 1);
	split.size = live.s.block;
	merge.va = split.va;
	merge.size = split.size;
	assert_int_equal(hypmmu_apply(&live.s.mmu, &split, 1, NULL), HYPMMU_OK);
	assert_int_equal(live.blind, 0);
	live_begin(&live);
	err = hypmmu_apply(&live.s.mmu, &merge, 1, NULL);
	assert_int_equal(live.blind != 0, !err);
	live_end(&live);
	return err;
}

static void the_pages_that_map_the_tables_are_not_merged(void **state)
{
	(void)state;
	for (size_t granule = 0; granule < GRANULES && is_clear(granule); granule++) {
		assert_int_equal(merge_the_tables(granule, false), HYPMMU_OK);
		assert_int_equal(merge_the_tables(granule, true), HYPMMU_ERR_PINNED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_writer_would_do_blindly_is_pinned),
		cmocka_unit_test(the_root_stays_in_sight_to_the_end),
		cmocka_unit_test(a_page_that_is_reserved_where_one_is_taken_away_is_pinned_late),
		cmocka_unit_test(a_new_root_is_made_with_open_eyes),
		cmocka_unit_test(the_block_that_maps_the_tables_is_not_broken),
		cmocka_unit_test(the_pages_that_map_the_tables_are_not_merged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
