/* SPDX-License-Identifier: BSD-2-Clause */
/* hypmmu_create_hyp_mappings(): what becomes of host memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp_host.h"

#define GIB UINT64_C(0x40000000)

static int map(struct host *host, uint64_t from, uint64_t to, hypmmu_attr attr)
{
	return hypmmu_create_hyp_mappings(&host->hyp, host_at(from), host_at(to), attr);
}

static size_t leaves_of(struct host *host)
{
	size_t leaves;

	host_assert_sound(host);
	(void)host_mapped(host, &leaves);
	return leaves;
}

/* Offsets from here on are not mapped by host_build(). */
static uint64_t free_offset(const struct host *host)
{
	return host->block < GIB / 8 ? GIB : 4 * GIB;
}

static void bytes_are_widened_to_granules(struct host *host)
{
	uint64_t page = host->page, at = free_offset(host);

	host_build_well(host);
	assert_int_equal(map(host, at + page + 1, at + page + 2, HYPMMU_RODATA), HYPMMU_OK);
	assert_int_equal(map(host, at + 4 * page - 1, at + 5 * page + 1, HYPMMU_DATA), HYPMMU_OK);
	assert_int_equal(map(host, at + 8 * page, at + 9 * page, HYPMMU_CODE), HYPMMU_OK);

	host_assert_mapped(host, host_linear(host, at + page), HOST_RAM + at + page, page,
			   HYPMMU_RODATA);
	host_assert_mapped(host, host_linear(host, at + 3 * page), HOST_RAM + at + 3 * page,
			   3 * page, HYPMMU_DATA);
	host_assert_mapped(host, host_linear(host, at + 8 * page), HOST_RAM + at + 8 * page, page,
			   HYPMMU_CODE);
	host_assert_hole(host, host_linear(host, at), page);
	host_assert_hole(host, host_linear(host, at + 2 * page), page);
	host_assert_hole(host, host_linear(host, at + 6 * page), 2 * page);
	host_assert_hole(host, host_linear(host, at + 9 * page), page);
	host_assert_sound(host);
}

static void ranges_are_widened_outward(void **state)
{
	(void)state;
	host_over_configs(bytes_are_widened_to_granules);
}

/* A page, a block, two blocks, a page: 4 leaves more or, with the hint, as many. */
static void contiguous_memory_takes_the_largest_leaves(struct host *host)
{
	uint64_t page = host->page, block = host->block, at = free_offset(host);
	size_t before;

	host_build_well(host);
	before = leaves_of(host);
	assert_int_equal(map(host, at + block - page, at + 4 * block + page, HYPMMU_DATA),
			 HYPMMU_OK);
	host_assert_mapped(host, host_linear(host, at + block - page), HOST_RAM + at + block - page,
			   3 * block + 2 * page, HYPMMU_DATA);
	assert_int_equal(leaves_of(host), before + 5);
}

static void contiguous_runs_become_blocks(void **state)
{
	(void)state;
	host_over_configs(contiguous_memory_takes_the_largest_leaves);
}

static void a_gigabyte_is_one_leaf(void **state)
{
	size_t before;
	struct host host;

	(void)state;
	host_init(&host, &host_configs[1]);
	host_build_well(&host);
	before = leaves_of(&host);
	assert_int_equal(map(&host, 2 * GIB, 3 * GIB, HYPMMU_RODATA), HYPMMU_OK);
	assert_int_equal(leaves_of(&host), before + 1);
	host_assert_mapped(&host, host_linear(&host, 2 * GIB), HOST_RAM + 2 * GIB, GIB,
			   HYPMMU_RODATA);
	host_end(&host);
}

/* Two blocks; the second one has four granules in the opposite order, two of each pair. */
static void scattered_memory_becomes_pages(struct host *host)
{
	uint64_t page = host->page, block = host->block, at = free_offset(host);
	hypmmu_pa pa = HOST_RAM + at + block;
	hypmmu_va va = host_linear(host, at + block);
	size_t before;

	host->scattered = at + block + 8 * page;
	host->scattered_end = at + block + 12 * page;
	host_build_well(host);
	before = leaves_of(host);
	assert_int_equal(map(host, at, at + 2 * block, HYPMMU_DATA), HYPMMU_OK);

	host_assert_mapped(host, va - block, pa - block, block, HYPMMU_DATA);
	host_assert_mapped(host, va, pa, 8 * page, HYPMMU_DATA);
	for (unsigned i = 0; i < 4; i++)
		host_assert_mapped(host, va + (8 + i) * page, pa + (11 - i) * page, page,
				   HYPMMU_DATA);
	host_assert_mapped(host, va + 12 * page, pa + 12 * page, block - 12 * page, HYPMMU_DATA);
	assert_int_equal(leaves_of(host), before + 1 + block / page);
}

