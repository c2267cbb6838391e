/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists whose changes are good, but not with one another, or not for these tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/subject.h"

static void with_each_subject(void (*judge)(struct subject *s))
{
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct subject s;

		subject_init(&s, &subject_configs[i]);
		judge(&s);
		subject_end(&s);
	}
}

/* Pages first to end - 1 of the space; MAP: with HYPMMU_DATA, at PA = offset. */
static struct hypmmu_change pages(const struct subject *s, enum hypmmu_op op, uint64_t first,
				  uint64_t end)
{
	return (struct hypmmu_change){.op = op,
				      .va = s->base + first * s->page,
				      .pa = op == HYPMMU_MAP ? first * s->page : 0,
				      .size = (end - first) * s->page,
				      .attr = HYPMMU_DATA};
}

static void refuses_crossing(struct subject *s, const struct hypmmu_change *list, size_t n,
			     size_t index, size_t other)
{
	struct hypmmu_report report = subject_refuses(s, HYPMMU_ERR_OVERLAP, list, n);

	assert_int_equal(report.index, index);
	assert_int_equal(report.other, other);
}

static void judge_crossing(struct subject *s)
{
	for (int op = HYPMMU_MAP; op <= HYPMMU_KEEP; op++) {
		enum hypmmu_op first = HYPMMU_MAP, later = (enum hypmmu_op)op;
		const struct hypmmu_change ahead[] = {pages(s, first, 10, 14),
						      pages(s, later, 12, 16)};
		const struct hypmmu_change behind[] = {pages(s, first, 10, 14),
						       pages(s, later, 8, 11)};
		const struct hypmmu_change around[] = {pages(s, first, 10, 14),
						       pages(s, later, 10, 15)};
		const struct hypmmu_change third[] = {
			pages(s, first, 10, 20), pages(s, first, 30, 40), pages(s, first, 12, 16),
			pages(s, later, 15, 17)};

		refuses_crossing(s, ahead, 2, 1, 0);
		refuses_crossing(s, behind, 2, 1, 0);
		refuses_crossing(s, around, 2, 1, 0);
		refuses_crossing(s, third, 4, 3, 2); /* within the first, but across the third */
	}
}

static void crossing_changes_are_overlap_and_both_are_named(void **state)
{
	(void)state;
	with_each_subject(judge_crossing);
}

static void judge_top_crossing(struct subject *s)
{
	uint64_t end = s->space / s->page;
	const struct hypmmu_change list[] = {pages(s, HYPMMU_UNMAP, end - 2, end),
					     pages(s, HYPMMU_UNMAP, end - 3, end - 1)};
	const struct hypmmu_change apart[] = {pages(s, HYPMMU_SPLIT, end - 1, end),
					      pages(s, HYPMMU_SPLIT, 0, 1)};

	refuses_crossing(s, list, 2, 1, 0);
	subject_accepts(s, apart, 2);
}

static void crossing_is_seen_at_the_top_of_the_space(void **state)
{
	(void)state;
	with_each_subject(judge_top_crossing);
}

static void assert_mapped(struct subject *s, uint64_t page, uint64_t pa_page, bool writable)
{
	struct oracle_answer there = subject_at(s, s->base + page * s->page);

	assert_int_equal(there.result, ORACLE_OK);
	assert_int_equal(there.pa, pa_page * s->page);
	assert_int_equal(there.w, writable);
}

static void assert_hole(struct subject *s, uint64_t page)
{
	assert_int_equal(subject_at(s, s->base + page * s->page).result, ORACLE_TRANSLATION);
}

static void judge_within(struct subject *s)
{
	struct hypmmu_change list[] = {
		pages(s, HYPMMU_MAP, 10, 20), pages(s, HYPMMU_KEEP, 13, 15),
		pages(s, HYPMMU_MAP, 16, 19), pages(s, HYPMMU_KEEP, 17, 18),
		pages(s, HYPMMU_MAP, 8, 9),
	};

	list[2].attr = HYPMMU_RODATA;
	list[2].pa += s->page;

	subject_accepts(s, list, 5);

	for (uint64_t page = 9; page < 22; page++) {
		if (page < 10 || page == 13 || page == 14 || page == 17 || page > 19)
			assert_hole(s, page);
		else if (page == 16 || page == 18)
			assert_mapped(s, page, page + 1, false);
		else
			assert_mapped(s, page, page, true);
	}
	assert_mapped(s, 8, 8, true);
}

static void a_later_change_within_an_earlier_one_replaces_it_there(void **state)
{
	(void)state;
	with_each_subject(judge_within);
}

