/* SPDX-License-Identifier: BSD-2-Clause */
/* Live blocks that are split, tables that fold or go: with a break, and where none is needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"

#define NC	  (HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_NC)
#define BY_BREAK  "alloc 2@1b=arm-leaf 2@1b=arm-table sync(1b+1b L2) 2@1b=table sync"
#define BY_RESIZE "alloc 2@1b=table sync(1b+1b L2)"

static unsigned type_at(struct live *live, uint64_t va)
{
	return live_desc(live, live->s.base + va) >> 2 & 7;
}

static void assert_maps(struct live *live, uint64_t va)
{
	struct oracle_answer answer = subject_at(&live->s, live->s.base + va);

	assert_int_equal(answer.result, ORACLE_OK);
	assert_int_equal(answer.pa, va);
}

static void unmap_in_a_block(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_report report;

	report = live_do(live, HYPMMU_UNMAP, block + page, page, 0, HYPMMU_MAY_BREAK, BY_BREAK);

	assert_int_equal(report.breaks, 1);
	assert_int_equal(report.tables, 1);
	assert_int_equal(live_desc(live, live->s.base + block + page), 0);
	assert_maps(live, block);
	assert_maps(live, block + 2 * page);
}

static void part_of_a_block_goes_by_a_break_of_the_block(void **state)
{
	(void)state;
	live_over(0, 0, unmap_in_a_block);
}

static void protect_in_a_block(struct live *live, uint64_t page, uint64_t block)
{
	live_do(live, HYPMMU_PROTECT, block, page, NC, HYPMMU_MAY_BREAK, BY_BREAK);

	assert_int_equal(type_at(live, block), 1);
	assert_int_equal(type_at(live, block + page), 0);
	assert_maps(live, block);
	assert_maps(live, block + page);
}

static void part_of_a_block_changes_by_a_break_of_the_block(void **state)
{
	(void)state;
	live_over(0, 0, protect_in_a_block);
}

static void split_a_block(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_report report;

	report = live_do(live, HYPMMU_SPLIT, block + page, page, 0, HYPMMU_MAY_BREAK, BY_BREAK);
	assert_int_equal(report.breaks, 1);
	live_do(live, HYPMMU_SPLIT, block + page, page, 0, HYPMMU_MAY_BREAK, "");
	assert_maps(live, block + page);
}

static void a_split_breaks_before_it_makes(void **state)
{
	(void)state;
	live_over(0, 0, split_a_block);
}

static void split_two_blocks(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_report report;

	report = live_do(live, HYPMMU_SPLIT, block + page, page, 0, 0, BY_RESIZE);
	assert_int_equal(report.breaks, 0);
	live_do(live, HYPMMU_MAP, 2 * block, 2 * block, HYPMMU_DATA, 0, "2@2b+2b=leaf sync");
	live_do(live, HYPMMU_SPLIT, 2 * block, 2 * block, 0, HYPMMU_PAGES_ONLY,
		"alloc alloc 2@2b+2b=table sync(2b+2b L2)");
	assert_maps(live, 4 * block - page);
}

static void a_split_on_a_cpu_that_allows_it_is_one_store_and_one_flush(void **state)
{
	(void)state;
	live_over(HYPMMU_HW_BBM_NOABORT, 0, split_two_blocks);
}

static void unmap_after_resize(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_report report;

	report = live_do(live, HYPMMU_UNMAP, block + page, page, 0, 0,
			 BY_RESIZE " 3@1b1p=0 sync(1b1p+1p L3)");
	assert_int_equal(report.breaks, 0);
	assert_maps(live, block);
	assert_maps(live, block + 2 * page);
}

static void part_of_a_block_goes_after_a_resize(void **state)
{
	(void)state;
	live_over(HYPMMU_HW_BBM_NOABORT, 0, unmap_after_resize);
}

static void protect_after_resize(struct live *live, uint64_t page, uint64_t block)
{
	(void)page;
	live_do(live, HYPMMU_PROTECT, block, page, HYPMMU_RODATA, 0,
		BY_RESIZE " 3@1b=leaf sync(1b+1p L3)");
}

static void part_of_a_block_is_protected_after_a_resize(void **state)
{
	(void)state;
	live_over(HYPMMU_HW_BBM_NOABORT, 0, protect_after_resize);
}

static void break_after_resize(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_report report;

	report = live_do(live, HYPMMU_PROTECT, block, page, NC, HYPMMU_MAY_BREAK,
			 BY_RESIZE " 3@1b=arm-leaf sync(1b+1p L3) 3@1b=leaf sync");
	assert_int_equal(report.breaks, 1);
	assert_int_equal(live->flushes, 2);
}

static void a_type_changes_by_a_break_of_the_part_after_a_resize(void **state)
{
	(void)state;
	live_over(HYPMMU_HW_BBM_NOABORT, 0, break_after_resize);
}

static void map_beside_a_resize(struct live *live, uint64_t page, uint64_t block)
{
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_SPLIT, block, page, 0, 0),
		live_change(live, HYPMMU_MAP, 2 * block, page, HYPMMU_DATA, 0),
	};

	live_apply(live, changes, 2, "alloc alloc 2@1b=table sync(1b+1b L2) 2@2b=table sync");
}

static void what_is_added_beside_a_resize_costs_no_tlbi(void **state)
{
	(void)state;
	live_over(HYPMMU_HW_BBM_NOABORT, 0, map_beside_a_resize);
}

static void merge_a_table(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_report report;

	(void)page;
	live_do(live, HYPMMU_MAP, 2 * block, block, HYPMMU_CODE, HYPMMU_PAGES_ONLY, NULL);

	report = live_do(live, HYPMMU_MERGE, 2 * block, block, 0, HYPMMU_MAY_BREAK,
			 "2@2b=fold sync(2b+1b L3 walks) 2@2b=leaf free sync");
	assert_int_equal(report.breaks, 1);
	assert_int_equal(report.freed, 1);
	assert_maps(live, 2 * block + page);
}

static void a_merge_is_by_a_break_on_any_cpu(void **state)
{
	(void)state;
	live_over(0, 0, merge_a_table);
	live_over(HYPMMU_HW_BBM_NOABORT, 0, merge_a_table);
}

static void merge_what_does_not_fold(struct live *live, uint64_t page, uint64_t block)
{
	live_do(live, HYPMMU_MAP, 2 * block, block, HYPMMU_CODE, HYPMMU_PAGES_ONLY, NULL);
	live_do(live, HYPMMU_MERGE, 2 * block + page, block - page, 0, 0, "");
	live_do(live, HYPMMU_PROTECT, 3 * block - page, page, HYPMMU_RODATA, 0, NULL);
	live_do(live, HYPMMU_MERGE, 0, 4 * block, 0, 0, "");
}

static void a_merge_without_anything_to_merge_needs_no_break(void **state)
{
	(void)state;
	live_over(0, 0, merge_what_does_not_fold);
}

static void unmap_a_block_in_two(struct live *live, uint64_t page, uint64_t block)
{
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_UNMAP, block, page, 0, HYPMMU_MAY_BREAK),
		live_change(live, HYPMMU_UNMAP, block + page, block - page, 0, HYPMMU_MAY_BREAK),
	};
	const char *text = "alloc 2@1b=arm-leaf 2@1b=0 give-back sync(1b+1b L2)";

	if (live->s.cfg.hw & HYPMMU_HW_BBM_NOABORT)
		text = BY_RESIZE " 3@1b+1b=0 2@1b=drop sync(1b+1b L3 walks) 2@1b=0 free";
	live_apply(live, changes, 2, text);
	assert_int_equal(live_desc(live, live->s.base + block), 0);
}

static void two_changes_that_take_a_block_between_them_leave_no_table(void **state)
{
	(void)state;
	live_over(0, 0, unmap_a_block_in_two);
	live_over(HYPMMU_HW_BBM_NOABORT, 0, unmap_a_block_in_two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(part_of_a_block_goes_by_a_break_of_the_block),
		cmocka_unit_test(part_of_a_block_changes_by_a_break_of_the_block),
		cmocka_unit_test(a_split_breaks_before_it_makes),
		cmocka_unit_test(a_split_on_a_cpu_that_allows_it_is_one_store_and_one_flush),
		cmocka_unit_test(part_of_a_block_goes_after_a_resize),
		cmocka_unit_test(part_of_a_block_is_protected_after_a_resize),
		cmocka_unit_test(a_type_changes_by_a_break_of_the_part_after_a_resize),
		cmocka_unit_test(what_is_added_beside_a_resize_costs_no_tlbi),
		cmocka_unit_test(a_merge_is_by_a_break_on_any_cpu),
		cmocka_unit_test(a_merge_without_anything_to_merge_needs_no_break),
		cmocka_unit_test(two_changes_that_take_a_block_between_them_leave_no_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
