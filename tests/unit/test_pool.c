/* SPDX-License-Identifier: BSD-2-Clause */
/* The pool: lowest page first, the page given back last comes next, nothing beyond its block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <hypmmu/hypmmu.h>
#include <string.h>

#define PAGES 4
#define PA    UINT64_C(0x40000000)

static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};
static _Alignas(1 << 16) unsigned char memory[PAGES << 16];

static void *take(struct hypmmu_pool *pool)
{
	return pool->pages.alloc(pool->pages.ctx);
}

static void give(struct hypmmu_pool *pool, void *page)
{
	pool->pages.free(pool->pages.ctx, page);
}

static void gives_each_page_of_the_block_once_from_the_lowest_on(void **state)
{
	struct hypmmu_pool pool;

	(void)state;
	for (size_t g = 0; g < 3; g++) {
		size_t page = (size_t)1 << granules[g];

		assert_int_equal(hypmmu_pool_init(&pool, granules[g], memory, PA, PAGES * page), 0);

		for (size_t i = 0; i < PAGES; i++)
			assert_ptr_equal(take(&pool), memory + i * page);
		assert_null(take(&pool));

		assert_int_equal(pool.used, PAGES);
		assert_int_equal(pool.peak, PAGES);
	}
}

static void a_page_given_back_is_given_again(void **state)
{
	struct hypmmu_pool pool;
	void *first, *second;

	(void)state;
	assert_int_equal(hypmmu_pool_init(&pool, HYPMMU_4K, memory, PA, 0x2000), 0);
	first = take(&pool);
	second = take(&pool);

	give(&pool, first);
	assert_ptr_equal(take(&pool), first);
	give(&pool, first);
	give(&pool, second);
	assert_ptr_equal(take(&pool), second);
	assert_ptr_equal(take(&pool), first);
	assert_null(take(&pool));
}

static void counts_the_pages_in_use_and_the_most_that_ever_were(void **state)
{
	struct hypmmu_pool pool;
	void *page;

	(void)state;
	assert_int_equal(hypmmu_pool_init(&pool, HYPMMU_4K, memory, PA, 0x4000), 0);
	assert_int_equal(pool.used, 0);
	assert_int_equal(pool.peak, 0);
	take(&pool);
	page = take(&pool);
	give(&pool, page);
	assert_int_equal(pool.used, 1);
	assert_int_equal(pool.peak, 2);
	take(&pool);
	assert_int_equal(pool.used, 2);
	assert_int_equal(pool.peak, 2);
	take(&pool);
	assert_int_equal(pool.peak, 3);
}

static void memory_is_left_alone_until_it_is_used(void **state)
{
	static unsigned char before[sizeof(memory)];
	struct hypmmu_pool pool;

	(void)state;
	memset(memory, 0x5a, sizeof(memory));
	memcpy(before, memory, sizeof(memory));

	assert_int_equal(hypmmu_pool_init(&pool, HYPMMU_4K, memory, PA, sizeof(memory)), 0);
	take(&pool);

	assert_memory_equal(memory, before, sizeof(memory));
}

static void is_a_window_onto_its_block(void **state)
{
	struct hypmmu_pool pool;

	(void)state;
	assert_int_equal(hypmmu_pool_init(&pool, HYPMMU_16K, memory, PA, 0x8000), 0);
	assert_ptr_equal(pool.pages.window, memory);
	assert_int_equal(pool.pages.window_pa, PA);
	assert_int_equal(pool.pages.window_size, 0x8000);
}

/* The error, having made sure that nothing was written. */
static int refusal(enum hypmmu_granule granule, void *base, hypmmu_pa pa, size_t size)
{
	struct hypmmu_pool pool, before;
	int err;

	memset(&before, 0x5a, sizeof(before));
	memcpy(&pool, &before, sizeof(pool));
	err = hypmmu_pool_init(&pool, granule, base, pa, size);
	if (err)
		assert_memory_equal(&pool, &before, sizeof(pool));
	return err;
}

static void null_is_arg(void **state)
{
	(void)state;
	assert_int_equal(hypmmu_pool_init(NULL, HYPMMU_4K, memory, PA, 0x1000), HYPMMU_ERR_ARG);
	assert_int_equal(refusal(HYPMMU_4K, NULL, PA, 0x1000), HYPMMU_ERR_ARG);
}

static void a_size_that_is_no_granule_is_config(void **state)
{
	(void)state;
	for (int bits = 0; bits < 64; bits++) {
		bool exists = bits == 12 || bits == 14 || bits == 16;

		assert_int_equal(refusal((enum hypmmu_granule)bits, memory, PA, 0x10000),
				 exists ? 0 : HYPMMU_ERR_CONFIG);
	}
}

static void what_is_not_a_multiple_of_the_granule_is_align(void **state)
{
	(void)state;
	for (size_t g = 0; g < 3; g++) {
		size_t page = (size_t)1 << granules[g];

		for (size_t off = 1; off < page; off *= 2) {
			assert_int_equal(refusal(granules[g], memory + off, PA, page),
					 HYPMMU_ERR_ALIGN);
			assert_int_equal(refusal(granules[g], memory, PA + off, page),
					 HYPMMU_ERR_ALIGN);
			assert_int_equal(refusal(granules[g], memory, PA, page + off),
					 HYPMMU_ERR_ALIGN);
		}
	}
}

static void empty_and_wrapping_is_range(void **state)
{
	const hypmmu_pa last_page = ~UINT64_C(0xfff);
	void *top = (void *)~(uintptr_t)0xfff; /* never touched */

	(void)state;
	assert_int_equal(refusal(HYPMMU_4K, memory, PA, 0), HYPMMU_ERR_RANGE);
	assert_int_equal(refusal(HYPMMU_4K, memory, last_page, 0x2000), HYPMMU_ERR_RANGE);
	assert_int_equal(refusal(HYPMMU_4K, top, PA, 0x2000), HYPMMU_ERR_RANGE);
	assert_int_equal(refusal(HYPMMU_4K, memory, last_page, 0x1000), 0);
	assert_int_equal(refusal(HYPMMU_4K, top, PA, 0x1000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_each_page_of_the_block_once_from_the_lowest_on),
		cmocka_unit_test(a_page_given_back_is_given_again),
		cmocka_unit_test(counts_the_pages_in_use_and_the_most_that_ever_were),
		cmocka_unit_test(memory_is_left_alone_until_it_is_used),
		cmocka_unit_test(is_a_window_onto_its_block),
		cmocka_unit_test(null_is_arg),
		cmocka_unit_test(a_size_that_is_no_granule_is_config),
		cmocka_unit_test(what_is_not_a_multiple_of_the_granule_is_align),
		cmocka_unit_test(empty_and_wrapping_is_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
