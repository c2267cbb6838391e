/* SPDX-License-Identifier: BSD-2-Clause */
/* A pool under a tree: sized by hypmmu_tables_needed(), one page short, used over and over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <hypmmu/hypmmu.h>
#include <string.h>

#define PAGES 12
#define PA    UINT64_C(0x40000000)

static _Alignas(1 << 16) unsigned char memory[PAGES << 16];

struct scene {
	struct hypmmu_config cfg;
	struct hypmmu_pool pool;
	struct hypmmu mmu;
	struct hypmmu_change layout;
	size_t page, needed;
};

/* From the last page of a block over a whole one to the first page of a third: a table for each
 * ragged end, one for their block table, the levels above. */
static void begin(struct scene *scene, enum hypmmu_granule granule, size_t spare)
{
	const size_t needed = granule == HYPMMU_64K ? 4 : 5; /* start level 1, 0 */
	uint64_t page = UINT64_C(1) << granule, block = page * (page / 8);
	struct hypmmu_report report;

	*scene = (struct scene){
		.cfg = {.granule = granule, .regime = HYPMMU_EL2, .va_bits = 48, .pa_bits = 48},
		.layout = {.va = block - page,
			   .pa = block - page,
			   .size = block + 2 * page,
			   .attr = HYPMMU_DATA},
		.page = (size_t)page,
	};
	assert_int_equal(hypmmu_tables_needed(&scene->cfg, &scene->layout, 1, &report), 0);
	assert_int_equal(report.tables, needed);
	scene->needed = needed;
	memset(memory, 0x5a, sizeof(memory));
	assert_int_equal(hypmmu_pool_init(&scene->pool, granule, memory, PA,
					  (needed + spare - 1) * scene->page),
			 0);
	assert_int_equal(hypmmu_init(&scene->mmu, &scene->cfg, &scene->pool.pages), 0);
	assert_int_equal(scene->pool.used, 1);
}

static void assert_untouched_from(const struct scene *scene, size_t page)
{
	const unsigned char *from = memory + page * scene->page;

	assert_int_equal(from[0], 0x5a);
	assert_memory_equal(from, from + 1, sizeof(memory) - page * scene->page - 1);
}

static void over_granules(void (*scenario)(enum hypmmu_granule granule))
{
	scenario(HYPMMU_4K);
	scenario(HYPMMU_16K);
	scenario(HYPMMU_64K);
}

static void fill_exactly(enum hypmmu_granule granule)
{
	struct scene scene;

	begin(&scene, granule, 1);
	assert_int_equal(hypmmu_map(&scene.mmu, &scene.layout), 0);
	assert_int_equal(scene.pool.used, scene.needed);
	assert_int_equal(scene.pool.peak, scene.needed);
	assert_untouched_from(&scene, scene.needed);
	assert_int_equal(hypmmu_destroy(&scene.mmu), 0);
	assert_int_equal(scene.pool.used, 0);
	assert_int_equal(scene.pool.peak, scene.needed);
}

static void as_many_pages_as_are_needed_are_enough(void **state)
{
	(void)state;
	over_granules(fill_exactly);
}

static void leave_the_rest(enum hypmmu_granule granule)
{
	struct scene scene;

	begin(&scene, granule, 4);
	assert_int_equal(hypmmu_map(&scene.mmu, &scene.layout), 0);
	assert_int_equal(scene.pool.peak, scene.needed);
	assert_untouched_from(&scene, scene.needed);
}

static void pages_that_are_not_needed_stay_as_they_were(void **state)
{
	(void)state;
	over_granules(leave_the_rest);
}

static void run_out(enum hypmmu_granule granule)
{
	struct scene scene;
	struct hypmmu_leaf leaf = {.size = 0};

	begin(&scene, granule, 0);
	assert_int_equal(hypmmu_map(&scene.mmu, &scene.layout), HYPMMU_ERR_NOMEM);
	assert_int_equal(scene.pool.used, 1);
	assert_int_equal(scene.mmu.tables, 1);
	assert_false(hypmmu_next_leaf(&scene.mmu, &leaf));
	assert_untouched_from(&scene, scene.needed - 1);

	scene.layout.size -= scene.page; /* one ragged end less, one table less */
	assert_int_equal(hypmmu_map(&scene.mmu, &scene.layout), 0);
	assert_int_equal(scene.pool.used, scene.needed - 1);
}

static void one_page_less_is_nomem_and_nothing_is_kept(void **state)
{
	(void)state;
	over_granules(run_out);
}

static void use_again(enum hypmmu_granule granule)
{
	struct scene scene;

	begin(&scene, granule, 1);
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(hypmmu_map(&scene.mmu, &scene.layout), 0);
		assert_int_equal(scene.pool.used, scene.needed);
		assert_int_equal(hypmmu_check(&scene.mmu, NULL), 0);
		assert_int_equal(hypmmu_unmap(&scene.mmu, scene.layout.va, scene.layout.size, 0),
				 0);
		assert_int_equal(scene.pool.used, 1);
	}
	assert_int_equal(scene.pool.peak, scene.needed);
}

static void pages_given_back_are_used_again(void **state)
{
	(void)state;
	over_granules(use_again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_pages_as_are_needed_are_enough),
		cmocka_unit_test(pages_that_are_not_needed_stay_as_they_were),
		cmocka_unit_test(one_page_less_is_nomem_and_nothing_is_kept),
		cmocka_unit_test(pages_given_back_are_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
