/* SPDX-License-Identifier: BSD-2-Clause */
/* Private windows and stacks: where they are, and what is never mapped beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp_host.h"

#define PA UINT64_C(0x100000000)

/* An identity page at this address, and nothing below it. */
static void build(struct host *host, const struct hypmmu_config *cfg, hypmmu_pa idmap)
{
	host_init(host, cfg);
	host->layout.ncpus = 0;
	host->layout.vectors_size = 0;
	host->layout.idmap_vector = 0;
	host->layout.idmap_start = idmap;
	host->layout.idmap_end = idmap + 8;
	host_build_well(host);
}

static hypmmu_va map(struct host *host, hypmmu_pa pa, uint64_t size, hypmmu_attr attr)
{
	hypmmu_va va = 0;

	assert_int_equal(hypmmu_map_private(&host->hyp, pa, size, attr, &va), HYPMMU_OK);
	host_assert_sound(host);
	return va;
}

static void refuse(struct host *host, int err, hypmmu_pa pa, uint64_t size)
{
	struct host_saved saved;
	hypmmu_va va = 0x5a5a;

	host_save(host, &saved);
	assert_int_equal(hypmmu_map_private(&host->hyp, pa, size, HYPMMU_MMIO, &va), err);
	assert_int_equal(va, 0x5a5a);
	host_assert_saved(host, &saved);
}

static void unmap(struct host *host, hypmmu_va va)
{
	assert_int_equal(hypmmu_unmap_private(&host->hyp, va), HYPMMU_OK);
	host_assert_sound(host);
}

static void windows_go_down_with_a_granule_between(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		uint64_t page = UINT64_C(1) << host_configs[i].granule, top = 0x40000000;
		struct host host;

		build(&host, &host_configs[i], top);
		assert_int_equal(map(&host, PA, page, HYPMMU_MMIO), top - 2 * page);
		assert_int_equal(map(&host, PA, 3 * page, HYPMMU_DATA), top - 6 * page);
		assert_int_equal(map(&host, PA + page, 1, HYPMMU_RODATA), top - 8 * page);
		assert_int_equal(map(&host, PA + page, 1, HYPMMU_CODE), top - 10 * page);
		host_assert_mapped(&host, top - 2 * page, PA, page, HYPMMU_MMIO);
		host_assert_mapped(&host, top - 6 * page, PA, 3 * page, HYPMMU_DATA);
		host_assert_mapped(&host, top - 8 * page, PA + page, page, HYPMMU_RODATA);
		host_assert_mapped(&host, top - 10 * page, PA + page, page, HYPMMU_CODE);
		host_assert_hole(&host, top - page, page);
		host_assert_hole(&host, top - 3 * page, page);
		host_assert_hole(&host, top - 7 * page, page);
		host_assert_hole(&host, top - 9 * page, page);
		host_assert_hole(&host, top - 11 * page, page);
		host_end(&host);
	}
}

static void the_offset_in_the_granule_is_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		uint64_t page = UINT64_C(1) << host_configs[i].granule, top = 0x40000000;
		struct host host;

		build(&host, &host_configs[i], top);
		assert_int_equal(map(&host, PA + 0x123, 1, HYPMMU_MMIO), top - 2 * page + 0x123);
		assert_int_equal(map(&host, PA + page - 1, 2, HYPMMU_MMIO), top - 4 * page - 1);
		assert_int_equal(map(&host, PA + 1, page, HYPMMU_MMIO), top - 8 * page + 1);
		assert_int_equal(map(&host, PA + 1, page - 1, HYPMMU_MMIO), top - 10 * page + 1);
		host_assert_mapped(&host, top - 8 * page, PA, 2 * page, HYPMMU_MMIO);
		host_assert_hole(&host, top - 6 * page, page);
		host_assert_hole(&host, top - 9 * page, page);
		host_end(&host);
	}
}

