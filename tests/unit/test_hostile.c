/* SPDX-License-Identifier: BSD-2-Clause */
/* Page sources that run out, give pages that cannot be tables, or call back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/subject.h"
#include <string.h>

static const enum arena_trick tricks[] = {ARENA_NULL,	ARENA_MISALIGNED, ARENA_BEYOND_PA,
					  ARENA_ODD_PA, ARENA_LOST,	  ARENA_NO_WAY_BACK};
#define TRICKS	      (sizeof tricks / sizeof tricks[0])
#define WINDOW_TRICKS 3 /* the first: the others need callbacks */

static int error_of(enum arena_trick trick)
{
	return trick == ARENA_NULL ? HYPMMU_ERR_NOMEM : HYPMMU_ERR_PAGES;
}

static void assert_all_zero(const struct hypmmu *mmu)
{
	static const struct hypmmu zero;

	assert_memory_equal(mmu, &zero, sizeof zero);
}

/* Splits the block and maps into the third: four tables at most levels. */
static struct hypmmu_change needs_tables(const struct subject *s)
{
	return (struct hypmmu_change){.op = HYPMMU_MAP,
				      .va = s->base + 2 * s->block,
				      .pa = s->page,
				      .size = 2 * s->block,
				      .attr = HYPMMU_DATA};
}

static void each_page_in_turn(enum arena_trick trick, const struct hypmmu_config *cfg)
{
	struct subject s;
	struct hypmmu_change change;
	struct hypmmu_report planned;

	subject_init(&s, cfg);
	change = needs_tables(&s);
	assert_int_equal(hypmmu_plan(&s.mmu, &change, 1, &planned), HYPMMU_OK);
	assert_int_equal(planned.tables, 2);
	for (size_t k = 1; k <= planned.tables; k++) {
		s.arena.trick = trick;
		s.arena.trick_at = k;

		assert_int_equal(hypmmu_map(&s.mmu, &change), error_of(trick));

		subject_assert_untouched(&s);
	}
	subject_accepts(&s, &change, 1); /* and nothing of it stays */
	subject_end(&s);
}

static void a_bad_page_in_any_place_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < TRICKS; i++) {
		for (size_t k = 0; k < SUBJECTS; k++)
			each_page_in_turn(tricks[i], &subject_configs[k]);
	}
}

static void init_with(enum arena_trick trick, bool window, const struct hypmmu_config *cfg)
{
	struct arena arena = {.granule = cfg->granule,
			      .capacity = 3,
			      .base_pa = 0x1230000000,
			      .window = window,
			      .trick = trick,
			      .trick_at = 1,
			      .trick_pa_bits = cfg->pa_bits};
	struct hypmmu mmu;

	assert_true(arena_init(&arena));
	memset(&mmu, 0x5a, sizeof mmu);

	assert_int_equal(hypmmu_init(&mmu, cfg, &arena.pages), error_of(trick));

	assert_all_zero(&mmu);
	assert_int_equal(arena.live, 0);
	assert_null(arena_fault(&arena));
	arena_destroy(&arena);
}

static void a_bad_page_for_the_root_leaves_all_zero(void **state)
{
	(void)state;
	for (size_t i = 0; i < TRICKS; i++) {
		for (size_t k = 0; k < SUBJECTS; k++) {
			init_with(tricks[i], false, &subject_configs[k]);
			if (i < WINDOW_TRICKS)
				init_with(tricks[i], true, &subject_configs[k]);
		}
	}
}

static void a_page_above_the_pa_range_is_pages(void **state)
{
	struct hypmmu_config cfg = subject_configs[0];
	struct arena arena = {.granule = HYPMMU_4K, .capacity = 2};
	struct hypmmu mmu;

	(void)state;
	cfg.pa_bits = 36;
	arena.base_pa = (UINT64_C(1) << 36) - 0x1000; /* of the last page that exists */
	assert_true(arena_init(&arena));
	assert_int_equal(hypmmu_init(&mmu, &cfg, &arena.pages), HYPMMU_OK);
	assert_int_equal(mmu.root, arena.base_pa);

	assert_int_equal(hypmmu_idmap(&mmu, 0, 0x1000, HYPMMU_DATA), HYPMMU_ERR_PAGES);

	assert_int_equal(arena.live, 1);
	assert_int_equal(hypmmu_destroy(&mmu), HYPMMU_OK);
	assert_null(arena_fault(&arena));
	arena_destroy(&arena);
}

