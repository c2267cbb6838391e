/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random ID registers and random demands. What hypmmu_config_from_id() has to answer is found by
 * search: every configuration there could be, the best one first, until this CPU can do one. What a
 * CPU can do is read from the fields' bit numbers in the Arm manual.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hypmmu/hypmmu.h>
#include <stdio.h>

#include "support/from_id.h"
#include "support/random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define E2H	     (UINT64_C(1) << 34)

struct cpu {
	bool granule[3], lpa2[3]; /* 4K, 16K, 64K */
	bool el2, vhe, e2h_can_be_0, e2h_is_1, both_orders, long_asid;
	unsigned pa_bits;
	uint32_t hw; /* but for LPA2 and S1PIE */
	bool s1pie;
};

static unsigned nibble(uint64_t word, unsigned low_bit)
{
	return (unsigned)(word >> low_bit & 15);
}

/* In a signed field 8 to 15 are below 0. */
static bool at_least(unsigned field, unsigned least, bool is_signed)
{
	return field >= least && !(is_signed && field >= 8);
}

static unsigned pa_bits_of(unsigned parange)
{
	static const uint8_t sizes[] = {32, 36, 40, 42, 44, 48};

	return parange < COUNT(sizes) ? sizes[parange] : 52; /* 7: 56, with 128-bit descriptors */
}

static uint32_t features_of(const struct hypmmu_id *id)
{
	const struct {
		uint64_t reg;
		unsigned low_bit, least;
		uint32_t hw;
	} fields[] = {
		{id->mmfr0, 0, 6, HYPMMU_HW_LPA},
		{id->mmfr1, 0, 2, HYPMMU_HW_HAFDBS}, /* access flag and dirty state */
		{id->mmfr1, 12, 1, HYPMMU_HW_HPD},
		{id->mmfr2, 0, 1, HYPMMU_HW_CNP},
		{id->mmfr2, 16, 1, HYPMMU_HW_LVA}, /* 2: LVA3 */
		{id->mmfr2, 28, 1, HYPMMU_HW_TTST},
		{id->mmfr2, 48, 1, HYPMMU_HW_TTL},
		{id->mmfr2, 52, 3, HYPMMU_HW_BBM_NOABORT},
		{id->pfr1, 0, 1, HYPMMU_HW_BTI},
		{id->pfr1, 8, 2, HYPMMU_HW_MTE}, /* 1: no tags in memory */
		{id->isar0, 56, 2, HYPMMU_HW_TLBIRANGE},
	};
	uint32_t hw = 0;

	for (size_t i = 0; i < COUNT(fields); i++)
		if (nibble(fields[i].reg, fields[i].low_bit) >= fields[i].least)
			hw |= fields[i].hw;
	return hw;
}

static struct cpu decode(const struct hypmmu_id *id)
{
	unsigned tgran4 = nibble(id->mmfr0, 28), tgran16 = nibble(id->mmfr0, 20);

	return (struct cpu){
		.granule = {at_least(tgran4, 0, true), at_least(tgran16, 1, false),
			    at_least(nibble(id->mmfr0, 24), 0, true)},
		.lpa2 = {at_least(tgran4, 1, true), at_least(tgran16, 2, false), false},
		.el2 = nibble(id->pfr0, 8) != 0,
		.vhe = nibble(id->mmfr1, 8) != 0,
		.e2h_can_be_0 = at_least(nibble(id->mmfr4, 24), 0, true),
		.e2h_is_1 = (id->hcr & E2H) != 0,
		.both_orders = nibble(id->mmfr0, 8) != 0,
		.long_asid = nibble(id->mmfr0, 4) >= 2,
		.pa_bits = pa_bits_of(nibble(id->mmfr0, 0)),
		.hw = features_of(id),
		.s1pie = nibble(id->mmfr3, 8) != 0,
	};
}

/* What is found, with granule g. S1PIE never is: firmware has a say. */
static uint32_t hw_with(const struct cpu *cpu, unsigned g)
{
	return cpu->hw | (cpu->lpa2[g] ? HYPMMU_HW_LPA2 : 0);
}

