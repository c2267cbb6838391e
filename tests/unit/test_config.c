/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From ID registers to configurations. What each CPU has was worked out by hand from the register
 * values in tests/data and the Arm manual, field by field.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hypmmu/hypmmu.h>
#include <stdio.h>
#include <string.h>

#include "support/from_id.h"
#include "support/id_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};

/* Cortex-A76 has ID_AA64MMFR1_EL1 = 0x10212122: HAFDBS 2, VH 1, HPDS 2; MMFR2 = 0x1011: CnP 1. */
#define HW_V8_2 (HYPMMU_HW_CNP | HYPMMU_HW_HPD | HYPMMU_HW_HAFDBS)
/* Neoverse N2: MMFR2 = 0x1221011112101011: ST 1, TTL 1, BBM 2 (too little); PFR1 = 0x121: BT 1, MTE
 * 1 (too little); ISAR0 = 0x1221...: TLB 2. */
#define HW_V9	(HW_V8_2 | HYPMMU_HW_TTST | HYPMMU_HW_TTL | HYPMMU_HW_BTI | HYPMMU_HW_TLBIRANGE)
/* max: MMFR0.PARange 6; MMFR2.VARange 1. */
#define HW_MAX	(HW_V9 | HYPMMU_HW_LPA | HYPMMU_HW_LVA)

/* What config_from_id must find; bits is pa_bits (va_bits is the same) by granule, 0: no
 * granule. */
static const struct expected {
	const char *name;
	uint32_t hw;
	uint8_t bits[3]; /* 4K, 16K, 64K */
	bool lpa2;
} expectations[] = {
	/* MMFR0 = 0x1122: PARange 2, TGran16 0 (no), TGran64 0, TGran4 0 (both yes); no VHE. */
	{"cortex-a53", 0, {40, 0, 40}, false},
	/* MMFR0 = 0x101122: TGran16 1 as well. */
	{"cortex-a35", 0, {40, 40, 40}, false},
	/* MMFR0 = 0x1124: PARange 4. */
	{"cortex-a57", 0, {44, 0, 44}, false},
	{"cortex-a72", 0, {44, 0, 44}, false},
	/* MMFR0 = 0x101122. */
	{"cortex-a55", HW_V8_2, {40, 40, 40}, false},
	{"cortex-a76", HW_V8_2, {40, 40, 40}, false},
	{"cortex-a710", HW_V9, {40, 40, 40}, false},
	/* MMFR0 = 0x1122, MMFR1 = 0x11212100: HAFDBS 0, VH 1, HPDS 2. */
	{"a64fx", HYPMMU_HW_CNP | HYPMMU_HW_HPD, {40, 0, 40}, false},
	/* MMFR0 = 0x101125: PARange 5. */
	{"neoverse-n1", HW_V8_2, {48, 48, 48}, false},
	{"neoverse-n2", HW_V9, {48, 48, 48}, false},
	/* MMFR2 = 0x0220011102101011: ST 0, TTL 0; ISAR0 = 0x1011...: TLB 0; PFR1 = 0x20: BT 0. */
	{"neoverse-v1", HW_V8_2, {48, 48, 48}, false},
	/* MMFR0 = 0x...10201126: PARange 6, TGran16 2, TGran64 0, TGran4 1. PFR1 = 0x...21 or
	 * 0x...121 */
	{"max", HW_MAX, {52, 52, 52}, true},
	/* PFR1 = 0x...321: MTE 3. */
	{"max+mte", HW_MAX | HYPMMU_HW_MTE, {52, 52, 52}, true},
	/* MMFR0 = 0x...00101126: TGran16 1, TGran4 0: 4K and 16K end at 48 bits, 64K does not. */
	{"max,lpa2=off", HW_MAX, {48, 48, 52}, false},
};

static struct id_file_cpu cpus[ID_FILE_CPUS];
static size_t n_cpus;

static const struct expected *expectation(const char *name)
{
	for (size_t i = 0; i < COUNT(expectations); i++)
		if (!strcmp(expectations[i].name, name))
			return &expectations[i];
	fail_msg("nobody has worked out what %s has", name);
	return NULL;
}

static uint32_t expected_hw(const struct expected *e, unsigned granule)
{
	return e->hw | (e->lpa2 && granules[granule] != HYPMMU_64K ? HYPMMU_HW_LPA2 : 0);
}

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

static void every_model_gets_the_configuration_worked_out_by_hand(void **state)
{
	size_t checked = 0;

	(void)state;
	for (size_t i = 0; i < n_cpus; i++) {
		const struct expected *e = expectation(cpus[i].name);

		for (unsigned g = 0; g < COUNT(granules); g++) {
			struct hypmmu_config cfg = {.granule = granules[g]};
			struct hypmmu_config ought = {
				.granule = granules[g],
				.regime = HYPMMU_EL2,
				.va_bits = e->bits[g],
				.pa_bits = e->bits[g],
				.hw = expected_hw(e, g),
			};

			checked++;
			if (!e->bits[g]) {
				assert_int_equal(refusal(&cfg, &cpus[i].id),
						 HYPMMU_ERR_UNSUPPORTED);
				continue;
			}
			cfg = from_id(cfg, &cpus[i].id);
			expect_config(&cfg, &ought);
			assert_int_equal(hypmmu_config_check(&cfg), HYPMMU_OK);
		}
	}
	printf("%zu CPUs, %zu configurations\n", n_cpus, checked);
	assert_true(n_cpus >= COUNT(expectations));
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

/* Each model's configuration on each other model: it passes if the other has as much. */
static void second_cpu_passes_only_if_it_has_all_that_the_first_had(void **state)
{
	size_t passed = 0, refused = 0;

	(void)state;
	for (size_t i = 0; i < n_cpus * n_cpus * 3; i++) {
		const struct id_file_cpu *first = &cpus[i % n_cpus];
		const struct id_file_cpu *second = &cpus[i / n_cpus % n_cpus];
		unsigned g = (unsigned)(i / n_cpus / n_cpus);
		const struct expected *a = expectation(first->name);
		const struct expected *b = expectation(second->name);
		struct hypmmu_config cfg = {.granule = granules[g]}, copy;

		if (!a->bits[g])
			continue;
		copy = cfg = from_id(cfg, &first->id);
		if (b->bits[g] >= a->bits[g] && !(expected_hw(a, g) & ~expected_hw(b, g))) {
			copy = from_id(copy, &second->id);
			if (!cfg.hw) /* nothing demanded: found out again */
				cfg.hw = expected_hw(b, g);
			expect_config(&copy, &cfg);
			passed++;
		} else {
			assert_int_equal(refusal(&copy, &second->id), HYPMMU_ERR_UNSUPPORTED);
			refused++;
		}
	}
	printf("%zu pairs pass, %zu do not\n", passed, refused);
	assert_true(passed && refused);
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
		cmocka_unit_test(every_model_gets_the_configuration_worked_out_by_hand),
		cmocka_unit_test(demands_that_the_cpu_meets_stay_as_they_are),
		cmocka_unit_test(demands_that_the_cpu_does_not_meet_are_unsupported),
		cmocka_unit_test(demands_that_no_cpu_meets_are_config_errors),
		cmocka_unit_test(hw_given_limits_what_is_chosen),
		cmocka_unit_test(null_and_unknown_bits_are_refused_first),
		cmocka_unit_test(s1pie_is_the_callers_word_that_id_registers_must_not_deny),
		cmocka_unit_test(second_cpu_passes_only_if_it_has_all_that_the_first_had),
	};

	return cmocka_run_group_tests(tests, read_cpus, NULL);
}
