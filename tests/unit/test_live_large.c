/* SPDX-License-Identifier: BSD-2-Clause */
/* Live changes of a gigabyte of pages: few syncs, few ranges, whatever the size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"

#define SIZE (UINT64_C(1) << 30)
#define AT   SIZE

/* SIZE of pages, from AT on, that are the only thing mapped there. */
static void over_granules(uint32_t hw, void (*scenario)(struct live *live, uint64_t page))
{
	static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};

	for (size_t i = 0; i < 3; i++) {
		const struct hypmmu_config cfg = {.granule = granules[i],
						  .regime = HYPMMU_EL2,
						  .va_bits = 42,
						  .pa_bits = 44,
						  .hw = hw};
		struct live live;

		live_init_with(&live, &cfg, granules[i] == HYPMMU_4K ? 530 : 48);
		live_do(&live, HYPMMU_MAP, AT, SIZE, HYPMMU_DATA, HYPMMU_PAGES_ONLY, NULL);
		live_on(&live);
		scenario(&live, live.s.page);
		live_end(&live);
	}
}

static void assert_one_range(const struct live *live, hypmmu_va va, uint64_t size)
{
	assert_int_equal(live->flushes, 1);
	assert_int_equal(live->ranges, 1);
	assert_int_equal(live->stale[0].va, va);
	assert_int_equal(live->stale[0].size, size);
}

static void unmap_it(struct live *live, uint64_t page)
{
	struct hypmmu_report report = live_do(live, HYPMMU_UNMAP, AT, SIZE, 0, 0, NULL);

	assert_int_equal(report.leaves, SIZE / page);
	assert_int_equal(report.freed, live->s.page == 1 << 12 ? 512 + 1 : SIZE / live->s.block);
	assert_one_range(live, AT, SIZE);
	assert_true(live->stale[0].walks);
	assert_int_equal(live->syncs, 1);
	assert_in_range(live->stores, 1, 2 * SIZE / live->s.block);
}

static void an_unmap_of_a_gigabyte_is_one_flush_of_one_range(void **state)
{
	(void)state;
	over_granules(0, unmap_it);
	over_granules(HYPMMU_HW_TLBIRANGE, unmap_it);
}

static void protect_it(struct live *live, uint64_t page)
{
	struct hypmmu_report report =
		live_do(live, HYPMMU_PROTECT, AT, SIZE, HYPMMU_RODATA, 0, NULL);

	assert_int_equal(report.leaves, SIZE / page);
	assert_one_range(live, AT, SIZE);
	assert_int_equal(live->stale[0].level, 3);
	assert_false(live->stale[0].walks);
	assert_int_equal(live->syncs, 1);
	assert_int_equal(live->stores, SIZE / page);
}

static void a_protect_of_a_gigabyte_is_one_flush_of_one_range(void **state)
{
	(void)state;
	over_granules(0, protect_it);
	over_granules(HYPMMU_HW_TLBIRANGE, protect_it);
}

static void retype_it(struct live *live, uint64_t page)
{
	struct hypmmu_report report =
		live_do(live, HYPMMU_PROTECT, AT, SIZE, HYPMMU_MMIO, HYPMMU_MAY_BREAK, NULL);

	assert_int_equal(report.breaks, SIZE / page);
	assert_one_range(live, AT, SIZE);
	assert_int_equal(live->syncs, 2);
	assert_int_equal(live->stores, 2 * SIZE / page);
}

static void a_break_of_a_gigabyte_is_one_flush_and_a_sync(void **state)
{
	(void)state;
	over_granules(0, retype_it);
}

static void merge_it(struct live *live, uint64_t page)
{
	struct hypmmu_report report =
		live_do(live, HYPMMU_MERGE, AT, SIZE, 0, HYPMMU_MAY_BREAK, NULL);
	struct oracle_answer answer = subject_at(&live->s, AT + page);

	assert_int_equal(answer.pa, AT + page);
	assert_int_equal(answer.size, page == 1 << 12 ? SIZE : live->s.block);
	assert_int_equal(report.freed, page == 1 << 12 ? 512 + 1 : SIZE / live->s.block);
	assert_int_equal(live->flushes, 1);
	assert_in_range(live->ranges, 1, live->s.cfg.hw & HYPMMU_HW_TLBIRANGE ? 1 : 2);
	assert_int_equal(live->stale[0].va, AT);
	assert_int_equal(live->stale[0].size, SIZE);
	assert_int_equal(live->syncs, 2);
}

static void tables_of_a_gigabyte_fold_through_all_levels_at_once(void **state)
{
	(void)state;
	over_granules(0, merge_it);
	over_granules(HYPMMU_HW_TLBIRANGE, merge_it);
}

static void unmap_all_but_the_ends(struct live *live, uint64_t page)
{
	live_do(live, HYPMMU_UNMAP, AT + page, SIZE - 2 * page, 0, 0, NULL);

	assert_int_equal(live->flushes, 1);
	assert_in_range(live->ranges, 1, live->s.cfg.hw & HYPMMU_HW_TLBIRANGE ? 1 : 3);
	assert_int_equal(live->syncs, 1);
	assert_int_equal(subject_at(&live->s, AT).result, ORACLE_OK);
	assert_int_equal(subject_at(&live->s, AT + SIZE - page).result, ORACLE_OK);
	assert_int_equal(subject_at(&live->s, AT + page).result, ORACLE_TRANSLATION);
	assert_int_equal(subject_at(&live->s, AT + SIZE - 2 * page).result, ORACLE_TRANSLATION);
}

static void what_is_left_at_the_ends_costs_no_more_ranges_than_kinds_of_leaves(void **state)
{
	(void)state;
	over_granules(0, unmap_all_but_the_ends);
	over_granules(HYPMMU_HW_TLBIRANGE, unmap_all_but_the_ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unmap_of_a_gigabyte_is_one_flush_of_one_range),
		cmocka_unit_test(a_protect_of_a_gigabyte_is_one_flush_of_one_range),
		cmocka_unit_test(a_break_of_a_gigabyte_is_one_flush_and_a_sync),
		cmocka_unit_test(tables_of_a_gigabyte_fold_through_all_levels_at_once),
		cmocka_unit_test(
			what_is_left_at_the_ends_costs_no_more_ranges_than_kinds_of_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