/* One leaf for a block, wherever its PA is; PA and VA are alike below the block size. */
static void a_large_window_is_made_of_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		uint64_t block = UINT64_C(1) << (2 * host_configs[i].granule - 3);
		uint64_t page = UINT64_C(1) << host_configs[i].granule;
		size_t before, after;
		struct host host;
		hypmmu_va va;

		build(&host, &host_configs[i], 8 * block);
		(void)host_mapped(&host, &before);
		va = map(&host, 16 * block, block, HYPMMU_MMIO);
		(void)host_mapped(&host, &after);
		assert_int_equal(va, 6 * block);
		assert_int_equal(after, before + 1);
		host_assert_mapped(&host, va, 16 * block, block, HYPMMU_MMIO);

		va = map(&host, 16 * block - page, block + 2 * page, HYPMMU_DATA);
		(void)host_mapped(&host, &before);
		assert_int_equal(va, 4 * block - page);
		assert_int_equal(before, after + 3);
		host_assert_hole(&host, va - page, page);
		host_assert_hole(&host, va + block + 2 * page, page);
		host_end(&host);
	}
}

/* Three blocks less the guards are too few for two that are aligned, but not for two. */
static void where_no_hole_is_aligned_pages_will_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		uint64_t block = UINT64_C(1) << (2 * host_configs[i].granule - 3);
		uint64_t page = UINT64_C(1) << host_configs[i].granule;
		struct host host;

		build(&host, &host_configs[i], 3 * block);
		assert_int_equal(map(&host, 16 * block, 2 * block, HYPMMU_MMIO), block - page);
		host_assert_mapped(&host, block - page, 16 * block, 2 * block, HYPMMU_MMIO);
		unmap(&host, block);
		/* The highest aligned place would be below 0. */
		assert_int_equal(map(&host, 16 * block - page, 2 * block + 2 * page, HYPMMU_MMIO),
				 block - 3 * page);
		host_end(&host);
	}
}

static void what_is_freed_is_used_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		uint64_t page = UINT64_C(1) << host_configs[i].granule, top = 0x40000000;
		hypmmu_va a, b, c;
		struct host host;
		size_t tables;

		build(&host, &host_configs[i], top);
		tables = host.hyp.mmu.tables;
		a = map(&host, PA, 2 * page, HYPMMU_MMIO);
		b = map(&host, PA, 4 * page, HYPMMU_MMIO);
		c = map(&host, PA, page, HYPMMU_MMIO);
		unmap(&host, b + 3 * page + 5); /* any address of it */
		host_assert_hole(&host, b - page, 6 * page);
		host_assert_mapped(&host, a, PA, 2 * page, HYPMMU_MMIO);
		host_assert_mapped(&host, c, PA, page, HYPMMU_MMIO);

		assert_int_equal(map(&host, PA, 5 * page, HYPMMU_DATA), c - 6 * page);
		assert_int_equal(map(&host, PA, page, HYPMMU_DATA), a - 2 * page);
		assert_int_equal(map(&host, PA, 2 * page, HYPMMU_DATA), b);
		unmap(&host, a);
		unmap(&host, a - 2 * page);
		unmap(&host, b);
		unmap(&host, c);
		unmap(&host, c - 2 * page);
		assert_int_equal(host.hyp.mmu.tables, tables);
		host_end(&host);
	}
}

/* Eight granules below the identity page hold three windows of one, or one of six; in the lower
 * half and in the upper one, where host memory is below. */
