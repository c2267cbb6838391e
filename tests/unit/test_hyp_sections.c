/* SPDX-License-Identifier: BSD-2-Clause */
/* Sections: each with its attributes, or refused before anything is mapped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp_host.h"
#include <string.h>

/* Sections alone. */
static void describe(struct host *host, const struct hypmmu_hyp_section *sections, size_t n)
{
	host->layout.sections = sections;
	host->layout.nsections = n;
	host->layout.ncpus = 0;
	host->layout.vectors_size = 0;
}

/* Two that share a granule at `shared`, whichever comes first in the list, after a third one. */
static void assert_refused(struct host *host, uint64_t shared, struct hypmmu_hyp_section a,
			   struct hypmmu_hyp_section b)
{
	const struct hypmmu_hyp_section other = {host_at(0x4000000), host_at(0x4000001),
						 HYPMMU_RODATA, "other"};
	const struct hypmmu_hyp_section ab[] = {other, a, b}, ba[] = {other, b, a};

	for (size_t i = 0; i < 2; i++) {
		describe(host, i ? ba : ab, 3);
		assert_int_equal(host_build(host), HYPMMU_ERR_OVERLAP);
		assert_int_equal(host->report.index, 2);
		assert_int_equal(host->report.other, 1);
		assert_int_equal(host->report.va, host_linear(host, shared));
		assert_int_equal(host->steps, 0);
		assert_int_equal(host->asked, 0);
		assert_int_equal(host->arena.allocs, host->arena.frees);
	}
}

static void sections_that_differ_about_a_granule(struct host *host)
{
	uint64_t page = host->page, at = 0x2000000;
	const struct hypmmu_hyp_section text = {host_at(at), host_at(at + 3 * page), HYPMMU_CODE,
						"text"};

	/* The last byte of one, the first of the other; one inside; one around; the same. */
	assert_refused(host, at + 2 * page, text,
		       (struct hypmmu_hyp_section){host_at(at + 3 * page - 1),
						   host_at(at + 5 * page), HYPMMU_DATA, "bss"});
	assert_refused(
		host, at, text,
		(struct hypmmu_hyp_section){host_at(at - 5), host_at(at + 1), HYPMMU_RODATA, "ro"});
	assert_refused(host, at + page, text,
		       (struct hypmmu_hyp_section){host_at(at + page + 8), host_at(at + page + 9),
						   HYPMMU_DATA, "in"});
	assert_refused(host, at, text,
		       (struct hypmmu_hyp_section){host_at(at - 1), host_at(at + 4 * page),
						   HYPMMU_RODATA, "around"});
	assert_refused(host, at, text,
		       (struct hypmmu_hyp_section){host_at(at), host_at(at + 3 * page),
						   HYPMMU_CODE | HYPMMU_SW(1), "same"});
	/* No byte in common, but a granule. */
	assert_refused(host, at + 3 * page,
		       (struct hypmmu_hyp_section){host_at(at), host_at(at + 3 * page + 8),
						   HYPMMU_CODE, "text"},
		       (struct hypmmu_hyp_section){host_at(at + 3 * page + 16),
						   host_at(at + 4 * page), HYPMMU_DATA, "data"});
}

static void two_sections_on_one_granule_with_different_attributes(void **state)
{
	(void)state;
	host_over_configs(sections_that_differ_about_a_granule);
}

static void sections_that_touch_or_agree(struct host *host)
{
	uint64_t page = host->page, at = 0x2000000;
	const struct hypmmu_hyp_section sections[] = {
		{host_at(at), host_at(at + page), HYPMMU_CODE, "text"},
		{host_at(at + page), host_at(at + 2 * page), HYPMMU_RODATA, "rodata"},
		{host_at(at + 2 * page), host_at(at + 4 * page + 1), HYPMMU_DATA, "data"},
		{host_at(at + 4 * page + 2), host_at(at + 6 * page), HYPMMU_DATA, "bss"},
		{host_at(at + 3 * page), host_at(at + 5 * page), HYPMMU_DATA, NULL},
	};
	const struct hypmmu_hyp_section down[] = {sections[2], sections[1], sections[0]};
	uint64_t mapped;

	describe(host, down, 3);
	host_build_well(host);
	assert_int_equal(host_mapped(host, NULL), 6 * page);
	assert_int_equal(hypmmu_hyp_destroy(&host->hyp), HYPMMU_OK);

	describe(host, sections, 5);
	host->layout.trace = NULL; /* it would be told a name that is none */
	host_build_well(host);
	host_assert_mapped(host, host_linear(host, at), HOST_RAM + at, page, HYPMMU_CODE);
	host_assert_mapped(host, host_linear(host, at + page), HOST_RAM + at + page, page,
			   HYPMMU_RODATA);
	host_assert_mapped(host, host_linear(host, at + 2 * page), HOST_RAM + at + 2 * page,
			   4 * page, HYPMMU_DATA);
	mapped = host_mapped(host, NULL);
	assert_int_equal(mapped, 7 * page);
}