static void discontiguous_memory_is_mapped_run_by_run(void **state)
{
	(void)state;
	host_over_configs(scattered_memory_becomes_pages);
}

static void the_same_again_is_fine(struct host *host)
{
	uint64_t page = host->page, block = host->block, at = free_offset(host);
	struct host_saved saved;

	host->scattered = at + 2 * block + 3 * page;
	host->scattered_end = at + 2 * block + 6 * page;
	host_build_well(host);
	assert_int_equal(map(host, at, at + 2 * block + 7 * page, HYPMMU_DATA), HYPMMU_OK);
	host_save(host, &saved);
	assert_int_equal(map(host, at, at + 2 * block + 7 * page, HYPMMU_DATA), HYPMMU_OK);
	assert_int_equal(map(host, at + page + 1, at + 2 * page, HYPMMU_DATA), HYPMMU_OK);
	assert_int_equal(map(host, at + 2 * block, at + 2 * block + 5 * page, HYPMMU_DATA),
			 HYPMMU_OK);
	host_assert_saved(host, &saved);

	assert_int_equal(map(host, at + block, at + 2 * block + 9 * page, HYPMMU_DATA), HYPMMU_OK);
	host_assert_mapped(host, host_linear(host, at + 2 * block + 7 * page),
			   HOST_RAM + at + 2 * block + 7 * page, 2 * page, HYPMMU_DATA);
	host_assert_sound(host);
}

static void what_is_mapped_alike_stays(void **state)
{
	(void)state;
	host_over_configs(the_same_again_is_fine);
}

static void anything_else_is_a_conflict(struct host *host)
{
	uint64_t page = host->page, block = host->block, at = free_offset(host);
	struct host_saved saved;

	host_build_well(host);
	assert_int_equal(map(host, at, at + block, HYPMMU_DATA), HYPMMU_OK);
	host_save(host, &saved);
	assert_int_equal(map(host, at, at + block, HYPMMU_RODATA), HYPMMU_ERR_CONFLICT);
	assert_int_equal(map(host, at + 3 * page, at + 4 * page, HYPMMU_CODE), HYPMMU_ERR_CONFLICT);
	assert_int_equal(map(host, at - 2 * page, at + 1, HYPMMU_RODATA), HYPMMU_ERR_CONFLICT);
	assert_int_equal(map(host, at + block - 1, at + 2 * block, HYPMMU_DATA | HYPMMU_SW(1)),
			 HYPMMU_ERR_CONFLICT);
	host->lie = page; /* the same attributes, other memory */
	host->lie_at = 1;
	host->lie_on = true;
	assert_int_equal(map(host, at + block - page, at + block, HYPMMU_DATA),
			 HYPMMU_ERR_CONFLICT);
	host_assert_saved(host, &saved);
}

static void what_is_mapped_otherwise_is_a_conflict(void **state)
{
	(void)state;
	host_over_configs(anything_else_is_a_conflict);
}

static void only_the_linear_range_can_be_mapped(struct host *host)
{
	struct host_saved saved;

	host_build_well(host);
	host_save(host, &saved);
	assert_int_equal(map(host, 0, HOST_BYTES + 1, HYPMMU_DATA), HYPMMU_ERR_RANGE);
	assert_int_equal(map(host, HOST_BYTES, HOST_BYTES + 1, HYPMMU_DATA), HYPMMU_ERR_RANGE);
	assert_int_equal(map(host, -UINT64_C(1), 1, HYPMMU_DATA), HYPMMU_ERR_RANGE);
	assert_int_equal(map(host, 5, 5, HYPMMU_DATA), HYPMMU_ERR_RANGE);
	assert_int_equal(map(host, 0x80001, 0x80000, HYPMMU_DATA), HYPMMU_ERR_RANGE);
	assert_int_equal(map(host, GIB, -HOST_LINEAR, HYPMMU_DATA), HYPMMU_ERR_RANGE);
	assert_int_equal(map(host, GIB, GIB + 1, HYPMMU_W | HYPMMU_R | HYPMMU_X), HYPMMU_ERR_ATTR);
	assert_int_equal(map(host, GIB, GIB + 1, 0), HYPMMU_ERR_ATTR);
	assert_int_equal(map(host, GIB, GIB + 1, UINT32_MAX), HYPMMU_ERR_ARG);
	host_assert_saved(host, &saved);
	host->asked = 0;
	assert_int_equal(map(host, HOST_BYTES - 1, HOST_BYTES, HYPMMU_DATA), HYPMMU_OK);
	host_assert_mapped(host, host_linear(host, HOST_BYTES - host->page),
			   HOST_RAM + HOST_BYTES - host->page, host->page, HYPMMU_DATA);
}

