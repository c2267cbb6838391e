/* SPDX-License-Identifier: BSD-2-Clause */
/* What hypmmu_config_check() refuses beside sizes: those are in test_matrix.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hypmmu/hypmmu.h>

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
		assert_int_equal(hypmmu_config_check(&cfg), bit < 13 ? HYPMMU_OK : HYPMMU_ERR_ARG);
		cfg = good;
		cfg.use = 1u << bit;
		if (bit >= 10)
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
		{HYPMMU_USE_S1PIE, 0x1fff & ~HYPMMU_HW_S1PIE, HYPMMU_ERR_UNSUPPORTED},
		{HYPMMU_USE_S1PIE, HYPMMU_HW_S1PIE, HYPMMU_OK},
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
		cmocka_unit_test(sizes_beyond_64_bits_are_config_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
