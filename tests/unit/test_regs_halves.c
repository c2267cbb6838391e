/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of EL2&0: two spaces that share TCR_EL2, MAIR_EL2, SCTLR_EL2 and the ASID. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hypmmu/hypmmu.h>

#include "support/space.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * E2H = 1. T0SZ [5:0], EPD0 7, IRGN0 [9:8] 1, ORGN0 [11:10] 1, SH0 [13:12] 3, TG0 [15:14]: 0x3500
 * and the rest; T1SZ [21:16], EPD1 23 (0x800000), IRGN1 [25:24] 1, ORGN1 [27:26] 1, SH1 [29:28] 3:
 * 0x35000000; TG1 [31:30]: 16K 1 (0x40000000), 4K 2 (0x80000000), 64K 3 (0xc0000000); IPS [34:32].
 */
static void tcr_of_el2_0_with_both_halves(void **state)
{
	struct hypmmu lower = space(HYPMMU_16K, HYPMMU_EL2_0_LOWER, 47, 40);
	struct hypmmu upper = space(HYPMMU_4K, HYPMMU_EL2_0_UPPER, 39, 40);

	(void)state;
	/* T0SZ 0x11, TG0 2; T1SZ 0x19, TG1 2; IPS 2 */
	assert_int_equal(regs_of(&lower, &upper).tcr, UINT64_C(0x2b519b511));
	lower.cfg.hw = upper.cfg.hw = HYPMMU_HW_HPD; /* HPD0 41, HPD1 42 */
	assert_int_equal(regs_of(&lower, &upper).tcr, UINT64_C(0x602b519b511));
	lower.cfg.use = upper.cfg.use = HYPMMU_USE_HAFDBS; /* HA 39, HD 40 */
	assert_int_equal(regs_of(&lower, &upper).tcr, UINT64_C(0x782b519b511));
	lower.cfg.asid = upper.cfg.asid = 0xff; /* fits 8 bits */
	assert_int_equal(regs_of(&lower, &upper).tcr, UINT64_C(0x782b519b511));
	lower.cfg.asid = upper.cfg.asid = 0x1234; /* AS 36; A1 stays 0 */
	assert_int_equal(regs_of(&lower, &upper).tcr, UINT64_C(0x792b519b511));
}

static void tcr_of_el2_0_with_52_bits(void **state)
{
	struct hypmmu lower = space(HYPMMU_4K, HYPMMU_EL2_0_LOWER, 52, 52);
	struct hypmmu upper = space(HYPMMU_16K, HYPMMU_EL2_0_UPPER, 52, 52);

	(void)state;
	/* DS 59; T0SZ 0xc, T1SZ 0xc, TG1 1, IPS 6 */
	assert_int_equal(regs_of(&lower, &upper).tcr, UINT64_C(0x08000006750c350c));
	/* DS means nothing to the half with 64K, but is there for the other. TG1 3 */
	upper = space(HYPMMU_64K, HYPMMU_EL2_0_UPPER, 52, 52);
	assert_int_equal(regs_of(&lower, &upper).tcr, UINT64_C(0x08000006f50c350c));
	/* TG0 1, TG1 1 */
	lower = space(HYPMMU_64K, HYPMMU_EL2_0_LOWER, 48, 52);
	upper = space(HYPMMU_16K, HYPMMU_EL2_0_UPPER, 47, 52);
	assert_int_equal(regs_of(&lower, &upper).tcr, UINT64_C(0x0800000675117510));
	/* 64K twice: no DS */
	upper = space(HYPMMU_64K, HYPMMU_EL2_0_UPPER, 42, 52);
	assert_int_equal(regs_of(&lower, &upper).tcr, UINT64_C(0x00000006f5167510));
}

static void missing_half_is_disabled_with_a_legal_granule(void **state)
{
	struct hypmmu lower = space(HYPMMU_4K, HYPMMU_EL2_0_LOWER, 48, 48);
	struct hypmmu upper = space(HYPMMU_64K, HYPMMU_EL2_0_UPPER, 48, 48);
	struct hypmmu_regs regs;

	(void)state;
	lower.root = 0x40000000;
	lower.cfg.asid = 3;
	regs = regs_of(&lower, NULL);
	/* T0SZ 0x10; EPD1, T1SZ 0x10, TG1 2; IPS 5 */
	assert_int_equal(regs.tcr, UINT64_C(0x5b5903510));
	assert_int_equal(regs.ttbr0, UINT64_C(0x0003000040000000));
	assert_int_equal(regs.ttbr1, UINT64_C(0x0003000000000000));
	upper.root = 0x80000000;
	upper.cfg.asid = 4;
	regs = regs_of(NULL, &upper);
	/* EPD0, T0SZ 0x10, TG0 1; T1SZ 0x10, TG1 3; IPS 5. With A1 = 0 the ASID is TTBR0's. */
	assert_int_equal(regs.tcr, UINT64_C(0x5f5107590));
	assert_int_equal(regs.ttbr0, UINT64_C(0x0004000000000000));
	assert_int_equal(regs.ttbr1, UINT64_C(0x0004000080000000));
	assert_int_equal(regs.hcr, UINT64_C(0x400000000));
}

