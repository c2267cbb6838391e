/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue of stale ranges: what is joined, and, against a list of all that was added, that nothing
 * is ever lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "maint.h"
#include "support/random.h"
#include <cmocka.h>

#define KIB  UINT64_C(1024)
#define MIB  (1024 * KIB)
#define PAGE (4 * KIB)

static struct hypmmu_config cfg = {
	.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 48, .pa_bits = 48};
static struct hypmmu_queue queue;

static int by_va(void **state)
{
	(void)state;
	cfg.hw = 0;
	hm_queue_init(&queue);
	return 0;
}

static int by_range(void **state)
{
	(void)state;
	cfg.hw = HYPMMU_HW_TLBIRANGE;
	hm_queue_init(&queue);
	return 0;
}

static void add(hypmmu_va va, uint64_t size, int level, bool walks)
{
	hm_queue_add(&queue, &cfg, va, size, level, walks);
}

static void assert_entry(size_t i, hypmmu_va va, uint64_t size, int level, bool walks)
{
	assert_true(i < queue.n);
	assert_int_equal(queue.list[i].va, va);
	assert_int_equal(queue.list[i].size, size);
	assert_int_equal(queue.list[i].level, level);
	assert_int_equal(queue.list[i].walks, walks);
}

static void new_queue_is_empty(void **state)
{
	(void)state;
	queue.n = 5;
	hm_queue_init(&queue);
	assert_int_equal(queue.n, 0);
	hm_queue_walks(&queue);
	assert_int_equal(queue.n, 0);
}

static void ranges_that_touch_or_overlap_are_one(void **state)
{
	(void)state;
	add(0x10000, PAGE, 3, false);
	add(0x11000, 2 * PAGE, 3, false);
	add(0x12000, 2 * PAGE, 3, false);
	assert_int_equal(queue.n, 1);
	assert_entry(0, 0x10000, 4 * PAGE, 3, false);
}

static void ranges_with_a_gap_stay_apart(void **state)
{
	(void)state;
	add(0x10000, PAGE, 3, false);
	add(0x12000, PAGE, 3, false);
	add(0xe000, PAGE, 3, false);
	assert_int_equal(queue.n, 3);
	assert_entry(0, 0x10000, PAGE, 3, false);
	assert_entry(1, 0x12000, PAGE, 3, false);
	assert_entry(2, 0xe000, PAGE, 3, false);
}

static void by_va_only_like_ranges_are_one(void **state)
{
	(void)state;
	add(0x1ff000, PAGE, 3, false);
	add(0x200000, 2 * MIB, 2, false);
	add(0x400000, 2 * MIB, 2, true);
	assert_int_equal(queue.n, 3);
	assert_entry(1, 0x200000, 2 * MIB, 2, false);
	assert_entry(2, 0x400000, 2 * MIB, 2, true);
}

static void by_range_all_that_touch_are_one(void **state)
{
	(void)state;
	add(0x1ff000, PAGE, 3, false);
	add(0x200000, 2 * MIB, 2, true);
	add(0x400000, PAGE, 3, false);
	assert_int_equal(queue.n, 1);
	assert_entry(0, 0x1ff000, 2 * MIB + 2 * PAGE, INT8_MAX, true);
}

static void hull_takes_in_what_came_before(void **state)
{
	(void)state;
	add(0x200000, PAGE, 3, false);
	add(0x210000, PAGE, 3, false);
	add(0x220000, PAGE, 3, false);
	add(0x204000, 2 * MIB, 3, false); /* not the first */
	assert_int_equal(queue.n, 2);
	assert_entry(0, 0x200000, PAGE, 3, false);
	assert_entry(1, 0x204000, 2 * MIB, 3, false);
}

static void table_whose_leaves_are_there_is_one_range_with_them(void **state)
{
	(void)state;
	add(0x200000, PAGE, 3, false);
	add(0x210000, PAGE, 3, false);
	add(0x200000, 2 * MIB, 2, true);
	assert_int_equal(queue.n, 1);
	assert_entry(0, 0x200000, 2 * MIB, INT8_MAX, true);
}