static bool sizes_are_possible(const struct hypmmu_config *cfg, unsigned g)
{
	bool long_va = cfg->hw & (g == 2 ? HYPMMU_HW_LVA : HYPMMU_HW_LPA2);
	bool long_pa = cfg->hw & (g == 2 ? HYPMMU_HW_LPA : HYPMMU_HW_LPA2);
	unsigned least_va = !(cfg->hw & HYPMMU_HW_TTST) ? 25 : g == 2 ? 17 : 16;

	return cfg->va_bits >= least_va && cfg->va_bits <= (long_va ? 52 : 48) &&
	       cfg->pa_bits <= (long_pa ? 52 : 48);
}

static bool is_possible(const struct cpu *cpu, const struct hypmmu_config *cfg, unsigned g)
{
	const struct {
		uint32_t use;
		bool there;
	} wishes[] = {
		{HYPMMU_USE_CNP, cfg->hw & HYPMMU_HW_CNP},
		{HYPMMU_USE_HAFDBS, cfg->hw & HYPMMU_HW_HAFDBS},
		{HYPMMU_USE_TCMA, cfg->hw & HYPMMU_HW_MTE},
		{HYPMMU_USE_S1PIE, cfg->hw & HYPMMU_HW_S1PIE},
		{HYPMMU_USE_BIG_ENDIAN, cpu->both_orders},
	};

	if (!cpu->el2 || !cpu->granule[g])
		return false;
	if (cfg->hw & ~(hw_with(cpu, g) | (cpu->s1pie ? HYPMMU_HW_S1PIE : 0)))
		return false;
	if (cfg->regime == HYPMMU_EL2 ? !cpu->e2h_can_be_0 || cfg->asid : !cpu->vhe)
		return false;
	for (size_t i = 0; i < COUNT(wishes); i++)
		if ((cfg->use & wishes[i].use) && !wishes[i].there)
			return false;
	return (cfg->asid <= 255 || cpu->long_asid) && cfg->pa_bits <= cpu->pa_bits &&
	       sizes_are_possible(cfg, g);
}

/* With this granule and this size of PA, the largest VA up to that size. */
static bool search_va(const struct cpu *cpu, struct hypmmu_config *cfg, unsigned g)
{
	if (cfg->va_bits)
		return is_possible(cpu, cfg, g);
	for (cfg->va_bits = cfg->pa_bits; cfg->va_bits >= 16; cfg->va_bits--)
		if (is_possible(cpu, cfg, g))
			return true;
	cfg->va_bits = 0;
	return false;
}

static bool search_granule(const struct cpu *cpu, struct hypmmu_config *cfg, unsigned g)
{
	static const uint8_t sizes[] = {52, 48, 44, 42, 40, 36, 32};
	uint8_t demand = cfg->pa_bits;

	for (size_t i = 0; i < COUNT(sizes); i++) {
		cfg->pa_bits = sizes[i];
		if ((!demand || demand == sizes[i]) && search_va(cpu, cfg, g))
			return true;
	}
	return false;
}

/* The best that meets the demands; false: there is none. */
static bool search(const struct cpu *cpu, const struct hypmmu_config *demand,
		   struct hypmmu_config *best)
{
	static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};

	for (unsigned g = 0; g < 3; g++) {
		*best = *demand;
		best->granule = granules[g];
		if (!best->regime)
			best->regime = cpu->e2h_is_1 || !cpu->e2h_can_be_0 ? HYPMMU_EL2_0_LOWER
									   : HYPMMU_EL2;
		if (!(best->hw & ~HYPMMU_HW_S1PIE))
			best->hw |= hw_with(cpu, g);
		if ((!demand->granule || demand->granule == granules[g]) &&
		    search_granule(cpu, best, g))
			return true;
	}
	return false;
}

/* The features are not what makes it impossible, but the values. */
static int error_of(const struct cpu *cpu, struct hypmmu_config demand)
{
	const struct cpu ideal = {
		.granule = {true, true, true},
		.lpa2 = {true, true, false},
		.el2 = true,
		.vhe = true,
		.e2h_can_be_0 = true,
		.both_orders = true,
		.long_asid = true,
		.pa_bits = 52,
		.hw = ~(uint32_t)HYPMMU_HW_LPA2,
	};
	struct hypmmu_config found;

	if (!demand.regime)
		demand.regime =
			cpu->e2h_is_1 || !cpu->e2h_can_be_0 ? HYPMMU_EL2_0_LOWER : HYPMMU_EL2;
	demand.hw = 0;
	demand.use = 0;
	return search(&ideal, &demand, &found) ? HYPMMU_ERR_UNSUPPORTED : HYPMMU_ERR_CONFIG;
}