/* Whole, not in part: a KEEP at either end, or all over. */
static void judge_keep_at_the_ends(struct subject *s)
{
	const struct hypmmu_change ends[] = {pages(s, HYPMMU_MAP, 10, 14),
					     pages(s, HYPMMU_KEEP, 10, 11),
					     pages(s, HYPMMU_KEEP, 13, 14)};
	const struct hypmmu_change all[] = {pages(s, HYPMMU_MAP, 20, 21),
					    pages(s, HYPMMU_KEEP, 20, 21)};

	subject_accepts(s, ends, 3);
	subject_accepts(s, all, 2);

	assert_hole(s, 10);
	assert_mapped(s, 11, 11, true);
	assert_mapped(s, 12, 12, true);
	assert_hole(s, 13);
	assert_hole(s, 20);
}

static void a_keep_may_be_at_either_end_or_all_over(void **state)
{
	(void)state;
	with_each_subject(judge_keep_at_the_ends);
}

static void judge_first_at_fault(struct subject *s)
{
	struct hypmmu_change list[] = {pages(s, HYPMMU_MAP, 30, 31), pages(s, HYPMMU_MAP, 20, 21),
				       pages(s, HYPMMU_MAP, 10, 11)};
	struct hypmmu_report report;

	list[1].size++;
	list[2].attr = HYPMMU_W;
	report = subject_refuses(s, HYPMMU_ERR_ALIGN, list, 3);
	assert_int_equal(report.index, 1);
	assert_int_equal(report.va, list[1].va);
	list[1].size--;
	report = subject_refuses(s, HYPMMU_ERR_ATTR, list, 3);
	assert_int_equal(report.index, 2);
	assert_int_equal(report.va, list[2].va);
}

static void the_first_change_at_fault_is_named(void **state)
{
	(void)state;
	with_each_subject(judge_first_at_fault);
}

static void refuses_at(struct subject *s, int err, const struct hypmmu_change *list, size_t n,
		       size_t index, hypmmu_va va)
{
	struct oracle_answer there = subject_at(s, va);
	struct hypmmu_report report = subject_refuses(s, err, list, n);

	assert_int_equal(report.index, index);
	assert_int_equal(report.va, va);
	assert_int_equal(report.desc, there.desc);
	assert_int_equal(report.level, there.level);
}

static void refuses_pages_at(struct subject *s, int err, struct hypmmu_change change, uint64_t page)
{
	refuses_at(s, err, &change, 1, 0, s->base + page * s->page);
}

static void judge_conflict(struct subject *s)
{
	uint64_t block = s->block / s->page;
	struct hypmmu_change map = pages(s, HYPMMU_MAP, 2, 6);

	map.attr = HYPMMU_RODATA;
	refuses_pages_at(s, HYPMMU_ERR_CONFLICT, map, 2);
	map.attr = HYPMMU_DATA | HYPMMU_SW(1);
	refuses_pages_at(s, HYPMMU_ERR_CONFLICT, map, 2);
	map.attr = HYPMMU_DATA;
	map.pa += s->page;
	refuses_pages_at(s, HYPMMU_ERR_CONFLICT, map, 2);
	map = pages(s, HYPMMU_MAP, block - 3, block + 3);
	map.attr = HYPMMU_RODATA;
	refuses_pages_at(s, HYPMMU_ERR_CONFLICT, map, block);
	map = pages(s, HYPMMU_MAP, block + 3, block + 4);
	map.pa = 0;
	refuses_pages_at(s, HYPMMU_ERR_CONFLICT, map, block + 3);
	map = pages(s, HYPMMU_MAP, 0, 4 * block);
	map.pa = s->pa_end / 2;
	refuses_pages_at(s, HYPMMU_ERR_CONFLICT, map, 0);
}

static void what_is_mapped_otherwise_is_conflict(void **state)
{
	(void)state;
	with_each_subject(judge_conflict);
}

static void judge_same(struct subject *s)
{
	uint64_t block = s->block / s->page;
	const struct hypmmu_change same[] = {pages(s, HYPMMU_MAP, 1, 3),
					     pages(s, HYPMMU_MAP, block + 5, block + 7)};
	const struct hypmmu_change around = pages(s, HYPMMU_MAP, 0, 2 * block);
	struct hypmmu_report report;

	subject_save(s);
	report = subject_accepts(s, same, 2);
	assert_int_equal(report.leaves, 0);
	subject_assert_untouched(s);

	report = subject_accepts(s, &around, 1);
	assert_int_equal(report.leaves, block - 4);
	assert_int_equal(report.tables, 0);
	assert_mapped(s, 4, 4, true);
}

static void what_is_mapped_so_already_is_left_as_it_is(void **state)
{
	(void)state;
	with_each_subject(judge_same);
}

