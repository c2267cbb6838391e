/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the ID registers of real cores and models to configurations. What each CPU has was worked
 * out by hand from the register values in tests/data and the Arm manual, field by field.
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

enum { VHE = 1, LPA2 = 2, S1PIE = 4 };

/* What there is to find. bits: the longest output addresses, and those that are chosen for virtual
 * ones; 0: no such granule. */
static const struct expected {
	const char *name; /* or QEMU's version and the name, where versions differ */
	uint32_t hw;
	uint8_t bits[3]; /* 4K, 16K, 64K */
	unsigned also;
} expectations[] = {
	/* MMFR0 = 0x1122: PARange 2, TGran16 0 (no), TGran64 0, TGran4 0 (both yes); no VHE. */
	{"cortex-a53", 0, {40, 0, 40}, 0},
	/* MMFR0 = 0x101122: TGran16 1 as well. */
	{"cortex-a35", 0, {40, 40, 40}, 0},
	/* MMFR0 = 0x1124: PARange 4. */
	{"cortex-a57", 0, {44, 0, 44}, 0},
	{"cortex-a72", 0, {44, 0, 44}, 0},
	/* MMFR0 = 0x101122; MMFR1 = 0x10212122: VH 1, as all below. */
	{"cortex-a55", HW_V8_2, {40, 40, 40}, VHE},
	{"cortex-a76", HW_V8_2, {40, 40, 40}, VHE},
	{"cortex-a710", HW_V9, {40, 40, 40}, VHE},
	/* PFR1 = 0x221: MTE 2. */
	{"cortex-a710+mte", HW_V9 | HYPMMU_HW_MTE, {40, 40, 40}, VHE},
	/* MMFR0 = 0x1122, MMFR1 = 0x11212100: HAFDBS 0, VH 1, HPDS 2. */
	{"a64fx", HYPMMU_HW_CNP | HYPMMU_HW_HPD, {40, 0, 40}, VHE},
	/* MMFR0 = 0x101125: PARange 5. */
	{"neoverse-n1", HW_V8_2, {48, 48, 48}, VHE},
	{"neoverse-n2", HW_V9, {48, 48, 48}, VHE},
	{"neoverse-n2+mte", HW_V9 | HYPMMU_HW_MTE, {48, 48, 48}, VHE}, /* PFR1 = 0x221 */
	/* MMFR2 = 0x0220011102101011: ST 0, TTL 0; ISAR0 = 0x1011...: TLB 0; PFR1 = 0x20: BT 0. */
	{"neoverse-v1", HW_V8_2, {48, 48, 48}, VHE},
	/* MMFR0 = 0x...10201126: PARange 6, TGran16 2, TGran64 0, TGran4 1. PFR1 = 0x...21 or
	 * 0x...121 */
	{"max", HW_MAX, {52, 52, 52}, VHE | LPA2},
	/* PFR1 = 0x...321: MTE 3. */
	{"max+mte", HW_MAX | HYPMMU_HW_MTE, {52, 52, 52}, VHE | LPA2},
	/* MMFR0 = 0x...00101126: TGran16 1, TGran4 0: 4K and 16K end at 48 bits, 64K does not. */
	{"max,lpa2=off", HW_MAX, {48, 48, 52}, VHE},
	/* The same with MMFR3 = 0x1000000011001111: S1PIE 1. */
	{"11.1 max", HW_MAX, {52, 52, 52}, VHE | LPA2 | S1PIE},
	{"11.1 max+mte", HW_MAX | HYPMMU_HW_MTE, {52, 52, 52}, VHE | LPA2 | S1PIE},
	{"11.1 max,lpa2=off", HW_MAX, {48, 48, 52}, VHE | S1PIE},
};

static struct id_file_cpu cpus[ID_FILE_CPUS];
static size_t n_cpus, asked, granted;

static const struct expected *find_expectation(const char *name)
{
	for (size_t i = 0; i < COUNT(expectations); i++)
		if (!strcmp(expectations[i].name, name))
			return &expectations[i];
	return NULL;
}

static const struct expected *expectation(const struct id_file_cpu *cpu)
{
	char name[sizeof(cpu->source) + sizeof(cpu->name)];
	const struct expected *found;

	snprintf(name, sizeof(name), "%s %s", cpu->source, cpu->name);
	found = find_expectation(name);
	if (!found)
		found = find_expectation(cpu->name);
	if (!found)
		fail_msg("nobody has worked out what %s has", cpu->name);
	return found;
}

