/* SPDX-License-Identifier: BSD-2-Clause */
/* A writer that runs on the tables it changes: it must not lose sight of a table page that it has
 * yet to read or write. The pages are mapped where this test sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"
#include <string.h>

#define GRANULES 3
#define PAGES	 24
#define NC	 (HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_NC)

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

/* What a list comes to. */
struct outcome {
	int planned, err;
	unsigned long blind;
	hypmmu_va next; /* the page that was to be taken */
	struct hypmmu_report report;
};

static struct outcome try(const unsigned list[4], size_t granule, uint32_t flags, bool self)
{
	struct hypmmu_change changes[2];
	struct outcome outcome;
	struct live live;

	begin(&live, granule, false, 0, self);
	for (unsigned i = 0; i < 2; i++) {
		changes[i] = change_at(place_at(&live, list[2 * i]), live.s.page, list[2 * i + 1]);
		changes[i].flags |= flags;
	}
	outcome.next = next_page(&live);
	subject_save(&live.s);
	live_begin(&live);
	outcome.planned = hypmmu_plan(&live.s.mmu, changes, 2, &outcome.report);
	outcome.err = hypmmu_apply(&live.s.mmu, changes, 2, &outcome.report);
	outcome.blind = live.blind;
	if (outcome.err)
		subject_assert_untouched(&live.s);
	else
		live_assert_sound(&live);
	live_end(&live);
	return outcome;
}

static bool takes_a_table(const unsigned list[4])
{
	return (list[0] >= 3 && list[1] >= 1 && list[1] <= 3) ||
	       (list[2] >= 3 && list[3] >= 1 && list[3] <= 3);
}

/* Refused if it would be carried out blindly, and only if it takes something from a page that is a
 * table, or is to be one. */
static void judge(const unsigned list[4], const struct outcome *alone, const struct outcome *self)
{
	if (self->err != HYPMMU_ERR_PINNED)
		assert_int_equal(self->err, alone->err);
	if (alone->blind)
		assert_int_equal(self->err, HYPMMU_ERR_PINNED);
	if (!takes_a_table(list))
		assert_int_equal(self->err, alone->err);
	if (self->planned == self->err)
		return;
	assert_int_equal(self->planned, HYPMMU_OK);
	assert_int_equal(self->report.va, self->next);
}

static void what_the_writer_would_do_blindly_is_pinned(void **state)
{
	unsigned blind = 0, late = 0, list[4];

	(void)state;
	for (unsigned n = 0; n < GRANULES * PLACES * PLACES * KINDS * KINDS; n++) {
		struct outcome alone, self;

		list[0] = n / GRANULES % PLACES;
		list[1] = n / GRANULES / PLACES / PLACES % KINDS;
		list[2] = n / GRANULES / PLACES % PLACES;
		list[3] = n / GRANULES / PLACES / PLACES / KINDS;
		if (list[0] >= list[2])
			continue;
		alone = try(list, n % GRANULES, 0, false);
		self = try(list, n % GRANULES, 0, true);
		judge(list, &alone, &self);
		blind += alone.blind != 0;
		late += self.err && !self.planned;
	}
	assert_true(blind > 100);
	assert_int_equal(late, 3 * GRANULES); /* a new table where a page is taken away */
}

static void a_new_root_is_made_with_open_eyes(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < KINDS; kind++) {
		for (unsigned place = 0; place < PLACES; place++) {
			const unsigned list[4] = {2, 0, place, kind};
			struct outcome alone, self;

			if (place == 2)
				continue;
			alone = try(list, 0, HYPMMU_NEW_ROOT, false);
			self = try(list, 0, HYPMMU_NEW_ROOT, true);
			assert_int_equal(alone.err, self.err);
			assert_int_equal(alone.blind + self.blind, 0);
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
	for (size_t i = 0; i < 3 * GRANULES; i++) {
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
	for (size_t granule = 0; granule < GRANULES; granule++) {
		assert_int_equal(merge_the_tables(granule, false), HYPMMU_OK);
		assert_int_equal(merge_the_tables(granule, true), HYPMMU_ERR_PINNED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_writer_would_do_blindly_is_pinned),
		cmocka_unit_test(a_new_root_is_made_with_open_eyes),
		cmocka_unit_test(the_block_that_maps_the_tables_is_not_broken),
		cmocka_unit_test(the_pages_that_map_the_tables_are_not_merged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
