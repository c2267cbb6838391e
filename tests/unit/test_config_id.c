/* SPDX-License-Identifier: BSD-2-Clause */
/* What each ID field means to hypmmu_config_from_id(): all its values, reserved ones included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hypmmu/hypmmu.h>

#include "support/from_id.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};

static void granule_is_4k_if_there_is_one_else_16k_else_64k(void **state)
{
	static const struct {
		uint64_t mmfr0;
		int granule;
	} cases[] = {
		{0x00101125, HYPMMU_4K},  {0x0f001125, HYPMMU_4K},  {0x10201125, HYPMMU_4K},
		{0xf0101125, HYPMMU_16K}, {0xff201125, HYPMMU_16K}, {0xf0001125, HYPMMU_64K},
	};
	struct hypmmu_id id = plain;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		id.mmfr0 = cases[i].mmfr0;
		assert_int_equal(from_id((struct hypmmu_config){0}, &id).granule, cases[i].granule);
	}
}

static void cpu_without_any_granule_is_unsupported(void **state)
{
	struct hypmmu_id id = plain;
	const struct hypmmu_config cfg = {0};

	(void)state;
	id.mmfr0 = 0xff001125;
	assert_int_equal(refusal(&cfg, &id), HYPMMU_ERR_UNSUPPORTED);
}

/* TGran4 and TGran64 are signed (0xf: no), TGran16 is not (0: no). */
static void every_value_of_tgran_means_what_the_id_scheme_says(void **state)
{
	(void)state;
	for (unsigned value = 0; value < 16; value++) {
		struct hypmmu_id id = plain;
		const struct {
			enum hypmmu_granule granule;
			unsigned low_bit;
			bool there, lpa2;
		} fields[] = {
			{HYPMMU_4K, 28, value < 8, value >= 1 && value < 8},
			{HYPMMU_16K, 20, value >= 1, value >= 2},
			{HYPMMU_64K, 24, value < 8, false},
		};

		for (unsigned g = 0; g < 3; g++) {
			struct hypmmu_config cfg = {.granule = fields[g].granule};

			id.mmfr0 = 0x1125 | (uint64_t)value << fields[g].low_bit;
			if (!fields[g].there) {
				assert_int_equal(refusal(&cfg, &id), HYPMMU_ERR_UNSUPPORTED);
				continue;
			}
			cfg = from_id(cfg, &id);
			assert_int_equal(cfg.hw, fields[g].lpa2 ? HYPMMU_HW_LPA2 : 0);
		}
	}
}

static void stage_2_granules_are_not_read(void **state)
{
	struct hypmmu_id id = plain;

	(void)state;
	id.mmfr0 |= UINT64_C(0x11100000000); /* TGran4_2, TGran64_2, TGran16_2: 1, no granule */
	for (unsigned g = 0; g < COUNT(granules); g++)
		assert_int_equal(from_id((struct hypmmu_config){.granule = granules[g]}, &id).hw,
				 0);
	id.mmfr0 = 0xff001125 | UINT64_C(0x22200000000); /* stage 2 has all */
	for (unsigned g = 0; g < COUNT(granules); g++)
		assert_int_equal(refusal(&(struct hypmmu_config){.granule = granules[g]}, &id),
				 HYPMMU_ERR_UNSUPPORTED);
}

static void parange_is_clamped_to_what_the_granule_can_express(void **state)
{
	static const uint8_t sizes[16] = {32, 36, 40, 42, 44, 48, 52, 52,
					  52, 52, 52, 52, 52, 52, 52, 52};

	(void)state;
	for (unsigned parange = 0; parange < 16; parange++) {
		struct hypmmu_id id = plain;
		unsigned narrow = sizes[parange] > 48 ? 48 : sizes[parange];

		id.mmfr0 = 0x101120 | parange; /* no LPA2 */
		assert_int_equal(from_id((struct hypmmu_config){.granule = HYPMMU_4K}, &id).pa_bits,
				 narrow);
		assert_int_equal(
			from_id((struct hypmmu_config){.granule = HYPMMU_16K}, &id).pa_bits,
			narrow);
		assert_int_equal(
			from_id((struct hypmmu_config){.granule = HYPMMU_64K}, &id).pa_bits,
			sizes[parange]);
		id.mmfr0 = 0x10201120 | parange; /* LPA2 */
		assert_int_equal(from_id((struct hypmmu_config){.granule = HYPMMU_4K}, &id).pa_bits,
				 sizes[parange]);
		assert_int_equal(
			from_id((struct hypmmu_config){.granule = HYPMMU_16K}, &id).pa_bits,
			sizes[parange]);
	}
}

