/* SPDX-License-Identifier: BSD-2-Clause */
/* HYPMMU_NEW_ROOT: the old tree stays as it is to the last bit, until hypmmu_reclaim(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"
#include <string.h>

#define NC (HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_NC)

/* Every page that was live when the arena was saved is so still, unchanged. */
static void assert_old_pages_unchanged(const struct arena *arena)
{
	for (size_t page = 0; page < arena->capacity; page++) {
		const size_t at = page * arena->page_size;

		if (!arena->saved_is_live[page])
			continue;
		assert_true(arena->is_live[page]);
		assert_memory_equal(arena->memory + at, arena->saved_memory + at, arena->page_size);
	}
}

/* Marks the pages of the tree; how many were not marked before. */
static unsigned mark(struct live *live, struct oracle *oracle, hypmmu_pa pa, int level, bool *seen)
{
	const unsigned char *table = arena_at(&live->s.arena, pa, 8);
	size_t page = (size_t)(table - live->s.arena.memory) / live->s.page;
	unsigned pages = !seen[page];

	seen[page] = true;
	for (uint64_t i = 0; level < 3 && i < oracle_slots(oracle, level); i++) {
		hypmmu_desc desc = oracle_load(oracle, table + 8 * i);

		if (oracle_kind_of(oracle, level, desc) == ORACLE_TABLE)
			pages += mark(live, oracle, oracle_next_table(oracle, desc), level + 1,
				      seen);
	}
	return pages;
}

static unsigned mark_tree(struct live *live, hypmmu_pa root, bool *seen)
{
	struct oracle oracle;

	oracle_init(&oracle, &live->s.cfg, root, arena_at, &live->s.arena);
	return mark(live, &oracle, root, oracle_start_level(&oracle), seen);
}

static unsigned levels(struct live *live)
{
	struct oracle oracle;

	oracle_init(&oracle, &live->s.cfg, live->s.mmu.root, arena_at, &live->s.arena);
	return (unsigned)(4 - oracle_start_level(&oracle));
}

/* Carries it out; the old tree and the new one are whole, and there are no pages but theirs. */
static struct hypmmu_report new_root(struct live *live, const struct hypmmu_change *changes,
				     size_t n)
{
	const hypmmu_pa old = live->s.mmu.root;
	struct hypmmu_report report;
	bool seen[LIVE_MOST] = {false};

	subject_save(&live->s);
	report = live_apply(live, changes, n, NULL);

	assert_int_not_equal(live->s.mmu.root, old);
	assert_int_equal(live->s.mmu.old_root, old);
	assert_int_equal(live->syncs, 1);
	assert_int_equal(live->flushes, 0);
	assert_old_pages_unchanged(&live->s.arena);
	assert_int_equal(mark_tree(live, live->s.mmu.root, seen), live->s.mmu.tables);
	assert_int_equal(live->s.mmu.tables + mark_tree(live, old, seen), live->s.arena.live);
	assert_int_equal(live->s.mmu.tables, live->s.saved.tables + report.tables - report.freed);
	return report;
}

static void reclaim(struct live *live)
{
	live_begin(live);
	assert_int_equal(hypmmu_reclaim(&live->s.mmu), HYPMMU_OK);
	live_assert_sound(live);
	assert_int_equal(live->s.arena.live, live->s.mmu.tables);
	assert_int_equal(hypmmu_reclaim(&live->s.mmu), HYPMMU_ERR_STATE);
}

static struct hypmmu_report one(struct live *live, enum hypmmu_op op, uint64_t va, uint64_t size,
				hypmmu_attr attr, uint32_t flags)
{
	struct hypmmu_change change = live_change(live, op, va, size, attr, flags);

	change.flags |= HYPMMU_NEW_ROOT;
	return new_root(live, &change, 1);
}

