/* SPDX-License-Identifier: BSD-2-Clause */
/* What a change of one descriptor means to hardware that may be walking it:
 * hm_desc_transition(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "desc.h"

#define B(n) (UINT64_C(1) << (n))

/* A page and a block at 0x80000000: valid [0], page [1], Normal [4:2] = 0, AP[1] [6], SH [9:8] = 3,
 * AF [10], PXN [53], UXN [54]; a table there. */
#define PAGE  (UINT64_C(0x80000000) | B(0) | B(1) | B(6) | B(8) | B(9) | B(10) | B(53) | B(54))
#define BLOCK (PAGE & ~B(1))
#define TABLE (UINT64_C(0x80000000) | B(0) | B(1))

#define TAGGED (UINT64_C(3) << 2) /* AttrIndx */
#define NC     (UINT64_C(1) << 2)
#define DEVICE (UINT64_C(4) << 2)

struct step {
	const char *what;
	hypmmu_desc before, after;
	enum hm_transition verdict;
};

static struct hypmmu_geometry geometry_of(uint32_t hw, unsigned pa_bits)
{
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_4K,
		.regime = HYPMMU_EL2_0_LOWER,
		.va_bits = 48,
		.pa_bits = (uint8_t)pa_bits,
		.hw = hw,
	};
	struct hypmmu_geometry geo;

	assert_int_equal(hypmmu_config_check(&cfg), 0);
	hm_geometry_init(&geo, &cfg);
	return geo;
}

static void judge(const struct hypmmu_geometry *geo, int level, const struct step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		enum hm_transition is =
			hm_desc_transition(geo, level, steps[i].before, steps[i].after);

		if (is != steps[i].verdict)
			fail_msg("%s: %d is not %d", steps[i].what, (int)is, (int)steps[i].verdict);
	}
}

/* Whether or not the CPU may resize live mappings. */
static void judge_both(int level, const struct step *steps, size_t n)
{
	struct hypmmu_geometry strict = geometry_of(0, 48);
	struct hypmmu_geometry loose = geometry_of(HYPMMU_HW_BBM_NOABORT, 48);

	judge(&strict, level, steps, n);
	judge(&loose, level, steps, n);
}

#define JUDGE_BOTH(level, steps) judge_both(level, steps, sizeof(steps) / sizeof((steps)[0]))

static void invalid_and_valid_need_no_break(void **state)
{
	static const struct step steps[] = {
		{"a hole stays", 0, 0, HM_SAME},
		{"an invalid descriptor is a hole, whatever it holds", PAGE & ~B(0), 0, HM_SAME},
		{"one hole for another", 0, PAGE & ~B(0), HM_SAME},
		{"a leaf stays", PAGE, PAGE, HM_SAME},
		{"a table stays", TABLE, TABLE, HM_SAME},
		{"a hole becomes a leaf", 0, PAGE, HM_MAKE},
		{"an invalid descriptor becomes a leaf", PAGE & ~B(0), PAGE, HM_MAKE},
		{"a hole becomes a table", 0, TABLE, HM_MAKE},
		{"a leaf becomes a hole", PAGE, 0, HM_CLEAR},
		{"a leaf becomes invalid", PAGE, PAGE & ~B(0), HM_CLEAR},
		{"a table becomes a hole", TABLE, 0, HM_CLEAR},
	};

	(void)state;
	JUDGE_BOTH(2, steps);
	JUDGE_BOTH(3, steps);
}

static void permissions_are_relabelled(void **state)
{
	static const struct step steps[] = {
		{"RW to RO", PAGE, PAGE | B(7), HM_RELABEL},
		{"RO to RW", PAGE | B(7), PAGE, HM_RELABEL},
		{"EL0 loses access", PAGE, PAGE & ~B(6), HM_RELABEL},
		{"UXN is cleared", PAGE, PAGE & ~B(54), HM_RELABEL},
		{"PXN is cleared", PAGE, PAGE & ~B(53), HM_RELABEL},
		{"GP is set", PAGE, PAGE | B(50), HM_RELABEL},
		{"DBM is set", PAGE, PAGE | B(51), HM_RELABEL},
		{"nG is set", PAGE, PAGE | B(11), HM_RELABEL},
		{"AF is cleared", PAGE, PAGE & ~B(10), HM_RELABEL},
		{"permissions and AF", PAGE & ~B(10), PAGE | B(7), HM_RELABEL},
		{"tags are checked", PAGE, PAGE | TAGGED, HM_RELABEL},
		{"tags are not checked", PAGE | TAGGED, PAGE, HM_RELABEL},
		{"tags and permissions", PAGE, PAGE | TAGGED | B(7), HM_RELABEL},
	};

	(void)state;
	JUDGE_BOTH(3, steps);
}

static void what_no_tlb_holds_is_relabelled_without_a_tlbi(void **state)
{
	static const struct step steps[] = {
		{"SW 0", PAGE, PAGE | B(55), HM_RELABEL_QUIET},
		{"SW 3", PAGE | B(58), PAGE, HM_RELABEL_QUIET},
		{"AF is set", PAGE & ~B(10), PAGE, HM_RELABEL_QUIET},
		{"AF is set, and SW", PAGE & ~B(10), PAGE | B(56), HM_RELABEL_QUIET},
	};

	(void)state;
	JUDGE_BOTH(3, steps);
}