static void va_bits_follow_pa_bits_as_far_as_the_cpu_can_translate(void **state)
{
	static const struct {
		uint64_t mmfr0, mmfr2;
		int granule;
		unsigned pa_demand, pa, va;
	} cases[] = {
		{0x101120, 0, HYPMMU_4K, 0, 32, 32},
		{0x101123, 0, HYPMMU_16K, 0, 42, 42},
		{0x101125, 0, HYPMMU_4K, 36, 36, 36},
		{0x101126, 0, HYPMMU_64K, 0, 52, 48},	    /* LPA without LVA */
		{0x101126, 0x10000, HYPMMU_64K, 0, 52, 52}, /* VARange 1 */
		{0x101126, 0x20000, HYPMMU_64K, 0, 52, 52}, /* VARange 2: 56 bits, with D128 */
		{0x101126, 0x10000, HYPMMU_64K, 48, 48, 48},
		{0x101126, 0x10000, HYPMMU_4K, 0, 48, 48}, /* LVA is about 64K */
		{0x10101126, 0, HYPMMU_4K, 0, 52, 52},
		{0x10201125, 0x10000, HYPMMU_16K, 0, 48, 48},
	};
	struct hypmmu_id id = plain;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hypmmu_config cfg = {.granule = (enum hypmmu_granule)cases[i].granule,
					    .pa_bits = (uint8_t)cases[i].pa_demand};

		id.mmfr0 = cases[i].mmfr0;
		id.mmfr2 = cases[i].mmfr2;
		cfg = from_id(cfg, &id);
		assert_int_equal(cfg.pa_bits, cases[i].pa);
		assert_int_equal(cfg.va_bits, cases[i].va);
	}
}