static void unmap_a_page(struct live *live, uint64_t page, uint64_t block)
{
	const hypmmu_va va = live->s.base + 2 * page;
	const hypmmu_pa old = live->s.mmu.root;
	struct hypmmu_report report = one(live, HYPMMU_UNMAP, 2 * page, page, 0, 0);
	struct oracle oracle;

	assert_int_equal(report.tables, levels(live));
	assert_int_equal(report.freed, levels(live));
	assert_int_equal(report.leaves, 1);
	assert_int_equal(report.breaks, 0);
	oracle_init(&oracle, &live->s.cfg, old, arena_at, &live->s.arena);
	assert_int_equal(oracle_walk(&oracle, va).pa, 2 * page);
	assert_int_equal(subject_at(&live->s, va).result, ORACLE_TRANSLATION);
	assert_int_equal(subject_at(&live->s, va + page).pa, 3 * page);
	assert_int_equal(subject_at(&live->s, live->s.base + block).pa, block);
	reclaim(live);
	assert_int_equal(subject_at(&live->s, va + page).pa, 3 * page);
}

static void the_tables_on_the_way_are_copied_and_the_copy_is_changed(void **state)
{
	(void)state;
	live_over(0, 0, unmap_a_page);
	live_over(HYPMMU_HW_BBM_NOABORT, 0, unmap_a_page);
}

static void map_elsewhere(struct live *live, uint64_t page, uint64_t block)
{
	const hypmmu_desc *slot = live_slot(live, live->s.base);
	struct hypmmu_report report;

	report = one(live, HYPMMU_MAP, 2 * block, page, HYPMMU_DATA, 0);
	assert_int_equal(report.tables, levels(live));
	assert_int_equal(report.freed, levels(live) - 1);
	assert_ptr_equal(live_slot(live, live->s.base), slot);
	reclaim(live);
	assert_ptr_equal(live_slot(live, live->s.base), slot);
}

static void tables_without_a_change_are_shared_by_both_trees(void **state)
{
	(void)state;
	live_over(0, 0, map_elsewhere);
}

static void change_without_breaks(struct live *live, uint64_t page, uint64_t block)
{
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_PROTECT, block + page, page, NC, 0),
		live_change(live, HYPMMU_PROTECT, page, page, HYPMMU_MMIO, 0),
		live_change(live, HYPMMU_UNMAP, 2 * block - page, page, 0, HYPMMU_NEW_ROOT),
		live_change(live, HYPMMU_MAP, 3 * block, block, HYPMMU_CODE, 0),
	};
	struct hypmmu_report report = new_root(live, changes, 4);

	assert_int_equal(report.breaks, 0);
	assert_int_equal(report.tables, levels(live) + 1);
	assert_int_equal(live_desc(live, live->s.base + block + page) >> 2 & 7, 1);
	assert_int_equal(live_desc(live, live->s.base + page) >> 2 & 7, 5);
	assert_int_equal(live_desc(live, live->s.base + 2 * block - page), 0);
	assert_int_equal(subject_at(&live->s, live->s.base + 4 * block - 1).pa, 4 * block - 1);
	reclaim(live);
}

static void nothing_of_the_list_needs_a_break(void **state)
{
	(void)state;
	live_over(0, 0, change_without_breaks);
}

static void take_whole_tables(struct live *live, uint64_t page, uint64_t block)
{
	live_do(live, HYPMMU_MAP, 2 * block, block, HYPMMU_DATA, HYPMMU_PAGES_ONLY, NULL);
	one(live, HYPMMU_UNMAP, 0, block, 0, HYPMMU_SKIP_HOLES);
	assert_int_equal(live_desc(live, live->s.base), 0);
	reclaim(live);
	one(live, HYPMMU_MERGE, 2 * block, block, 0, 0);
	assert_int_equal(subject_at(&live->s, live->s.base + 2 * block + page).level, 2);
	reclaim(live);
	one(live, HYPMMU_SPLIT, 2 * block + page, page, 0, 0);
	assert_int_equal(subject_at(&live->s, live->s.base + 2 * block + page).level, 3);
	reclaim(live);
	one(live, HYPMMU_UNMAP, 0, live->s.space, 0, HYPMMU_SKIP_HOLES);
	assert_int_equal(live->s.mmu.tables, 1);
	reclaim(live);
	one(live, HYPMMU_MAP, 0, page, HYPMMU_DATA, 0);
	assert_int_equal(live->s.mmu.tables, levels(live));
	reclaim(live);
}