/* A table that is in use cannot be told from a good page; but the call ends, and it or check() sees
 * what became of it. */
static void a_page_that_is_in_use_is_seen_in_the_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct subject s;
		struct hypmmu_change change;
		int err;

		subject_init(&s, &subject_configs[i]);
		change = needs_tables(&s);
		s.arena.trick = ARENA_TWICE;
		s.arena.trick_at = 1;

		err = hypmmu_map(&s.mmu, &change);

		if (err != HYPMMU_ERR_CORRUPT) {
			assert_int_equal(err, HYPMMU_OK);
			assert_int_equal(hypmmu_check(&s.mmu, NULL), HYPMMU_ERR_CORRUPT);
		}
		arena_destroy(&s.arena);
	}
}

/* ---- Callbacks that call back ---- */

struct meddler {
	struct subject *s;
	struct hypmmu_pages pages;
	unsigned calls[4]; /* by enum arena_call */
	int wrong;	   /* the first answer that was not BUSY */
	unsigned which;
};

static int meddle(struct meddler *m)
{
	struct hypmmu *mmu = &m->s->mmu;
	const struct hypmmu_change change = {.op = HYPMMU_MAP,
					     .va = m->s->base + 5 * m->s->page,
					     .size = m->s->page,
					     .attr = HYPMMU_DATA};
	struct hypmmu_report report;

	switch (m->which++ % 9) {
	case 0:
		return hypmmu_apply(mmu, &change, 1, &report);
	case 1:
		return hypmmu_map(mmu, &change);
	case 2:
		return hypmmu_unmap(mmu, m->s->base, m->s->page, 0);
	case 3:
		return hypmmu_protect(mmu, m->s->base, m->s->page, HYPMMU_RODATA, 0);
	case 4:
		return hypmmu_set_pages(mmu, &m->pages);
	case 5:
		return hypmmu_set_live(mmu, NULL);
	case 6:
		return hypmmu_idmap(mmu, 0, m->s->page, HYPMMU_DATA);
	case 7:
		return hypmmu_plan(mmu, &change, 1, &report);
	default:
		return hypmmu_destroy(mmu);
	}
}

static void hook(void *ctx, enum arena_call call)
{
	struct meddler *m = ctx;
	int err = meddle(m);

	m->calls[call]++;
	if (err != HYPMMU_ERR_BUSY && !m->wrong)
		m->wrong = err ? err : 1;
}

static void start_meddling(struct meddler *m, struct subject *s)
{
	*m = (struct meddler){.s = s, .pages = s->arena.pages, .which = m->which};
	s->arena.hook = hook;
	s->arena.hook_ctx = m;
}

static void assert_all_busy(const struct meddler *m, enum arena_call call)
{
	assert_int_equal(m->wrong, 0);
	assert_int_not_equal(m->calls[call], 0);
}

static void meddle_with_changes(struct subject *s, unsigned which)
{
	struct meddler m = {.which = which};
	struct hypmmu_change change = needs_tables(s);

	start_meddling(&m, s);
	assert_int_equal(hypmmu_map(&s->mmu, &change), HYPMMU_OK);
	assert_all_busy(&m, ARENA_ALLOC);
	assert_all_busy(&m, ARENA_TO_PA);
	assert_all_busy(&m, ARENA_TO_PTR);

	start_meddling(&m, s);
	assert_int_equal(hypmmu_unmap(&s->mmu, change.va, change.size, 0), HYPMMU_OK);
	assert_all_busy(&m, ARENA_FREE);

	start_meddling(&m, s); /* one page, whose table is there */
	assert_int_equal(hypmmu_protect(&s->mmu, s->base, s->page, HYPMMU_RODATA, 0), HYPMMU_OK);
	assert_int_equal(hypmmu_unmap(&s->mmu, s->base, s->page, 0), HYPMMU_OK);
	assert_int_equal(hypmmu_idmap(&s->mmu, 0, s->page, HYPMMU_DATA),
			 s->base ? HYPMMU_ERR_RANGE : HYPMMU_OK);
	assert_all_busy(&m, ARENA_TO_PTR);
	s->arena.hook = NULL;
}

