/* SPDX-License-Identifier: BSD-2-Clause */
/* Start and stop on what is not as it should be: configurations, roots, counts of tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/subject.h"
#include <string.h>

static void assert_all_zero(const struct hypmmu *mmu)
{
	static const struct hypmmu zero;

	assert_memory_equal(mmu, &zero, sizeof zero);
}

static void a_configuration_that_is_none_is_refused_before_anything_is_touched(void **state)
{
	struct hypmmu_config cfg = subject_configs[0];
	struct hypmmu before, mmu;
	struct subject s;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	memset(&before, 0x5a, sizeof before);
	memcpy(&mmu, &before, sizeof mmu);

	cfg.va_bits = 53;
	assert_int_equal(hypmmu_init(&mmu, &cfg, &s.arena.pages), HYPMMU_ERR_CONFIG);
	assert_int_equal(hypmmu_adopt(&mmu, &cfg, &s.arena.pages, s.mmu.root, 9),
			 HYPMMU_ERR_CONFIG);
	cfg = subject_configs[0];
	cfg.hw = UINT32_C(1) << 31;
	assert_int_equal(hypmmu_init(&mmu, &cfg, &s.arena.pages), HYPMMU_ERR_ARG);
	cfg = subject_configs[0];
	cfg.use = HYPMMU_USE_HAFDBS;
	assert_int_equal(hypmmu_init(&mmu, &cfg, &s.arena.pages), HYPMMU_ERR_UNSUPPORTED);

	assert_memory_equal(&mmu, &before, sizeof mmu);
	subject_assert_untouched(&s);
	subject_end(&s);
}

/* All pages come back, but for those that the count does not admit. */
static void destroy_with_count(size_t more, size_t fewer)
{
	for (size_t i = 0; i < SUBJECTS; i++) {
		size_t live, given_back;
		struct subject s;

		subject_init(&s, &subject_configs[i]);
		live = s.arena.live;
		given_back = live - fewer;
		s.mmu.tables += more;
		s.mmu.tables -= fewer;

		assert_int_equal(hypmmu_destroy(&s.mmu),
				 more || fewer ? HYPMMU_ERR_CORRUPT : HYPMMU_OK);

		assert_all_zero(&s.mmu);
		assert_int_equal(s.arena.live, live - given_back);
		assert_null(arena_fault(&s.arena));
		arena_destroy(&s.arena);
	}
}

static void destroy_gives_back_what_it_finds_and_says_if_that_is_not_all(void **state)
{
	(void)state;
	destroy_with_count(0, 0);
	destroy_with_count(1, 0);
	destroy_with_count(1000, 0);
	destroy_with_count(0, 1);
}

static void a_root_that_is_lost_is_corrupt(void **state)
{
	struct hypmmu_change change = {.size = 0x4000000, .attr = HYPMMU_DATA};
	struct hypmmu_report report;
	struct subject s;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	s.mmu.root += s.arena.capacity * s.page;
	subject_save(&s);

	assert_int_equal(hypmmu_apply(&s.mmu, &change, 1, &report), HYPMMU_ERR_CORRUPT);
	assert_int_equal(hypmmu_plan(&s.mmu, &change, 1, NULL), HYPMMU_ERR_CORRUPT);
	change.size = s.page;
	assert_int_equal(hypmmu_apply(&s.mmu, &change, 1, &report), HYPMMU_ERR_CORRUPT);
	assert_int_equal(hypmmu_check(&s.mmu, &report), HYPMMU_ERR_CORRUPT);
	assert_int_equal(report.va | report.desc | report.index, 0);
	subject_assert_untouched(&s);

	assert_int_equal(hypmmu_destroy(&s.mmu), HYPMMU_ERR_CORRUPT);
	assert_all_zero(&s.mmu);
	arena_destroy(&s.arena);
}

struct log {
	unsigned published, syncs;
};

static void count_publish(void *ctx, const void *p, size_t size)
{
	struct log *log = ctx;

	assert_non_null(p);
	assert_int_equal(size, 0x1000);
	assert_int_equal(log->syncs, 0);
	log->published++;
}

static void count_sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		       size_t n)
{
	struct log *log = ctx;

	assert_non_null(cfg);
	assert_null(list);
	assert_int_equal(n, 0);
	log->syncs++;
}

