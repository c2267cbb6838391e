/* SPDX-License-Identifier: BSD-2-Clause */
/* The identity page, wherever it is; and identity mappings beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp_host.h"

#define GIB UINT64_C(0x40000000)

/* Builds with this identity text alone, and takes it down. */
static int build_with_text(const struct hypmmu_config *cfg, hypmmu_pa start, hypmmu_pa end)
{
	struct host host;
	int err;

	host_init(&host, cfg);
	host.layout.idmap_start = start;
	host.layout.idmap_end = end;
	host.layout.idmap_vector = 0;
	host.layout.vectors_size = 0;
	host.layout.ncpus = 0; /* their stacks would need room below */
	err = host_build(&host);
	if (!err) {
		hypmmu_va page = start - start % host.page;

		assert_int_equal(host.hyp.idmap, page);
		host_assert_mapped(&host, page, page, host.page, HYPMMU_CODE);
		host_assert_hole(&host, page - host.page, host.page);
		host_assert_hole(&host, page + host.page, host.page);
	}
	host_end(&host);
	return err;
}

static void the_text_is_widened_to_one_granule(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		const struct hypmmu_config *cfg = &host_configs[i];
		uint64_t page = UINT64_C(1) << cfg->granule, at = 0x50000000;

		assert_int_equal(build_with_text(cfg, at, at + page), HYPMMU_OK);
		assert_int_equal(build_with_text(cfg, at, at + 1), HYPMMU_OK);
		assert_int_equal(build_with_text(cfg, at + page - 1, at + page), HYPMMU_OK);
		assert_int_equal(build_with_text(cfg, at + 4, at + 0xffc), HYPMMU_OK);
	}
}

static void more_than_one_granule_is_idmap(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		const struct hypmmu_config *cfg = &host_configs[i];
		uint64_t page = UINT64_C(1) << cfg->granule, at = 0x50000000;

		assert_int_equal(build_with_text(cfg, at, at + page + 1), HYPMMU_ERR_IDMAP);
		assert_int_equal(build_with_text(cfg, at + page - 1, at + page + 1),
				 HYPMMU_ERR_IDMAP);
		assert_int_equal(build_with_text(cfg, at, at), HYPMMU_ERR_IDMAP);
		assert_int_equal(build_with_text(cfg, at + 1, at), HYPMMU_ERR_IDMAP);
		assert_int_equal(build_with_text(cfg, at + 8, at + 8), HYPMMU_ERR_IDMAP);
		assert_int_equal(build_with_text(cfg, at + 9, at + 8), HYPMMU_ERR_IDMAP);
		assert_int_equal(build_with_text(cfg, at, 0), HYPMMU_ERR_IDMAP);
		assert_int_equal(build_with_text(cfg, 0, UINT64_MAX), HYPMMU_ERR_IDMAP);
	}
}

static int build_with_vector(const struct hypmmu_config *cfg, hypmmu_pa vector)
{
	struct host host;
	int err;

	host_init(&host, cfg);
	host.layout.idmap_vector = vector;
	err = host_build(&host);
	if (!err)
		assert_int_equal(host.hyp.idmap_vector, vector);
	host_end(&host);
	return err;
}

static void vectors_for_the_time_before_lie_in_the_text(void **state)
{
	const struct hypmmu_config *cfg = &host_configs[8]; /* text is a part of the granule */

	(void)state;
	assert_int_equal(build_with_vector(cfg, 0), HYPMMU_OK);
	assert_int_equal(build_with_vector(cfg, HOST_IDMAP), HYPMMU_OK);
	assert_int_equal(build_with_vector(cfg, HOST_IDMAP + 0x800), HYPMMU_OK);
	assert_int_equal(build_with_vector(cfg, HOST_IDMAP + 0x400), HYPMMU_ERR_IDMAP);
	assert_int_equal(build_with_vector(cfg, HOST_IDMAP + 0x1000), HYPMMU_ERR_IDMAP);
	assert_int_equal(build_with_vector(cfg, HOST_IDMAP - 0x800), HYPMMU_ERR_IDMAP);
}

