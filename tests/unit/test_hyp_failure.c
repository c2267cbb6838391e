/* SPDX-License-Identifier: BSD-2-Clause */
/* An initialisation that fails: nothing is left of it, and the report says why. host_build() sees to
 * the first: *hyp is all zero and every page has come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp_host.h"
#include <string.h>

/* The steps that host_build() tells of: idmap, four sections, stack and data of three CPUs, vectors. */
#define STEPS 12

static void every_allocation_may_fail(void **state)
{
	const enum arena_trick tricks[] = {ARENA_NULL, ARENA_MISALIGNED, ARENA_BEYOND_PA,
					   ARENA_LOST, ARENA_NO_WAY_BACK};

	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		for (size_t t = 0; t < sizeof(tricks) / sizeof(tricks[0]); t++) {
			size_t k = 0;
			struct host host;
			int err;

			host_init(&host, &host_configs[i]);
			do {
				host.arena.trick = tricks[t];
				host.arena.trick_at = ++k;
				err = host_build(&host);
				assert_int_equal(host.report.va, 0);
				if (err)
					assert_int_equal(err,
							 t ? HYPMMU_ERR_PAGES : HYPMMU_ERR_NOMEM);
			} while (err);
			assert_int_equal(k, host.arena.live + 1);
			host_end(&host);
		}
	}
}

/* The error at the k-th question: one that no granule has an answer to. */
static int build_with_lie(struct host *host, size_t k, hypmmu_pa lie, bool on)
{
	host->asked = 0;
	host->lie_at = k;
	host->lie = lie;
	host->lie_on = on;
	return host_build(host);
}

/* Whatever is answered at any question: if it is not the truth, all of it fails. */
static void every_answer_of_to_pa_may_be_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		size_t questions;
		struct host host;

		host_init(&host, &host_configs[i]);
		host_build_well(&host);
		questions = host.asked;
		assert_true(questions >= 3 * (4 + 1 + 1 + 3));
		assert_int_equal(hypmmu_hyp_destroy(&host.hyp), HYPMMU_OK);
		for (size_t k = 1; k <= questions; k++) {
			int err = build_with_lie(&host, k, host.page / 2, true);

			assert_true(err == HYPMMU_ERR_ALIGN || err == HYPMMU_ERR_CORRUPT);
			err = build_with_lie(&host, k, UINT64_C(1) << 55, true);
			assert_true(err == HYPMMU_ERR_RANGE || err == HYPMMU_ERR_CORRUPT ||
				    err == HYPMMU_ERR_CONFLICT); /* aux is on a granule of bss */
			assert_int_not_equal(build_with_lie(&host, k, host.page << 8, false), 0);
		}
		host.lie_at = 0;
		host_build_well(&host);
		host_end(&host);
	}
}

struct wrong {
	int err;
	size_t index, steps; /* steps: how many were told of before */
};

static void assert_fails(struct host *host, struct wrong wrong)
{
	assert_int_equal(host_build(host), wrong.err);
	assert_int_equal(host->report.index, wrong.index);
	assert_int_equal(host->steps, wrong.steps);
}

static void memory_that_is_not_there_is_named(struct host *host)
{
	const uint64_t none[] = {0x20000, 0x60000, 0x90000};
	const uint64_t data = 0x1000000 + 4 * host->page;

	for (size_t i = 0; i < 3; i++) {
		host->none = none[i];
		assert_fails(host, (struct wrong){HYPMMU_ERR_UNMAPPED, i, 1 + i});
		assert_int_equal(host->report.va, host_linear(host, none[i]));
	}
	host->none = data;
	assert_fails(host, (struct wrong){HYPMMU_ERR_UNMAPPED, 1, 8});
	assert_int_equal(host->report.va, host_linear(host, data));
}

static void the_report_names_what_to_pa_has_not_got(void **state)
{
	(void)state;
	host_over_configs(memory_that_is_not_there_is_named);
}