static void when_the_room_is_used_up_there_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * HOST_CONFIGS; i++) {
		const struct hypmmu_config *cfg = &host_configs[i / 2];
		uint64_t page = UINT64_C(1) << cfg->granule;
		hypmmu_va low = i % 2 ? UINT64_C(1) << (cfg->va_bits - 1) : 0;
		struct host host;

		if (low >> cfg->pa_bits)
			continue;
		build(&host, cfg, low + 8 * page);
		refuse(&host, HYPMMU_ERR_NOSPACE, PA, 7 * page);
		refuse(&host, HYPMMU_ERR_NOSPACE, PA + 1, 6 * page);
		refuse(&host, HYPMMU_ERR_NOSPACE, PA, 8 * page);
		refuse(&host, HYPMMU_ERR_NOSPACE, PA, UINT64_C(1) << 35);
		assert_int_equal(map(&host, PA, 6 * page, HYPMMU_DATA), low + page);
		refuse(&host, HYPMMU_ERR_NOSPACE, PA, 1);
		unmap(&host, low + page);
		for (unsigned n = 6; n >= 2; n -= 2)
			assert_int_equal(map(&host, PA, page, HYPMMU_DATA), low + n * page);
		refuse(&host, HYPMMU_ERR_NOSPACE, PA, 1);
		host_end(&host);
	}
}

static void an_identity_page_at_the_bottom_leaves_no_room(void **state)
{
	struct host host;

	(void)state;
	for (unsigned pages = 0; pages < 3; pages++) {
		build(&host, &host_configs[0], pages * 0x1000);
		refuse(&host, HYPMMU_ERR_NOSPACE, PA, 1);
		host_end(&host);
	}
	build(&host, &host_configs[0], 3 * 0x1000);
	assert_int_equal(map(&host, PA, 1, HYPMMU_DATA), 0x1000);
	host_end(&host);
}

static void what_cannot_be_a_window_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		hypmmu_pa end = UINT64_C(1) << host_configs[i].pa_bits;
		struct host host;
		hypmmu_va va;

		build(&host, &host_configs[i], 0x40000000);
		refuse(&host, HYPMMU_ERR_RANGE, PA, 0);
		refuse(&host, HYPMMU_ERR_RANGE, PA, UINT64_MAX);
		refuse(&host, HYPMMU_ERR_RANGE, UINT64_MAX, 1);
		refuse(&host, HYPMMU_ERR_RANGE, end, 1);
		refuse(&host, HYPMMU_ERR_RANGE, end - 1, 2);
		assert_int_equal(hypmmu_map_private(&host.hyp, PA, 1, HYPMMU_MMIO | HYPMMU_X, &va),
				 HYPMMU_ERR_ATTR);
		assert_int_equal(hypmmu_map_private(&host.hyp, PA, 1, 0, &va), HYPMMU_ERR_ATTR);
		va = map(&host, end - 1, 1, HYPMMU_MMIO);
		assert_int_equal(hypmmu_unmap_private(&host.hyp, va - 1 - host.page),
				 HYPMMU_ERR_UNMAPPED);
		assert_int_equal(hypmmu_unmap_private(&host.hyp, 0), HYPMMU_ERR_UNMAPPED);
		assert_int_equal(hypmmu_unmap_private(&host.hyp, 0x40000000), HYPMMU_ERR_RANGE);
		assert_int_equal(hypmmu_unmap_private(&host.hyp, host_linear(&host, 0x80000)),
				 HYPMMU_ERR_RANGE);
		assert_int_equal(hypmmu_unmap_private(&host.hyp, UINT64_MAX), HYPMMU_ERR_RANGE);
		unmap(&host, va);
		assert_int_equal(hypmmu_unmap_private(&host.hyp, va), HYPMMU_ERR_UNMAPPED);
		host_end(&host);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_go_down_with_a_granule_between),
		cmocka_unit_test(the_offset_in_the_granule_is_kept),
		cmocka_unit_test(a_large_window_is_made_of_blocks),
		cmocka_unit_test(where_no_hole_is_aligned_pages_will_do),
		cmocka_unit_test(what_is_freed_is_used_again),
		cmocka_unit_test(when_the_room_is_used_up_there_is_none),
		cmocka_unit_test(an_identity_page_at_the_bottom_leaves_no_room),
		cmocka_unit_test(what_cannot_be_a_window_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
