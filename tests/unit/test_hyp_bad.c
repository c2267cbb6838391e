/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments that make no sense, and calls at the wrong time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp_host.h"
#include <string.h>

static int init(struct host *host, const struct hypmmu_config *cfg,
		const struct hypmmu_pages *pages, const struct hypmmu_hyp_layout *layout)
{
	static const struct hypmmu_hyp zero;
	struct hypmmu_report report;
	struct hypmmu_hyp hyp;
	int err;

	memset(&hyp, 0x5a, sizeof hyp);
	err = hypmmu_hyp_init(&hyp, cfg, pages, layout, &report);
	assert_memory_equal(&hyp, &zero, sizeof zero);
	assert_int_equal(host->arena.live, 0);
	return err;
}

static void what_is_missing_is_arg(void **state)
{
	struct hypmmu_hyp_layout layout;
	struct hypmmu_pages pages;
	struct host host;

	(void)state;
	host_init(&host, &host_configs[0]);
	pages = host.arena.pages;
	assert_int_equal(hypmmu_hyp_init(NULL, &host.cfg, &pages, &host.layout, NULL),
			 HYPMMU_ERR_ARG);
	assert_int_equal(init(&host, NULL, &pages, &host.layout), HYPMMU_ERR_ARG);
	assert_int_equal(init(&host, &host.cfg, NULL, &host.layout), HYPMMU_ERR_ARG);
	assert_int_equal(init(&host, &host.cfg, &pages, NULL), HYPMMU_ERR_ARG);
	layout = host.layout;
	layout.to_pa = NULL;
	assert_int_equal(init(&host, &host.cfg, &pages, &layout), HYPMMU_ERR_ARG);
	layout = host.layout;
	layout.sections = NULL;
	assert_int_equal(init(&host, &host.cfg, &pages, &layout), HYPMMU_ERR_ARG);
	layout = host.layout;
	layout.cpus = NULL;
	assert_int_equal(init(&host, &host.cfg, &pages, &layout), HYPMMU_ERR_ARG);
	pages.alloc = NULL;
	assert_int_equal(init(&host, &host.cfg, &pages, &host.layout), HYPMMU_ERR_ARG);
	host_end(&host);
}

static void a_layout_of_zeroes_is_refused(void **state)
{
	struct hypmmu_hyp_layout layout = {.to_pa = host_to_pa};
	struct host host;

	(void)state;
	host_init(&host, &host_configs[0]);
	assert_int_equal(init(&host, &host.cfg, &host.arena.pages, &layout), HYPMMU_ERR_IDMAP);
	host_end(&host);
}

static void a_configuration_that_is_none_is_refused(void **state)
{
	const int granules[] = {0, 1, 13, 15, 17, 63, 64, 255, -1};
	struct hypmmu_config cfg;
	struct host host;

	(void)state;
	host_init(&host, &host_configs[0]);
	for (size_t i = 0; i < sizeof(granules) / sizeof(granules[0]); i++) {
		cfg = host_configs[0];
		cfg.granule = (enum hypmmu_granule)granules[i];
		assert_int_equal(init(&host, &cfg, &host.arena.pages, &host.layout),
				 HYPMMU_ERR_CONFIG);
	}
	cfg = host_configs[0];
	cfg.va_bits = 53;
	assert_int_equal(init(&host, &cfg, &host.arena.pages, &host.layout), HYPMMU_ERR_CONFIG);
	cfg = host_configs[0];
	cfg.pa_bits = 41;
	assert_int_equal(init(&host, &cfg, &host.arena.pages, &host.layout), HYPMMU_ERR_CONFIG);
	cfg = host_configs[0];
	cfg.regime = HYPMMU_EL2_0_LOWER;
	assert_int_equal(init(&host, &cfg, &host.arena.pages, &host.layout),
			 HYPMMU_ERR_UNSUPPORTED);
	cfg.regime = HYPMMU_EL2_0_UPPER;
	assert_int_equal(init(&host, &cfg, &host.arena.pages, &host.layout),
			 HYPMMU_ERR_UNSUPPORTED);
	cfg = host_configs[0];
	cfg.use = HYPMMU_USE_HAFDBS;
	assert_int_equal(init(&host, &cfg, &host.arena.pages, &host.layout),
			 HYPMMU_ERR_UNSUPPORTED);
	host_end(&host);
}

/* The least that va_bits may be said to be: it grows. */
static void few_address_bits_grow_to_what_the_identity_page_needs(void **state)
{
	struct host host;

	(void)state;
	host_init(&host, &host_configs[0]);
	host.cfg.va_bits = 1;
	host.layout.linear_end = host_at(0x10000000);
	host.sections[0].to = host_at(0x20000);
	host_build_well(&host);
	assert_int_equal(host.hyp.mmu.cfg.va_bits, 31);
	host_end(&host);
}

