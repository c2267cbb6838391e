/* SPDX-License-Identifier: BSD-2-Clause */
/* Host memory that fails, lies, or calls back: nothing has changed then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp_host.h"

#define AT	 UINT64_C(0x40000000)
#define GRANULES 13u

/* Thirteen granules, in three runs. */
static void build(struct host *host, const struct hypmmu_config *cfg)
{
	host_init(host, cfg);
	host->scattered = AT + 4 * host->page;
	host->scattered_end = AT + 8 * host->page;
	host_build_well(host);
	host->asked = 0;
}

static int map(struct host *host)
{
	return hypmmu_create_hyp_mappings(&host->hyp, host_at(AT + 1),
					  host_at(AT + GRANULES * host->page), HYPMMU_DATA);
}

static void assert_all_mapped(struct host *host, hypmmu_pa lie, unsigned from)
{
	for (unsigned i = 0; i < GRANULES; i++) {
		unsigned place = i >= 4 && i < 8 ? 11 - i : i;

		host_assert_mapped(host, host_linear(host, AT + i * host->page),
				   (HOST_RAM + AT + place * host->page) ^ (i >= from ? lie : 0),
				   host->page, HYPMMU_DATA);
	}
	host_assert_sound(host);
}

/* The k-th question, or that and all later ones, gets another answer. */
static int map_with_lie(struct host *host, size_t k, hypmmu_pa lie, bool on)
{
	host->asked = 0;
	host->lie_at = k;
	host->lie = lie;
	host->lie_on = on;
	return map(host);
}

static void what_has_no_memory_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		for (unsigned k = 0; k < GRANULES; k++) {
			struct host_saved saved;
			struct host host;

			build(&host, &host_configs[i]);
			host.none = AT + k * host.page;
			host_save(&host, &saved);
			assert_int_equal(map(&host), HYPMMU_ERR_UNMAPPED);
			assert_int_equal(host.asked, k + 1);
			host_assert_saved(&host, &saved);
			host.none = 0;
			assert_int_equal(map(&host), HYPMMU_OK);
			assert_all_mapped(&host, 0, 0);
			host_end(&host);
		}
	}
}

static void memory_is_in_whole_granules_that_exist(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		struct host_saved saved;
		struct host host;

		build(&host, &host_configs[i]);
		host_save(&host, &saved);
		for (size_t k = 1; k <= GRANULES; k++) {
			assert_int_equal(map_with_lie(&host, k, host.page / 2, true),
					 HYPMMU_ERR_ALIGN);
			assert_int_equal(map_with_lie(&host, k, 8, false), HYPMMU_ERR_ALIGN);
			assert_int_equal(
				map_with_lie(&host, k, UINT64_C(1) << host.cfg.pa_bits, false),
				HYPMMU_ERR_RANGE);
		}
		/* The first byte behind the last one. */
		assert_int_equal(map_with_lie(&host, 1,
					      (HOST_RAM + AT) ^ UINT64_C(1) << host.cfg.pa_bits,
					      false),
				 HYPMMU_ERR_RANGE);
		host_assert_saved(&host, &saved);
		host_end(&host);
	}
}

/* Another granule, half a granule, memory that does not exist, none. */
static void a_lie_is_found_before_anything_is_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		const hypmmu_pa lies[] = {UINT64_C(1) << host_configs[i].granule,
					  UINT64_C(16) << host_configs[i].granule, 8,
					  UINT64_C(1) << 60, ~(HOST_RAM + AT)};
		struct host_saved saved;
		struct host host;

		build(&host, &host_configs[i]);
		host_save(&host, &saved);
		for (size_t n = 0; n < sizeof(lies) / sizeof(lies[0]); n++) {
			for (size_t k = n < 2 ? 1 : GRANULES + 1; k <= 2 * GRANULES; k++) {
				assert_int_equal(map_with_lie(&host, k, lies[n], false),
						 HYPMMU_ERR_CORRUPT);
				host_assert_saved(&host, &saved);
				if (k == 1) /* all the same: no lie */
					continue;
				assert_int_equal(map_with_lie(&host, k, lies[n], true),
						 HYPMMU_ERR_CORRUPT);
				host_assert_saved(&host, &saved);
			}
		}
		host_end(&host);
	}
}

