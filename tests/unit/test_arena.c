/* SPDX-License-Identifier: BSD-2-Clause */
/* The page source of the tests: does it see what it is there to see? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/arena.h"

static int set_up(void **state)
{
	static struct arena arena;

	arena = (struct arena){
		.granule = HYPMMU_4K, .capacity = 8, .base_pa = 0x140000000, .pa_step = 0x10000000};
	*state = &arena;
	return arena_init(&arena) ? 0 : -1;
}

static int tear_down(void **state)
{
	arena_destroy(*state);
	return 0;
}

static void *take(struct arena *arena)
{
	return arena->pages.alloc(arena->pages.ctx);
}

static void give(struct arena *arena, void *page)
{
	arena->pages.free(arena->pages.ctx, page);
}

static void gives_each_page_once_and_then_none(void **state)
{
	struct arena *arena = *state;
	void *pages[8];

	for (size_t i = 0; i < 8; i++) {
		pages[i] = take(arena);
		assert_non_null(pages[i]);
		for (size_t k = 0; k < i; k++)
			assert_ptr_not_equal(pages[i], pages[k]);
	}
	assert_null(take(arena));
	give(arena, pages[3]);
	assert_ptr_equal(take(arena), pages[3]);
	assert_int_equal(arena->live, 8);
	assert_null(arena_fault(arena));
}

static void leads_there_and_back(void **state)
{
	struct arena *arena = *state;
	void *page = take(arena);
	hypmmu_pa pa = arena->pages.to_pa(arena->pages.ctx, page);

	assert_int_equal(pa & 0xfffffff, 0);
	assert_ptr_equal(arena->pages.to_ptr(arena->pages.ctx, pa), page);
	assert_ptr_equal(arena_at(arena, pa + 8, 8), (unsigned char *)page + 8);
	assert_null(arena_at(arena, pa + 0xff9, 8));
	assert_null(arena->pages.to_ptr(arena->pages.ctx, pa + 0x1000));
	give(arena, page);
	assert_null(arena->pages.to_ptr(arena->pages.ctx, pa));
	assert_null(arena_at(arena, pa, 8));
}

static void fails_when_told(void **state)
{
	struct arena *arena = *state;

	arena->trick = ARENA_NULL;
	arena->trick_at = 2;
	assert_non_null(take(arena));
	assert_null(take(arena));
	assert_non_null(take(arena));
	assert_int_equal(arena->live, 2);
}

static void sees_a_second_free(void **state)
{
	struct arena *arena = *state;
	void *page = take(arena);

	give(arena, page);
	assert_null(arena_fault(arena));
	give(arena, page);
	assert_string_equal(arena_fault(arena), "a second free of a page");
}

static void sees_a_foreign_free(void **state)
{
	struct arena *arena = *state;
	unsigned char *page = take(arena);

	give(arena, page + 8);
	assert_string_equal(arena_fault(arena), "a free of what was never given");
}

static void sees_a_store_to_a_free_page(void **state)
{
	struct arena *arena = *state;
	unsigned char *page = take(arena);

	give(arena, page);
	page[4095] = 0;
	assert_string_equal(arena_fault(arena), "a store to a free page");
}

static void sees_what_changed_since_it_was_saved(void **state)
{
	struct arena *arena = *state;
	unsigned char *page = take(arena), *other;

	arena_save(arena);
	assert_true(arena_is_as_saved(arena));
	page[17]++;
	assert_false(arena_is_as_saved(arena));
	page[17]--;
	assert_true(arena_is_as_saved(arena));
	other = take(arena);
	assert_false(arena_is_as_saved(arena));
	give(arena, other);
	assert_true(arena_is_as_saved(arena));
}

static void gives_zeroed_pages_when_told(void **state)
{
	struct arena *arena = *state;
	const unsigned char *page = take(arena);

	assert_int_equal(page[0] & 3, 3);
	arena->zeroed = true;
	page = take(arena);
	assert_int_equal(page[0], 0);
	assert_int_equal(page[4095], 0);
}

static void plays_its_tricks(void **state)
{
	struct arena *arena = *state;
	unsigned char *page, *latest;

	arena->trick = ARENA_MISALIGNED;
	arena->trick_at = 1;
	page = take(arena);
	assert_int_equal((uintptr_t)page % 4096, 64);
	give(arena, page);
	arena->trick = ARENA_BEYOND_PA;
	arena->trick_at = 1;
	arena->trick_pa_bits = 36;
	latest = take(arena);
	assert_int_equal(arena->pages.to_pa(arena->pages.ctx, latest), UINT64_C(1) << 36);
	give(arena, latest);
	arena->trick = ARENA_LOST;
	arena->trick_at = 1;
	page = take(arena);
	assert_null(
		arena->pages.to_ptr(arena->pages.ctx, arena->pages.to_pa(arena->pages.ctx, page)));
	give(arena, page);
	assert_int_equal(arena->live, 0);
	assert_null(arena_fault(arena));
}

#define ARENA_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARENA_TEST(gives_each_page_once_and_then_none),
		ARENA_TEST(leads_there_and_back),
		ARENA_TEST(fails_when_told),
		ARENA_TEST(sees_a_second_free),
		ARENA_TEST(sees_a_foreign_free),
		ARENA_TEST(sees_a_store_to_a_free_page),
		ARENA_TEST(sees_what_changed_since_it_was_saved),
		ARENA_TEST(gives_zeroed_pages_when_told),
		ARENA_TEST(plays_its_tricks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