static void changes_are_busy_in_every_callback(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SUBJECTS * 9; i++) {
		struct subject s;

		subject_init(&s, &subject_configs[i % SUBJECTS]);
		meddle_with_changes(&s, i);
		assert_int_equal(hypmmu_check(&s.mmu, NULL), HYPMMU_OK);
		subject_end(&s);
	}
}

/* What fails must not leave the address space locked. */
static void an_error_ends_the_call(void **state)
{
	struct subject s;
	struct hypmmu_change change;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	change = needs_tables(&s);
	s.arena.trick = ARENA_NULL;
	s.arena.trick_at = 1;
	assert_int_equal(hypmmu_map(&s.mmu, &change), HYPMMU_ERR_NOMEM);
	assert_int_equal(hypmmu_unmap(&s.mmu, change.va, change.size, 0), HYPMMU_ERR_UNMAPPED);
	assert_int_equal(hypmmu_unmap(&s.mmu, 1, 1, 0), HYPMMU_ERR_ALIGN);
	assert_int_equal(hypmmu_map(&s.mmu, &change), HYPMMU_OK);
	subject_end(&s);
}

static void publish_hook(void *ctx, const void *p, size_t size)
{
	(void)p;
	(void)size;
	hook(ctx, ARENA_ALLOC);
}

static void sync_hook(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		      size_t n)
{
	(void)cfg;
	(void)list;
	(void)n;
	hook(ctx, ARENA_FREE);
}

static void changes_are_busy_in_maintenance_callbacks(void **state)
{
	struct subject s;
	struct meddler m;
	const struct hypmmu_maint maint = {.publish = publish_hook, .sync = sync_hook, .ctx = &m};

	(void)state;
	for (unsigned i = 0; i < 9; i++) {
		subject_init(&s, &subject_configs[i % SUBJECTS]);
		m = (struct meddler){.s = &s, .pages = s.arena.pages, .which = i};

		assert_int_equal(hypmmu_set_live(&s.mmu, &maint), HYPMMU_OK);

		assert_all_busy(&m, ARENA_ALLOC);
		assert_all_busy(&m, ARENA_FREE);
		assert_int_equal(hypmmu_set_live(&s.mmu, NULL), HYPMMU_OK);
		subject_end(&s);
	}
}

static void no_publish(void *ctx, const void *p, size_t size)
{
	(void)ctx;
	(void)p;
	(void)size;
}

static void no_sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		    size_t n)
{
	(void)ctx;
	(void)cfg;
	(void)list;
	(void)n;
}

static void start_and_stop_are_busy_in_every_callback(void **state)
{
	const struct hypmmu_maint maint = {.publish = no_publish, .sync = no_sync};
	struct subject s;
	struct meddler m;

	(void)state;
	for (unsigned i = 0; i < 9; i++) {
		subject_init(&s, &subject_configs[0]);
		m.which = i;
		start_meddling(&m, &s);
		assert_int_equal(hypmmu_set_pages(&s.mmu, &m.pages), HYPMMU_OK);
		assert_all_busy(&m, ARENA_TO_PTR);
		start_meddling(&m, &s);
		assert_int_equal(hypmmu_set_live(&s.mmu, &maint), HYPMMU_OK);
		assert_all_busy(&m, ARENA_TO_PTR);
		s.arena.hook = NULL;
		assert_int_equal(hypmmu_set_live(&s.mmu, NULL), HYPMMU_OK);
		start_meddling(&m, &s);
		assert_int_equal(hypmmu_destroy(&s.mmu), HYPMMU_OK);
		assert_all_busy(&m, ARENA_TO_PTR);
		assert_int_equal(m.calls[ARENA_FREE], s.arena.frees);
		s.arena.hook = NULL;
		subject_end(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bad_page_in_any_place_changes_nothing),
		cmocka_unit_test(a_bad_page_for_the_root_leaves_all_zero),
		cmocka_unit_test(a_page_above_the_pa_range_is_pages),
		cmocka_unit_test(a_page_that_is_in_use_is_seen_in_the_end),
		cmocka_unit_test(changes_are_busy_in_every_callback),
		cmocka_unit_test(an_error_ends_the_call),
		cmocka_unit_test(changes_are_busy_in_maintenance_callbacks),
		cmocka_unit_test(start_and_stop_are_busy_in_every_callback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
