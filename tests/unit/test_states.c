/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that are wrong for the object: NULL, not initialised, live; and page sources that are
 * none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/subject.h"
#include <string.h>

static struct hypmmu_change page_at(const struct subject *s, uint64_t page)
{
	return (struct hypmmu_change){.va = s->base + page * s->page,
				      .pa = page * s->page,
				      .size = s->page,
				      .attr = HYPMMU_DATA};
}

/* Every call that changes something gives the error. */
static void changes_give(struct hypmmu *mmu, int err, const struct subject *s)
{
	struct hypmmu_change change = page_at(s, 8);
	struct hypmmu_report report;

	assert_int_equal(hypmmu_apply(mmu, &change, 1, &report), err);
	assert_int_equal(hypmmu_apply(mmu, &change, 1, NULL), err);
	assert_int_equal(hypmmu_apply(mmu, NULL, 0, NULL), err);
	assert_int_equal(hypmmu_plan(mmu, &change, 1, &report), err);
	assert_int_equal(hypmmu_map(mmu, &change), err);
	if (!s->base) /* an upper half has no identity */
		assert_int_equal(hypmmu_idmap(mmu, 0, s->page, HYPMMU_DATA), err);
	assert_int_equal(hypmmu_unmap(mmu, s->base, s->page, 0), err);
	assert_int_equal(hypmmu_protect(mmu, s->base, s->page, HYPMMU_RODATA, 0), err);
	assert_int_equal(hypmmu_destroy(mmu), err);
}

static void readers_give(struct hypmmu *mmu, int err, const struct subject *s)
{
	struct hypmmu_change change = page_at(s, 0);
	struct hypmmu_report report;
	struct hypmmu_leaf leaf = {.size = 0};
	struct hypmmu_translation t;
	struct hypmmu_regs regs;
	bool upper = s->cfg.regime == HYPMMU_EL2_0_UPPER;

	assert_int_equal(hypmmu_query(mmu, s->base, &leaf), err);
	assert_int_equal(hypmmu_expect(mmu, &change, 1, &report), err);
	assert_int_equal(hypmmu_check(mmu, &report), err);
	assert_int_equal(hypmmu_check(mmu, NULL), err);
	leaf = (struct hypmmu_leaf){.size = 0};
	assert_int_equal(hypmmu_next_leaf(mmu, &leaf), !err);
	assert_int_equal(hypmmu_translate(mmu, s->base, HYPMMU_READ, &t), !err);
	if (!err)
		assert_int_equal(hypmmu_get_regs(upper ? NULL : mmu, upper ? mmu : NULL, &regs),
				 err);
}

static void count_line(void *ctx, const char *line)
{
	assert_non_null(line);
	++*(unsigned *)ctx;
}

static void what_was_never_initialised_is_state(void **state)
{
	struct hypmmu mmu = {.root = 0};
	struct subject s;
	unsigned lines = 0;

	(void)state;
	subject_init(&s, &subject_configs[0]);

	changes_give(&mmu, HYPMMU_ERR_STATE, &s);
	readers_give(&mmu, HYPMMU_ERR_STATE, &s);
	assert_int_equal(hypmmu_set_pages(&mmu, &s.arena.pages), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_set_live(&mmu, NULL), HYPMMU_ERR_STATE);
	hypmmu_dump(&mmu, count_line, &lines);

	subject_assert_untouched(&s);
	subject_end(&s);
}

static void what_was_destroyed_is_state(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct subject s;

		subject_init(&s, &subject_configs[i]);
		assert_int_equal(hypmmu_destroy(&s.mmu), HYPMMU_OK);

		changes_give(&s.mmu, HYPMMU_ERR_STATE, &s);
		readers_give(&s.mmu, HYPMMU_ERR_STATE, &s);

		subject_end(&s);
	}
}

static void ignore_publish(void *ctx, const void *p, size_t size)
{
	(void)ctx;
	(void)p;
	(void)size;
}

static void ignore_sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
			size_t n)
{
	(void)ctx;
	(void)cfg;
	(void)list;
	(void)n;
}