static uint32_t expected_hw(const struct expected *e, unsigned granule)
{
	return e->hw | ((e->also & LPA2) && granules[granule] != HYPMMU_64K ? HYPMMU_HW_LPA2 : 0);
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

static void expect_choice(const struct id_file_cpu *cpu, unsigned granule, bool automatic)
{
	const struct expected *e = expectation(cpu);
	struct hypmmu_config cfg = {.granule = automatic ? 0 : granules[granule]};
	const struct hypmmu_config ought = {
		.granule = granules[granule],
		.regime = HYPMMU_EL2,
		.va_bits = e->bits[granule],
		.pa_bits = e->bits[granule],
		.hw = expected_hw(e, granule),
	};

	if (!e->bits[granule]) {
		assert_int_equal(refusal(&cfg, &cpu->id), HYPMMU_ERR_UNSUPPORTED);
		return;
	}
	cfg = from_id(cfg, &cpu->id);
	expect_config(&cfg, &ought);
	assert_int_equal(hypmmu_config_check(&cfg), HYPMMU_OK);
}

/* TGran4 is 0 or 1 in all of them: the automatic choice is 4K. */
static void every_model_gets_the_configuration_worked_out_by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_cpus; i++) {
		for (unsigned g = 0; g < COUNT(granules); g++)
			expect_choice(&cpus[i], g, false);
		expect_choice(&cpus[i], 0, true);
	}
	printf("%zu CPUs, %zu configurations\n", n_cpus, 4 * n_cpus);
	assert_true(n_cpus >= COUNT(expectations));
}

static void expect_answer(const struct id_file_cpu *cpu, const struct hypmmu_config *demand,
			  bool ought_to)
{
	int ought = ought_to ? HYPMMU_OK : HYPMMU_ERR_UNSUPPORTED;
	int is = refusal(demand, &cpu->id);

	if (is != ought)
		fail_msg("%s: granule %d regime %d va %d pa %d hw %#x use %#x: %d, not %d",
			 cpu->name, (int)demand->granule, (int)demand->regime, demand->va_bits,
			 demand->pa_bits, (unsigned)demand->hw, (unsigned)demand->use, is, ought);
	asked++;
	granted += ought_to;
}

static void expect_answers_about_sizes(const struct id_file_cpu *cpu, unsigned g)
{
	static const uint8_t pa_sizes[] = {32, 36, 40, 42, 44, 48, 52};
	const struct expected *e = expectation(cpu);
	bool wide_va = g == 2 ? (e->hw & HYPMMU_HW_LVA) != 0 : (e->also & LPA2) != 0;
	unsigned va_min = !(e->hw & HYPMMU_HW_TTST) ? 25 : g == 2 ? 17 : 16;

	for (size_t i = 0; i < COUNT(pa_sizes); i++)
		expect_answer(
			cpu,
			&(struct hypmmu_config){.granule = granules[g], .pa_bits = pa_sizes[i]},
			pa_sizes[i] <= e->bits[g]);
	for (unsigned va = g == 2 ? 17 : 16; va <= 52; va++)
		expect_answer(
			cpu,
			&(struct hypmmu_config){.granule = granules[g], .va_bits = (uint8_t)va},
			e->bits[g] && va >= va_min && va <= (wide_va ? 52 : 48));
}

static void expect_answers_about_features(const struct id_file_cpu *cpu, unsigned g)
{
	static const struct {
		uint32_t use, hw;
	} wishes[] = {
		{HYPMMU_USE_CNP, HYPMMU_HW_CNP},  {HYPMMU_USE_HAFDBS, HYPMMU_HW_HAFDBS},
		{HYPMMU_USE_TCMA, HYPMMU_HW_MTE}, {HYPMMU_USE_S1PIE, HYPMMU_HW_S1PIE},
		{HYPMMU_USE_BIG_ENDIAN, 0}, /* MMFR0.BigEnd is 1 in all of them */
	};
	const struct expected *e = expectation(cpu);

	for (uint32_t hw = HYPMMU_HW_LPA; hw <= HYPMMU_HW_HAFDBS; hw *= 2)
		expect_answer(cpu, &(struct hypmmu_config){.granule = granules[g], .hw = hw},
			      e->bits[g] && (expected_hw(e, g) & hw));
	expect_answer(cpu, &(struct hypmmu_config){.granule = granules[g], .hw = HYPMMU_HW_S1PIE},
		      e->bits[g] && (e->also & S1PIE));
	for (size_t i = 0; i < COUNT(wishes); i++)
		expect_answer(cpu,
			      &(struct hypmmu_config){.granule = granules[g], .use = wishes[i].use},
			      e->bits[g] && !(wishes[i].hw & ~e->hw));
	for (int regime = HYPMMU_EL2; regime <= HYPMMU_EL2_0_UPPER; regime++)
		expect_answer(cpu,
			      &(struct hypmmu_config){.granule = granules[g],
						      .regime = (enum hypmmu_regime)regime},
			      e->bits[g] && (regime == HYPMMU_EL2 || (e->also & VHE)));
}

static void every_model_refuses_exactly_what_it_lacks(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_cpus; i++) {
		for (unsigned g = 0; g < COUNT(granules); g++) {
			expect_answers_about_sizes(&cpus[i], g);
			expect_answers_about_features(&cpus[i], g);
		}
	}
	printf("%zu demands: %zu granted, %zu refused\n", asked, granted, asked - granted);
	assert_true(granted && granted < asked);
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
		const struct expected *a = expectation(first);
		const struct expected *b = expectation(second);
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
		cmocka_unit_test(every_model_refuses_exactly_what_it_lacks),
		cmocka_unit_test(second_cpu_passes_only_if_it_has_all_that_the_first_had),
	};

	return cmocka_run_group_tests(tests, read_cpus, NULL);
}
