/* SPDX-License-Identifier: BSD-2-Clause */
/* What hypmmu_config_from_id() makes of demands, with CPUs of tests/data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hypmmu/hypmmu.h>
#include <string.h>

#include "support/from_id.h"
#include "support/id_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct id_file_cpu cpus[ID_FILE_CPUS];
static size_t n_cpus;

static const struct hypmmu_id *id_of(const char *name)
{
	for (size_t i = 0; i < n_cpus; i++)
		if (!strcmp(cpus[i].name, name))
			return &cpus[i].id;
	fail_msg("no %s in the data", name);
	return NULL;
}

static void expect_config(const struct hypmmu_config *is, const struct hypmmu_config *ought)
{
	assert_int_equal(is->granule, ought->granule);
	assert_int_equal(is->regime, ought->regime);
	assert_int_equal(is->va_bits, ought->va_bits);
	assert_int_equal(is->pa_bits, ought->pa_bits);
	assert_int_equal(is->asid, ought->asid);
	assert_int_equal(is->hw, ought->hw);
	assert_int_equal(is->use, ought->use);
}

static void demands_that_the_cpu_meets_stay_as_they_are(void **state)
{
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_16K,
		.regime = HYPMMU_EL2_0_UPPER,
		.va_bits = 39,
		.pa_bits = 36,
		.asid = 0xffff,
		.hw = HYPMMU_HW_CNP | HYPMMU_HW_HAFDBS,
		.use = HYPMMU_USE_CNP | HYPMMU_USE_HAFDBS | HYPMMU_USE_BIG_ENDIAN |
		       HYPMMU_USE_NO_WXN | HYPMMU_USE_LOCAL_TLBI | HYPMMU_USE_REPEAT_TLBI,
	};
	struct hypmmu_config got;

	(void)state;
	got = from_id(cfg, id_of("cortex-a76"));
	expect_config(&got, &cfg);
}

static void demands_that_the_cpu_does_not_meet_are_unsupported(void **state)
{
	static const struct hypmmu_config demands[] = {
		{.granule = HYPMMU_16K}, {.regime = HYPMMU_EL2_0_LOWER},
		{.pa_bits = 48},	 {.pa_bits = 52},
		{.va_bits = 52},	 {.va_bits = 24},
		{.hw = HYPMMU_HW_CNP},	 {.hw = HYPMMU_HW_LPA},
		{.hw = HYPMMU_HW_LPA2},	 {.hw = HYPMMU_HW_BBM_NOABORT},
		{.use = HYPMMU_USE_CNP}, {.use = HYPMMU_USE_HAFDBS},
		{.hw = HYPMMU_HW_S1PIE}, {.use = HYPMMU_USE_TCMA},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(demands); i++)
		assert_int_equal(refusal(&demands[i], id_of("cortex-a72")), HYPMMU_ERR_UNSUPPORTED);
}

static void demands_that_no_cpu_meets_are_config_errors(void **state)
{
	static const struct hypmmu_config demands[] = {
		{.granule = (enum hypmmu_granule)13},
		{.regime = (enum hypmmu_regime)4},
		{.va_bits = 53},
		{.va_bits = 15},
		{.granule = HYPMMU_64K, .va_bits = 16},
		{.pa_bits = 31},
		{.pa_bits = 38},
		{.pa_bits = 56},
		{.asid = 1}, /* EL2 has none */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(demands); i++)
		assert_int_equal(refusal(&demands[i], id_of("max")), HYPMMU_ERR_CONFIG);
}

/* The first of the three with which the CPU does what is asked. */
static void demands_have_a_say_in_the_choice_of_the_granule(void **state)
{
	static const struct {
		uint64_t mmfr0;
		struct hypmmu_config demand;
		int granule; /* 0: UNSUPPORTED */
	} cases[] = {
		{0x00101126, {.pa_bits = 48}, HYPMMU_4K},
		{0x00101126, {.pa_bits = 52}, HYPMMU_64K}, /* LPA without LPA2 */
		{0x00201126, {.pa_bits = 52}, HYPMMU_16K}, /* LPA2 for 16K only */
		{0x10201126, {.pa_bits = 52}, HYPMMU_4K},
		{0x00101126, {.va_bits = 52}, HYPMMU_64K}, /* LVA */
		{0x0f101126, {.va_bits = 52}, 0},
		{0x0f201126, {.va_bits = 52}, HYPMMU_16K},
		{0x00201125, {.hw = HYPMMU_HW_LPA2}, HYPMMU_16K},
		{0x00101126, {.hw = HYPMMU_HW_LPA2}, 0},
		{0xf0001126, {.va_bits = 17}, HYPMMU_64K}, /* TTST */
		{0xf0001126, {.va_bits = 16}, 0},
	};
	struct hypmmu_id id = plain;

	(void)state;
	id.mmfr2 = 0x10010000; /* VARange 1, ST 1 */
	for (size_t i = 0; i < COUNT(cases); i++) {
		id.mmfr0 = cases[i].mmfr0;
		if (cases[i].granule)
			assert_int_equal(from_id(cases[i].demand, &id).granule, cases[i].granule);
		else
			assert_int_equal(refusal(&cases[i].demand, &id), HYPMMU_ERR_UNSUPPORTED);
	}
}