/* It is mapped then; what was said last counts, and the tables are sound. */
static void whoever_goes_back_on_his_word_later_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		struct host host;

		build(&host, &host_configs[i]);
		assert_int_equal(
			map_with_lie(&host, 3 * GRANULES - 2, UINT64_C(64) * host.page, true),
			HYPMMU_ERR_CORRUPT);
		assert_all_mapped(&host, UINT64_C(64) * host.page, GRANULES - 3);
		host_end(&host);
	}
}

static void when_pages_run_out_nothing_has_changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		struct host_saved saved;
		struct host host;
		size_t k = 0;
		int err;

		build(&host, &host_configs[i]);
		host_save(&host, &saved);
		do {
			host.arena.trick = k % 2 ? ARENA_NULL : ARENA_ODD_PA;
			host.arena.trick_at = k++ / 2 + 1;
			err = map(&host);
			if (err && err != HYPMMU_ERR_PAGES)
				assert_int_equal(err, HYPMMU_ERR_NOMEM);
			if (err)
				host_assert_saved(&host, &saved);
		} while (err);
		host.arena.trick_at = 0;
		assert_true(k > 2);
		assert_all_mapped(&host, 0, 0);
		host_end(&host);
	}
}

static void call_back(struct host *host)
{
	hypmmu_va va;

	assert_int_equal(map(host), HYPMMU_ERR_BUSY);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, 0, 1, HYPMMU_DATA), HYPMMU_ERR_BUSY);
	assert_int_equal(hypmmu_map_private(&host->hyp, 0, 1, HYPMMU_DATA, &va), HYPMMU_ERR_BUSY);
	assert_int_equal(hypmmu_map_stack(&host->hyp, 0, host->page, &va), HYPMMU_ERR_BUSY);
	assert_int_equal(hypmmu_unmap_private(&host->hyp, 0x1000), HYPMMU_ERR_BUSY);
	assert_int_equal(hypmmu_hyp_destroy(&host->hyp), HYPMMU_ERR_BUSY);
}

static void whoever_calls_back_is_busy(void **state)
{
	struct host host;

	(void)state;
	build(&host, &host_configs[5]);
	host.hook = call_back;
	assert_int_equal(map(&host), HYPMMU_OK);
	host.hook = NULL;
	assert_all_mapped(&host, 0, 0);
	host_end(&host);
}

/* trace is called between the steps, when no other call is under way. */
static void call_back_from_trace(void *ctx, const char *step, hypmmu_va first, hypmmu_va last)
{
	struct host *host = ctx;
	struct hypmmu_leaf leaf;

	(void)step;
	(void)last;
	call_back(host);
	assert_int_equal(hypmmu_set_live(&host->hyp.mmu, NULL), HYPMMU_ERR_BUSY);
	assert_int_equal(hypmmu_unmap(&host->hyp.mmu, first, host->page, 0), HYPMMU_ERR_BUSY);
	assert_int_equal(hypmmu_query(&host->hyp.mmu, first, &leaf), HYPMMU_OK);
	host->steps++;
}

static void whoever_calls_back_from_trace_is_busy(void **state)
{
	struct host host;

	(void)state;
	host_init(&host, &host_configs[5]);
	host.layout.trace = call_back_from_trace;
	host_build_well(&host);

	assert_int_equal(host.steps, 12);
	assert_int_equal(map(&host), HYPMMU_OK);
	host_end(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_no_memory_is_named),
		cmocka_unit_test(memory_is_in_whole_granules_that_exist),
		cmocka_unit_test(a_lie_is_found_before_anything_is_written),
		cmocka_unit_test(whoever_goes_back_on_his_word_later_is_told),
		cmocka_unit_test(when_pages_run_out_nothing_has_changed),
		cmocka_unit_test(whoever_calls_back_is_busy),
		cmocka_unit_test(whoever_calls_back_from_trace_is_busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
