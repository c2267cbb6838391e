/* SPDX-License-Identifier: BSD-2-Clause */
/* Plans without a report and on an empty tree; and the calls of one change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/subject.h"
#include <string.h>

static void a_plan_needs_no_report(void **state)
{
	struct hypmmu_change change = {.va = 0x10000, .pa = 0x10000, .attr = HYPMMU_DATA};
	struct subject s;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	change.size = s.page;

	assert_int_equal(hypmmu_plan(&s.mmu, &change, 1, NULL), HYPMMU_OK);
	change.va = 0;
	assert_int_equal(hypmmu_plan(&s.mmu, &change, 1, NULL), HYPMMU_ERR_CONFLICT);
	change.va = 1;
	assert_int_equal(hypmmu_plan(&s.mmu, &change, 1, NULL), HYPMMU_ERR_ALIGN);

	subject_assert_untouched(&s);
	subject_end(&s);
}

static void tables_needed_has_to_have_a_report_and_a_configuration(void **state)
{
	const struct hypmmu_change change = {.size = 0x1000, .attr = HYPMMU_DATA};
	struct hypmmu_config cfg = subject_configs[0];
	struct hypmmu_report report;

	(void)state;
	assert_int_equal(hypmmu_tables_needed(&cfg, &change, 1, NULL), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_tables_needed(NULL, &change, 1, &report), HYPMMU_ERR_ARG);
	assert_int_equal(report.tables, 0);
	cfg.pa_bits = 43;
	assert_int_equal(hypmmu_tables_needed(&cfg, &change, 1, &report), HYPMMU_ERR_CONFIG);
	assert_int_equal(hypmmu_tables_needed(&subject_configs[0], NULL, 1, &report),
			 HYPMMU_ERR_ARG);
	assert_int_equal(report.tables, 0);
	assert_int_equal(hypmmu_tables_needed(&subject_configs[0], NULL, 0, &report), HYPMMU_OK);
	assert_int_equal(report.tables, 1);
}

/* 4K, 48 bits: a page has three tables below the root, and there is nothing to unmap. */
static void an_empty_tree_has_nothing_to_unmap(void **state)
{
	const struct hypmmu_change changes[] = {
		{.size = 0x2000, .attr = HYPMMU_DATA},
		{.op = HYPMMU_UNMAP, .va = 0x40000000, .size = 0x3000},
	};
	struct hypmmu_change skip = changes[1];
	struct hypmmu_report report;

	(void)state;
	assert_int_equal(hypmmu_tables_needed(&subject_configs[0], changes, 2, &report),
			 HYPMMU_ERR_UNMAPPED);
	assert_int_equal(report.index, 1);
	assert_int_equal(report.va, 0x40000000);
	assert_int_equal(report.tables | report.leaves, 0);

	skip.flags = HYPMMU_SKIP_HOLES;
	assert_int_equal(hypmmu_tables_needed(&subject_configs[0], &skip, 1, &report), HYPMMU_OK);
	assert_int_equal(report.tables, 1);
	assert_int_equal(hypmmu_tables_needed(&subject_configs[0], changes, 1, &report), HYPMMU_OK);
	assert_int_equal(report.tables, 4);
	assert_int_equal(report.leaves, 2);
}

/* The whole of a 52-bit space in pages of 4K: 2^40 leaves; 2^31 tables of pages, 2^22 above these,
 * 2^13, 2^4, and the root. */
static void what_no_memory_holds_can_be_counted(void **state)
{
	const struct hypmmu_config cfg = {.granule = HYPMMU_4K,
					  .regime = HYPMMU_EL2,
					  .va_bits = 52,
					  .pa_bits = 52,
					  .hw = HYPMMU_HW_LPA2};
	const struct hypmmu_change change = {
		.size = UINT64_C(1) << 52, .attr = HYPMMU_DATA, .flags = HYPMMU_PAGES_ONLY};
	struct hypmmu_report report;

	(void)state;
	assert_int_equal(hypmmu_tables_needed(&cfg, &change, 1, &report), HYPMMU_OK);
	assert_true(report.tables == 0x80402011);
	assert_true(report.leaves == UINT64_C(1) << 40);
}

static void map_maps_only(void **state)
{
	struct hypmmu_change change = {.op = HYPMMU_UNMAP};
	struct subject s;

	(void)state;
	subject_init(&s, &subject_configs[0]);
	change.size = s.page;

	assert_int_equal(hypmmu_map(&s.mmu, NULL), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_map(&s.mmu, &change), HYPMMU_ERR_ARG);
	change.op = HYPMMU_KEEP;
	assert_int_equal(hypmmu_map(&s.mmu, &change), HYPMMU_ERR_ARG);

	subject_assert_untouched(&s);
	subject_end(&s);
}

static void the_calls_of_one_change_do_what_the_change_does(void **state)
{
	struct oracle_answer at;
	struct subject s;

	(void)state;
	subject_init(&s, &subject_configs[0]);

	assert_int_equal(hypmmu_idmap(&s.mmu, 0x7000, 0x1000, HYPMMU_CODE), HYPMMU_OK);
	at = subject_at(&s, 0x7123);
	assert_int_equal(at.result, ORACLE_OK);
	assert_int_equal(at.pa, 0x7123);
	assert_true(at.r && at.x && !at.w);

	assert_int_equal(hypmmu_protect(&s.mmu, 0x7000, 0x2000, HYPMMU_RODATA, 0),
			 HYPMMU_ERR_UNMAPPED);
	assert_true(subject_at(&s, 0x7123).x);
	assert_int_equal(hypmmu_protect(&s.mmu, 0x7000, 0x2000, HYPMMU_RODATA, HYPMMU_SKIP_HOLES),
			 HYPMMU_OK);
	at = subject_at(&s, 0x7123);
	assert_true(at.r && !at.x && !at.w);

	assert_int_equal(hypmmu_unmap(&s.mmu, 0x6000, 0x2000, 0), HYPMMU_ERR_UNMAPPED);
	assert_int_equal(subject_at(&s, 0x7123).result, ORACLE_OK);
	assert_int_equal(hypmmu_unmap(&s.mmu, 0x6000, 0x2000, HYPMMU_SKIP_HOLES), HYPMMU_OK);
	assert_int_equal(subject_at(&s, 0x7123).result, ORACLE_TRANSLATION);
	subject_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_needs_no_report),
		cmocka_unit_test(tables_needed_has_to_have_a_report_and_a_configuration),
		cmocka_unit_test(an_empty_tree_has_nothing_to_unmap),
		cmocka_unit_test(what_no_memory_holds_can_be_counted),
		cmocka_unit_test(map_maps_only),
		cmocka_unit_test(the_calls_of_one_change_do_what_the_change_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