/* Every field often holds one of the values that mean something. */
static uint64_t draw_register(struct random *random)
{
	static const uint8_t likely[] = {0, 0, 0, 1, 1, 2, 2, 3, 5, 6, 7, 15};
	uint64_t word = 0;

	for (unsigned i = 0; i < 16; i++)
		word = word << 4 |
		       (random_once_in(random, 8) ? random_below(random, 16)
						  : likely[random_below(random, COUNT(likely))]);
	return word;
}

static struct hypmmu_id draw_id(struct random *random)
{
	struct hypmmu_id id = {
		.midr = random_next(random),
		.ctr = random_next(random),
		.mmfr0 = draw_register(random),
		.mmfr1 = draw_register(random),
		.mmfr2 = draw_register(random),
		.mmfr3 = draw_register(random),
		.mmfr4 = random_once_in(random, 2) ? 0 : draw_register(random),
		.pfr0 = draw_register(random),
		.pfr1 = draw_register(random),
		.isar0 = draw_register(random),
		.isar1 = random_next(random),
		.hcr = random_next(random),
	};

	if (!random_once_in(random, 8))
		id.pfr0 |= 1 << 8; /* EL2 */
	return id;
}

/* 0 in all but one of `once` cases. */
static uint64_t draw_demand(struct random *random, uint64_t once, uint64_t first, uint64_t last)
{
	return random_once_in(random, once) ? first + random_below(random, last - first + 1) : 0;
}

static struct hypmmu_config draw_config(struct random *random)
{
	static const uint8_t granules[] = {12, 12, 14, 14, 16, 16, 13};
	static const uint8_t pa_sizes[] = {32, 36, 40, 42, 44, 48, 52, 56, 33};
	struct hypmmu_config cfg = {
		.regime = (enum hypmmu_regime)draw_demand(random, 2, 1, 3),
		.va_bits = (uint8_t)draw_demand(random, 3, 15, 53),
		.asid = (uint16_t)draw_demand(random, 8, 1, 0x1ff),
	};

	if (random_once_in(random, 2))
		cfg.granule = (enum hypmmu_granule)granules[random_below(random, COUNT(granules))];
	if (random_once_in(random, 3))
		cfg.pa_bits = pa_sizes[random_below(random, COUNT(pa_sizes))];
	if (random_once_in(random, 4))
		cfg.hw = (uint32_t)(random_next(random) & random_next(random) & 0x1fff);
	if (random_once_in(random, 16))
		cfg.hw = HYPMMU_HW_S1PIE;
	if (random_once_in(random, 4))
		cfg.use = (uint32_t)(random_next(random) & random_next(random) & 0x3ff);
	return cfg;
}

static void expect_same(const struct hypmmu_config *is, const struct hypmmu_config *ought)
{
	assert_int_equal(is->granule, ought->granule);
	assert_int_equal(is->regime, ought->regime);
	assert_int_equal(is->va_bits, ought->va_bits);
	assert_int_equal(is->pa_bits, ought->pa_bits);
	assert_int_equal(is->asid, ought->asid);
	assert_int_equal(is->hw, ought->hw);
	assert_int_equal(is->use, ought->use);
}

static void random_cpus_get_the_best_that_a_search_finds(void **state)
{
	struct random random = {random_seed()};
	size_t n = random_scaled(300000), counts[3] = {0};
	struct hypmmu_config last = {0};

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct hypmmu_id id = draw_id(&random);
		/* Or a second CPU is asked for what the first one got. */
		const struct hypmmu_config demand =
			random_once_in(&random, 8) ? last : draw_config(&random);
		const struct cpu cpu = decode(&id);
		struct hypmmu_config best, got;
		int err;

		if (search(&cpu, &demand, &best)) {
			got = from_id(demand, &id);
			expect_same(&got, &best);
			assert_int_equal(hypmmu_config_check(&got), HYPMMU_OK);
			last = got;
			counts[0]++;
			continue;
		}
		err = error_of(&cpu, demand);
		assert_int_equal(refusal(&demand, &id), err);
		counts[err == HYPMMU_ERR_CONFIG ? 1 : 2]++;
	}
	printf("%zu configurations, %zu CONFIG, %zu UNSUPPORTED\n", counts[0], counts[1],
	       counts[2]);
	assert_true(n < 1000 || (counts[0] && counts[1] && counts[2]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_cpus_get_the_best_that_a_search_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
