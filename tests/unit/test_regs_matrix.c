/* SPDX-License-Identifier: BSD-2-Clause */
/* TCR_EL2 taken apart again, by bit numbers of the Arm manual, for every legal configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hypmmu/hypmmu.h>
#include <stdio.h>

#include "support/space.h"

/* The field, taken out of the register: what remains at the end is a bit that nothing explains. */
static uint64_t take(uint64_t *reg, unsigned low_bit, unsigned width)
{
	uint64_t mask = ((UINT64_C(1) << width) - 1) << low_bit;
	uint64_t value = (*reg & mask) >> low_bit;

	*reg &= ~mask;
	return value;
}

static void expect_el2_tcr(uint64_t tcr, const struct hypmmu_config *cfg, uint64_t tg0, uint64_t ps,
			   bool ds)
{
	bool had = cfg->use & HYPMMU_USE_HAFDBS;

	assert_int_equal(take(&tcr, 0, 6), 64 - cfg->va_bits);
	assert_int_equal(take(&tcr, 8, 2), 1);
	assert_int_equal(take(&tcr, 10, 2), 1);
	assert_int_equal(take(&tcr, 12, 2), 3);
	assert_int_equal(take(&tcr, 14, 2), tg0);
	assert_int_equal(take(&tcr, 16, 3), ps);
	assert_int_equal(take(&tcr, 21, 1), had);
	assert_int_equal(take(&tcr, 22, 1), had);
	assert_int_equal(take(&tcr, 23, 1), 1);
	assert_int_equal(take(&tcr, 24, 1), (cfg->hw & HYPMMU_HW_HPD) != 0);
	assert_int_equal(take(&tcr, 31, 1), 1);
	assert_int_equal(take(&tcr, 32, 1), ds);
	assert_int_equal(tcr, 0);
}

static void expect_el2_0_tcr(uint64_t tcr, const struct hypmmu_config *cfg, uint64_t tg0,
			     uint64_t tg1, uint64_t ps, bool ds)
{
	bool had = cfg->use & HYPMMU_USE_HAFDBS, hpd = cfg->hw & HYPMMU_HW_HPD;
	bool upper = cfg->regime == HYPMMU_EL2_0_UPPER;

	for (unsigned range = 0; range <= 16; range += 16) {
		assert_int_equal(take(&tcr, range, 6), 64 - cfg->va_bits);
		assert_int_equal(take(&tcr, range + 7, 1), range ? !upper : upper);
		assert_int_equal(take(&tcr, range + 8, 2), 1);
		assert_int_equal(take(&tcr, range + 10, 2), 1);
		assert_int_equal(take(&tcr, range + 12, 2), 3);
		assert_int_equal(take(&tcr, range + 14, 2), range ? tg1 : tg0);
	}
	assert_int_equal(take(&tcr, 32, 3), ps);
	assert_int_equal(take(&tcr, 39, 1), had);
	assert_int_equal(take(&tcr, 40, 1), had);
	assert_int_equal(take(&tcr, 41, 1), hpd);
	assert_int_equal(take(&tcr, 42, 1), hpd);
	assert_int_equal(take(&tcr, 59, 1), ds);
	assert_int_equal(tcr, 0);
}

static void tcr_has_every_field_and_nothing_else_over_the_whole_matrix(void **state)
{
	static const unsigned pa_sizes[] = {32, 36, 40, 42, 44, 48, 52};
	static const int granules[] = {12, 14, 16};
	static const uint64_t tg0[] = {0, 2, 1}, tg1[] = {2, 1, 3};
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i < 3 * 3 * 7 * 4 * 64; i++) {
		unsigned g = i / 64 % 3, ps = i / 64 / 3 / 3 % 7, extra = i / 64 / 3 / 3 / 7;
		int regime = HYPMMU_EL2 + (int)(i / 64 / 3 % 3);
		struct hypmmu mmu = space(granules[g], regime, i % 64, pa_sizes[ps]);
		bool ds = g < 2 && (i % 64 > 48 || pa_sizes[ps] == 52);
		uint64_t tcr;

		mmu.cfg.hw = extra & 1 ? HW_ALL : HW_ALL & ~HYPMMU_HW_HPD;
		mmu.cfg.use = extra & 2 ? HYPMMU_USE_HAFDBS : 0;
		if (hypmmu_config_check(&mmu.cfg))
			continue;
		n++;
		if (regime == HYPMMU_EL2_0_UPPER)
			tcr = regs_of(NULL, &mmu).tcr;
		else
			tcr = regs_of(&mmu, NULL).tcr;
		if (regime == HYPMMU_EL2)
			expect_el2_tcr(tcr, &mmu.cfg, tg0[g], ps, ds);
		else
			expect_el2_0_tcr(tcr, &mmu.cfg, tg0[g], tg1[g], ps, ds);
	}
	printf("%zu configurations\n", n);
	assert_int_equal(n, 3 * 7 * 4 * (37 + 37 + 36));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcr_has_every_field_and_nothing_else_over_the_whole_matrix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
