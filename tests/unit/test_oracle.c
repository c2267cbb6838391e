/* SPDX-License-Identifier: BSD-2-Clause */
/* The oracle on tables made by hand: what the vectors of the specification leave out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/oracle.h"
#include <string.h>

#define PAGES 4
#define BASE  0x80000000u

/* AttrIndx 0, AP[2:1] 01, SH 11, AF; XN [54] */
#define RW_PAGE	 UINT64_C(0x0040000000000743)
#define RW_BLOCK UINT64_C(0x0040000000000741)

struct memory {
	unsigned char bytes[PAGES][65536];
	size_t page_size;
	bool big_endian;
};

static struct memory memory;

static const unsigned char *at(void *ctx, hypmmu_pa pa, size_t size)
{
	const struct memory *m = ctx;
	uint64_t page = (pa - BASE) / m->page_size, offset = (pa - BASE) % m->page_size;

	if (pa < BASE || page >= PAGES || offset + size > m->page_size)
		return NULL;
	return &m->bytes[page][offset];
}

static struct oracle make(struct hypmmu_config cfg)
{
	struct oracle oracle;

	memset(&memory, 0, sizeof memory);
	memory.page_size = (size_t)1 << cfg.granule;
	memory.big_endian = cfg.use & HYPMMU_USE_BIG_ENDIAN;
	oracle_init(&oracle, &cfg, BASE, at, &memory);
	return oracle;
}

static struct oracle make_4k(void)
{
	return make((struct hypmmu_config){
		.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 39, .pa_bits = 40});
}

static void put(unsigned page, unsigned slot, hypmmu_desc desc)
{
	for (unsigned i = 0; i < 8; i++)
		memory.bytes[page][8 * slot + (memory.big_endian ? 7 - i : i)] =
			(unsigned char)(desc >> 8 * i);
}

static void assert_translates(const struct oracle *oracle, hypmmu_va va, int level, uint64_t pa)
{
	struct oracle_answer answer = oracle_walk(oracle, va);

	assert_int_equal(answer.result, ORACLE_OK);
	assert_int_equal(answer.level, level);
	assert_int_equal(answer.pa, pa);
}

static void assert_faults(const struct oracle *oracle, hypmmu_va va, enum oracle_result result,
			  int level)
{
	struct oracle_answer answer = oracle_walk(oracle, va);

	assert_int_equal(answer.result, result);
	assert_int_equal(answer.level, level);
}

static void walks_three_levels_in_either_byte_order(void **state)
{
	(void)state;
	for (uint32_t use = 0; use <= HYPMMU_USE_BIG_ENDIAN; use += HYPMMU_USE_BIG_ENDIAN) {
		struct oracle oracle = make((struct hypmmu_config){.granule = HYPMMU_4K,
								   .regime = HYPMMU_EL2,
								   .va_bits = 39,
								   .pa_bits = 40,
								   .use = use});
		put(0, 5, 0x80001003);
		put(1, 6, 0x80002003);
		put(2, 7, 0x12345000 | RW_PAGE);

		assert_translates(&oracle, 0x140c07abc, 3, 0x12345abc); /* 5G + 12M + 28K */
		assert_faults(&oracle, 0x140c08000, ORACLE_TRANSLATION, 3);
		assert_faults(&oracle, 0x140e00000, ORACLE_TRANSLATION, 2);
		assert_faults(&oracle, 0x180000000, ORACLE_TRANSLATION, 1);
		assert_faults(&oracle, 0x8140c07abc, ORACLE_TRANSLATION, 0); /* bit 39 */
	}
}

static void finds_the_upper_range_at_the_top(void **state)
{
	struct oracle oracle;

	(void)state;
	oracle = make((struct hypmmu_config){
		.granule = HYPMMU_4K, .regime = HYPMMU_EL2_0_UPPER, .va_bits = 39, .pa_bits = 40});
	put(0, 511, 0x80001003);
	put(1, 511, 0x40000000 | RW_BLOCK);

	assert_translates(&oracle, UINT64_MAX, 2, 0x401fffff);
	assert_translates(&oracle, 0xffffffffffe00000, 2, 0x40000000);
	assert_faults(&oracle, 0xffffffffffdfffff, ORACLE_TRANSLATION, 2);
	assert_faults(&oracle, 0xffffff7fffffffff, ORACLE_TRANSLATION, 0); /* bit 39 clear */
	assert_faults(&oracle, 0x7fffffffff, ORACLE_TRANSLATION, 0);
	assert_int_equal(oracle_first_va(&oracle), 0xffffff8000000000);
}

static void takes_low_bits_from_the_va_in_a_contiguous_group(void **state)
{
	struct oracle oracle = make_4k();

	(void)state;
	put(0, 0, 0x80001003);
	put(1, 0, 0x80002003);
	put(2, 3, 0x12340000 | RW_PAGE | UINT64_C(1) << 52);

	assert_translates(&oracle, 0x3abc, 3, 0x12343abc);
	assert_true(oracle_walk(&oracle, 0x3abc).contiguous);
}

