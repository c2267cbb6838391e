/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes that need a break where none is allowed: nothing is written, and the report says where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"

#define NC (HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_NC)

/* As the tables have it at va, which counts from the subject's first address on. */
static void refuses(struct live *live, const struct hypmmu_change *changes, size_t n, size_t index,
		    uint64_t va)
{
	struct hypmmu_report report = live_refuses(live, HYPMMU_ERR_BREAK, changes, n);
	struct oracle_answer found = subject_at(&live->s, live->s.base + va);

	assert_int_equal(report.index, index);
	assert_int_equal(report.va, live->s.base + va);
	assert_int_equal(report.level, found.level);
	assert_int_equal(report.desc, found.desc);
}

static void refuses_one(struct live *live, enum hypmmu_op op, uint64_t va, uint64_t size,
			hypmmu_attr attr, uint32_t flags, uint64_t where)
{
	struct hypmmu_change change = live_change(live, op, va, size, attr, flags);

	refuses(live, &change, 1, 0, where);
}

static void change_types(struct live *live, uint64_t page, uint64_t block)
{
	refuses_one(live, HYPMMU_PROTECT, page, page, NC, 0, page);
	refuses_one(live, HYPMMU_PROTECT, block, block, HYPMMU_MMIO, 0, block);
	refuses_one(live, HYPMMU_PROTECT, block + page, page, HYPMMU_MMIO, 0, block + page);
	live_do(live, HYPMMU_PROTECT, 0, page, NC, HYPMMU_MAY_BREAK, NULL);
	refuses_one(live, HYPMMU_PROTECT, 0, 4 * page, NC, 0, page);
	refuses_one(live, HYPMMU_PROTECT, 0, 4 * page, HYPMMU_DATA, 0, 0);
}

static void another_memory_type_is_not_had_without_a_break(void **state)
{
	(void)state;
	live_over(0, 0, change_types);
	live_over(HYPMMU_HW_BBM_NOABORT, 0, change_types);
}

static void lose_ng(struct live *live, uint64_t page, uint64_t block)
{
	if (live->s.cfg.regime == HYPMMU_EL2)
		return;
	live_do(live, HYPMMU_PROTECT, 2 * page, page, HYPMMU_DATA | HYPMMU_NG, 0, NULL);
	live_do(live, HYPMMU_PROTECT, block, block, HYPMMU_DATA | HYPMMU_NG, 0, NULL);
	refuses_one(live, HYPMMU_PROTECT, 0, 4 * page, HYPMMU_RODATA, 0, 2 * page);
	refuses_one(live, HYPMMU_PROTECT, block + page, page, HYPMMU_RODATA, 0, block + page);
}

static void a_leaf_does_not_become_global_without_a_break(void **state)
{
	(void)state;
	live_over(0, 0, lose_ng);
	live_over(HYPMMU_HW_BBM_NOABORT, 0, lose_ng);
}

static void split_blocks(struct live *live, uint64_t page, uint64_t block)
{
	refuses_one(live, HYPMMU_SPLIT, block + page, page, 0, 0, block + page);
	refuses_one(live, HYPMMU_SPLIT, block, block, 0, HYPMMU_PAGES_ONLY, block);
	refuses_one(live, HYPMMU_UNMAP, block, page, 0, 0, block);
	refuses_one(live, HYPMMU_UNMAP, 2 * block - page, page, 0, 0, 2 * block - page);
	refuses_one(live, HYPMMU_PROTECT, block + 3 * page, page, HYPMMU_RODATA, 0,
		    block + 3 * page);
	refuses_one(live, HYPMMU_PROTECT, block + 3 * page, page, HYPMMU_DATA | HYPMMU_SW(1), 0,
		    block + 3 * page);
}

static void a_block_is_not_split_without_a_break(void **state)
{
	(void)state;
	live_over(0, 0, split_blocks);
}

static void merge_tables(struct live *live, uint64_t page, uint64_t block)
{
	(void)page;
	live_do(live, HYPMMU_MAP, 2 * block, block, HYPMMU_CODE, HYPMMU_PAGES_ONLY, NULL);
	refuses_one(live, HYPMMU_MERGE, 2 * block, block, 0, 0, 2 * block);
	refuses_one(live, HYPMMU_MERGE, 0, 4 * block, 0, 0, 2 * block);
}

static void tables_do_not_fold_without_a_break(void **state)
{
	(void)state;
	live_over(0, 0, merge_tables);
	live_over(HYPMMU_HW_BBM_NOABORT, 0, merge_tables);
}

static void break_one_of_three(struct live *live, uint64_t page, uint64_t block)
{
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_MAP, 2 * block, page, HYPMMU_DATA, 0),
		live_change(live, HYPMMU_PROTECT, 2 * page, page, NC, 0),
		live_change(live, HYPMMU_PROTECT, 0, page, NC, HYPMMU_MAY_BREAK),
	};

	refuses(live, changes, 3, 1, 2 * page);
}

static void one_break_that_is_not_allowed_stops_the_list(void **state)
{
	(void)state;
	live_over(0, 0, break_one_of_three);
}

static void fail_at_each_page(struct live *live, uint64_t page, uint64_t block)
{
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_UNMAP, page, page, 0, 0),
		live_change(live, HYPMMU_UNMAP, block + page, page, 0, HYPMMU_MAY_BREAK),
		live_change(live, HYPMMU_MAP, 2 * block, page, HYPMMU_DATA, 0),
		live_change(live, HYPMMU_MAP, 4 * block, page, HYPMMU_DATA, 0),
	};
	struct hypmmu_report report;

	assert_int_equal(hypmmu_plan(&live->s.mmu, changes, 4, &report), HYPMMU_OK);
	assert_int_equal(report.tables, 3);
	for (size_t at = 1; at <= 3; at++) {
		live->s.arena.trick = ARENA_NULL;
		live->s.arena.trick_at = at;
		subject_save(&live->s);
		live_begin(live);

		assert_int_equal(hypmmu_apply(&live->s.mmu, changes, 4, &report), HYPMMU_ERR_NOMEM);

		assert_int_equal(live->stores + live->syncs, 0);
		for (size_t i = 0; i < LIVE_MOST; i++)
			assert_int_equal(live->page[i].to, 0);
		subject_assert_untouched(&live->s);
	}
	live_apply(live, changes, 4, NULL);
	assert_int_equal(live->s.arena.live, live->s.mmu.tables);
}

static void a_page_that_is_not_to_be_had_is_missed_before_the_first_store(void **state)
{
	(void)state;
	live_over(0, 0, fail_at_each_page);
	live_over(HYPMMU_HW_BBM_NOABORT, 0, fail_at_each_page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_memory_type_is_not_had_without_a_break),
		cmocka_unit_test(a_leaf_does_not_become_global_without_a_break),
		cmocka_unit_test(a_block_is_not_split_without_a_break),
		cmocka_unit_test(tables_do_not_fold_without_a_break),
		cmocka_unit_test(one_break_that_is_not_allowed_stops_the_list),
		cmocka_unit_test(a_page_that_is_not_to_be_had_is_missed_before_the_first_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
