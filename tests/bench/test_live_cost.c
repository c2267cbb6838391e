/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits to the barriers and TLBIs of live changes, from the contracts of hypmmu_maint.sync and
 * hypmmu_arch_invalidate(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "live_cost.h"
#include <cmocka.h>

#define PAGES_OF_1G 262144
#define PLAIN	    0
#define MOST_TLBIS  512 /* more become ALLE2 */

/* The tables are as asked for, or the test ends. */
static struct live_cost cost_of(const char *name, uint32_t hw, unsigned shift)
{
	const struct live_workload *workload = live_find(name);
	struct live_cost cost;
	hypmmu_va va;
	const char *wrong;

	assert_non_null(workload);
	wrong = live_run(workload, hw, shift, true, &cost, &va);
	if (wrong)
		fail_msg("%s: at %#llx: %s", name, (unsigned long long)va, wrong);
	return cost;
}

static void assert_two_syncs_for_1g(const char *name, uint32_t hw)
{
	struct live_cost cost = cost_of(name, hw, 0);

	assert_int_equal(cost.pages, PAGES_OF_1G);
	assert_int_equal(cost.calls, 1);
	assert_in_range(cost.counts.syncs, 1, 2);
	assert_in_range(cost.counts.dsbs, 2, 3);
	assert_int_equal(cost.counts.tlbis, 1);
}

static void unmap_of_1g_takes_two_syncs_and_one_tlbi(void **state)
{
	(void)state;
	assert_two_syncs_for_1g("unmap", LIVE_RANGES);
	assert_two_syncs_for_1g("unmap", PLAIN);
}

static void protect_of_1g_takes_two_syncs_and_one_tlbi(void **state)
{
	(void)state;
	assert_two_syncs_for_1g("protect", LIVE_RANGES);
	assert_two_syncs_for_1g("protect", PLAIN);
}

static void map_of_1g_takes_one_sync_and_no_tlbi(void **state)
{
	struct live_cost cost = cost_of("map", PLAIN, 0);

	(void)state;
	assert_int_equal(cost.pages, PAGES_OF_1G);
	assert_int_equal(cost.counts.syncs, 1);
	assert_int_equal(cost.counts.dsbs, 1);
	assert_int_equal(cost.counts.tlbis, 0);
}

static void up_to_512_pages_take_one_tlbi_each_without_ranges(void **state)
{
	struct live_cost cost = cost_of("unmap-1M", PLAIN, 0);

	(void)state;
	assert_int_equal(cost.counts.tlbis, 256);
	assert_int_equal(cost.counts.dsbs, 2);
	assert_int_equal(cost_of("unmap-1M", LIVE_RANGES, 0).counts.tlbis, 1);
}

/* As many as existing code, which has no other way. */
static void a_page_at_a_time_takes_three_barriers_and_one_tlbi(void **state)
{
	struct live_cost cost = cost_of("unmap-each", LIVE_RANGES, 4);

	(void)state;
	assert_int_equal(cost.calls, PAGES_OF_1G / 2 / 16);
	assert_int_equal(cost.counts.dsbs + cost.counts.isbs, 3 * cost.calls);
	assert_int_equal(cost.counts.tlbis, cost.calls);
}

static void a_list_of_pages_takes_one_sync(void **state)
{
	struct live_cost cost = cost_of("unmap-list", LIVE_RANGES, 4);

	(void)state;
	assert_int_equal(cost.counts.syncs, 1);
	assert_in_range(cost.counts.tlbis, 1, HYPMMU_STALE);
}

static void a_hole_in_a_block_takes_two_syncs(void **state)
{
	struct live_cost broken = cost_of("hole", LIVE_RANGES, 4);
	struct live_cost unbroken = cost_of("hole-noabort", LIVE_RANGES, 4);

	(void)state;
	assert_int_equal(broken.counts.syncs, 2 * broken.calls);
	assert_int_equal(broken.counts.tlbis, broken.calls);
	assert_in_range(unbroken.counts.syncs, unbroken.calls, 3 * unbroken.calls);
	assert_in_range(unbroken.counts.tlbis, unbroken.calls, 2 * unbroken.calls);
}

static void a_merge_takes_two_syncs_and_one_range_tlbi(void **state)
{
	struct live_cost cost = cost_of("merge", LIVE_RANGES, 0);

	(void)state;
	assert_int_equal(cost.counts.syncs, 2 * cost.calls);
	assert_int_equal(cost.counts.tlbis, cost.calls);
	cost = cost_of("merge", PLAIN, 0);
	assert_int_equal(cost.counts.syncs, 2 * cost.calls);
	assert_in_range(cost.counts.tlbis, 1, MOST_TLBIS * cost.calls);
}

/* A call: at most three syncs, two of them with TLBIs. A sync: DSB, ISB; with TLBIs one DSB more. */
static void every_change_keeps_the_contract_of_sync(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * live_n_workloads; i++) {
		uint32_t hw = i % 2 ? LIVE_RANGES : PLAIN;
		struct live_cost cost = cost_of(live_workloads[i / 2].name, hw, 6);
		const struct live_counts *counts = &cost.counts;

		assert_in_range(counts->syncs, cost.calls, 3 * cost.calls);
		assert_in_range(counts->invalidations, 0, 2 * cost.calls);
		assert_int_equal(counts->dsbs, counts->syncs + counts->invalidations);
		assert_int_equal(counts->isbs, counts->syncs);
		assert_true(counts->publishes > 0);
		assert_int_equal(counts->cleans, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unmap_of_1g_takes_two_syncs_and_one_tlbi),
		cmocka_unit_test(protect_of_1g_takes_two_syncs_and_one_tlbi),
		cmocka_unit_test(map_of_1g_takes_one_sync_and_no_tlbi),
		cmocka_unit_test(up_to_512_pages_take_one_tlbi_each_without_ranges),
		cmocka_unit_test(a_page_at_a_time_takes_three_barriers_and_one_tlbi),
		cmocka_unit_test(a_list_of_pages_takes_one_sync),
		cmocka_unit_test(a_hole_in_a_block_takes_two_syncs),
		cmocka_unit_test(a_merge_takes_two_syncs_and_one_range_tlbi),
		cmocka_unit_test(every_change_keeps_the_contract_of_sync),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
