/* SPDX-License-Identifier: BSD-2-Clause */
/* Which hyp address a host address gets, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp_host.h"
#include "support/random.h"

#define BIT(n) (UINT64_C(1) << (n))

/* Only the identity page and host memory from `first` to `last`, both included. */
static void describe(struct host *host, const struct hypmmu_config *cfg, uint64_t first,
		     uint64_t last, uint64_t seed)
{
	host_init(host, cfg);
	host->layout.nsections = host->layout.ncpus = 0;
	host->layout.vectors_size = 0;
	host->layout.linear_start = (const void *)(uintptr_t)first;
	host->layout.linear_end = (const void *)(uintptr_t)(last + 1);
	host->layout.seed = seed;
}

static hypmmu_va to_hyp(const struct host *host, uint64_t address)
{
	return hypmmu_kern_hyp_va(&host->hyp, (const void *)(uintptr_t)address);
}

static uint64_t to_host(const struct host *host, hypmmu_va va)
{
	return (uintptr_t)hypmmu_hyp_kern_va(&host->hyp, va);
}

/* Both ways, and never in the half of the identity page. */
static void assert_address(const struct host *host, uint64_t address)
{
	hypmmu_va va = to_hyp(host, address);
	unsigned bits = host->hyp.mmu.cfg.va_bits;

	assert_int_equal(to_host(host, va), address);
	assert_int_equal(va >> bits, 0);
	assert_int_not_equal(va >> (bits - 1), host->layout.idmap_start >> (bits - 1));
}

static void host_addresses_go_to_the_other_half_and_come_back(void **state)
{
	struct random random = {random_seed()};

	(void)state;
	for (size_t i = 0; i < 2 * HOST_CONFIGS; i++) {
		const struct hypmmu_config *cfg = &host_configs[i / 2];
		uint64_t first = 0xffff800012345678, size = BIT(33) - 0x12345678;
		struct host host;

		describe(&host, cfg, first, first + size - 1, random_next(&random));
		if (i % 2) { /* the identity page in the upper half */
			host.layout.idmap_start = BIT(cfg->va_bits - 1);
			host.layout.idmap_end = host.layout.idmap_start + 1;
			host.layout.idmap_vector = 0;
			host.cfg.pa_bits = cfg->pa_bits < cfg->va_bits ? 48 : cfg->pa_bits;
		}
		host_build_well(&host);
		assert_address(&host, first);
		assert_address(&host, first + size - 1);
		for (unsigned n = 0; n < 1000; n++)
			assert_address(&host, first + random_below(&random, size));
		host_end(&host);
	}
}

static void addresses_by_hand(void **state)
{
	const struct hypmmu_config cfg = {.granule = HYPMMU_4K, .va_bits = 48, .pa_bits = 48};
	struct host host;

	(void)state;
	describe(&host, &cfg, 0xffff000080000000, 0xffff0000bfffffff, 0); /* 30 bits differ */
	host_build_well(&host);
	assert_int_equal(to_hyp(&host, 0xffff000080000000), 0x800000000000);
	assert_int_equal(to_hyp(&host, 0xffff0000bfffffff), 0x80003fffffff);
	assert_int_equal(to_host(&host, 0x800012345678), 0xffff000092345678);
	host_end(&host);

	describe(&host, &cfg, 0xffff000080000000, 0xffff0000bfffffff, UINT64_MAX);
	host_build_well(&host);
	assert_int_equal(to_hyp(&host, 0xffff000080000000), 0xffffc0000000);
	assert_int_equal(to_hyp(&host, 0xffff0000bfffffff), 0xffffffffffff);
	assert_int_equal(to_host(&host, 0xffffffffffff), 0xffff0000bfffffff);
	host_end(&host);

	describe(&host, &cfg, 0xffff000080000000, 0xffff0000bfffffff, 0x5a5a123456789abc);
	host.layout.idmap_start = 0x900000000000; /* the upper half */
	host.layout.idmap_end = 0x900000000001;
	host.layout.idmap_vector = 0;
	host_build_well(&host);
	assert_int_equal(to_hyp(&host, 0xffff000080000000), 0x123440000000);
	assert_int_equal(to_hyp(&host, 0xffff000081234567), 0x123441234567);
	host_end(&host);
}

/* The bits of a host address up to the highest in which two of the range differ stay as they are;
 * within a granule they always do. */
static void a_small_range_keeps_its_offset_in_the_granule(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		uint64_t page = BIT(host_configs[i].granule), at = 0xffff000000000000 + page;
		struct host host;

		describe(&host, &host_configs[i], at + 16, at + 31, 0);
		host_build_well(&host);
		assert_int_equal(to_hyp(&host, at + 20), BIT(host.cfg.va_bits - 1) + 20);
		assert_int_equal(to_host(&host, BIT(host.cfg.va_bits - 1) + 20), at + 20);
		assert_int_equal(hypmmu_create_hyp_mappings(&host.hyp, host_at(page + 16),
							    host_at(page + 32), HYPMMU_DATA),
				 HYPMMU_OK);
		host_assert_mapped(&host, BIT(host.cfg.va_bits - 1), HOST_RAM + page, page,
				   HYPMMU_DATA);
		host_end(&host);
	}
}

