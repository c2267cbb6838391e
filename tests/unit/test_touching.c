/* SPDX-License-Identifier: BSD-2-Clause */
/* Merges that touch, and a page source that gives one page twice in a call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/subject.h"

static struct hypmmu_change merge(hypmmu_va va, uint64_t size)
{
	return (struct hypmmu_change){.op = HYPMMU_MERGE, .va = va, .size = size};
}

/* The second block of a subject, as pages. */
static void split_block(struct subject *s)
{
	const struct hypmmu_change split = {.op = HYPMMU_SPLIT,
					    .va = s->base + s->block,
					    .size = s->block,
					    .flags = HYPMMU_PAGES_ONLY};

	assert_int_equal(subject_accepts(s, &split, 1).tables, 1);
}

static void assert_merged(struct subject *s, const struct hypmmu_change *changes, size_t n)
{
	struct hypmmu_report report = subject_accepts(s, changes, n);
	struct hypmmu_leaf leaf;

	assert_int_equal(report.freed, 1);
	assert_int_equal(report.leaves, 1);
	assert_int_equal(hypmmu_query(&s->mmu, s->base + s->block + s->page, &leaf), 0);
	assert_int_equal(leaf.va, s->base + s->block);
	assert_int_equal(leaf.size, s->block);
	assert_int_equal(leaf.pa, s->block);
}

static void two_halves_are_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct subject s;

		subject_init(&s, &subject_configs[i]);
		const hypmmu_va block = s.base + s.block;
		const struct hypmmu_change halves[] = {merge(block + s.block / 2, s.block / 2),
						       merge(block, s.block / 2)};
		const struct hypmmu_change gap[] = {
			merge(block, s.block / 2),
			merge(block + s.block / 2 + s.page, s.block / 2 - s.page)};

		split_block(&s);
		assert_merged(&s, halves, 2);
		split_block(&s);
		assert_int_equal(subject_accepts(&s, gap, 2).freed, 0);
		subject_end(&s);
	}
}

/* 1 GiB of blocks of 2M; one merge lies within another and within a block. */
static void a_merge_within_a_merge_is_no_border(void **state)
{
	static _Alignas(4096) unsigned char memory[3 * 4096];
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 39, .pa_bits = 40};
	const struct hypmmu_change map = {.size = 0x40000000, .attr = HYPMMU_DATA};
	const struct hypmmu_change split = {.op = HYPMMU_SPLIT, .size = 0x200000};
	const struct hypmmu_change merges[] = {merge(0, 0x40000000), merge(0x400000, 0x1000)};
	struct hypmmu_report report;
	struct hypmmu_pool pool;
	struct hypmmu mmu;

	(void)state;
	assert_int_equal(hypmmu_pool_init(&pool, HYPMMU_4K, memory, 0, sizeof memory), 0);
	assert_int_equal(hypmmu_init(&mmu, &cfg, &pool.pages), 0);
	assert_int_equal(hypmmu_apply(&mmu, &map, 1, NULL), 0);
	assert_int_equal(hypmmu_apply(&mmu, &split, 1, NULL), 0);
	assert_int_equal(mmu.tables, 2);
	assert_int_equal(hypmmu_apply(&mmu, merges, 2, &report), 0);
	assert_int_equal(report.freed, 1);
	assert_int_equal(mmu.tables, 1);
}

static void a_page_given_twice_in_one_call_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct subject s;

		subject_init(&s, &subject_configs[i]);
		/* Pages at the start of the second and of the third block: two tables. */
		const struct hypmmu_change unmap = {
			.op = HYPMMU_UNMAP, .va = s.base + s.block, .size = s.page};
		const struct hypmmu_change map = {
			.va = s.base + 2 * s.block, .size = s.page, .attr = HYPMMU_DATA};
		const struct hypmmu_change changes[] = {unmap, map};
		struct hypmmu_report report;

		assert_int_equal(hypmmu_plan(&s.mmu, changes, 2, &report), 0);
		assert_int_equal(report.tables, 2);
		s.arena.trick = ARENA_TWICE;
		s.arena.trick_at = 2;
		assert_int_equal(hypmmu_apply(&s.mmu, changes, 2, NULL), HYPMMU_ERR_PAGES);
		subject_assert_untouched(&s);
		s.arena.trick_at = 0;
		subject_accepts(&s, changes, 2);
		subject_end(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_halves_are_one),
		cmocka_unit_test(a_merge_within_a_merge_is_no_border),
		cmocka_unit_test(a_page_given_twice_in_one_call_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