static void judge_holes(struct subject *s)
{
	static const enum hypmmu_op ops[] = {HYPMMU_UNMAP, HYPMMU_PROTECT};
	uint64_t block = s->block / s->page;

	for (size_t i = 0; i < 2; i++) {
		refuses_pages_at(s, HYPMMU_ERR_UNMAPPED, pages(s, ops[i], 2, 6), 4);
		refuses_pages_at(s, HYPMMU_ERR_UNMAPPED, pages(s, ops[i], 4, 5), 4);
		refuses_pages_at(s, HYPMMU_ERR_UNMAPPED, pages(s, ops[i], 7, block + 1), 7);
		refuses_pages_at(s, HYPMMU_ERR_UNMAPPED, pages(s, ops[i], block, 2 * block + 1),
				 2 * block);
		refuses_pages_at(s, HYPMMU_ERR_UNMAPPED, pages(s, ops[i], 0, 4 * block), 4);
	}
}

static void a_hole_is_unmapped_and_its_first_page_is_named(void **state)
{
	(void)state;
	with_each_subject(judge_holes);
}

static void judge_skip_holes(struct subject *s)
{
	uint64_t block = s->block / s->page;
	struct hypmmu_change protect = pages(s, HYPMMU_PROTECT, 2, 4 * block);
	struct hypmmu_change unmap = pages(s, HYPMMU_UNMAP, 3, 4 * block);

	protect.attr = HYPMMU_RODATA;
	protect.flags = unmap.flags = HYPMMU_SKIP_HOLES;

	subject_accepts(s, &protect, 1);
	assert_mapped(s, 1, 1, true);
	assert_mapped(s, 3, 3, false);
	assert_hole(s, 4);
	assert_mapped(s, 2 * block - 1, 2 * block - 1, false);
	subject_accepts(s, &unmap, 1);
	assert_mapped(s, 2, 2, false);
	assert_hole(s, 3);
	assert_hole(s, 2 * block - 1);
}

static void skip_holes_passes_over_them(void **state)
{
	(void)state;
	with_each_subject(judge_skip_holes);
}

/* The lowest address at fault, whatever the order of the list. */
static void judge_lowest(struct subject *s)
{
	struct hypmmu_change list[] = {pages(s, HYPMMU_UNMAP, 30, 31), pages(s, HYPMMU_MAP, 2, 3),
				       pages(s, HYPMMU_UNMAP, 20, 21)};

	refuses_at(s, HYPMMU_ERR_UNMAPPED, list, 3, 2, s->base + 20 * s->page);
	list[1].attr = HYPMMU_CODE;
	refuses_at(s, HYPMMU_ERR_CONFLICT, list, 3, 1, s->base + 2 * s->page);
}

static void the_lowest_address_at_fault_is_named(void **state)
{
	(void)state;
	with_each_subject(judge_lowest);
}

/* What the other changes of the list plan around the fault is not there. */
static void judge_planned(struct subject *s)
{
	uint64_t block = s->block / s->page;
	const struct hypmmu_change in_hole[] = {
		pages(s, HYPMMU_MAP, 2 * block, 2 * block + 9),
		pages(s, HYPMMU_UNMAP, 2 * block + 5, 2 * block + 6)};
	struct hypmmu_change in_block[] = {pages(s, HYPMMU_UNMAP, block, block + 1),
					   pages(s, HYPMMU_MAP, block + 5, block + 6)};

	in_block[1].attr = HYPMMU_RODATA;
	refuses_at(s, HYPMMU_ERR_UNMAPPED, in_hole, 2, 1, s->base + (2 * block + 5) * s->page);
	refuses_at(s, HYPMMU_ERR_CONFLICT, in_block, 2, 1, s->base + (block + 5) * s->page);
}

static void the_report_has_the_descriptor_that_is_there(void **state)
{
	(void)state;
	with_each_subject(judge_planned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crossing_changes_are_overlap_and_both_are_named),
		cmocka_unit_test(crossing_is_seen_at_the_top_of_the_space),
		cmocka_unit_test(a_later_change_within_an_earlier_one_replaces_it_there),
		cmocka_unit_test(a_keep_may_be_at_either_end_or_all_over),
		cmocka_unit_test(the_first_change_at_fault_is_named),
		cmocka_unit_test(what_is_mapped_otherwise_is_conflict),
		cmocka_unit_test(what_is_mapped_so_already_is_left_as_it_is),
		cmocka_unit_test(a_hole_is_unmapped_and_its_first_page_is_named),
		cmocka_unit_test(skip_holes_passes_over_them),
		cmocka_unit_test(the_lowest_address_at_fault_is_named),
		cmocka_unit_test(the_report_has_the_descriptor_that_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
