/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Register values as literals, worked out by hand from the Arm manual's register descriptions; the
 * fields stand beside each. A second test takes values apart again, by bit numbers of its own, over
 * the whole matrix.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hypmmu/hypmmu.h>
#include <string.h>

#include "support/from_id.h"
#include "support/id_file.h"
#include "support/space.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * E2H = 0. Common to all: RES1 bits 31 and 23 (0x80800000), SH0 3 (0x3000), ORGN0 1 (0x400), IRGN0
 * 1 (0x100). T0SZ is in [5:0], TG0 in [15:14] (16K 2: 0x8000; 64K 1: 0x4000), PS in [18:16].
 */
static void tcr_of_el2_is_the_value_worked_out_by_hand(void **state)
{
	static const struct {
		int granule;
		unsigned va_bits, pa_bits;
		uint32_t hw, use;
		uint64_t tcr;
	} cases[] = {
		{HYPMMU_4K, 48, 48, 0, 0, 0x80853510},		     /* T0SZ 0x10, PS 5 */
		{HYPMMU_4K, 39, 40, 0, 0, 0x80823519},		     /* T0SZ 0x19, PS 2 */
		{HYPMMU_16K, 47, 40, 0, 0, 0x8082b511},		     /* T0SZ 0x11, PS 2 */
		{HYPMMU_64K, 42, 36, 0, 0, 0x80817516},		     /* T0SZ 0x16, PS 1 */
		{HYPMMU_4K, 16, 32, HYPMMU_HW_TTST, 0, 0x80803530},  /* T0SZ 0x30, PS 0 */
		{HYPMMU_64K, 17, 42, HYPMMU_HW_TTST, 0, 0x8083752f}, /* T0SZ 0x2f, PS 3 */
		{HYPMMU_16K, 44, 44, 0, 0, 0x8084b514},		     /* T0SZ 0x14, PS 4 */
		/* HPD, bit 24 */
		{HYPMMU_4K, 48, 48, HYPMMU_HW_HPD, 0, 0x81853510},
		/* HA and HD, bits 21 and 22 */
		{HYPMMU_4K, 48, 48, HYPMMU_HW_HAFDBS, HYPMMU_USE_HAFDBS, 0x80e53510},
		{HYPMMU_4K, 48, 48, HYPMMU_HW_HAFDBS, 0, 0x80853510},
		/* TBI, bit 20; TCMA, bit 30 */
		{HYPMMU_4K, 48, 48, 0, HYPMMU_USE_TBI, 0x80953510},
		{HYPMMU_4K, 48, 48, HYPMMU_HW_MTE, HYPMMU_USE_TCMA, 0xc0853510},
		{HYPMMU_4K, 48, 48, HYPMMU_HW_MTE, HYPMMU_USE_TBI | HYPMMU_USE_TCMA, 0xc0953510},
		/* DS, bit 32, for a wide VA, a wide PA or both; never with 64K. PS 6. */
		{HYPMMU_4K, 52, 52, HYPMMU_HW_LPA2, 0, 0x18086350c},
		{HYPMMU_4K, 52, 48, HYPMMU_HW_LPA2, 0, 0x18085350c},
		{HYPMMU_4K, 48, 52, HYPMMU_HW_LPA2, 0, 0x180863510},
		{HYPMMU_16K, 49, 48, HYPMMU_HW_LPA2, 0, 0x18085b50f},
		{HYPMMU_4K, 48, 48, HYPMMU_HW_LPA2, 0, 0x80853510},
		{HYPMMU_64K, 52, 52, HYPMMU_HW_LPA | HYPMMU_HW_LVA, 0, 0x8086750c},
		{HYPMMU_64K, 52, 52, HW_ALL, HYPMMU_USE_HAFDBS, 0x81e6750c},
		/* These have no place in TCR_EL2. */
		{HYPMMU_4K, 48, 48, HYPMMU_HW_CNP, HYPMMU_USE_CNP | HYPMMU_USE_BIG_ENDIAN,
		 0x80853510},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hypmmu mmu =
			space(cases[i].granule, HYPMMU_EL2, cases[i].va_bits, cases[i].pa_bits);

		mmu.cfg.hw = cases[i].hw;
		mmu.cfg.use = cases[i].use;
		assert_int_equal(hypmmu_config_check(&mmu.cfg), HYPMMU_OK);
		assert_int_equal(regs_of(&mmu, NULL).tcr, cases[i].tcr);
	}
}