static void what_is_wrong_with_a_cpu_is_named(struct host *host)
{
	struct hypmmu_hyp_cpu good = host->cpus[1];

	host->cpus[1].stack += 16;
	assert_fails(host, (struct wrong){HYPMMU_ERR_ALIGN, 1, 7});
	host->cpus[1] = good;
	host->cpus[1].stack_size = -host->page;
	assert_fails(host, (struct wrong){HYPMMU_ERR_RANGE, 1, 7});
	host->cpus[1].stack_size = 0x80000000;
	assert_fails(host, (struct wrong){HYPMMU_ERR_NOSPACE, 1, 7});
	host->cpus[1] = good;
	host->cpus[1].data_end = host->cpus[1].data;
	host->cpus[1].data = host_at(0x2000000); /* the wrong way round */
	assert_fails(host, (struct wrong){HYPMMU_ERR_RANGE, 1, 8});
	host->cpus[1].data = host_at(0x60000); /* rodata */
	host->cpus[1].data_end = host_at(0x60001);
	assert_fails(host, (struct wrong){HYPMMU_ERR_CONFLICT, 1, 8});
	assert_int_equal(host->report.va, host_linear(host, 0x60000));
	assert_int_equal(host->report.level, 3);
	host->cpus[1] = good;
	host->cpus[1].data_end = host_at(HOST_BYTES + 1);
	assert_fails(host, (struct wrong){HYPMMU_ERR_RANGE, 1, 8});
}

static void the_report_names_the_cpu(void **state)
{
	(void)state;
	for (size_t i = 1; i < HOST_CONFIGS; i++) {
		struct host host;

		host_init(&host, &host_configs[i]);
		what_is_wrong_with_a_cpu_is_named(&host);
		host_end(&host);
	}
}

static void vectors_that_cannot_be_mapped(struct host *host)
{
	host->layout.vectors += 0x800;
	assert_fails(host, (struct wrong){HYPMMU_ERR_ALIGN, 0, STEPS - 1});
	host->layout.vectors -= 0x800;
	host->layout.vectors_size = 0x800;
	assert_fails(host, (struct wrong){HYPMMU_ERR_ALIGN, 0, STEPS - 1});
	host->layout.vectors_size = 0x80000000;
	assert_fails(host, (struct wrong){HYPMMU_ERR_NOSPACE, 0, STEPS - 1});
	host->layout.vectors = UINT64_C(1) << host->cfg.pa_bits;
	host->layout.vectors_size = host->page;
	assert_fails(host, (struct wrong){HYPMMU_ERR_RANGE, 0, STEPS - 1});
}

static void vectors_are_whole_granules_that_exist(void **state)
{
	(void)state;
	host_over_configs(vectors_that_cannot_be_mapped);
}

/* Destroyed twice, while live, and when a page is lost. */
static void destroy_gives_every_page_back(struct host *host)
{
	static const struct hypmmu_hyp zero;

	host_build_well(host);
	assert_int_equal(hypmmu_hyp_destroy(&host->hyp), HYPMMU_OK);
	assert_int_equal(host->arena.live, 0);
	assert_memory_equal(&host->hyp, &zero, sizeof zero);
	assert_int_equal(hypmmu_hyp_destroy(&host->hyp), HYPMMU_ERR_STATE);

	host_build_well(host);
	host->hyp.mmu.tables++;
	assert_int_equal(hypmmu_hyp_destroy(&host->hyp), HYPMMU_ERR_CORRUPT);
	assert_int_equal(host->arena.live, 0);
	assert_memory_equal(&host->hyp, &zero, sizeof zero);
}

static void all_pages_come_back(void **state)
{
	(void)state;
	host_over_configs(destroy_gives_every_page_back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(every_answer_of_to_pa_may_be_wrong),
		cmocka_unit_test(the_report_names_what_to_pa_has_not_got),
		cmocka_unit_test(the_report_names_the_cpu),
		cmocka_unit_test(vectors_are_whole_granules_that_exist),
		cmocka_unit_test(all_pages_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
