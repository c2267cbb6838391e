/* SPDX-License-Identifier: BSD-2-Clause */
/* TLBIs by VA, against words put together by hand from the manual's layout of TLBI VAE2IS:
 * ASID [63:48], TTL [47:44] (granule [47:46]: 1 4K, 2 16K, 3 64K; level [45:44]), VA[55:12]
 * [43:0]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "maint.h"
#include <cmocka.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

static struct hypmmu_config config(enum hypmmu_granule granule, uint32_t hw)
{
	return (struct hypmmu_config){
		.granule = granule, .regime = HYPMMU_EL2, .va_bits = 48, .pa_bits = 48, .hw = hw};
}

/* With every block that the granule can have. */
static struct hypmmu_config wide(enum hypmmu_granule granule, uint32_t hw)
{
	struct hypmmu_config cfg =
		config(granule, hw | HYPMMU_HW_LPA | HYPMMU_HW_LPA2 | HYPMMU_HW_LVA);

	cfg.pa_bits = 52;
	return cfg;
}

static struct hypmmu_stale stale(hypmmu_va va, uint64_t size, int level)
{
	return (struct hypmmu_stale){.va = va, .size = size, .level = (int8_t)level};
}

static struct hm_tlbi tlbi[600];

/* Of one range. */
static size_t tlbis_of(const struct hypmmu_config *cfg, struct hypmmu_stale range)
{
	struct hm_tlbis tlbis;
	size_t n = 0;

	hm_tlbis_init(&tlbis, cfg, &range, 1);
	while (hm_tlbis_next(&tlbis, &tlbi[n]))
		assert_true(++n < sizeof(tlbi) / sizeof(tlbi[0]));
	return n;
}

static uint64_t first_operand(const struct hypmmu_config *cfg, struct hypmmu_stale range)
{
	assert_true(tlbis_of(cfg, range));
	assert_true(tlbi[0].op == HM_VALE2 || tlbi[0].op == HM_VAE2);
	return tlbi[0].operand;
}

static bool is_whole(const struct hypmmu_config *cfg, const struct hypmmu_stale *list, size_t n)
{
	struct hm_tlbis tlbis;
	struct hm_tlbi one = {0};

	hm_tlbis_init(&tlbis, cfg, list, n);
	assert_true(hm_tlbis_next(&tlbis, &one));
	if (one.op != HM_ALLE2)
		return false;
	assert_int_equal(one.operand, 0);
	assert_false(hm_tlbis_next(&tlbis, &one));
	return true;
}

static void operand_has_the_4k_page_number_for_every_granule(void **state)
{
	struct hypmmu_config small = config(HYPMMU_4K, 0), middle = config(HYPMMU_16K, 0),
			     large = config(HYPMMU_64K, 0);

	(void)state;
	assert_int_equal(first_operand(&small, stale(0x123456789000, 4 * KIB, 3)), 0x123456789);
	assert_int_equal(first_operand(&middle, stale(0x4000c000, 16 * KIB, 3)), 0x4000c);
	assert_int_equal(first_operand(&large, stale(0x812340000, 64 * KIB, 3)), 0x812340);
}

static void operand_of_the_upper_half_keeps_to_its_field(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, 0);

	(void)state;
	cfg.regime = HYPMMU_EL2_0_UPPER;
	cfg.asid = 0x1234;
	assert_int_equal(first_operand(&cfg, stale(0xffff800000000000, 4 * KIB, 3)),
			 0x12340ff800000000);
	assert_int_equal(first_operand(&cfg, stale(0xfffffffffffff000, 4 * KIB, 3)),
			 0x12340fffffffffff);
}

static void asid_is_for_two_privilege_regimes_only(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, 0);

	(void)state;
	cfg.asid = 0xffff;
	assert_int_equal(first_operand(&cfg, stale(0x5000, 4 * KIB, 3)), 5);
	cfg.regime = HYPMMU_EL2_0_LOWER;
	assert_int_equal(first_operand(&cfg, stale(0x5000, 4 * KIB, 3)), 0xffff000000000005);
}

