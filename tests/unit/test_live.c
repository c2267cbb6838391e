/* SPDX-License-Identifier: BSD-2-Clause */
/* What a change of live leaves stores, flushes and frees, in which order: see live.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"

static void unmap_a_page(struct live *live, uint64_t page, uint64_t block)
{
	(void)block;
	live_do(live, HYPMMU_UNMAP, 2 * page, page, 0, 0, "3@2p=0 sync(2p+1p L3)");
}

static void a_page_that_goes_is_stored_then_flushed_once(void **state)
{
	(void)state;
	live_over(0, 0, unmap_a_page);
	live_over(HYPMMU_HW_BBM_NOABORT, 0, unmap_a_page);
}

static void map_into_holes(struct live *live, uint64_t page, uint64_t block)
{
	live_do(live, HYPMMU_MAP, 5 * page, 3 * page, HYPMMU_DATA, 0, "3@5p+3p=leaf sync");
	live_do(live, HYPMMU_MAP, 2 * block, page, HYPMMU_CODE, 0, "alloc 2@2b=table sync");
	live_do(live, HYPMMU_MAP, 3 * block, 2 * block, HYPMMU_CODE, 0, "2@3b+2b=leaf sync");
}

static void what_is_added_costs_no_tlbi(void **state)
{
	(void)state;
	live_over(0, 0, map_into_holes);
}

static void map_again(struct live *live, uint64_t page, uint64_t block)
{
	live_do(live, HYPMMU_MAP, 0, 4 * page, HYPMMU_DATA, 0, "");
	live_do(live, HYPMMU_PROTECT, block + page, page, HYPMMU_DATA, 0, "");
	live_do(live, HYPMMU_SPLIT, page, page, 0, 0, "");
	live_do(live, HYPMMU_MERGE, 0, 2 * block, 0, HYPMMU_MAY_BREAK, "");
	live_do(live, HYPMMU_UNMAP, 2 * block, block, 0, HYPMMU_SKIP_HOLES, "");
}

static void what_is_so_already_is_not_touched(void **state)
{
	(void)state;
	live_over(0, 0, map_again);
}

static void tighten_rights(struct live *live, uint64_t page, uint64_t block)
{
	live_do(live, HYPMMU_PROTECT, 0, 4 * page, HYPMMU_RODATA, 0, "3@0p+4p=leaf sync(0p+4p L3)");
	live_do(live, HYPMMU_PROTECT, block, block, HYPMMU_CODE, 0, "2@1b=leaf sync(1b+1b L2)");
	live_do(live, HYPMMU_PROTECT, page, 2 * page, HYPMMU_DATA, 0,
		"3@1p+2p=leaf sync(1p+2p L3)");
}

static void a_protect_is_one_store_for_each_leaf_and_one_flush(void **state)
{
	(void)state;
	live_over(0, 0, tighten_rights);
}

static void relabel_quietly(struct live *live, uint64_t page, uint64_t block)
{
	live_do(live, HYPMMU_PROTECT, 0, 4 * page, HYPMMU_DATA | HYPMMU_SW(5), 0,
		"3@0p+4p=leaf sync");
	live_do(live, HYPMMU_PROTECT, block, block, HYPMMU_DATA | HYPMMU_SW(15), 0,
		"2@1b=leaf sync");
	assert_int_equal(live_desc(live, live->s.base + page) >> 55 & 15, 5);
	assert_int_equal(live_desc(live, live->s.base + block) >> 55 & 15, 15);
}

static void software_bits_cost_no_tlbi(void **state)
{
	(void)state;
	live_over(0, 0, relabel_quietly);
}

static void change_the_type(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_report report;

	report = live_do(live, HYPMMU_PROTECT, page, 2 * page,
			 HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_NC, HYPMMU_MAY_BREAK,
			 "3@1p+2p=arm-leaf sync(1p+2p L3) 3@1p+2p=leaf sync");
	assert_int_equal(report.breaks, 2);
	report = live_do(live, HYPMMU_PROTECT, block, block, HYPMMU_MMIO, HYPMMU_MAY_BREAK,
			 "2@1b=arm-leaf sync(1b+1b L2) 2@1b=leaf sync");
	assert_int_equal(report.breaks, 1);
	report = live_do(live, HYPMMU_PROTECT, 0, 4 * page, HYPMMU_DATA | HYPMMU_SW(1),
			 HYPMMU_MAY_BREAK,
			 "3@0p=leaf 3@1p+2p=arm-leaf 3@3p=leaf sync(1p+2p L3) 3@1p+2p=leaf sync");
	assert_int_equal(report.breaks, 2);
	assert_int_equal(report.leaves, 4);
}

static void a_type_changes_by_a_break_of_that_leaf_alone(void **state)
{
	(void)state;
	live_over(0, 0, change_the_type);
	live_over(HYPMMU_HW_BBM_NOABORT, 0, change_the_type);
}

static void change_privileges(struct live *live, uint64_t page, uint64_t block)
{
	const hypmmu_attr user = HYPMMU_DATA | HYPMMU_USER, own = user | HYPMMU_NG;

	(void)block;
	if (live->s.cfg.regime == HYPMMU_EL2)
		return;
	live_do(live, HYPMMU_PROTECT, page, page, user, 0, "3@1p=leaf sync(1p+1p L3)");
	live_do(live, HYPMMU_PROTECT, page, page, own, 0, "3@1p=leaf sync(1p+1p L3)");
	live_do(live, HYPMMU_PROTECT, page, page, user, HYPMMU_MAY_BREAK,
		"3@1p=arm-leaf sync(1p+1p L3) 3@1p=leaf sync");
}

static void a_leaf_becomes_ng_in_place_and_global_by_a_break(void **state)
{
	(void)state;
	live_over(0, 0, change_privileges);
}

static void guard_a_page(struct live *live, uint64_t page, uint64_t block)
{
	(void)block;
	live_do(live, HYPMMU_PROTECT, page, page, HYPMMU_CODE, 0, "3@1p=leaf sync(1p+1p L3)");
	live_do(live, HYPMMU_PROTECT, page, page, HYPMMU_CODE | HYPMMU_GUARDED, 0,
		"3@1p=leaf sync(1p+1p L3)");
}

static void branch_targets_are_guarded_in_place(void **state)
{
	(void)state;
	live_over(HYPMMU_HW_BTI, 0, guard_a_page);
}

static void change_tagging(struct live *live, uint64_t page, uint64_t block)
{
	const hypmmu_attr tagged = HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_TAGGED;

	(void)block;
	live_do(live, HYPMMU_PROTECT, page, page, tagged, 0, "3@1p=leaf sync(1p+1p L3)");
	live_do(live, HYPMMU_PROTECT, page, page, HYPMMU_DATA, 0, "3@1p=leaf sync(1p+1p L3)");
}

static void tag_checks_change_in_place(void **state)
{
	(void)state;
	live_over(HYPMMU_HW_MTE, 0, change_tagging);
}

static void take_what_is_left(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_report report;

	(void)block;
	live_do(live, HYPMMU_UNMAP, page, 3 * page, 0, 0, "3@1p+3p=0 sync(1p+3p L3)");
	report = live_do(live, HYPMMU_UNMAP, 0, page, 0, 0,
			 "3@0p=0 2@0p=drop sync(0p+1p L3 walks) 2@0p=0 free");
	assert_int_equal(report.freed, 1);
}

static void a_table_goes_after_the_flush_that_covers_it(void **state)
{
	(void)state;
	live_over(0, 0, take_what_is_left);
}

static void take_all_of_a_slot(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_report report;

	(void)page;
	report = live_do(live, HYPMMU_UNMAP, 0, block, 0, HYPMMU_SKIP_HOLES,
			 "2@0p=drop sync(0p+1b L* walks) 2@0p=0 free");
	assert_int_equal(report.leaves, 4);
	assert_int_equal(report.freed, 1);
}

static void a_table_that_goes_whole_is_one_store(void **state)
{
	(void)state;
	live_over(0, 0, take_all_of_a_slot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_that_goes_is_stored_then_flushed_once),
		cmocka_unit_test(what_is_added_costs_no_tlbi),
		cmocka_unit_test(what_is_so_already_is_not_touched),
		cmocka_unit_test(a_protect_is_one_store_for_each_leaf_and_one_flush),
		cmocka_unit_test(software_bits_cost_no_tlbi),
		cmocka_unit_test(a_type_changes_by_a_break_of_that_leaf_alone),
		cmocka_unit_test(a_leaf_becomes_ng_in_place_and_global_by_a_break),
		cmocka_unit_test(branch_targets_are_guarded_in_place),
		cmocka_unit_test(tag_checks_change_in_place),
		cmocka_unit_test(a_table_goes_after_the_flush_that_covers_it),
		cmocka_unit_test(a_table_that_goes_whole_is_one_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