/* What the CPU itself allows: 0 where it lacks the granule. 4K, 16K, 64K. */
static void every_model_gets_the_tcr_worked_out_by_hand(void **state)
{
	static const struct {
		const char *name;
		uint64_t tcr[3];
	} models[] = {
		/* 40 bits: T0SZ 0x18, PS 2 */
		{"cortex-a53", {0x80823518, 0, 0x80827518}},
		{"cortex-a35", {0x80823518, 0x8082b518, 0x80827518}},
		/* 44 bits: T0SZ 0x14, PS 4 */
		{"cortex-a57", {0x80843514, 0, 0x80847514}},
		{"cortex-a72", {0x80843514, 0, 0x80847514}},
		/* 40 bits and HPD */
		{"a64fx", {0x81823518, 0, 0x81827518}},
		{"cortex-a55", {0x81823518, 0x8182b518, 0x81827518}},
		{"cortex-a76", {0x81823518, 0x8182b518, 0x81827518}},
		{"cortex-a710", {0x81823518, 0x8182b518, 0x81827518}},
		{"cortex-a710+mte", {0x81823518, 0x8182b518, 0x81827518}},
		/* 48 bits and HPD: T0SZ 0x10, PS 5 */
		{"neoverse-n1", {0x81853510, 0x8185b510, 0x81857510}},
		{"neoverse-n2", {0x81853510, 0x8185b510, 0x81857510}},
		{"neoverse-n2+mte", {0x81853510, 0x8185b510, 0x81857510}},
		{"neoverse-v1", {0x81853510, 0x8185b510, 0x81857510}},
		/* 52 bits and HPD: T0SZ 0xc, PS 6, DS but with 64K */
		{"max", {0x18186350c, 0x18186b50c, 0x8186750c}},
		{"max+mte", {0x18186350c, 0x18186b50c, 0x8186750c}},
		{"max,lpa2=off", {0x81853510, 0x8185b510, 0x8186750c}},
	};
	static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};
	static struct id_file_cpu cpus[ID_FILE_CPUS];
	size_t n = id_file_read(HYPMMU_TEST_DATA "/id-qemu.txt", cpus), checked = 0;

	(void)state;
	for (size_t i = 0; i < n * COUNT(models) * 3; i++) {
		const struct id_file_cpu *cpu = &cpus[i % n];
		size_t model = i / n % COUNT(models), g = i / n / COUNT(models);
		struct hypmmu mmu = {.tables = 1, .cfg = {.granule = granules[g]}};

		if (strcmp(cpu->name, models[model].name) || !models[model].tcr[g])
			continue;
		mmu.cfg = from_id(mmu.cfg, &cpu->id);
		assert_int_equal(regs_of(&mmu, NULL).tcr, models[model].tcr[g]);
		checked++;
	}
	assert_int_equal(checked, 42 * 3 - 3 * 4); /* A53, A57, A72, A64FX have no 16K */
}