static void what_was_never_built_is_state(void **state)
{
	static const struct hypmmu_hyp zero;
	struct hypmmu_hyp hyp = zero;
	hypmmu_va va = 0x5a5a;

	(void)state;
	assert_int_equal(hypmmu_create_hyp_mappings(&hyp, host_at(0), host_at(1), HYPMMU_DATA),
			 HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_create_hyp_mappings(&hyp, NULL, NULL, 0), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_create_idmap(&hyp, 0, 1, HYPMMU_DATA), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_create_idmap(&hyp, 0, 0, HYPMMU_DATA), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_map_private(&hyp, 0, 1, HYPMMU_DATA, &va), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_map_private(&hyp, UINT64_MAX, 0, 0, &va), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_map_stack(&hyp, 0, 0x10000, &va), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_map_stack(&hyp, 3, 5, &va), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_unmap_private(&hyp, 0), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_hyp_destroy(&hyp), HYPMMU_ERR_STATE);
	assert_int_equal(va, 0x5a5a);
	assert_memory_equal(&hyp, &zero, sizeof zero);
}

static void nobody_at_all_is_arg(void **state)
{
	struct host_saved saved;
	struct host host;
	hypmmu_va va;

	(void)state;
	assert_int_equal(hypmmu_create_hyp_mappings(NULL, host_at(0), host_at(1), HYPMMU_DATA),
			 HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_create_idmap(NULL, 0, 1, HYPMMU_DATA), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_map_private(NULL, 0, 1, HYPMMU_DATA, &va), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_map_stack(NULL, 0, 0x1000, &va), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_unmap_private(NULL, 0), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_hyp_destroy(NULL), HYPMMU_ERR_ARG);
	host_init(&host, &host_configs[0]);
	host_build_well(&host);
	host_save(&host, &saved);
	assert_int_equal(hypmmu_map_private(&host.hyp, 0, 1, HYPMMU_DATA, NULL), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_map_stack(&host.hyp, 0, 0x1000, NULL), HYPMMU_ERR_ARG);
	host_assert_saved(&host, &saved);
	host_end(&host);
}

static void identity_ranges_that_are_none(struct host *host)
{
	hypmmu_pa pa_end = UINT64_C(1) << host->cfg.pa_bits;
	hypmmu_pa end = UINT64_C(1) << host->cfg.va_bits;
	struct host_saved saved;

	host_build_well(host);
	host_save(host, &saved);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, 0x1000, 0x1000, HYPMMU_DATA),
			 HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, 0x1000, 0, HYPMMU_DATA), HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, 0x2000, 0x1fff, HYPMMU_DATA),
			 HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, end, end + 1, HYPMMU_DATA),
			 HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, end - 1, end + 1, HYPMMU_DATA),
			 HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, UINT64_MAX - 1, UINT64_MAX, HYPMMU_DATA),
			 HYPMMU_ERR_RANGE);
	if (pa_end < end)
		assert_int_equal(hypmmu_create_idmap(&host->hyp, pa_end, pa_end + 1, HYPMMU_DATA),
				 HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, 0, UINT64_MAX, HYPMMU_DATA),
			 HYPMMU_ERR_IDMAP);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, 0x10000, 0x20000, HYPMMU_X),
			 HYPMMU_ERR_ATTR);
	host_assert_saved(host, &saved);
}

static void identity_mappings_of_nothing_are_refused(void **state)
{
	(void)state;
	host_over_configs(identity_ranges_that_are_none);
}

static void windows_of_a_root_that_is_no_page(struct host *host)
{
	const hypmmu_va untouched = 0x5a5a5a5a;
	hypmmu_va va, other = untouched;
	hypmmu_pa root;

	host_build_well(host);
	assert_int_equal(hypmmu_map_private(&host->hyp, 0x9000000, 8, HYPMMU_MMIO, &va), 0);
	root = host->hyp.mmu.root;
	host->hyp.mmu.root = 0;
	assert_int_equal(hypmmu_map_private(&host->hyp, 0x9000000, 8, HYPMMU_MMIO, &other),
			 HYPMMU_ERR_CORRUPT);
	assert_int_equal(hypmmu_unmap_private(&host->hyp, va), HYPMMU_ERR_CORRUPT);
	assert_int_equal(other, untouched);
	host->hyp.mmu.root = root;
	assert_int_equal(hypmmu_unmap_private(&host->hyp, va), 0);
}

static void without_a_root_windows_are_corrupt(void **state)
{
	(void)state;
	host_over_configs(windows_of_a_root_that_is_no_page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_arg),
		cmocka_unit_test(a_layout_of_zeroes_is_refused),
		cmocka_unit_test(a_configuration_that_is_none_is_refused),
		cmocka_unit_test(few_address_bits_grow_to_what_the_identity_page_needs),
		cmocka_unit_test(what_was_never_built_is_state),
		cmocka_unit_test(nobody_at_all_is_arg),
		cmocka_unit_test(identity_mappings_of_nothing_are_refused),
		cmocka_unit_test(without_a_root_windows_are_corrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