static void knows_which_levels_hold_blocks(void **state)
{
	static const struct {
		struct hypmmu_config cfg;
		int highest, start;
	} cases[] = {
		{{.granule = HYPMMU_4K, .va_bits = 48, .pa_bits = 48}, 1, 0},
		{{.granule = HYPMMU_4K, .va_bits = 48, .pa_bits = 52}, 0, 0},
		{{.granule = HYPMMU_4K, .va_bits = 52, .pa_bits = 48}, 0, -1},
		{{.granule = HYPMMU_16K, .va_bits = 48, .pa_bits = 48}, 2, 0},
		{{.granule = HYPMMU_16K, .va_bits = 47, .pa_bits = 52}, 1, 1},
		{{.granule = HYPMMU_64K, .va_bits = 52, .pa_bits = 48}, 2, 1},
		{{.granule = HYPMMU_64K, .va_bits = 43, .pa_bits = 52, .hw = HYPMMU_HW_LPA}, 1, 1},
		{{.granule = HYPMMU_64K, .va_bits = 43, .pa_bits = 44, .hw = HYPMMU_HW_LPA}, 1, 1},
		{{.granule = HYPMMU_64K, .va_bits = 29, .pa_bits = 32}, 2, 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct oracle oracle = make(cases[i].cfg);

		assert_int_equal(oracle_start_level(&oracle), cases[i].start);
		assert_true(oracle_is_leaf_level(&oracle, cases[i].highest));
		assert_false(oracle_is_leaf_level(&oracle, cases[i].highest - 1));
	}
}

static void lets_el0_have_only_what_it_is_given(void **state)
{
	struct oracle oracle;
	struct oracle_answer answer;

	(void)state;
	oracle = make((struct hypmmu_config){
		.granule = HYPMMU_4K, .regime = HYPMMU_EL2_0_LOWER, .va_bits = 21, .pa_bits = 40});
	put(0, 0, UINT64_C(0x0000000000000743)); /* AP 01: EL0 writes; neither PXN nor UXN */
	put(0, 1, UINT64_C(0x0040000000000783)); /* AP 10: EL0 no access, read-only; UXN */

	answer = oracle_walk(&oracle, 0);
	assert_true(answer.r && answer.w && answer.el0_r && answer.el0_w && answer.el0_x);
	assert_false(answer.x);
	answer = oracle_walk(&oracle, 0x1000);
	assert_true(answer.r && answer.x);
	assert_false(answer.w || answer.el0_r || answer.el0_w || answer.el0_x);
}

static void counts_a_tree(void **state)
{
	struct oracle oracle = make_4k();
	struct oracle_tree tree;

	(void)state;
	put(0, 1, 0x80001003);
	put(0, 2, 0x40000000 | RW_BLOCK);
	put(1, 0, 0x80002003);
	put(1, 511, 0x200000 | RW_BLOCK);
	put(2, 0, 0x1000 | RW_PAGE);
	put(2, 511, 0x2000 | RW_PAGE);

	oracle_scan(&oracle, NULL, NULL, &tree);

	assert_null(tree.wrong);
	assert_int_equal(tree.tables, 3);
	assert_int_equal(tree.leaves, 4);
}

static void assert_wrong(const struct oracle *oracle, const char *wrong, hypmmu_va va, int level)
{
	struct oracle_tree tree;

	oracle_scan(oracle, NULL, NULL, &tree);
	assert_non_null(tree.wrong);
	assert_string_equal(tree.wrong, wrong);
	assert_int_equal(tree.va, va);
	assert_int_equal(tree.level, level);
}

static void finds_fault_with_trees_that_the_library_may_not_make(void **state)
{
	struct oracle oracle = make_4k();

	(void)state;
	put(0, 3, 0x80001003);
	assert_wrong(&oracle, "an empty table", 0xc0000000, 2);
	put(1, 0, 0x80000003); /* the root */
	assert_wrong(&oracle, "a table that is reached twice", 0xc0000000, 2);
	put(1, 0, 0x80004003);
	assert_wrong(&oracle, "a table that is not in memory", 0xc0000000, 2);
	put(1, 0, RW_BLOCK & ~UINT64_C(1));
	assert_wrong(&oracle, "an invalid descriptor that is not 0", 0xc0000000, 2);
	put(1, 0, RW_BLOCK & ~UINT64_C(0x400));
	assert_wrong(&oracle, "a leaf that faults", 0xc0000000, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_three_levels_in_either_byte_order),
		cmocka_unit_test(finds_the_upper_range_at_the_top),
		cmocka_unit_test(takes_low_bits_from_the_va_in_a_contiguous_group),
		cmocka_unit_test(knows_which_levels_hold_blocks),
		cmocka_unit_test(lets_el0_have_only_what_it_is_given),
		cmocka_unit_test(counts_a_tree),
		cmocka_unit_test(finds_fault_with_trees_that_the_library_may_not_make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
