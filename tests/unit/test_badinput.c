/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes that are wrong in themselves: each gets its own error, and nothing happens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/subject.h"

static const enum hypmmu_op all_ops[] = {HYPMMU_MAP,   HYPMMU_UNMAP, HYPMMU_PROTECT,
					 HYPMMU_SPLIT, HYPMMU_MERGE, HYPMMU_KEEP};

/* A change of the first hole, to which a test does something. */
static struct hypmmu_change make(const struct subject *s, enum hypmmu_op op)
{
	return (struct hypmmu_change){
		.op = op,
		.va = s->base + 8 * s->page,
		.pa = 8 * s->page,
		.size = 2 * s->page,
		.attr = HYPMMU_DATA,
		.flags = op == HYPMMU_UNMAP || op == HYPMMU_PROTECT ? HYPMMU_SKIP_HOLES : 0};
}

static void refuses(struct subject *s, int err, struct hypmmu_change change)
{
	struct hypmmu_report report = subject_refuses(s, err, &change, 1);

	assert_int_equal(report.index, 0);
	assert_int_equal(report.va, change.va);
}

static void with_each_subject(void (*judge)(struct subject *s))
{
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct subject s;

		subject_init(&s, &subject_configs[i]);
		judge(&s);
		subject_end(&s);
	}
}

static void judge_good(struct subject *s)
{
	for (size_t i = 0; i < 6; i++) {
		struct hypmmu_change change = make(s, all_ops[i]);

		subject_accepts(s, &change, 1);
	}
}

/* Else the tests below would prove nothing. */
static void the_changes_that_the_tests_spoil_are_good(void **state)
{
	(void)state;
	with_each_subject(judge_good);
}

static void judge_unknown(struct subject *s)
{
	for (size_t i = 0; i < 6; i++) {
		struct hypmmu_change change = make(s, all_ops[i]);

		change.flags |= 1u << 4;
		refuses(s, HYPMMU_ERR_ARG, change);
		change.flags = 1u << 31;
		refuses(s, HYPMMU_ERR_ARG, change);
		change = make(s, (enum hypmmu_op)(HYPMMU_KEEP + 1 + i));
		refuses(s, HYPMMU_ERR_ARG, change);
	}
	refuses(s, HYPMMU_ERR_ARG, make(s, (enum hypmmu_op)0x40000000));
}

static void unknown_operations_and_flags_are_arg(void **state)
{
	(void)state;
	with_each_subject(judge_unknown);
}

static void judge_alignment(struct subject *s)
{
	for (size_t i = 0; i < 6; i++) {
		for (uint64_t off = 1; off < s->page; off *= 2) {
			struct hypmmu_change change = make(s, all_ops[i]);

			change.va += off;
			refuses(s, HYPMMU_ERR_ALIGN, change);
			change.va -= off;
			change.size -= off;
			refuses(s, HYPMMU_ERR_ALIGN, change);
		}
	}
}

static void judge_pa_alignment(struct subject *s)
{
	for (uint64_t off = 1; off < s->page; off *= 2) {
		struct hypmmu_change change = make(s, HYPMMU_MAP);

		change.pa += off;
		refuses(s, HYPMMU_ERR_ALIGN, change);
		change.op = HYPMMU_SPLIT; /* has no pa */
		subject_accepts(s, &change, 1);
	}
}

static void what_is_not_a_multiple_of_the_granule_is_align(void **state)
{
	(void)state;
	with_each_subject(judge_alignment);
	with_each_subject(judge_pa_alignment);
}

static void refuses_range(struct subject *s, enum hypmmu_op op, hypmmu_va va, uint64_t size)
{
	struct hypmmu_change change = make(s, op);

	change.va = va;
	change.size = size;
	refuses(s, HYPMMU_ERR_RANGE, change);
}

static void judge_range(struct subject *s)
{
	hypmmu_va end = s->base + s->space; /* 0 for an upper half */

	for (size_t i = 0; i < 6; i++) {
		refuses_range(s, all_ops[i], s->base, 0);
		refuses_range(s, all_ops[i], end - s->page, 0);
		refuses_range(s, all_ops[i], end - s->page, 2 * s->page);
		refuses_range(s, all_ops[i], end, s->page);
		refuses_range(s, all_ops[i], s->base - s->page, s->page);
		refuses_range(s, all_ops[i], s->base - s->page, 2 * s->page);
		refuses_range(s, all_ops[i], s->base, 2 * s->space);
		refuses_range(s, all_ops[i], s->base, s->space + s->page);
		refuses_range(s, all_ops[i], s->base + s->page, s->space);
		refuses_range(s, all_ops[i], s->base + s->page, 0 - s->page); /* wraps to base */
		refuses_range(s, all_ops[i], s->base ^ UINT64_C(1) << 55, s->page);
		refuses_range(s, all_ops[i], s->base ^ UINT64_C(1) << 63, s->page);
	}
}

static void empty_wrapping_and_too_high_is_range(void **state)
{
	(void)state;
	with_each_subject(judge_range);
}

static void judge_pa_range(struct subject *s)
{
	const hypmmu_pa wrong[] = {s->pa_end - s->page, s->pa_end, 2 * s->pa_end,
				   UINT64_MAX - s->page + 1, UINT64_C(1) << 63};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct hypmmu_change change = make(s, HYPMMU_MAP);

		change.pa = wrong[i];
		refuses(s, HYPMMU_ERR_RANGE, change);
		change.op = HYPMMU_KEEP; /* has no pa */
		subject_accepts(s, &change, 1);
	}
}

static void output_beyond_pa_bits_is_range(void **state)
{
	(void)state;
	with_each_subject(judge_pa_range);
}