/* The address space that an identity page of `bits` address bits makes of `wanted`. */
static void expect_widened(struct hypmmu_config cfg, unsigned wanted, unsigned bits)
{
	uint64_t page = UINT64_C(1) << cfg.granule, top;
	hypmmu_pa idmap = (UINT64_C(1) << (bits - 1)) + 7 * page;
	struct host host;

	cfg.va_bits = (uint8_t)wanted;
	host_init(&host, &cfg);
	host.layout.idmap_start = idmap + 8;
	host.layout.idmap_end = idmap + 16;
	host.layout.idmap_vector = 0;
	host.layout.ncpus = 2;
	host.layout.vectors_size = 0;
	host_build_well(&host);

	if (bits < wanted)
		bits = wanted;
	top = UINT64_C(1) << (bits - 1);
	assert_int_equal(host.hyp.mmu.cfg.va_bits, bits);
	assert_int_equal(64 - (host.hyp.regs.tcr & 0x3f), bits);
	host_assert_mapped(&host, idmap, idmap, page, HYPMMU_CODE);
	host_assert_mapped(&host, (~idmap & top) + 0x60000, HOST_RAM + 0x60000, 0x10000,
			   HYPMMU_RODATA);
	assert_int_equal(host.cpus[0].stack_top, idmap - page);
	assert_int_equal(host.cpus[1].stack_top, idmap - 4 * page);
	host_end(&host);
}

static void the_address_space_grows_to_the_identity_page(void **state)
{
	const struct hypmmu_config cfgs[] = {
		{.granule = HYPMMU_4K, .pa_bits = 52, .hw = HYPMMU_HW_LPA2},
		{.granule = HYPMMU_16K, .pa_bits = 52, .hw = HYPMMU_HW_LPA2},
		{.granule = HYPMMU_64K, .pa_bits = 52, .hw = HYPMMU_HW_LPA | HYPMMU_HW_LVA},
		{.granule = HYPMMU_4K, .pa_bits = 48},
		{.granule = HYPMMU_16K, .pa_bits = 48},
		{.granule = HYPMMU_64K, .pa_bits = 48},
	};
	const unsigned bits[] = {36, 37, 39, 40, 42, 43, 47, 48, 52};

	(void)state;
	for (size_t i = 0; i < sizeof(cfgs) / sizeof(cfgs[0]); i++) {
		for (size_t w = 0; w < sizeof(bits) / sizeof(bits[0]); w++) {
			for (size_t b = 0; b < sizeof(bits) / sizeof(bits[0]); b++) {
				if (bits[w] <= cfgs[i].pa_bits && bits[b] <= cfgs[i].pa_bits)
					expect_widened(cfgs[i], bits[w], bits[b]);
			}
		}
	}
}

/* The two of the machines that QEMU plays: 36 bits and 65 GiB, 39 bits and 513 GiB. */
static void an_image_above_the_wanted_space_is_reached(void **state)
{
	struct hypmmu_config cfg = {.granule = HYPMMU_4K, .va_bits = 36, .pa_bits = 40};
	struct oracle oracle;
	struct host host;

	(void)state;
	host_init(&host, &cfg);
	host.layout.idmap_start = 65 * GIB;
	host.layout.idmap_end = 65 * GIB + 0x1000;
	host.layout.idmap_vector = 65 * GIB;
	host_build_well(&host);
	assert_int_equal(host.hyp.mmu.cfg.va_bits, 37);
	host_end(&host);

	cfg.va_bits = 39;
	host_init(&host, &cfg);
	host.layout.idmap_start = 513 * GIB;
	host.layout.idmap_end = 513 * GIB + 0x1000;
	host.layout.idmap_vector = 0;
	host_build_well(&host);
	oracle = host_oracle(&host);
	assert_int_equal(host.hyp.mmu.cfg.va_bits, 40);
	assert_int_equal(oracle_start_level(&oracle), 0); /* 39 bits begin at level 1 */
	host_end(&host);
}

static void an_identity_page_that_the_cpu_cannot_reach_is_refused(void **state)
{
	const uint64_t at_49 = UINT64_C(1) << 48, at_41 = UINT64_C(1) << 40;
	struct hypmmu_config cfg = {.granule = HYPMMU_4K, .va_bits = 39, .pa_bits = 40};

	(void)state;
	assert_int_equal(build_with_text(&cfg, at_49, at_49 + 1), HYPMMU_ERR_CONFIG);
	cfg.granule = HYPMMU_16K;
	assert_int_equal(build_with_text(&cfg, at_49, at_49 + 1), HYPMMU_ERR_CONFIG);
	cfg.granule = HYPMMU_64K;
	assert_int_equal(build_with_text(&cfg, at_49, at_49 + 1), HYPMMU_ERR_CONFIG);
	assert_int_equal(build_with_text(&cfg, UINT64_C(1) << 60, (UINT64_C(1) << 60) + 1),
			 HYPMMU_ERR_CONFIG);
	assert_int_equal(build_with_text(&cfg, UINT64_MAX - 8, 0), HYPMMU_ERR_CONFIG);
	assert_int_equal(build_with_text(&cfg, at_41, at_41 + 1), HYPMMU_ERR_RANGE); /* pa_bits */
}

