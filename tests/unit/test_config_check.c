/* SPDX-License-Identifier: BSD-2-Clause */
/* Which configurations VMSAv8-64 has, against tables of the Arm manual. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hypmmu/hypmmu.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void null_and_unknown_bits_are_argument_errors(void **state)
{
	const struct hypmmu_config good = {HYPMMU_4K, HYPMMU_EL2, 48, 48, 0, 0, 0};
	struct hypmmu_config cfg = good;

	(void)state;
	assert_int_equal(hypmmu_config_check(&good), HYPMMU_OK);
	assert_int_equal(hypmmu_config_check(NULL), HYPMMU_ERR_ARG);
	for (unsigned bit = 0; bit < 32; bit++) {
		cfg = good;
		cfg.hw = 1u << bit;
		assert_int_equal(hypmmu_config_check(&cfg), bit < 12 ? HYPMMU_OK : HYPMMU_ERR_ARG);
		cfg = good;
		cfg.use = 1u << bit;
		if (bit >= 9)
			assert_int_equal(hypmmu_config_check(&cfg), HYPMMU_ERR_ARG);
	}
}

static void wishes_need_their_feature(void **state)
{
	static const struct {
		uint32_t use, hw;
		int err;
	} cases[] = {
		{HYPMMU_USE_CONT, 0, HYPMMU_OK}, /* a hint: every CPU may ignore it */
		{HYPMMU_USE_CNP, 0xfff & ~HYPMMU_HW_CNP, HYPMMU_ERR_UNSUPPORTED},
		{HYPMMU_USE_CNP, HYPMMU_HW_CNP, HYPMMU_OK},
		{HYPMMU_USE_HAFDBS, 0xfff & ~HYPMMU_HW_HAFDBS, HYPMMU_ERR_UNSUPPORTED},
		{HYPMMU_USE_HAFDBS, HYPMMU_HW_HAFDBS, HYPMMU_OK},
		{HYPMMU_USE_BIG_ENDIAN, 0, HYPMMU_OK}, /* no bit of hw tells */
		{HYPMMU_USE_NO_WXN, 0, HYPMMU_OK},
		{HYPMMU_USE_LOCAL_TLBI, 0, HYPMMU_OK},
		{HYPMMU_USE_REPEAT_TLBI, 0, HYPMMU_OK},
		{HYPMMU_USE_TBI, 0, HYPMMU_OK},
		{HYPMMU_USE_TCMA, 0xfff & ~HYPMMU_HW_MTE, HYPMMU_ERR_UNSUPPORTED},
		{HYPMMU_USE_TCMA, HYPMMU_HW_MTE, HYPMMU_OK},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct hypmmu_config cfg = {HYPMMU_4K, HYPMMU_EL2,  48,	       48,
						  0,	     cases[i].hw, cases[i].use};

		assert_int_equal(hypmmu_config_check(&cfg), cases[i].err);
	}
}

static void asid_belongs_to_el2_0(void **state)
{
	(void)state;
	for (int regime = HYPMMU_EL2; regime <= HYPMMU_EL2_0_UPPER; regime++) {
		struct hypmmu_config cfg = {.granule = HYPMMU_4K,
					    .regime = (enum hypmmu_regime)regime,
					    .va_bits = 48,
					    .pa_bits = 48};

		assert_int_equal(hypmmu_config_check(&cfg), HYPMMU_OK);
		cfg.asid = 1;
		assert_int_equal(hypmmu_config_check(&cfg),
				 regime == HYPMMU_EL2 ? HYPMMU_ERR_CONFIG : HYPMMU_OK);
	}
}

/*
 * The whole matrix. The tables are the manual's: the range of TxSZ without and with the feature
 * that widens it at either end, and the output sizes.
 */
static const struct legal {
	int granule;
	unsigned txsz_min, txsz_min_wide, txsz_max, txsz_max_small;
	uint32_t wide_va, wide_pa;
} legal[] = {
	{12, 16, 12, 39, 48, HYPMMU_HW_LPA2, HYPMMU_HW_LPA2},
	{14, 16, 12, 39, 48, HYPMMU_HW_LPA2, HYPMMU_HW_LPA2},
	{16, 16, 12, 39, 47, HYPMMU_HW_LVA, HYPMMU_HW_LPA},
};