static void judge_last_page(struct subject *s)
{
	struct hypmmu_change map = make(s, HYPMMU_MAP);
	hypmmu_va last = s->base + (s->space - 1);

	map.va = last - s->page + 1;
	map.pa = s->pa_end - s->page;
	map.size = s->page;

	subject_accepts(s, &map, 1);

	assert_int_equal(subject_at(s, last).result, ORACLE_OK);
	assert_int_equal(subject_at(s, last).pa, s->pa_end - 1);
	map.op = HYPMMU_UNMAP;
	subject_accepts(s, &map, 1);
	assert_int_equal(subject_at(s, last).result, ORACLE_TRANSLATION);
}

static void the_last_page_of_both_spaces_is_legal(void **state)
{
	(void)state;
	with_each_subject(judge_last_page);
}

static void judge_whole_space(struct subject *s)
{
	struct hypmmu_change unmap = {
		.op = HYPMMU_UNMAP, .va = s->base, .size = s->space, .flags = HYPMMU_SKIP_HOLES};

	subject_accepts(s, &unmap, 1);

	assert_int_equal(s->mmu.tables, 1);
}

static void the_whole_space_is_a_legal_range(void **state)
{
	(void)state;
	with_each_subject(judge_whole_space);
}

static void refuses_attr(struct subject *s, int err, hypmmu_attr attr)
{
	struct hypmmu_change change = make(s, HYPMMU_MAP);

	change.attr = attr;
	refuses(s, err, change);
	change.op = HYPMMU_PROTECT;
	refuses(s, err, change);
	change.op = HYPMMU_SPLIT; /* has no attr */
	subject_accepts(s, &change, 1);
}

static void judge_attr(struct subject *s)
{
	refuses_attr(s, HYPMMU_ERR_ATTR, 0);
	refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_W);
	refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_X);
	refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_DEVICE_GRE | HYPMMU_SW(15));
	refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_R | HYPMMU_W | HYPMMU_X);
	refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_W | HYPMMU_X);
	refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_CODE | HYPMMU_DEVICE_NGNRNE);
	refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_CODE | HYPMMU_DEVICE_NGNRE);
	refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_CODE | HYPMMU_DEVICE_NGRE);
	refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_CODE | HYPMMU_DEVICE_GRE);
	/* none of the subjects has the CPU for these */
	refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_CODE | HYPMMU_GUARDED);
	refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_DATA | HYPMMU_NORMAL_TAGGED);
	refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_DATA | HYPMMU_DBM);
}

static void attributes_that_no_mapping_may_have_are_attr(void **state)
{
	(void)state;
	with_each_subject(judge_attr);
}

static void judge_unknown_attr(struct subject *s)
{
	for (unsigned bit = 0; bit < 32; bit++) {
		if (bit == 11 || bit > 15)
			refuses_attr(s, HYPMMU_ERR_ARG, HYPMMU_DATA | (hypmmu_attr)1 << bit);
	}
}

static void unknown_attribute_bits_are_arg(void **state)
{
	(void)state;
	with_each_subject(judge_unknown_attr);
}

static void judge_el0(struct subject *s)
{
	struct hypmmu_change change = make(s, HYPMMU_MAP);

	if (s->cfg.regime == HYPMMU_EL2) {
		refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_DATA | HYPMMU_USER);
		refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_DATA | HYPMMU_NG);
	} else {
		refuses_attr(s, HYPMMU_ERR_ATTR, HYPMMU_CODE | HYPMMU_DATA | HYPMMU_USER);
		change.attr |= HYPMMU_USER | HYPMMU_NG;
		subject_accepts(s, &change, 1);
	}
}

static void attributes_of_el0_need_a_regime_with_el0(void **state)
{
	(void)state;
	with_each_subject(judge_el0);
}

static void dirty_state_needs_a_writable_mapping_and_its_use(void **state)
{
	struct hypmmu_config cfg = subject_configs[0];
	struct hypmmu_change change;
	struct subject s;

	(void)state;
	cfg.hw = HYPMMU_HW_HAFDBS | HYPMMU_HW_BTI | HYPMMU_HW_MTE;
	subject_init(&s, &cfg);
	refuses_attr(&s, HYPMMU_ERR_ATTR, HYPMMU_DATA | HYPMMU_DBM);
	subject_end(&s);

	cfg.use = HYPMMU_USE_HAFDBS;
	subject_init(&s, &cfg);
	refuses_attr(&s, HYPMMU_ERR_ATTR, HYPMMU_RODATA | HYPMMU_DBM);
	change = make(&s, HYPMMU_MAP);
	change.attr = HYPMMU_DATA | HYPMMU_DBM | HYPMMU_GUARDED | HYPMMU_NORMAL_TAGGED;
	subject_accepts(&s, &change, 1);
	subject_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_changes_that_the_tests_spoil_are_good),
		cmocka_unit_test(unknown_operations_and_flags_are_arg),
		cmocka_unit_test(what_is_not_a_multiple_of_the_granule_is_align),
		cmocka_unit_test(empty_wrapping_and_too_high_is_range),
		cmocka_unit_test(output_beyond_pa_bits_is_range),
		cmocka_unit_test(the_last_page_of_both_spaces_is_legal),
		cmocka_unit_test(the_whole_space_is_a_legal_range),
		cmocka_unit_test(attributes_that_no_mapping_may_have_are_attr),
		cmocka_unit_test(unknown_attribute_bits_are_arg),
		cmocka_unit_test(attributes_of_el0_need_a_regime_with_el0),
		cmocka_unit_test(dirty_state_needs_a_writable_mapping_and_its_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