/* Host memory is 8 GiB at 2^38. */
static void identity_mappings_keep_out_of_the_linear_range(void **state)
{
	const hypmmu_pa first = UINT64_C(1) << 38, end = first + 8 * GIB;
	struct host_saved saved;
	struct host host;

	(void)state;
	host_init(&host, &host_configs[1]);
	host_build_well(&host);
	host_save(&host, &saved);
	assert_int_equal(hypmmu_create_idmap(&host.hyp, first, first + 1, HYPMMU_DATA),
			 HYPMMU_ERR_IDMAP);
	assert_int_equal(hypmmu_create_idmap(&host.hyp, first - 0x1000, first + 1, HYPMMU_DATA),
			 HYPMMU_ERR_IDMAP);
	assert_int_equal(hypmmu_create_idmap(&host.hyp, end - 1, end + 1, HYPMMU_DATA),
			 HYPMMU_ERR_IDMAP);
	assert_int_equal(hypmmu_create_idmap(&host.hyp, 0x80000000, UINT64_MAX, HYPMMU_DATA),
			 HYPMMU_ERR_IDMAP);
	host_assert_saved(&host, &saved);
	assert_int_equal(hypmmu_create_hyp_mappings(&host.hyp, host_at(0), host_at(1), HYPMMU_DATA),
			 HYPMMU_OK);
	assert_int_equal(hypmmu_create_idmap(&host.hyp, first - 1, first, HYPMMU_DATA), HYPMMU_OK);
	assert_int_equal(hypmmu_create_idmap(&host.hyp, end, end + 1, HYPMMU_DATA), HYPMMU_OK);
	host_assert_mapped(&host, first - 0x1000, first - 0x1000, 0x1000, HYPMMU_DATA);
	host_assert_mapped(&host, end, end, 0x1000, HYPMMU_DATA);
	host_assert_sound(&host);
	host_end(&host);
}

/* Two devices side by side, with what is there already in between. */
static void identity_mappings_are_widened_and_may_touch(struct host *host)
{
	uint64_t page = host->page, block = host->block;
	size_t before, leaves;

	host_build_well(host);
	(void)host_mapped(host, &before);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, page + 1, 2 * page + 1, HYPMMU_MMIO),
			 HYPMMU_OK);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, 3 * page, 4 * page, HYPMMU_MMIO),
			 HYPMMU_OK);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, page, 4 * page, HYPMMU_MMIO), HYPMMU_OK);
	host_assert_mapped(host, page, page, 3 * page, HYPMMU_MMIO);
	host_assert_hole(host, 0, page);
	host_assert_hole(host, 4 * page, page);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, 2 * page, 5 * page, HYPMMU_DATA),
			 HYPMMU_ERR_CONFLICT);
	host_assert_hole(host, 4 * page, page);

	if (block > 0x2000000) /* two do not fit below the identity page */
		return;
	assert_int_equal(hypmmu_create_idmap(&host->hyp, block, 3 * block, HYPMMU_MMIO), HYPMMU_OK);
	host_assert_mapped(host, block, block, 2 * block, HYPMMU_MMIO);
	(void)host_mapped(host, &leaves);
	assert_int_equal(leaves, before + 3 + 2);
	host_assert_sound(host);
}

static void identity_mappings_beside_the_identity_page(void **state)
{
	(void)state;
	host_over_configs(identity_mappings_are_widened_and_may_touch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_widened_to_one_granule),
		cmocka_unit_test(more_than_one_granule_is_idmap),
		cmocka_unit_test(vectors_for_the_time_before_lie_in_the_text),
		cmocka_unit_test(the_address_space_grows_to_the_identity_page),
		cmocka_unit_test(an_image_above_the_wanted_space_is_reached),
		cmocka_unit_test(an_identity_page_that_the_cpu_cannot_reach_is_refused),
		cmocka_unit_test(identity_mappings_keep_out_of_the_linear_range),
		cmocka_unit_test(identity_mappings_beside_the_identity_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