/* TBI0 37, TBI1 38, TCMA0 57, TCMA1 58; the rest as above. */
static void tbi_and_tcma_are_of_each_half(void **state)
{
	static const struct {
		uint32_t lower, upper;
		uint64_t tcr;
	} cases[] = {
		{HYPMMU_USE_TBI, 0, UINT64_C(0x22b519b511)},
		{0, HYPMMU_USE_TBI, UINT64_C(0x42b519b511)},
		{HYPMMU_USE_TCMA, 0, UINT64_C(0x02000002b519b511)},
		{0, HYPMMU_USE_TCMA, UINT64_C(0x04000002b519b511)},
		{HYPMMU_USE_TBI | HYPMMU_USE_TCMA, HYPMMU_USE_TBI | HYPMMU_USE_TCMA,
		 UINT64_C(0x06000062b519b511)},
	};
	struct hypmmu lower = space(HYPMMU_16K, HYPMMU_EL2_0_LOWER, 47, 40);
	struct hypmmu upper = space(HYPMMU_4K, HYPMMU_EL2_0_UPPER, 39, 40);

	(void)state;
	lower.cfg.hw = upper.cfg.hw = HYPMMU_HW_MTE;
	for (size_t i = 0; i < COUNT(cases); i++) {
		lower.cfg.use = cases[i].lower;
		upper.cfg.use = cases[i].upper;
		assert_int_equal(regs_of(&lower, &upper).tcr, cases[i].tcr);
	}
}

static void cnp_is_of_each_half(void **state)
{
	struct hypmmu lower = space(HYPMMU_4K, HYPMMU_EL2_0_LOWER, 48, 48);
	struct hypmmu upper = space(HYPMMU_4K, HYPMMU_EL2_0_UPPER, 48, 48);
	struct hypmmu_regs regs;

	(void)state;
	lower.cfg.hw = upper.cfg.hw = HYPMMU_HW_CNP;
	upper.cfg.use = HYPMMU_USE_CNP;
	regs = regs_of(&lower, &upper);
	assert_int_equal(regs.ttbr0, 0);
	assert_int_equal(regs.ttbr1, 1);
}

static void no_space_and_wrong_halves_are_argument_errors(void **state)
{
	struct hypmmu el2 = space(HYPMMU_4K, HYPMMU_EL2, 48, 48);
	struct hypmmu lower = space(HYPMMU_4K, HYPMMU_EL2_0_LOWER, 48, 48);
	struct hypmmu upper = space(HYPMMU_4K, HYPMMU_EL2_0_UPPER, 48, 48);
	const struct hypmmu *halves[] = {NULL, &el2, &lower, &upper};
	static const bool good[4][4] = {
		/* upper: NULL, el2, lower, upper */
		{false, false, false, true}, /* lower: NULL */
		{true, false, false, false},
		{true, false, false, true},
		{false, false, false, false},
	};

	(void)state;
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 4; j++)
			assert_int_equal(refusal_of_regs(halves[i], halves[j]),
					 good[i][j] ? HYPMMU_OK : HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_get_regs(&el2, NULL, NULL), HYPMMU_ERR_ARG);
}

static void halves_must_agree_in_what_they_share(void **state)
{
	const struct hypmmu_config base = {.granule = HYPMMU_4K,
					   .regime = HYPMMU_EL2_0_UPPER,
					   .va_bits = 48,
					   .pa_bits = 48,
					   .asid = 7,
					   .hw = HW_ALL & ~HYPMMU_HW_MTE};
	struct hypmmu_config ups[17];
	static const int errors[17] = {0, 0, 0, 0, 0, 0, 0, -2, -2, -2, -2, -2, -2, -2, 0, 0, -2};
	struct hypmmu lower = {.tables = 1, .cfg = base};

	(void)state;
	lower.cfg.regime = HYPMMU_EL2_0_LOWER;
	for (size_t i = 0; i < COUNT(ups); i++)
		ups[i] = base;
	ups[1].va_bits = 39;
	ups[2].granule = HYPMMU_16K;
	ups[3].granule = HYPMMU_64K;
	ups[4].use = HYPMMU_USE_CNP;
	ups[5].use = HYPMMU_USE_LOCAL_TLBI | HYPMMU_USE_REPEAT_TLBI;
	ups[6].hw &= ~(HYPMMU_HW_HPD | HYPMMU_HW_TTL | HYPMMU_HW_BTI);
	ups[7].pa_bits = 44;
	ups[8].va_bits = 52; /* DS */
	ups[9].asid = 8;
	ups[10].hw |= HYPMMU_HW_MTE; /* MAIR_EL2 */
	ups[11].use = HYPMMU_USE_HAFDBS;
	ups[12].use = HYPMMU_USE_BIG_ENDIAN;
	ups[13].use = HYPMMU_USE_NO_WXN;
	ups[14].granule = HYPMMU_64K; /* wide, but without DS */
	ups[14].va_bits = 52;
	ups[15].hw &= ~HYPMMU_HW_CNP;
	ups[16].use = HYPMMU_USE_S1PIE;
	for (size_t i = 0; i < COUNT(ups); i++) {
		struct hypmmu upper = {.tables = 1, .cfg = ups[i]};

		assert_int_equal(hypmmu_config_check(&ups[i]), HYPMMU_OK);
		assert_int_equal(refusal_of_regs(&lower, &upper), errors[i]);
	}
}

static void a_space_that_was_never_initialised_has_no_registers(void **state)
{
	struct hypmmu lower = space(HYPMMU_4K, HYPMMU_EL2, 48, 48);

	(void)state;
	assert_int_equal(refusal_of_regs(&lower, NULL), HYPMMU_OK);
	lower.tables = 0;
	assert_int_equal(refusal_of_regs(&lower, NULL), HYPMMU_ERR_STATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_space_that_was_never_initialised_has_no_registers),
		cmocka_unit_test(tcr_of_el2_0_with_both_halves),
		cmocka_unit_test(tcr_of_el2_0_with_52_bits),
		cmocka_unit_test(missing_half_is_disabled_with_a_legal_granule),
		cmocka_unit_test(tbi_and_tcma_are_of_each_half),
		cmocka_unit_test(cnp_is_of_each_half),
		cmocka_unit_test(no_space_and_wrong_halves_are_argument_errors),
		cmocka_unit_test(halves_must_agree_in_what_they_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
