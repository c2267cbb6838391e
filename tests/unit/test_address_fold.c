/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs of blocks across the address at which its bits go elsewhere in a 52-bit descriptor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <hypmmu/hypmmu.h>

#define PAGES 3

/* Read and write, write-back: block [1:0] 01, AP [7:6] 01, SH [9:8] 11 (with DS they are address
 * bits), AF [10], XN [54]. */
#define DATA	UINT64_C(0x0040000000000741)
#define DATA_DS UINT64_C(0x0040000000000441)

struct fold {
	enum hypmmu_granule granule;
	uint64_t block;
	hypmmu_pa fold;
	hypmmu_desc below, at; /* of the blocks that end and begin there */
};

static _Alignas(1 << 16) unsigned char memory[PAGES << 16];

static hypmmu_desc desc_at(const struct hypmmu *mmu, hypmmu_va va)
{
	struct hypmmu_leaf leaf;

	assert_int_equal(hypmmu_query(mmu, va, &leaf), 0);
	return leaf.desc;
}

static void assert_folds(const struct fold *fold)
{
	const struct hypmmu_config cfg = {
		.granule = fold->granule,
		.regime = HYPMMU_EL2,
		.va_bits = 52,
		.pa_bits = 52,
		.hw = HYPMMU_HW_LPA | HYPMMU_HW_LPA2 | HYPMMU_HW_LVA,
	};
	struct hypmmu_pool pool;
	struct hypmmu mmu;

	assert_int_equal(hypmmu_pool_init(&pool, fold->granule, memory, 0x10000, sizeof(memory)),
			 0);
	assert_int_equal(hypmmu_init(&mmu, &cfg, &pool.pages), 0);

	assert_int_equal(hypmmu_map(&mmu, &(struct hypmmu_change){.va = 0,
								  .pa = fold->fold - fold->block,
								  .size = 2 * fold->block,
								  .attr = HYPMMU_DATA}),
			 0);

	assert_int_equal(desc_at(&mmu, 0), fold->below);
	assert_int_equal(desc_at(&mmu, fold->block), fold->at);
}

static void a_run_of_blocks_goes_on_where_its_address_is_folded(void **state)
{
	static const struct fold folds[] = {
		/* DS: OA[51:50] in [9:8]; blocks of 512G and 64G */
		{HYPMMU_4K, UINT64_C(1) << 39, UINT64_C(1) << 50,
		 DATA_DS | UINT64_C(0x0003ff8000000000), DATA_DS | 0x100},
		{HYPMMU_16K, UINT64_C(1) << 36, UINT64_C(1) << 50,
		 DATA_DS | UINT64_C(0x0003fff000000000), DATA_DS | 0x100},
		{HYPMMU_16K, UINT64_C(1) << 36, UINT64_C(3) << 50,
		 DATA_DS | UINT64_C(0x0003fff000000200), DATA_DS | 0x300},
		/* LPA: OA[51:48] in [15:12]; blocks of 4T */
		{HYPMMU_64K, UINT64_C(1) << 42, UINT64_C(1) << 48,
		 DATA | UINT64_C(0x0000fc0000000000), DATA | 0x1000},
		{HYPMMU_64K, UINT64_C(1) << 42, UINT64_C(0xb) << 48,
		 DATA | UINT64_C(0x0000fc000000a000), DATA | 0xb000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++)
		assert_folds(&folds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_of_blocks_goes_on_where_its_address_is_folded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