static void hw_given_limits_what_is_chosen(void **state)
{
	struct hypmmu_config cfg;

	(void)state;
	cfg = from_id((struct hypmmu_config){.hw = HYPMMU_HW_CNP}, id_of("max"));
	assert_int_equal(cfg.hw, HYPMMU_HW_CNP);
	assert_int_equal(cfg.pa_bits, 48);
	assert_int_equal(cfg.va_bits, 48);
	cfg = from_id((struct hypmmu_config){.granule = HYPMMU_64K, .hw = HYPMMU_HW_LPA},
		      id_of("max"));
	assert_int_equal(cfg.pa_bits, 52);
	assert_int_equal(cfg.va_bits, 48);
}

/* ID_AA64MMFR3_EL1: S1PIE [11:8], TCRX [3:0]. Other bits of hw are found as if it were not there. */
static void s1pie_is_the_callers_word_that_id_registers_must_not_deny(void **state)
{
	const struct hypmmu_config word = {.hw = HYPMMU_HW_S1PIE, .use = HYPMMU_USE_S1PIE};
	const struct hypmmu_config bare = {.use = HYPMMU_USE_S1PIE};
	struct hypmmu_id with = *id_of("max"), without = *id_of("max");
	struct hypmmu_config cfg, plain_cfg;

	(void)state;
	with.mmfr3 = 0x101;
	without.mmfr3 = 0x001;
	plain_cfg = from_id((struct hypmmu_config){0}, &with);
	assert_false(plain_cfg.hw & HYPMMU_HW_S1PIE);
	cfg = from_id(word, &with);
	plain_cfg.hw |= HYPMMU_HW_S1PIE;
	plain_cfg.use = HYPMMU_USE_S1PIE;
	expect_config(&cfg, &plain_cfg);
	cfg = from_id(cfg, &with); /* a second CPU */
	expect_config(&cfg, &plain_cfg);
	assert_int_equal(refusal(&cfg, &without), HYPMMU_ERR_UNSUPPORTED);
	assert_int_equal(refusal(&word, &without), HYPMMU_ERR_UNSUPPORTED);
	assert_int_equal(refusal(&bare, &with), HYPMMU_ERR_UNSUPPORTED);
}

static void null_and_unknown_bits_are_refused_first(void **state)
{
	struct hypmmu_config cfg = {0};

	(void)state;
	assert_int_equal(hypmmu_config_from_id(NULL, &plain), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_config_from_id(&cfg, NULL), HYPMMU_ERR_ARG);
	for (unsigned bit = 0; bit < 32; bit++) {
		cfg = (struct hypmmu_config){.hw = 1u << bit};
		if (bit >= 13)
			assert_int_equal(refusal(&cfg, &plain), HYPMMU_ERR_ARG);
		cfg = (struct hypmmu_config){.use = 1u << bit};
		if (bit >= 10)
			assert_int_equal(refusal(&cfg, &plain), HYPMMU_ERR_ARG);
	}
}

static int read_cpus(void **state)
{
	(void)state;
	n_cpus = id_file_read(HYPMMU_TEST_DATA "/id-qemu.txt", cpus);
	return n_cpus == 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(demands_that_the_cpu_meets_stay_as_they_are),
		cmocka_unit_test(demands_that_the_cpu_does_not_meet_are_unsupported),
		cmocka_unit_test(demands_that_no_cpu_meets_are_config_errors),
		cmocka_unit_test(demands_have_a_say_in_the_choice_of_the_granule),
		cmocka_unit_test(hw_given_limits_what_is_chosen),
		cmocka_unit_test(null_and_unknown_bits_are_refused_first),
		cmocka_unit_test(s1pie_is_the_callers_word_that_id_registers_must_not_deny),
	};

	return cmocka_run_group_tests(tests, read_cpus, NULL);
}