static void whole_tables_go_fold_and_come(void **state)
{
	(void)state;
	live_over(0, 0, take_whole_tables);
}

static void fail_at_each_page(struct live *live, uint64_t page, uint64_t block)
{
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_UNMAP, page, page, 0, HYPMMU_NEW_ROOT),
		live_change(live, HYPMMU_UNMAP, block + page, page, 0, 0),
	};
	struct hypmmu_report report;

	assert_int_equal(hypmmu_plan(&live->s.mmu, changes, 2, &report), HYPMMU_OK);
	for (size_t at = 1; at <= report.tables; at++) {
		live->s.arena.trick = ARENA_NULL;
		live->s.arena.trick_at = at;
		subject_save(&live->s);
		assert_int_equal(hypmmu_apply(&live->s.mmu, changes, 2, NULL), HYPMMU_ERR_NOMEM);
		subject_assert_untouched(&live->s);
	}
	assert_int_equal(report.tables, levels(live) + 1);
	new_root(live, changes, 2);
	reclaim(live);
}

static void a_page_that_is_not_to_be_had_changes_nothing(void **state)
{
	(void)state;
	live_over(0, 0, fail_at_each_page);
}

static void destroy_both(struct live *live, uint64_t page, uint64_t block)
{
	one(live, HYPMMU_PROTECT, block + page, page, HYPMMU_RODATA, 0);
	assert_int_equal(hypmmu_destroy(&live->s.mmu), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_set_live(&live->s.mmu, NULL), HYPMMU_OK);
	assert_int_equal(hypmmu_destroy(&live->s.mmu), HYPMMU_OK);
	assert_int_equal(live->s.arena.live, 0);
	assert_null(arena_fault(&live->s.arena));
}

static void what_is_destroyed_in_between_gives_back_both_trees(void **state)
{
	(void)state;
	live_over(0, 0, destroy_both);
}

static void ask_for_a_copy(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_change change =
		live_change(live, HYPMMU_UNMAP, page, page, 0, HYPMMU_NEW_ROOT);

	(void)block;
	live_refuses(live, HYPMMU_ERR_UNSUPPORTED, &change, 1);
	assert_int_equal(hypmmu_reclaim(&live->s.mmu), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_set_live(&live->s.mmu, NULL), HYPMMU_OK);
	live->on = false;
	live_apply(live, &change, 1, NULL);
	assert_int_equal(live->s.mmu.old_tables, 0);
	assert_int_equal(hypmmu_reclaim(&live->s.mmu), HYPMMU_ERR_STATE);
}

static void a_root_that_all_cpus_share_stays_and_one_that_is_not_live_is_changed(void **state)
{
	(void)state;
	live_over(HYPMMU_HW_CNP, HYPMMU_USE_CNP, ask_for_a_copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tables_on_the_way_are_copied_and_the_copy_is_changed),
		cmocka_unit_test(tables_without_a_change_are_shared_by_both_trees),
		cmocka_unit_test(nothing_of_the_list_needs_a_break),
		cmocka_unit_test(whole_tables_go_fold_and_come),
		cmocka_unit_test(a_page_that_is_not_to_be_had_changes_nothing),
		cmocka_unit_test(what_is_destroyed_in_between_gives_back_both_trees),
		cmocka_unit_test(
			a_root_that_all_cpus_share_stays_and_one_that_is_not_live_is_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