static void walks_are_of_the_range_added_last(void **state)
{
	(void)state;
	add(0x10000, PAGE, 3, false);
	add(0x20000, PAGE, 3, false);
	hm_queue_walks(&queue);
	assert_entry(0, 0x10000, PAGE, 3, false);
	assert_entry(1, 0x20000, PAGE, 3, true);
}

/* As the tables of an unmap come: leaves, then the table. */
static void tables_side_by_side_are_one_range(void **state)
{
	(void)state;
	for (hypmmu_va va = 0x200000; va < 0x2000000; va += 2 * MIB) {
		add(va, 2 * MIB, 3, false);
		hm_queue_walks(&queue);
	}
	assert_int_equal(queue.n, 1);
	assert_entry(0, 0x200000, 30 * MIB, 3, true);
}

static void full_queue_joins_over_gaps(void **state)
{
	(void)state;
	for (hypmmu_va i = 0; i < HYPMMU_STALE; i++)
		add(i * 0x10000, PAGE, 3, false);
	assert_int_equal(queue.n, HYPMMU_STALE);
	add(0x800000, 2 * MIB, 2, true);
	assert_int_equal(queue.n, HYPMMU_STALE);
	assert_entry(6, 0x60000, PAGE, 3, false);
	assert_entry(7, 0x70000, 0xa00000 - 0x70000, INT8_MAX, true);
	add(0x18000, PAGE, 3, false); /* its hull, of other leaves by VA, stands beside the rest */
	assert_int_equal(queue.n, HYPMMU_STALE);
	assert_entry(7, 0x18000, 0xa00000 - 0x18000, INT8_MAX, true);
}

static void full_queue_by_range_is_swallowed_by_its_hull(void **state)
{
	(void)state;
	for (hypmmu_va i = 0; i < HYPMMU_STALE; i++)
		add(i * 0x10000, PAGE, 3, false);
	add(0x18000, PAGE, 3, false);
	assert_int_equal(queue.n, 3);
	assert_entry(1, 0x10000, PAGE, 3, false);
	assert_entry(2, 0x18000, 0x71000 - 0x18000, 3, false);
}

static void last_page_of_the_upper_half_does_not_wrap(void **state)
{
	(void)state;
	add(0xffffffffffffe000, PAGE, 3, false);
	add(0xfffffffffffff000, PAGE, 3, false);
	assert_int_equal(queue.n, 1);
	assert_entry(0, 0xffffffffffffe000, 2 * PAGE, 3, false);
	add(0xfff0000000000000, PAGE, 3, false);
	assert_int_equal(queue.n, 2);
	add(0xfff0000000001000, (UINT64_C(1) << 52) - PAGE, 3, false);
	assert_int_equal(queue.n, 1);
	assert_entry(0, 0xfff0000000000000, UINT64_C(1) << 52, 3, false);
}

/* The first page of the space does not touch the last one. */
static void ends_of_the_space_do_not_touch(void **state)
{
	(void)state;
	add(0xfffffffffffff000, PAGE, 3, false);
	add(0, PAGE, 3, false);
	assert_int_equal(queue.n, 2);
	add(0xfffffffffffff000, PAGE, 3, false);
	assert_int_equal(queue.n, 3);
}

static void whole_regime_wins(void **state)
{
	(void)state;
	add(0x10000, PAGE, 3, false);
	add(0x20000, PAGE, 3, false);
	add(0x15000, 0, INT8_MAX, true);
	add(0x30000, PAGE, 3, false);
	hm_queue_walks(&queue);
	assert_int_equal(queue.n, 1);
	assert_int_equal(queue.list[0].size, 0);
}

/* ---- Random ranges ---- */

#define ADDED 40
#define SPACE 256 /* pages, of which the last is the last one there is */