static void ttbr_holds_root_address_cnp_and_asid(void **state)
{
	static const struct {
		int granule, regime;
		unsigned pa_bits;
		uint32_t use;
		uint16_t asid;
		hypmmu_pa root;
		uint64_t ttbr;
	} cases[] = {
		{HYPMMU_4K, HYPMMU_EL2, 48, 0, 0, 0, 0},
		{HYPMMU_4K, HYPMMU_EL2, 48, 0, 0, 0x0000800000001000, 0x0000800000001000},
		{HYPMMU_4K, HYPMMU_EL2, 48, HYPMMU_USE_CNP, 0, 0x0000fffffffff000,
		 0x0000fffffffff001},
		/* address bits 51 to 48 in [5:2] */
		{HYPMMU_4K, HYPMMU_EL2, 52, 0, 0, 0x0001000000001000, 0x0000000000001004},
		{HYPMMU_16K, HYPMMU_EL2, 52, 0, 0, 0x000a123456784000, 0x0000123456784028},
		{HYPMMU_64K, HYPMMU_EL2, 52, HYPMMU_USE_CNP, 0, 0x000f123456780000,
		 0x000012345678003d},
		{HYPMMU_64K, HYPMMU_EL2_0_LOWER, 52, HYPMMU_USE_CNP, 0x1234, 0x000f123456780000,
		 0x123412345678003d},
		{HYPMMU_4K, HYPMMU_EL2_0_LOWER, 48, 0, 0xffff, 0x0000fffffffff000,
		 0xfffffffffffff000},
		{HYPMMU_4K, HYPMMU_EL2_0_UPPER, 52, 0, 0x0080, 0x0008000000001000,
		 0x0080000000001020},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool upper = cases[i].regime == HYPMMU_EL2_0_UPPER;
		struct hypmmu mmu = space(cases[i].granule, cases[i].regime, 48, cases[i].pa_bits);
		struct hypmmu_regs regs;

		mmu.cfg.hw = HW_ALL;
		mmu.cfg.use = cases[i].use;
		mmu.cfg.asid = cases[i].asid;
		mmu.root = cases[i].root;
		regs = upper ? regs_of(NULL, &mmu) : regs_of(&mmu, NULL);
		assert_int_equal(upper ? regs.ttbr1 : regs.ttbr0, cases[i].ttbr);
		if (cases[i].regime == HYPMMU_EL2)
			assert_int_equal(regs.ttbr1, 0);
	}
}

/* GRE 0c, nGRE 08, nGnRE 04, nGnRnE 00, tagged f0, write-through bb, non-cacheable 44, write-back
 * ff */
static void mair_has_the_types_in_attrindx_order(void **state)
{
	struct hypmmu mmu = space(HYPMMU_4K, HYPMMU_EL2, 48, 48);

	(void)state;
	mmu.cfg.hw = HYPMMU_HW_MTE;
	assert_int_equal(regs_of(&mmu, NULL).mair, UINT64_C(0x0c080400f0bb44ff));
	mmu.cfg.hw = HW_ALL & ~HYPMMU_HW_MTE; /* f0 would be reserved */
	assert_int_equal(regs_of(&mmu, NULL).mair, UINT64_C(0x0c080400ffbb44ff));
	for (unsigned type = 0; type < 8; type++) {
		static const hypmmu_attr attrs[] = {HYPMMU_NORMAL,	  HYPMMU_NORMAL_NC,
						    HYPMMU_NORMAL_WT,	  HYPMMU_NORMAL_TAGGED,
						    HYPMMU_DEVICE_NGNRNE, HYPMMU_DEVICE_NGNRE,
						    HYPMMU_DEVICE_NGRE,	  HYPMMU_DEVICE_GRE};

		assert_int_equal(attrs[type], type << 4);
	}
}

