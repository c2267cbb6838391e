/* SPDX-License-Identifier: BSD-2-Clause */
/* hypmmu_expect(): byte ranges of any alignment, and what is said where they are not mapped so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/subject.h"
#include <string.h>

/* The subject has, as HYPMMU_DATA: pages 0 to 3 of the first block and the whole second block. */
static void over_subjects(void (*scenario)(struct subject *subject))
{
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct subject subject;

		subject_init(&subject, &subject_configs[i]);
		scenario(&subject);
		subject_assert_untouched(&subject);
		subject_end(&subject);
	}
}

static struct hypmmu_change data(const struct subject *subject, uint64_t offset, uint64_t size)
{
	return (struct hypmmu_change){
		.va = subject->base + offset, .pa = offset, .size = size, .attr = HYPMMU_DATA};
}

static struct hypmmu_report ask(const struct subject *subject, const struct hypmmu_change *maps,
				size_t n, int wanted)
{
	struct hypmmu_report report;

	memset(&report, 0x5a, sizeof(report));
	assert_int_equal(hypmmu_expect(&subject->mmu, maps, n, &report), wanted);
	assert_int_equal(hypmmu_expect(&subject->mmu, maps, n, NULL), wanted);
	assert_int_equal(report.tables | report.freed | report.leaves | report.breaks, 0);
	return report;
}

/* The range that is at fault comes second of three, and the report says so. */
static void second_is_at_fault(struct subject *subject, struct hypmmu_change second, int err,
			       hypmmu_va va, int level)
{
	const struct hypmmu_change maps[] = {data(subject, 0, subject->page), second,
					     data(subject, 0, 0)};
	struct hypmmu_report report = ask(subject, maps, 3, err);

	assert_int_equal(report.index, 1);
	assert_int_equal(report.other, 1);
	assert_int_equal(report.va, va);
	if (err == HYPMMU_ERR_RANGE) {
		assert_int_equal(report.desc, 0);
		return;
	}
	assert_int_equal(report.level, level);
	assert_int_equal(report.desc,
			 err == HYPMMU_ERR_UNMAPPED ? 0 : subject_at(subject, va).desc);
	assert_int_equal(report.desc == 0, err == HYPMMU_ERR_UNMAPPED);
}

static void ask_for_what_is_there(struct subject *subject)
{
	uint64_t page = subject->page, block = subject->block;
	const struct hypmmu_change maps[] = {
		data(subject, 0, 1),
		data(subject, 0, 4 * page),
		data(subject, 1, 4 * page - 1),
		data(subject, page - 1, 2),
		data(subject, 4 * page - 1, 1),
		data(subject, block, block),
		data(subject, block + 5, block - 5),
		data(subject, 2 * block - 1, 1),
	};
	struct hypmmu_report report = ask(subject, maps, 8, 0);

	assert_int_equal(report.index | report.other | report.va | report.desc, 0);
	assert_int_equal(report.level, 0);
	ask(subject, NULL, 0, 0);
}

static void bytes_of_any_alignment_are_found(void **state)
{
	(void)state;
	over_subjects(ask_for_what_is_there);
}

static void ask_for_other_addresses(struct subject *subject)
{
	uint64_t page = subject->page, block = subject->block;
	struct hypmmu_change map = data(subject, page + 7, 2 * page);

	map.pa++; /* the first byte is wrong */
	second_is_at_fault(subject, map, HYPMMU_ERR_CONFLICT, map.va, 3);
	map = data(subject, 2 * block - 1, 1);
	map.pa -= block;
	second_is_at_fault(subject, map, HYPMMU_ERR_CONFLICT, map.va, 2);
}

static void another_address_is_a_conflict(void **state)
{
	(void)state;
	over_subjects(ask_for_other_addresses);
}

static void ask_for_other_attributes(struct subject *subject)
{
	static const hypmmu_attr others[] = {
		HYPMMU_RODATA,		HYPMMU_CODE, HYPMMU_MMIO, 0, HYPMMU_DATA | HYPMMU_SW(1),
		HYPMMU_DATA | HYPMMU_NS};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct hypmmu_change map = data(subject, 3 * subject->page - 1, 2);

		map.attr = others[i];
		second_is_at_fault(subject, map, HYPMMU_ERR_CONFLICT, map.va, 3);
	}
}

static void other_attributes_are_a_conflict(void **state)
{
	(void)state;
	over_subjects(ask_for_other_attributes);
}