static void sections_may_touch_and_may_share_granules_if_they_agree(void **state)
{
	(void)state;
	host_over_configs(sections_that_touch_or_agree);
}

static void a_section_outside_host_memory_is_named(void **state)
{
	const struct hypmmu_hyp_section good = {host_at(0x10000), host_at(0x20000), HYPMMU_CODE,
						"t"};
	const struct hypmmu_hyp_section bad[] = {
		{host_at(HOST_BYTES - 1), host_at(HOST_BYTES + 1), HYPMMU_DATA, "end"},
		{host_at(HOST_BYTES), host_at(HOST_BYTES + 1), HYPMMU_DATA, "behind"},
		{NULL, NULL, HYPMMU_DATA, "nothing"},
		{host_at(0x30000), host_at(0x30000), HYPMMU_DATA, "empty"},
		{host_at(0x30001), host_at(0x30000), HYPMMU_DATA, "back"},
		{host_at(0x30000), NULL, HYPMMU_DATA, "wraps"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct hypmmu_hyp_section sections[] = {good, bad[i], good};
		struct host host;

		host_init(&host, &host_configs[i]);
		describe(&host, sections, 3);
		assert_int_equal(host_build(&host), HYPMMU_ERR_RANGE);
		assert_int_equal(host.report.index, 1);
		assert_int_equal(host.report.other, 1);
		assert_int_equal(host.steps, 0);
		host_end(&host);
	}
}

static void attributes_that_are_none_are_named(struct host *host)
{
	const hypmmu_attr bad[] = {0, HYPMMU_R | HYPMMU_W | HYPMMU_X, HYPMMU_X,
				   HYPMMU_MMIO | HYPMMU_X, HYPMMU_DATA | HYPMMU_USER};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		host->sections[2].attr = host->sections[3].attr = bad[i];
		assert_int_equal(host_build(host), HYPMMU_ERR_ATTR);
		assert_int_equal(host->report.index, 2);
		assert_int_equal(host->steps, 3);
	}
}

static void a_section_without_proper_attributes_is_named(void **state)
{
	(void)state;
	host_over_configs(attributes_that_are_none_are_named);
}

/* The identity page has one pin, the vectors another: there are six left. */
static void there_are_only_so_many_sections_of_code(struct host *host)
{
	struct hypmmu_hyp_section sections[HYPMMU_PINS];
	uint64_t page = host->page;

	for (size_t i = 0; i < HYPMMU_PINS; i++)
		sections[i] = (struct hypmmu_hyp_section){
			host_at(2 * i * page), host_at(2 * i * page + 1), HYPMMU_CODE, "text"};
	describe(host, sections, HYPMMU_PINS);
	assert_int_equal(host_build(host), HYPMMU_ERR_NOSPACE);
	assert_int_equal(host->report.index, HYPMMU_PINS - 1);
	host->layout.vectors_size = page;
	host->layout.nsections = HYPMMU_PINS - 1;
	assert_int_equal(host_build(host), HYPMMU_ERR_NOSPACE);
	assert_int_equal(host->steps, HYPMMU_PINS);
	host->layout.nsections = HYPMMU_PINS - 2;
	host_build_well(host);
}

static void code_that_cannot_be_pinned_is_refused(void **state)
{
	(void)state;
	host_over_configs(there_are_only_so_many_sections_of_code);
}

/* A few words of the host, anywhere. */
static void auxiliary_data_are_sections(void **state)
{
	struct hypmmu_hyp_section words[20];
	struct host host;

	(void)state;
	host_init(&host, &host_configs[4]);
	for (size_t i = 0; i < 20; i++)
		words[i] = (struct hypmmu_hyp_section){host_at(0x7000000 + 0x1fff * i),
						       host_at(0x7000004 + 0x1fff * i), HYPMMU_DATA,
						       "aux"};
	describe(&host, words, 20);
	host_build_well(&host);
	for (size_t i = 0; i < 20; i++) {
		struct oracle oracle = host_oracle(&host);
		struct oracle_answer answer =
			oracle_walk(&oracle, hypmmu_kern_hyp_va(&host.hyp, words[i].from));

		assert_int_equal(answer.result, ORACLE_OK);
		assert_int_equal(answer.pa, HOST_RAM + 0x7000000 + 0x1fff * i);
		assert_int_equal(oracle_attr(&oracle, &answer), HYPMMU_DATA);
	}
	host_end(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_sections_on_one_granule_with_different_attributes),
		cmocka_unit_test(sections_may_touch_and_may_share_granules_if_they_agree),
		cmocka_unit_test(a_section_outside_host_memory_is_named),
		cmocka_unit_test(a_section_without_proper_attributes_is_named),
		cmocka_unit_test(code_that_cannot_be_pinned_is_refused),
		cmocka_unit_test(auxiliary_data_are_sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