static void what_a_tlb_may_mix_up_needs_a_break(void **state)
{
	static const struct step steps[] = {
		{"output address", PAGE, PAGE ^ B(12), HM_BREAK},
		{"output address and AF", PAGE & ~B(10), PAGE ^ B(47), HM_BREAK},
		{"NS", PAGE, PAGE | B(5), HM_BREAK},
		{"shareability", PAGE, PAGE & ~B(8), HM_BREAK},
		{"nG is cleared", PAGE | B(11), PAGE, HM_BREAK},
		{"Normal to Non-cacheable", PAGE, PAGE | NC, HM_BREAK},
		{"tagged to Non-cacheable", PAGE | TAGGED, PAGE | NC, HM_BREAK},
		{"Non-cacheable to tagged", PAGE | NC, PAGE | TAGGED, HM_BREAK},
		{"Device to Normal", PAGE | DEVICE, PAGE, HM_BREAK},
		{"Normal to Device", PAGE, PAGE | DEVICE, HM_BREAK},
		{"Contiguous and permissions", PAGE, PAGE | B(52) | B(7), HM_BREAK},
	};

	(void)state;
	JUDGE_BOTH(3, steps);
}

static void another_table_needs_a_break(void **state)
{
	static const struct step steps[] = {
		{"table for table", TABLE, TABLE ^ B(12), HM_BREAK},
	};

	(void)state;
	JUDGE_BOTH(2, steps);
}

static void size_alone_needs_a_break_unless_the_cpu_promises_more(void **state)
{
	struct hypmmu_geometry strict = geometry_of(0, 48);
	struct hypmmu_geometry loose = geometry_of(HYPMMU_HW_BBM_NOABORT, 48);
	struct step steps[] = {
		{"block to table", BLOCK, TABLE, HM_BREAK},
		{"table to block", TABLE, BLOCK, HM_BREAK},
		{"Contiguous is set", BLOCK, BLOCK | B(52), HM_BREAK},
		{"Contiguous is cleared", BLOCK | B(52), BLOCK, HM_BREAK},
	};
	const size_t n = sizeof(steps) / sizeof(steps[0]);

	(void)state;
	judge(&strict, 2, steps, n);
	for (size_t i = 0; i < n; i++)
		steps[i].verdict = HM_RESIZE;
	judge(&loose, 2, steps, n);
}

/* TCR_EL2.DS: bits [9:8] are OA[51:50], [49:48] are OA[49:48]. */
static void address_bits_of_the_52_bit_layout_need_a_break(void **state)
{
	struct hypmmu_geometry geo = geometry_of(HYPMMU_HW_LPA2, 52);
	static const struct step steps[] = {
		{"OA[50]", PAGE, PAGE ^ B(8), HM_BREAK},
		{"OA[51]", PAGE, PAGE ^ B(9), HM_BREAK},
		{"OA[48]", PAGE, PAGE ^ B(48), HM_BREAK},
		{"permissions", PAGE, PAGE | B(7), HM_RELABEL},
	};

	(void)state;
	judge(&geo, 3, steps, sizeof(steps) / sizeof(steps[0]));
}

/* PIIndex is [54:53], [51], [6]; nDirty [7]. */
static hypmmu_desc with_index(unsigned n)
{
	const hypmmu_desc bits[] = {B(6), B(51), B(53), B(54), B(7)};
	hypmmu_desc page = PAGE;

	for (unsigned i = 0; i < 5; i++)
		page = n >> i & 1 ? page | bits[i] : page & ~bits[i];
	return page;
}

static void another_permission_index_is_relabelled(void **state)
{
	static const enum hypmmu_regime regimes[] = {HYPMMU_EL2, HYPMMU_EL2_0_LOWER};
	struct hypmmu_geometry geo;

	(void)state;
	for (unsigned i = 0; i < 2 * 32 * 32; i++) {
		const struct hypmmu_config cfg = {.granule = HYPMMU_4K,
						  .regime = regimes[i % 2],
						  .va_bits = 48,
						  .pa_bits = 48,
						  .hw = HYPMMU_HW_S1PIE,
						  .use = HYPMMU_USE_S1PIE};
		hypmmu_desc before = with_index(i / 2 % 32), after = with_index(i / 64);

		hm_geometry_init(&geo, &cfg);
		assert_int_equal(hm_desc_transition(&geo, 3, before, after),
				 before == after ? HM_SAME : HM_RELABEL);
		assert_int_equal(hm_desc_transition(&geo, 3, before, after ^ B(5)), HM_BREAK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invalid_and_valid_need_no_break),
		cmocka_unit_test(permissions_are_relabelled),
		cmocka_unit_test(another_permission_index_is_relabelled),
		cmocka_unit_test(what_no_tlb_holds_is_relabelled_without_a_tlbi),
		cmocka_unit_test(what_a_tlb_may_mix_up_needs_a_break),
		cmocka_unit_test(another_table_needs_a_break),
		cmocka_unit_test(size_alone_needs_a_break_unless_the_cpu_promises_more),
		cmocka_unit_test(address_bits_of_the_52_bit_layout_need_a_break),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