static struct hypmmu_stale added[ADDED];

/* Invalidates what was cached from a leaf in this page, or a table above it? */
static bool does_for(const struct hypmmu_stale *entry, hypmmu_va page,
		     const struct hypmmu_stale *wanted)
{
	if (!entry->size)
		return true;
	return page >= entry->va && page - entry->va < entry->size &&
	       (entry->level == INT8_MAX || entry->level == wanted->level) &&
	       (entry->walks || !wanted->walks);
}

static void assert_all_there(size_t n)
{
	assert_in_range(queue.n, 0, HYPMMU_STALE);
	for (size_t i = 0; i < n; i++)
		for (uint64_t at = 0; at < added[i].size; at += PAGE) {
			bool found = false;

			for (size_t k = 0; k < queue.n && !found; k++)
				found = does_for(&queue.list[k], added[i].va + at, &added[i]);
			assert_true(found);
		}
}

/* Mostly above the one before. */
static struct hypmmu_stale random_range(struct random *random, hypmmu_va *next)
{
	uint64_t size = (1 + random_below(random, 8)) * PAGE, room;
	hypmmu_va base = ~(hypmmu_va)0 - (SPACE * PAGE - 1), va = *next;

	if (random_once_in(random, 3))
		va += random_below(random, 6) * PAGE;
	if (va < base || random_once_in(random, 6))
		va = base + random_below(random, SPACE) * PAGE;
	room = ~va + 1;
	if (size > room)
		size = room;
	*next = va + size;
	return (struct hypmmu_stale){
		.va = va,
		.size = size,
		.level = random_once_in(random, 5) ? INT8_MAX
						   : (int8_t)(2 + random_below(random, 2)),
		.walks = random_once_in(random, 4),
	};
}

static void add_at_random(struct random *random)
{
	size_t n = 1 + random_below(random, ADDED);
	hypmmu_va next = 0;

	hm_queue_init(&queue);
	for (size_t i = 0; i < n; i++) {
		added[i] = random_range(random, &next);
		add(added[i].va, added[i].size, added[i].level, added[i].walks);
		if (random_once_in(random, 4)) {
			added[i].walks = true;
			hm_queue_walks(&queue);
		}
	}
	assert_all_there(n);
}

static void nothing_is_lost(void **state)
{
	struct random random = {random_seed()};
	size_t n = random_scaled(20000);

	(void)state;
	for (size_t i = 0; i < n; i++)
		add_at_random(&random);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(new_queue_is_empty, by_va),
		cmocka_unit_test_setup(ranges_that_touch_or_overlap_are_one, by_va),
		cmocka_unit_test_setup(ranges_with_a_gap_stay_apart, by_range),
		cmocka_unit_test_setup(by_va_only_like_ranges_are_one, by_va),
		cmocka_unit_test_setup(by_range_all_that_touch_are_one, by_range),
		cmocka_unit_test_setup(hull_takes_in_what_came_before, by_va),
		cmocka_unit_test_setup(table_whose_leaves_are_there_is_one_range_with_them,
				       by_range),
		cmocka_unit_test_setup(walks_are_of_the_range_added_last, by_range),
		cmocka_unit_test_setup(tables_side_by_side_are_one_range, by_va),
		cmocka_unit_test_setup(full_queue_joins_over_gaps, by_va),
		cmocka_unit_test_setup(full_queue_by_range_is_swallowed_by_its_hull, by_range),
		cmocka_unit_test_setup(last_page_of_the_upper_half_does_not_wrap, by_va),
		cmocka_unit_test_setup(ends_of_the_space_do_not_touch, by_range),
		cmocka_unit_test_setup(whole_regime_wins, by_range),
		{"nothing_is_lost_by_va", nothing_is_lost, by_va, NULL, NULL},
		{"nothing_is_lost_by_range", nothing_is_lost, by_range, NULL, NULL},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