/* The range begins well, unaligned, and goes wrong at a leaf within. */
static void ask_across_a_change(struct subject *subject)
{
	uint64_t page = subject->page;
	const struct hypmmu_change changes[] = {
		{.op = HYPMMU_PROTECT,
		 .va = subject->base + 2 * page,
		 .size = page,
		 .attr = HYPMMU_RODATA},
	};
	const struct hypmmu_change before = data(subject, 1, 2 * page - 1);

	subject_accepts(subject, changes, 1);
	subject_save(subject);
	second_is_at_fault(subject, data(subject, page - 3, 2 * page), HYPMMU_ERR_CONFLICT,
			   subject->base + 2 * page, 3);
	second_is_at_fault(subject, data(subject, 1, 2 * page), HYPMMU_ERR_CONFLICT,
			   subject->base + 2 * page, 3);
	ask(subject, &before, 1, 0);
}

static void a_fault_within_the_range_is_named_by_its_leaf(void **state)
{
	(void)state;
	over_subjects(ask_across_a_change);
}

static void ask_for_holes(struct subject *subject)
{
	uint64_t page = subject->page, block = subject->block;

	second_is_at_fault(subject, data(subject, 4 * page - 1, 2), HYPMMU_ERR_UNMAPPED,
			   subject->base + 4 * page, 3);
	second_is_at_fault(subject, data(subject, 4 * page + 9, 1), HYPMMU_ERR_UNMAPPED,
			   subject->base + 4 * page + 9, 3);
	second_is_at_fault(subject, data(subject, 2 * block - 1, 2), HYPMMU_ERR_UNMAPPED,
			   subject->base + 2 * block, 2);
}

static void a_hole_is_unmapped_at_its_first_byte_in_the_range(void **state)
{
	(void)state;
	over_subjects(ask_for_holes);
}

static void ask_beyond_the_space(struct subject *subject)
{
	hypmmu_va last = subject->base + (subject->space - 1);
	const struct hypmmu_change end = {.va = last - (subject->page - 1),
					  .pa = 7 * subject->page,
					  .size = subject->page,
					  .attr = HYPMMU_CODE};
	struct hypmmu_change map = {
		.va = last, .pa = 8 * subject->page - 1, .size = 1, .attr = HYPMMU_CODE};

	subject_accepts(subject, &end, 1);
	subject_save(subject);
	ask(subject, &map, 1, 0); /* the last byte there is */
	map.size = 2;
	second_is_at_fault(subject, map, HYPMMU_ERR_RANGE, last, 0);
	map.size = 0;
	second_is_at_fault(subject, map, HYPMMU_ERR_RANGE, last, 0);
	map.size = ~UINT64_C(0);
	second_is_at_fault(subject, map, HYPMMU_ERR_RANGE, last, 0);
	map = (struct hypmmu_change){.va = subject->base - 1, .size = 1, .attr = HYPMMU_DATA};
	second_is_at_fault(subject, map, HYPMMU_ERR_RANGE, subject->base - 1, 0);
}

static void what_is_not_in_the_space_is_range(void **state)
{
	(void)state;
	over_subjects(ask_beyond_the_space);
}

/* The first fault counts, though the second is of a kind that costs less to find. */
static void ask_for_two_faults(struct subject *subject)
{
	const struct hypmmu_change maps[] = {
		data(subject, 5 * subject->page, 1),
		{.va = subject->base - 1, .size = 1, .attr = HYPMMU_DATA},
	};
	struct hypmmu_report report = ask(subject, maps, 2, HYPMMU_ERR_UNMAPPED);

	assert_int_equal(report.index, 0);
	assert_int_equal(report.va, subject->base + 5 * subject->page);
}

static void the_first_range_at_fault_is_reported(void **state)
{
	(void)state;
	over_subjects(ask_for_two_faults);
}

static void no_ranges_where_there_should_be_some_is_arg(void **state)
{
	struct subject subject;
	struct hypmmu_report report;

	(void)state;
	subject_init(&subject, &subject_configs[0]);
	report = ask(&subject, NULL, 1, HYPMMU_ERR_ARG);
	assert_int_equal(report.index | report.other | report.va | report.desc, 0);
	assert_int_equal(hypmmu_expect(NULL, NULL, 0, NULL), HYPMMU_ERR_ARG);
	subject_end(&subject);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_of_any_alignment_are_found),
		cmocka_unit_test(another_address_is_a_conflict),
		cmocka_unit_test(other_attributes_are_a_conflict),
		cmocka_unit_test(a_fault_within_the_range_is_named_by_its_leaf),
		cmocka_unit_test(a_hole_is_unmapped_at_its_first_byte_in_the_range),
		cmocka_unit_test(what_is_not_in_the_space_is_range),
		cmocka_unit_test(the_first_range_at_fault_is_reported),
		cmocka_unit_test(no_ranges_where_there_should_be_some_is_arg),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