static void level_hint_names_granule_and_level(void **state)
{
	struct hypmmu_config small = wide(HYPMMU_4K, HYPMMU_HW_TTL),
			     middle = wide(HYPMMU_16K, HYPMMU_HW_TTL),
			     large = wide(HYPMMU_64K, HYPMMU_HW_TTL);

	(void)state;
	assert_int_equal(first_operand(&small, stale(0x12345000, 4 * KIB, 3)), 0x700000012345);
	assert_int_equal(first_operand(&small, stale(0x12200000, 2 * MIB, 2)), 0x600000012200);
	assert_int_equal(first_operand(&small, stale(0x40000000, 1 * GIB, 1)), 0x500000040000);
	assert_int_equal(first_operand(&middle, stale(0x12344000, 16 * KIB, 3)), 0xb00000012344);
	assert_int_equal(first_operand(&middle, stale(0x12000000, 32 * MIB, 2)), 0xa00000012000);
	assert_int_equal(first_operand(&middle, stale(0x1000000000, 64 * GIB, 1)), 0x900001000000);
	assert_int_equal(first_operand(&large, stale(0x12340000, 64 * KIB, 3)), 0xf00000012340);
	assert_int_equal(first_operand(&large, stale(0x20000000, 512 * MIB, 2)), 0xe00000020000);
	assert_int_equal(first_operand(&large, stale(0, 4096 * GIB, 1)), 0xd00000000000);
}

static void level_without_leaves_has_no_hint(void **state)
{
	struct hypmmu_config small = config(HYPMMU_4K, HYPMMU_HW_TTL),
			     wide_small = wide(HYPMMU_4K, HYPMMU_HW_TTL),
			     middle = wide(HYPMMU_16K, HYPMMU_HW_TTL),
			     large = config(HYPMMU_64K, HYPMMU_HW_TTL);

	(void)state;
	assert_int_equal(first_operand(&small, stale(512 * GIB, 4 * KIB, 0)), 0x8000000);
	assert_int_equal(first_operand(&wide_small, stale(512 * GIB, 512 * GIB, 0)),
			 0x400008000000);
	assert_int_equal(first_operand(&middle, stale(0, 16 * KIB, 0)), 0);
	assert_int_equal(first_operand(&large, stale(0, 64 * KIB, 1)), 0);
}

static void no_hint_without_the_feature_or_a_level_or_after_a_table_changed(void **state)
{
	struct hypmmu_config without = config(HYPMMU_4K, ~HYPMMU_HW_TTL),
			     with = config(HYPMMU_4K, HYPMMU_HW_TTL);
	struct hypmmu_stale walks = stale(0x5000, 4 * KIB, 3);

	(void)state;
	walks.walks = true;
	assert_int_equal(first_operand(&without, stale(0x5000, 4 * KIB, 3)), 5);
	assert_int_equal(first_operand(&with, stale(0x5000, 4 * KIB, INT8_MAX)), 5);
	assert_int_equal(first_operand(&with, stale(0x5000, 4 * KIB, -1)), 5);
	assert_int_equal(first_operand(&with, walks), 5);
}

static void last_level_unless_a_table_changed(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, 0);
	struct hypmmu_stale walks = stale(0x5000, 4 * KIB, 3);

	(void)state;
	walks.walks = true;
	assert_int_equal(tlbis_of(&cfg, stale(0x5000, 4 * KIB, 3)), 1);
	assert_int_equal(tlbi[0].op, HM_VALE2);
	assert_int_equal(tlbis_of(&cfg, walks), 1);
	assert_int_equal(tlbi[0].op, HM_VAE2);
}

static void step_is_the_old_leaf(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, 0);

	(void)state;
	assert_int_equal(tlbis_of(&cfg, stale(0x40200000, 6 * MIB, 2)), 3);
	assert_int_equal(tlbi[0].operand, 0x40200);
	assert_int_equal(tlbi[1].operand, 0x40400);
	assert_int_equal(tlbi[2].operand, 0x40600);
}

static void step_is_the_granule_where_leaves_are_mixed(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_16K, 0);

	(void)state;
	assert_int_equal(tlbis_of(&cfg, stale(0x40000000, 64 * KIB, INT8_MAX)), 4);
	assert_int_equal(tlbi[3].operand, 0x4000c);
}

