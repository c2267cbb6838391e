/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of changes of live tables: nothing new before everything old is gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"

#define NC (HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_NC)

static void unmap_and_map(struct live *live, uint64_t page, uint64_t block)
{
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_UNMAP, 2 * page, page, 0, 0),
		live_change(live, HYPMMU_MAP, 5 * page, 2 * page, HYPMMU_DATA, 0),
		live_change(live, HYPMMU_MAP, 2 * block, page, HYPMMU_DATA, 0),
	};

	live_apply(live, changes, 3,
		   "alloc 3@2p=0 3@5p+2p=arm-leaf 2@2b=arm-table sync(2p+1p L3) "
		   "3@5p+2p=leaf 2@2b=table sync");
}

static void map_below_unmap(struct live *live, uint64_t page, uint64_t block)
{
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_UNMAP, block, block, 0, 0),
		live_change(live, HYPMMU_MAP, 4 * page, page, HYPMMU_DATA, 0),
	};

	live_apply(live, changes, 2, "3@4p=arm-leaf 2@1b=0 sync(1b+1b L2) 3@4p=leaf sync");
}

static void protect_and_map(struct live *live, uint64_t page, uint64_t block)
{
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_PROTECT, page, page, HYPMMU_RODATA, 0),
		live_change(live, HYPMMU_MAP, 4 * page, page, HYPMMU_DATA, 0),
	};

	(void)block;
	live_apply(live, changes, 2, "3@1p=leaf 3@4p=arm-leaf sync(1p+1p L3) 3@4p=leaf sync");
}

static void break_and_map(struct live *live, uint64_t page, uint64_t block)
{
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_MAP, 4 * page, page, HYPMMU_DATA, 0),
		live_change(live, HYPMMU_PROTECT, page, page, NC, HYPMMU_MAY_BREAK),
	};

	(void)block;
	live_apply(live, changes, 2,
		   "3@1p=arm-leaf 3@4p=arm-leaf sync(1p+1p L3) 3@1p=leaf 3@4p=leaf sync");
}

static void drop_and_map(struct live *live, uint64_t page, uint64_t block)
{
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_MAP, 2 * block, page, HYPMMU_DATA, 0),
		live_change(live, HYPMMU_UNMAP, 0, block, 0, HYPMMU_SKIP_HOLES),
	};

	live_apply(live, changes, 2,
		   "alloc 2@0p=drop 2@2b=arm-table sync(0p+1b L* walks) "
		   "2@0p=0 free 2@2b=table sync");
}

static void nothing_new_is_valid_before_what_is_old_is_gone(void **state)
{
	(void)state;
	live_over(0, 0, unmap_and_map);
	live_over(0, 0, map_below_unmap);
	live_over(0, 0, protect_and_map);
	live_over(0, 0, break_and_map);
	live_over(0, 0, drop_and_map);
}

static void relabel_and_map(struct live *live, uint64_t page, uint64_t block)
{
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_PROTECT, page, page, HYPMMU_DATA | HYPMMU_SW(1), 0),
		live_change(live, HYPMMU_MAP, 4 * page, page, HYPMMU_DATA, 0),
	};

	(void)block;
	live_apply(live, changes, 2, "3@1p=leaf 3@4p=leaf sync");
}

static void nothing_waits_where_nothing_old_goes(void **state)
{
	(void)state;
	live_over(0, 0, relabel_and_map);
}

static void unmap_around_a_page(struct live *live, uint64_t page, uint64_t block)
{
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_UNMAP, 0, 4 * page, 0, 0),
		live_change(live, HYPMMU_KEEP, page, page, 0, 0),
	};

	(void)block;
	live_apply(live, changes, 2, "3@0p=0 3@2p+2p=0 sync(0p+1p L3, 2p+2p L3)");
}

static void what_is_kept_is_not_flushed(void **state)
{
	(void)state;
	live_over(0, 0, unmap_around_a_page);
}

static bool is_flushed(const struct live *live, hypmmu_va va)
{
	for (size_t i = 0; i < live->ranges; i++) {
		if (va - live->stale[i].va < live->stale[i].size && live->stale[i].level == 3)
			return true;
	}
	return false;
}

static void unmap_every_other_page(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_change changes[12];

	(void)block;
	live_do(live, HYPMMU_MAP, 4 * page, 28 * page, HYPMMU_DATA, 0, NULL);
	for (unsigned i = 0; i < 12; i++)
		changes[i] = live_change(live, HYPMMU_UNMAP, 2 * i * page, page, 0, 0);

	live_apply(live, changes, 12, NULL);

	assert_int_equal(live->syncs, 1);
	assert_in_range(live->ranges, 1, HYPMMU_STALE);
	for (unsigned i = 0; i < 12; i++)
		assert_true(is_flushed(live, changes[i].va));
	assert_int_equal(live_desc(live, live->s.base + 22 * page), 0);
	assert_int_not_equal(live_desc(live, live->s.base + 23 * page), 0);
}

static void a_sync_gets_no_more_ranges_than_promised(void **state)
{
	(void)state;
	live_over(0, 0, unmap_every_other_page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_new_is_valid_before_what_is_old_is_gone),
		cmocka_unit_test(nothing_waits_where_nothing_old_goes),
		cmocka_unit_test(what_is_kept_is_not_flushed),
		cmocka_unit_test(a_sync_gets_no_more_ranges_than_promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