static void what_is_not_host_memory_is_refused(void **state)
{
	(void)state;
	host_over_configs(only_the_linear_range_can_be_mapped);
}

/* Checked, planned and carried out: each granule is asked for three times, however many runs. */
static void to_pa_is_asked_no_more_than_needed(void **state)
{
	struct host host;

	(void)state;
	host_init(&host, &host_configs[2]);
	host_build_well(&host);
	host.scattered = 2 * GIB;
	host.scattered_end = 3 * GIB;
	host.asked = 0;
	assert_int_equal(map(&host, 2 * GIB - 0x20000, 2 * GIB + 0x200000, HYPMMU_DATA), HYPMMU_OK);
	assert_int_equal(host.asked, 3 * (0x220000 / 0x1000));
	host.asked = 0;
	assert_int_equal(map(&host, 2 * GIB - 0x20000, 2 * GIB, HYPMMU_RODATA),
			 HYPMMU_ERR_CONFLICT);
	assert_true(host.asked <= 2 * (0x20000 / 0x1000));
	host_end(&host);
}

/* Its first byte is at hyp address 0: the identity page is in the upper half. */
static void the_first_of_host_memory_is_mapped_run_by_run(struct host *host)
{
	uint64_t page = host->page;

	host->layout.idmap_start = UINT64_C(1) << (host->cfg.va_bits - 1);
	host->layout.idmap_end = host->layout.idmap_start + 1;
	host->layout.idmap_vector = 0;
	host->cfg.pa_bits = host->cfg.va_bits > 48 ? 52 : 48;
	host->layout.vectors_size = 0;
	host->layout.nsections = 0;
	host->layout.ncpus = 0;
	host->scattered_end = 3 * page;
	host_build_well(host);
	assert_int_equal(map(host, 0, 4 * page, HYPMMU_DATA), HYPMMU_OK);

	for (uint64_t i = 0; i < 3; i++)
		host_assert_mapped(host, i * page, HOST_RAM + (2 - i) * page, page, HYPMMU_DATA);
	host_assert_mapped(host, 3 * page, HOST_RAM + 3 * page, page, HYPMMU_DATA);
	host_assert_hole(host, 4 * page, page);
	host_assert_sound(host);
}

static void host_memory_may_begin_at_0(void **state)
{
	(void)state;
	host_over_configs(the_first_of_host_memory_is_mapped_run_by_run);
}

/* No more than a byte may ever be mapped: its granule is. */
static void host_memory_may_be_one_byte(void **state)
{
	struct host host;

	(void)state;
	host_init(&host, &host_configs[0]);
	host.layout.linear_start = host_at(0x5432);
	host.layout.linear_end = host_at(0x5433);
	host.layout.nsections = 0;
	host.layout.ncpus = 0;
	host_build_well(&host);
	assert_int_equal(map(&host, 0x5432, 0x5433, HYPMMU_DATA), HYPMMU_OK);
	assert_int_equal(map(&host, 0x5431, 0x5433, HYPMMU_DATA), HYPMMU_ERR_RANGE);
	assert_int_equal(map(&host, 0x5432, 0x5434, HYPMMU_DATA), HYPMMU_ERR_RANGE);

	host_assert_mapped(&host, host_linear(&host, 0), HOST_RAM + 0x5000, host.page, HYPMMU_DATA);
	host_end(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_widened_outward),
		cmocka_unit_test(contiguous_runs_become_blocks),
		cmocka_unit_test(a_gigabyte_is_one_leaf),
		cmocka_unit_test(discontiguous_memory_is_mapped_run_by_run),
		cmocka_unit_test(what_is_mapped_alike_stays),
		cmocka_unit_test(what_is_mapped_otherwise_is_a_conflict),
		cmocka_unit_test(what_is_not_host_memory_is_refused),
		cmocka_unit_test(to_pa_is_asked_no_more_than_needed),
		cmocka_unit_test(host_memory_may_begin_at_0),
		cmocka_unit_test(host_memory_may_be_one_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