static void a_tree_without_its_root_does_not_go_live(void **state)
{
	struct log log = {.published = 0};
	struct hypmmu_maint maint = {.publish = count_publish, .sync = count_sync, .ctx = &log};
	struct subject s;
	hypmmu_pa root;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	root = s.mmu.root;
	s.mmu.root += s.arena.capacity * s.page;

	assert_int_equal(hypmmu_set_live(&s.mmu, &maint), HYPMMU_ERR_CORRUPT);
	assert_null(s.mmu.maint);
	assert_int_equal(log.published + log.syncs, 0);

	s.mmu.root = root;
	assert_int_equal(hypmmu_set_live(&s.mmu, &maint), HYPMMU_OK);
	assert_ptr_equal(s.mmu.maint, &maint);
	assert_int_equal(log.published, s.mmu.tables);
	assert_int_equal(log.syncs, 1);
	assert_int_equal(hypmmu_set_live(&s.mmu, NULL), HYPMMU_OK);
	assert_int_equal(log.syncs, 1);
	subject_end(&s);
}

static void publish_with_count(size_t more, size_t fewer)
{
	struct log log = {.published = 0};
	struct hypmmu_maint maint = {.publish = count_publish, .sync = count_sync, .ctx = &log};
	struct subject s;

	subject_init(&s, &subject_configs[0]);
	s.mmu.tables += more;
	s.mmu.tables -= fewer;

	assert_int_equal(hypmmu_set_live(&s.mmu, &maint), HYPMMU_OK);
	assert_int_equal(log.published, s.mmu.tables - more);

	assert_int_equal(hypmmu_set_live(&s.mmu, NULL), HYPMMU_OK);
	s.mmu.tables += fewer;
	s.mmu.tables -= more;
	subject_end(&s);
}

static void no_more_tables_are_published_than_there_are_and_should_be(void **state)
{
	(void)state;
	publish_with_count(0, 1);
	publish_with_count(5, 0);
}

static void the_same_tables_are_used_through_other_pointers(void **state)
{
	struct hypmmu_change change = {.va = 0x5000, .pa = 0x5000, .size = 0x1000};
	struct hypmmu_pages window;
	struct subject s;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	window = s.arena.pages;
	window.window = s.arena.memory;
	window.window_pa = s.arena.base_pa;
	window.window_size = s.arena.capacity * s.page;

	assert_int_equal(hypmmu_set_pages(&s.mmu, &window), HYPMMU_OK);
	change.attr = HYPMMU_CODE;
	assert_int_equal(hypmmu_map(&s.mmu, &change), HYPMMU_OK);
	assert_int_equal(hypmmu_set_pages(&s.mmu, &s.arena.pages), HYPMMU_OK);

	assert_int_equal(hypmmu_check(&s.mmu, NULL), HYPMMU_OK);
	assert_true(subject_at(&s, 0x5000).x);
	subject_end(&s);
}

static hypmmu_pa wrong_pa(void *ctx, const void *table)
{
	(void)table;
	return ((const struct arena *)ctx)->base_pa + 0x1000;
}

static void a_root_that_does_not_lead_back_to_itself_is_pages(void **state)
{
	struct hypmmu_pages pages;
	struct subject s;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	assert_int_not_equal(s.mmu.root, s.arena.base_pa + s.page);
	pages = s.arena.pages;
	pages.to_pa = wrong_pa;

	assert_int_equal(hypmmu_set_pages(&s.mmu, &pages), HYPMMU_ERR_PAGES);

	subject_assert_untouched(&s);
	subject_end(&s);
}

static void halves_that_were_never_initialised_have_no_registers(void **state)
{
	const struct hypmmu none = {.root = 0};
	struct hypmmu_regs regs;
	struct subject lower, upper;

	(void)state;
	subject_init(&lower, &subject_configs[1]);
	subject_init(&upper, &subject_configs[2]);

	assert_int_equal(hypmmu_get_regs(&none, NULL, &regs), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_get_regs(NULL, &none, &regs), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_get_regs(&lower.mmu, &none, &regs), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_get_regs(&none, &upper.mmu, &regs), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_get_regs(NULL, NULL, &regs), HYPMMU_ERR_ARG);

	subject_end(&lower);
	subject_end(&upper);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_configuration_that_is_none_is_refused_before_anything_is_touched),
		cmocka_unit_test(destroy_gives_back_what_it_finds_and_says_if_that_is_not_all),
		cmocka_unit_test(a_root_that_is_lost_is_corrupt),
		cmocka_unit_test(a_tree_without_its_root_does_not_go_live),
		cmocka_unit_test(no_more_tables_are_published_than_there_are_and_should_be),
		cmocka_unit_test(the_same_tables_are_used_through_other_pointers),
		cmocka_unit_test(a_root_that_does_not_lead_back_to_itself_is_pages),
		cmocka_unit_test(halves_that_were_never_initialised_have_no_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