static void while_an_old_root_waits_the_tree_can_be_read_but_not_changed(void **state)
{
	static const struct hypmmu_maint maint = {.publish = ignore_publish, .sync = ignore_sync};

	(void)state;
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct subject s;

		subject_init(&s, &subject_configs[i]);
		assert_int_equal(hypmmu_set_live(&s.mmu, &maint), HYPMMU_OK);
		assert_ptr_equal(s.mmu.maint, &maint);
		assert_int_equal(hypmmu_reclaim(&s.mmu), HYPMMU_ERR_STATE);
		assert_int_equal(
			hypmmu_protect(&s.mmu, s.base, s.page, HYPMMU_DATA, HYPMMU_NEW_ROOT),
			HYPMMU_OK);
		subject_save(&s);

		changes_give(&s.mmu, HYPMMU_ERR_STATE, &s);
		readers_give(&s.mmu, HYPMMU_OK, &s);
		subject_assert_untouched(&s);

		assert_int_equal(hypmmu_reclaim(&s.mmu), HYPMMU_OK);
		assert_int_equal(hypmmu_destroy(&s.mmu), HYPMMU_ERR_STATE);
		assert_int_equal(hypmmu_set_live(&s.mmu, NULL), HYPMMU_OK);
		assert_int_equal(hypmmu_unmap(&s.mmu, s.base, s.page, 0), HYPMMU_OK);
		subject_end(&s);
	}
}

struct published {
	struct subject *s;
	unsigned pages, syncs;
	bool seen[16];
};

static void note_publish(void *ctx, const void *p, size_t size)
{
	struct published *published = ctx;
	size_t page = (size_t)((const unsigned char *)p - published->s->arena.memory) / size;

	assert_int_equal(size, published->s->page);
	assert_int_equal(published->syncs, 0);
	assert_true(page < 16 && !published->seen[page]);
	published->seen[page] = true;
	published->pages++;
}

static void note_sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		      size_t n)
{
	struct published *published = ctx;

	(void)list;
	assert_memory_equal(cfg, &published->s->mmu.cfg, sizeof *cfg);
	assert_int_equal(n, 0);
	published->syncs++;
}

static void going_live_publishes_every_table_once_and_then_syncs(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct subject s;
		struct published published = {.s = &s};
		const struct hypmmu_maint maint = {
			.publish = note_publish, .sync = note_sync, .ctx = &published};

		subject_init(&s, &subject_configs[i]);

		assert_int_equal(hypmmu_set_live(&s.mmu, &maint), HYPMMU_OK);

		assert_int_equal(published.pages, s.mmu.tables);
		assert_int_equal(published.syncs, 1);
		assert_int_equal(hypmmu_set_live(&s.mmu, NULL), HYPMMU_OK);
		assert_int_equal(published.pages, s.mmu.tables);
		subject_end(&s);
	}
}

static void a_maintenance_without_its_functions_is_arg(void **state)
{
	static const struct hypmmu_maint no_publish = {.sync = ignore_sync};
	static const struct hypmmu_maint no_sync = {.publish = ignore_publish};
	struct subject s;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	assert_int_equal(hypmmu_set_live(&s.mmu, &no_publish), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_set_live(&s.mmu, &no_sync), HYPMMU_ERR_ARG);
	subject_assert_untouched(&s);
	subject_end(&s);
}

static void null_is_arg(void **state)
{
	struct subject s;
	struct hypmmu_change change;
	struct hypmmu_report report;
	struct hypmmu_leaf leaf;
	struct hypmmu mmu;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	change = page_at(&s, 8);

	changes_give(NULL, HYPMMU_ERR_ARG, &s);
	assert_int_equal(hypmmu_query(NULL, s.base, &leaf), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_query(&s.mmu, s.base, NULL), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_expect(NULL, &change, 1, &report), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_expect(&s.mmu, NULL, 1, &report), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_check(NULL, &report), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_set_live(NULL, NULL), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_set_pages(NULL, &s.arena.pages), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_set_pages(&s.mmu, NULL), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_apply(&s.mmu, NULL, 1, NULL), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_plan(&s.mmu, NULL, 1, &report), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_map(&s.mmu, NULL), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_tables_needed(NULL, &change, 1, &report), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_tables_needed(&s.cfg, NULL, 1, &report), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_init(NULL, &s.cfg, &s.arena.pages), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_init(&mmu, NULL, &s.arena.pages), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_init(&mmu, &s.cfg, NULL), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_adopt(NULL, &s.cfg, &s.arena.pages, s.mmu.root, 9), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_adopt(&mmu, NULL, &s.arena.pages, s.mmu.root, 9), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_adopt(&mmu, &s.cfg, NULL, s.mmu.root, 9), HYPMMU_ERR_ARG);

	subject_assert_untouched(&s);
	subject_end(&s);
}

static void no_changes_at_all_are_fine(void **state)
{
	struct hypmmu_report report;
	struct subject s;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	memset(&report, 0x5a, sizeof report);
	assert_int_equal(hypmmu_apply(&s.mmu, NULL, 0, &report), HYPMMU_OK);
	assert_int_equal(report.tables | report.freed | report.leaves | report.breaks, 0);
	assert_int_equal(hypmmu_tables_needed(&s.cfg, NULL, 0, &report), HYPMMU_OK);
	assert_int_equal(report.tables, 1);
	subject_assert_untouched(&s);
	subject_end(&s);
}