static int build_with_range(const struct hypmmu_config *cfg, uint64_t first, uint64_t last)
{
	struct host host;
	int err;

	describe(&host, cfg, first, last, UINT64_MAX);
	err = host_build(&host);
	if (!err) {
		assert_address(&host, first);
		assert_address(&host, last);
	}
	host_end(&host);
	return err;
}

static void host_memory_fits_into_half_the_space_or_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		const struct hypmmu_config *cfg = &host_configs[i];
		uint64_t half = BIT(cfg->va_bits - 1);

		assert_int_equal(build_with_range(cfg, -half, UINT64_MAX), HYPMMU_OK);
		assert_int_equal(build_with_range(cfg, 0, half - 1), HYPMMU_OK);
		assert_int_equal(build_with_range(cfg, -half - 1, UINT64_MAX), HYPMMU_ERR_NOSPACE);
		assert_int_equal(build_with_range(cfg, 0, half), HYPMMU_ERR_NOSPACE);
		/* Two bytes that differ in a bit that there is no room for: */
		assert_int_equal(build_with_range(cfg, half - 1, half), HYPMMU_ERR_NOSPACE);
		assert_int_equal(build_with_range(cfg, 0, UINT64_MAX), HYPMMU_ERR_NOSPACE);
		assert_int_equal(build_with_range(cfg, 0x2000, 0x1000), HYPMMU_ERR_RANGE);
		assert_int_equal(build_with_range(cfg, 0x2000, 0x1fff), HYPMMU_ERR_RANGE);
	}
}

static hypmmu_pa low_bits_to_pa(void *ctx, const void *p)
{
	(void)ctx;
	return HOST_RAM | ((uintptr_t)p & 0xfffff);
}

/* The highest host addresses, and all of the half that is not the identity page's: 0 is their end. */
static void a_whole_half_can_be_mapped_at_its_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		uint64_t half = BIT(host_configs[i].va_bits - 1), page;
		struct host host;

		describe(&host, &host_configs[i], -half, UINT64_MAX, 0);
		host.layout.to_pa = low_bits_to_pa;
		host_build_well(&host);
		page = host.page;
		assert_int_equal(to_hyp(&host, -half), half);
		assert_int_equal(to_hyp(&host, UINT64_MAX), 2 * half - 1);
		assert_int_equal(hypmmu_create_hyp_mappings(
					 &host.hyp, (const void *)(uintptr_t)-half,
					 (const void *)(uintptr_t)(-half + 1), HYPMMU_RODATA),
				 HYPMMU_OK);
		assert_int_equal(hypmmu_create_hyp_mappings(&host.hyp,
							    (const void *)(uintptr_t)-page, NULL,
							    HYPMMU_RODATA),
				 HYPMMU_OK);
		host_assert_mapped(&host, half, HOST_RAM, page, HYPMMU_RODATA);
		host_assert_mapped(&host, 2 * half - page, HOST_RAM + 0x100000 - page, page,
				   HYPMMU_RODATA);
		host_end(&host);
	}
}

/* Other seeds, other addresses; the same seed, the same. */
static void a_seed_decides_the_bits_between(void **state)
{
	const struct hypmmu_config cfg = {.granule = HYPMMU_16K, .va_bits = 47, .pa_bits = 44};
	struct random random = {random_seed()};
	uint64_t seen_set = 0, seen_clear = 0;

	(void)state;
	for (unsigned n = 0; n < 200; n++) {
		uint64_t seed = random_next(&random);
		hypmmu_va va;
		struct host host;

		describe(&host, &cfg, HOST_LINEAR, HOST_LINEAR + BIT(33) - 1, seed);
		host_build_well(&host);
		va = to_hyp(&host, HOST_LINEAR + 0x1234567);
		assert_int_equal(va, BIT(46) | (seed & (BIT(46) - BIT(33))) | 0x1234567);
		seen_set |= va;
		seen_clear |= ~va;
		host_end(&host);
	}
	assert_int_equal(seen_set & seen_clear, BIT(46) - BIT(33));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(host_addresses_go_to_the_other_half_and_come_back),
		cmocka_unit_test(addresses_by_hand),
		cmocka_unit_test(a_small_range_keeps_its_offset_in_the_granule),
		cmocka_unit_test(host_memory_fits_into_half_the_space_or_is_refused),
		cmocka_unit_test(a_whole_half_can_be_mapped_at_its_ends),
		cmocka_unit_test(a_seed_decides_the_bits_between),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