static void every_feature_needs_the_least_value_of_its_field(void **state)
{
	static const struct {
		size_t reg;
		unsigned low_bit, least;
		uint32_t hw;
	} fields[] = {
		{offsetof(struct hypmmu_id, mmfr0), 0, 6, HYPMMU_HW_LPA},
		{offsetof(struct hypmmu_id, mmfr1), 0, 2, HYPMMU_HW_HAFDBS},
		{offsetof(struct hypmmu_id, mmfr1), 12, 1, HYPMMU_HW_HPD},
		{offsetof(struct hypmmu_id, mmfr2), 0, 1, HYPMMU_HW_CNP},
		{offsetof(struct hypmmu_id, mmfr2), 16, 1, HYPMMU_HW_LVA},
		{offsetof(struct hypmmu_id, mmfr2), 28, 1, HYPMMU_HW_TTST},
		{offsetof(struct hypmmu_id, mmfr2), 48, 1, HYPMMU_HW_TTL},
		{offsetof(struct hypmmu_id, mmfr2), 52, 3, HYPMMU_HW_BBM_NOABORT},
		{offsetof(struct hypmmu_id, pfr1), 0, 1, HYPMMU_HW_BTI},
		{offsetof(struct hypmmu_id, pfr1), 8, 2, HYPMMU_HW_MTE},
		{offsetof(struct hypmmu_id, isar0), 56, 2, HYPMMU_HW_TLBIRANGE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(fields); i++) {
		for (uint64_t value = 0; value < 16; value++) {
			struct hypmmu_id id = plain;
			uint64_t *reg = (uint64_t *)(void *)((char *)&id + fields[i].reg);

			*reg = (*reg & ~(UINT64_C(15) << fields[i].low_bit)) |
			       value << fields[i].low_bit;
			assert_int_equal(
				from_id((struct hypmmu_config){.granule = HYPMMU_4K}, &id).hw,
				value >= fields[i].least ? fields[i].hw : 0);
		}
	}
}

static void fields_of_no_feature_change_nothing(void **state)
{
	struct hypmmu_id id = plain;

	(void)state;
	id.midr = id.ctr = id.mmfr3 = id.isar1 = ~UINT64_C(0);
	id.mmfr0 |= UINT64_C(0xfffffff0000f0f0);
	id.mmfr1 = UINT64_C(0xffffffffffff00f0);
	id.mmfr2 = UINT64_C(0xff00ffff0ff0fff0);
	id.mmfr4 = UINT64_C(0xfffffffff0ffffff);
	id.pfr0 = ~UINT64_C(0);
	id.pfr1 = UINT64_C(0xfffffffffffff0f0);
	id.isar0 = UINT64_C(0xf0ffffffffffffff);
	id.hcr = UINT64_C(0xfffffffbffffffff);
	assert_int_equal(from_id((struct hypmmu_config){0}, &id).hw, 0);
	assert_int_equal(from_id((struct hypmmu_config){0}, &id).regime, HYPMMU_EL2);
}

#define E2H		  (UINT64_C(1) << 34)
#define VH		  (UINT64_C(1) << 8)
#define E2H_RES1	  (UINT64_C(0xf) << 24)
#define E2H_RES1_NV1_RES0 (UINT64_C(0xe) << 24)

static void regime_follows_e2h_and_demands_follow_what_the_cpu_can_do(void **state)
{
	static const struct {
		uint64_t hcr, mmfr1, mmfr4;
		int demand, regime; /* 0: UNSUPPORTED */
	} cases[] = {
		{0, 0, 0, 0, HYPMMU_EL2},
		{0, VH, 0, 0, HYPMMU_EL2},
		{E2H, VH, 0, 0, HYPMMU_EL2_0_LOWER},
		{0, VH, E2H_RES1, 0, HYPMMU_EL2_0_LOWER}, /* read at EL1, say */
		{0, VH, E2H_RES1_NV1_RES0, 0, HYPMMU_EL2_0_LOWER},
		{E2H, VH, E2H_RES1, 0, HYPMMU_EL2_0_LOWER},
		{0, VH, UINT64_C(7) << 24, 0, HYPMMU_EL2}, /* reserved, not negative */
		/* E2H as it is now binds no demand: the caller can change it. */
		{0, VH, 0, HYPMMU_EL2_0_LOWER, HYPMMU_EL2_0_LOWER},
		{0, VH, 0, HYPMMU_EL2_0_UPPER, HYPMMU_EL2_0_UPPER},
		{E2H, VH, 0, HYPMMU_EL2_0_UPPER, HYPMMU_EL2_0_UPPER},
		{E2H, VH, 0, HYPMMU_EL2, HYPMMU_EL2},
		{E2H, VH, E2H_RES1, HYPMMU_EL2, 0},
		{0, VH, E2H_RES1, HYPMMU_EL2, 0},
		{0, 0, 0, HYPMMU_EL2_0_LOWER, 0},
		{0, 0, 0, HYPMMU_EL2_0_UPPER, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hypmmu_config cfg = {.regime = (enum hypmmu_regime)cases[i].demand};
		struct hypmmu_id id = plain;

		id.hcr = cases[i].hcr;
		id.mmfr1 = cases[i].mmfr1;
		id.mmfr4 = cases[i].mmfr4;
		if (cases[i].regime)
			assert_int_equal(from_id(cfg, &id).regime, cases[i].regime);
		else
			assert_int_equal(refusal(&cfg, &id), HYPMMU_ERR_UNSUPPORTED);
	}
}

static void cpu_without_el2_is_unsupported(void **state)
{
	struct hypmmu_id id = plain;
	const struct hypmmu_config cfg = {0};

	(void)state;
	id.pfr0 = 0x11; /* EL2, bits [11:8], is 0 */
	assert_int_equal(refusal(&cfg, &id), HYPMMU_ERR_UNSUPPORTED);
	id.pfr0 = 0x0200;
	assert_int_equal(refusal(&cfg, &id), HYPMMU_OK);
}

static void byte_order_is_a_matter_of_bigend(void **state)
{
	const struct hypmmu_config cfg = {.use = HYPMMU_USE_BIG_ENDIAN};
	struct hypmmu_id id = plain;

	(void)state;
	assert_int_equal(refusal(&cfg, &id), HYPMMU_OK);
	id.mmfr0 = 0x111025; /* BigEnd 0; BigEndEL0 1 is about EL0 */
	assert_int_equal(refusal(&cfg, &id), HYPMMU_ERR_UNSUPPORTED);
}

static void asid_beyond_8_bits_needs_asidbits(void **state)
{
	struct hypmmu_config cfg = {.regime = HYPMMU_EL2_0_LOWER, .asid = 0x100};
	struct hypmmu_id id = plain;

	(void)state;
	id.mmfr1 = VH;
	assert_int_equal(refusal(&cfg, &id), HYPMMU_OK);
	id.mmfr0 = 0x101105; /* ASIDBits 0: 8 bits */
	assert_int_equal(refusal(&cfg, &id), HYPMMU_ERR_UNSUPPORTED);
	cfg.asid = 0xff;
	assert_int_equal(refusal(&cfg, &id), HYPMMU_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(granule_is_4k_if_there_is_one_else_16k_else_64k),
		cmocka_unit_test(cpu_without_any_granule_is_unsupported),
		cmocka_unit_test(every_value_of_tgran_means_what_the_id_scheme_says),
		cmocka_unit_test(stage_2_granules_are_not_read),
		cmocka_unit_test(parange_is_clamped_to_what_the_granule_can_express),
		cmocka_unit_test(va_bits_follow_pa_bits_as_far_as_the_cpu_can_translate),
		cmocka_unit_test(every_feature_needs_the_least_value_of_its_field),
		cmocka_unit_test(fields_of_no_feature_change_nothing),
		cmocka_unit_test(regime_follows_e2h_and_demands_follow_what_the_cpu_can_do),
		cmocka_unit_test(cpu_without_el2_is_unsupported),
		cmocka_unit_test(byte_order_is_a_matter_of_bigend),
		cmocka_unit_test(asid_beyond_8_bits_needs_asidbits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