/* init() refuses and neither touches *mmu nor takes a page. */
static void refuses_pages(struct subject *s, int err, const struct hypmmu_pages *pages)
{
	struct hypmmu mmu, before;

	memset(&mmu, 0x5a, sizeof mmu);
	memset(&before, 0x5a, sizeof before);

	assert_int_equal(hypmmu_init(&mmu, &s->cfg, pages), err);
	assert_memory_equal(&mmu, &before, sizeof mmu);
	assert_int_equal(hypmmu_adopt(&mmu, &s->cfg, pages, s->mmu.root, 9), err);
	assert_memory_equal(&mmu, &before, sizeof mmu);
	assert_int_equal(hypmmu_set_pages(&s->mmu, pages), err);
	subject_assert_untouched(s);
}

static void a_page_source_without_its_functions_is_arg(void **state)
{
	struct subject s;
	struct hypmmu_pages pages;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	pages = s.arena.pages;
	pages.alloc = NULL;
	refuses_pages(&s, HYPMMU_ERR_ARG, &pages);
	pages = s.arena.pages;
	pages.free = NULL;
	refuses_pages(&s, HYPMMU_ERR_ARG, &pages);
	pages = s.arena.pages;
	pages.to_pa = NULL;
	refuses_pages(&s, HYPMMU_ERR_ARG, &pages);
	pages = s.arena.pages;
	pages.to_ptr = NULL;
	refuses_pages(&s, HYPMMU_ERR_ARG, &pages);
	pages = s.arena.pages;
	pages.to_pa = NULL;
	pages.to_ptr = NULL;
	refuses_pages(&s, HYPMMU_ERR_ARG, &pages);
	pages = s.arena.pages;
	pages.flags = 1u << 1;
	refuses_pages(&s, HYPMMU_ERR_ARG, &pages);
	subject_end(&s);
}

static void a_window_has_whole_granules_that_exist(void **state)
{
	struct subject s;
	struct hypmmu_pages good, bad;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	good = s.arena.pages;
	good.to_pa = NULL;
	good.to_ptr = NULL;
	good.window = s.arena.memory;
	good.window_pa = s.arena.base_pa;
	good.window_size = (size_t)(s.arena.capacity * s.page);
	assert_int_equal(hypmmu_set_pages(&s.mmu, &good), HYPMMU_OK);
	subject_save(&s);

	bad = good;
	bad.window = s.arena.memory + 8;
	refuses_pages(&s, HYPMMU_ERR_ALIGN, &bad);
	bad = good;
	bad.window_pa += 8;
	refuses_pages(&s, HYPMMU_ERR_ALIGN, &bad);
	bad = good;
	bad.window_size -= 8;
	refuses_pages(&s, HYPMMU_ERR_ALIGN, &bad);
	bad = good;
	bad.window_size = 0;
	refuses_pages(&s, HYPMMU_ERR_RANGE, &bad);
	bad = good;
	bad.window_pa = UINT64_MAX - s.page + 1;
	refuses_pages(&s, HYPMMU_ERR_RANGE, &bad);
	subject_end(&s);
}

static void a_root_that_is_no_page_is_refused(void **state)
{
	struct subject s;
	struct arena other = {.granule = HYPMMU_4K, .capacity = 4, .base_pa = 0x77000000};
	struct hypmmu mmu;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	assert_true(arena_init(&other));

	assert_int_equal(hypmmu_set_pages(&s.mmu, &other.pages), HYPMMU_ERR_PAGES);
	subject_assert_untouched(&s);
	assert_int_equal(hypmmu_adopt(&mmu, &s.cfg, &other.pages, s.mmu.root, 9),
			 HYPMMU_ERR_CORRUPT);

	arena_destroy(&other);
	subject_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_never_initialised_is_state),
		cmocka_unit_test(what_was_destroyed_is_state),
		cmocka_unit_test(while_an_old_root_waits_the_tree_can_be_read_but_not_changed),
		cmocka_unit_test(going_live_publishes_every_table_once_and_then_syncs),
		cmocka_unit_test(a_maintenance_without_its_functions_is_arg),
		cmocka_unit_test(null_is_arg),
		cmocka_unit_test(no_changes_at_all_are_fine),
		cmocka_unit_test(a_page_source_without_its_functions_is_arg),
		cmocka_unit_test(a_window_has_whole_granules_that_exist),
		cmocka_unit_test(a_root_that_is_no_page_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