static void sctlr_is_complete(void **state)
{
	static const struct {
		int regime;
		uint32_t use;
		uint64_t sctlr;
	} cases[] = {
		/* RES1: 29, 28, 23, 22, 18, 16, 11, 5, 4 (0x30c50830); I 12, C 2, M 0 (0x1005) */
		{HYPMMU_EL2, HYPMMU_USE_NO_WXN, 0x30c51835},
		{HYPMMU_EL2, 0, 0x30cd1835},			 /* WXN 19 */
		{HYPMMU_EL2, HYPMMU_USE_BIG_ENDIAN, 0x32cd1835}, /* EE 25 */
		/* LSMAOE 29, nTLSMD 28, SPAN 23, EIS 22, TSCXT 20, nTWE 18, nTWI 16, EOS 11, SED 8,
		 * ITD 7, SA0 4 (0x30d50990); I, C, M */
		{HYPMMU_EL2_0_LOWER, HYPMMU_USE_NO_WXN, 0x30d51995},
		{HYPMMU_EL2_0_LOWER, 0, 0x30dd1995},
		{HYPMMU_EL2_0_LOWER, HYPMMU_USE_BIG_ENDIAN, 0x32dd1995},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hypmmu mmu = space(HYPMMU_4K, cases[i].regime, 48, 48);

		mmu.cfg.use = cases[i].use;
		assert_int_equal(regs_of(&mmu, NULL).sctlr, cases[i].sctlr);
	}
}

/*
 * PIR_EL2.Perm15 down to Perm0: R and W 0xc, R 0x8, R and X 0xa. Numbers as in golden_pie.c: EL2 may
 * write what anybody may (15 to 12), read all (9, 8, 1), execute its own (0); EL0 has only what is
 * its own, the odd ones.
 */
static void indirect_permissions_are_the_values_worked_out_by_hand(void **state)
{
	struct hypmmu el2 = space(HYPMMU_4K, HYPMMU_EL2, 48, 48);
	struct hypmmu lower = space(HYPMMU_4K, HYPMMU_EL2_0_LOWER, 48, 48);
	struct hypmmu upper = space(HYPMMU_4K, HYPMMU_EL2_0_UPPER, 48, 48);
	struct hypmmu_regs regs;

	(void)state;
	el2.cfg.hw = lower.cfg.hw = upper.cfg.hw = HYPMMU_HW_S1PIE;
	el2.cfg.use = lower.cfg.use = upper.cfg.use = HYPMMU_USE_S1PIE;
	regs = regs_of(&el2, NULL);
	assert_int_equal(regs.tcr2, 2); /* PIE */
	assert_int_equal(regs.pir, UINT64_C(0xcccc00880000008a));
	assert_int_equal(regs.pire0, 0);
	assert_int_equal(regs.mair2, 0);
	assert_int_equal(regs.tcr, 0x80853510);
	for (int i = 0; i < 3; i++) {
		regs = regs_of(i == 1 ? NULL : &lower, i == 0 ? NULL : &upper);
		assert_int_equal(regs.tcr2, 2);
		assert_int_equal(regs.pir, UINT64_C(0xcccc00880000008a));
		assert_int_equal(regs.pire0, UINT64_C(0xc0c00080000000a0));
		assert_int_equal(regs.mair2, 0);
	}
}

static void other_registers_are_zero_but_for_e2h(void **state)
{
	static const int regimes[] = {HYPMMU_EL2, HYPMMU_EL2_0_LOWER};

	(void)state;
	for (size_t i = 0; i < COUNT(regimes); i++) {
		struct hypmmu mmu = space(HYPMMU_4K, regimes[i], 48, 48);
		struct hypmmu_regs regs;

		mmu.cfg.hw = HW_ALL; /* S1PIE among it: that the CPU has it is not enough */
		regs = regs_of(&mmu, NULL);
		assert_int_equal(regs.hcr, i ? UINT64_C(0x400000000) : 0);
		assert_int_equal(regs.tcr2 | regs.mair2 | regs.pir | regs.pire0, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcr_of_el2_is_the_value_worked_out_by_hand),
		cmocka_unit_test(every_model_gets_the_tcr_worked_out_by_hand),
		cmocka_unit_test(ttbr_holds_root_address_cnp_and_asid),
		cmocka_unit_test(mair_has_the_types_in_attrindx_order),
		cmocka_unit_test(sctlr_is_complete),
		cmocka_unit_test(indirect_permissions_are_the_values_worked_out_by_hand),
		cmocka_unit_test(other_registers_are_zero_but_for_e2h),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