static void level_without_leaves_counts_as_mixed(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, HYPMMU_HW_TTL); /* no level 0 blocks: DS = 0 */

	(void)state;
	assert_int_equal(tlbis_of(&cfg, stale(0, 64 * KIB, 0)), 16);
	assert_int_equal(tlbis_of(&cfg, stale(0, 64 * KIB, -1)), 16);
	cfg.va_bits = 25; /* the root is at level 2 */
	assert_int_equal(tlbis_of(&cfg, stale(0, 64 * KIB, 1)), 16);
	assert_int_equal(tlbi[15].operand, 0xf);
}

static void part_of_a_block_takes_out_the_block(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, 0);

	(void)state;
	assert_int_equal(tlbis_of(&cfg, stale(0x403ff000, 4 * KIB, 2)), 1);
	assert_int_equal(tlbi[0].operand, 0x40200);
	/* The last page of one block and the first of the next. */
	assert_int_equal(tlbis_of(&cfg, stale(0x403ff000, 8 * KIB, 2)), 2);
	assert_int_equal(tlbi[1].operand, 0x40400);
}

static void range_to_the_last_byte_does_not_wrap(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_64K, 0);

	(void)state;
	cfg.regime = HYPMMU_EL2_0_UPPER;
	assert_int_equal(tlbis_of(&cfg, stale(0xfffffffffffe0000, 128 * KIB, 3)), 2);
	assert_int_equal(tlbi[1].operand, 0xffffffffff0);
}

static void whole_regime_for_size_0_or_too_many(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, 0);
	struct hypmmu_stale list[] = {stale(0, 511 * 4 * KIB, 3), stale(GIB, 2 * MIB, 2)};

	(void)state;
	assert_false(is_whole(&cfg, list, 2)); /* 512 */
	list[1].size = 4 * MIB;
	assert_true(is_whole(&cfg, list, 2)); /* 513 */
	list[1].size = 0;
	assert_true(is_whole(&cfg, list, 2));
	assert_false(is_whole(&cfg, list, 1));
	list[0].size = UINT64_MAX; /* a count that is not small */
	assert_true(is_whole(&cfg, list, 1));
	list[0] = stale(0x40201000, UINT64_MAX - 0x7ff, 2); /* wraps, into the same block */
	assert_true(is_whole(&cfg, list, 1));
}

static void list_is_gone_through_in_its_order(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, 0);
	struct hypmmu_stale list[] = {stale(0x9000, 8 * KIB, 3), stale(0x200000, 4 * KIB, 2),
				      stale(0x1000, 4 * KIB, INT8_MAX)};
	static const struct hm_tlbi wanted[] = {
		{HM_VALE2, 0x9}, {HM_VALE2, 0xa}, {HM_VALE2, 0x200}, {HM_VAE2, 0x1}};
	struct hm_tlbis tlbis;
	struct hm_tlbi one;

	(void)state;
	list[2].walks = true;
	hm_tlbis_init(&tlbis, &cfg, list, 3);
	for (size_t i = 0; i < 4; i++) {
		assert_true(hm_tlbis_next(&tlbis, &one));
		assert_int_equal(one.op, wanted[i].op);
		assert_int_equal(one.operand, wanted[i].operand);
	}
	assert_false(hm_tlbis_next(&tlbis, &one));
	hm_tlbis_init(&tlbis, &cfg, list, 0);
	assert_false(hm_tlbis_next(&tlbis, &one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operand_has_the_4k_page_number_for_every_granule),
		cmocka_unit_test(operand_of_the_upper_half_keeps_to_its_field),
		cmocka_unit_test(asid_is_for_two_privilege_regimes_only),
		cmocka_unit_test(level_hint_names_granule_and_level),
		cmocka_unit_test(level_without_leaves_has_no_hint),
		cmocka_unit_test(no_hint_without_the_feature_or_a_level_or_after_a_table_changed),
		cmocka_unit_test(last_level_unless_a_table_changed),
		cmocka_unit_test(step_is_the_old_leaf),
		cmocka_unit_test(step_is_the_granule_where_leaves_are_mixed),
		cmocka_unit_test(level_without_leaves_counts_as_mixed),
		cmocka_unit_test(part_of_a_block_takes_out_the_block),
		cmocka_unit_test(range_to_the_last_byte_does_not_wrap),
		cmocka_unit_test(whole_regime_for_size_0_or_too_many),
		cmocka_unit_test(list_is_gone_through_in_its_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