static bool is_legal(const struct hypmmu_config *cfg)
{
	static const uint8_t pa_sizes[] = {32, 36, 40, 42, 44, 48, 52};
	const struct legal *l = legal;
	unsigned txsz = 64u - cfg->va_bits;
	size_t size = 0;

	while (l < legal + COUNT(legal) && l->granule != (int)cfg->granule)
		l++;
	while (size < COUNT(pa_sizes) && pa_sizes[size] != cfg->pa_bits)
		size++;
	if (l == legal + COUNT(legal) || size == COUNT(pa_sizes) || cfg->regime < 1 ||
	    cfg->regime > 3)
		return false;
	if (cfg->pa_bits == 52 && !(cfg->hw & l->wide_pa))
		return false;
	return txsz >= (cfg->hw & l->wide_va ? l->txsz_min_wide : l->txsz_min) &&
	       txsz <= (cfg->hw & HYPMMU_HW_TTST ? l->txsz_max_small : l->txsz_max);
}

static void check_takes_exactly_the_legal_matrix(void **state)
{
	size_t n = 0, n_legal = 0;

	(void)state;
	for (unsigned i = 0; i < 19 * 5 * 64 * 64 * 16; i++) {
		/* i's digits, lowest first: hw, va_bits, pa_bits, regime, granule. */
		unsigned bits = i & 15, rest = i >> 16;
		const struct hypmmu_config cfg = {
			.granule = (enum hypmmu_granule)(rest / 5),
			.regime = (enum hypmmu_regime)(rest % 5),
			.va_bits = (uint8_t)(i >> 4 & 63),
			.pa_bits = (uint8_t)(i >> 10 & 63),
			.hw = (bits & 1 ? HYPMMU_HW_LPA : 0) | (bits & 2 ? HYPMMU_HW_LPA2 : 0) |
			      (bits & 4 ? HYPMMU_HW_LVA : 0) | (bits & 8 ? HYPMMU_HW_TTST : 0),
		};
		int ought = is_legal(&cfg) ? 0 : HYPMMU_ERR_CONFIG;
		int is = hypmmu_config_check(&cfg);

		if (is != ought)
			fail_msg("granule %d regime %d va %d pa %d hw %#x: %d, not %d",
				 (int)cfg.granule, (int)cfg.regime, cfg.va_bits, cfg.pa_bits,
				 (unsigned)cfg.hw, is, ought);
		n++;
		n_legal += !ought;
	}
	printf("%zu configurations: %zu legal\n", n, n_legal);
	/* By hand, of a regime: sizes below 52 bits are 6, with 52 bits 7. For each of 4 values of
	 * LPA and LVA (64K: of LPA2), 4K and 16K have 24 TxSZ (16 to 39), 28 with LPA2, 9 more with
	 * TTST: 4 * (24 * 6 + 33 * 6 + 28 * 7 + 37 * 7) = 3188 each; 64K with its 8 more by TTST
	 * has 2 * (24 + 28 + 32 + 36) * (6 + 7) = 3120. */
	assert_int_equal(n_legal, 3 * (2 * 3188 + 3120));
}

static void sizes_beyond_64_bits_are_config_errors(void **state)
{
	(void)state;
	for (unsigned bits = 64; bits < 256; bits++) {
		struct hypmmu_config cfg = {HYPMMU_4K, HYPMMU_EL2, 48, 48, 0, 0xfff, 0};

		cfg.va_bits = (uint8_t)bits;
		assert_int_equal(hypmmu_config_check(&cfg), HYPMMU_ERR_CONFIG);
		cfg.va_bits = 48;
		cfg.pa_bits = (uint8_t)bits;
		assert_int_equal(hypmmu_config_check(&cfg), HYPMMU_ERR_CONFIG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null_and_unknown_bits_are_argument_errors),
		cmocka_unit_test(wishes_need_their_feature),
		cmocka_unit_test(asid_belongs_to_el2_0),
		cmocka_unit_test(check_takes_exactly_the_legal_matrix),
		cmocka_unit_test(sizes_beyond_64_bits_are_config_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
