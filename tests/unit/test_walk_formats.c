/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The golden walker on CPUs with and without each feature: sizes, address layouts, memory types.
 * All literals are worked out from the Arm manual's field tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rig.h"

#define GRANULE_16K 0x8000 /* TG0 [15:14] 10 */
#define GRANULE_64K 0x4000
#define DS	    0x100000000 /* bit 32 */

static void sizes_out_of_bounds_fault_at_level_0(void **state)
{
	/* tg is TG0 in place; mmfr0, mmfr2 as VARange [19:16], ST [31:28] */
	static const struct {
		uint64_t tg, mmfr0, mmfr2, smallest, largest;
	} cases[] = {
		{0, 0x00100005, 0, 16, 39},
		{GRANULE_16K, 0x00100005, 0, 16, 39},
		{GRANULE_64K, 0x00100005, 0, 16, 39},
		{0, 0x00100005, 0x10010000, 16, 48},
		{GRANULE_16K, 0x00100005, 0x10010000, 16, 48},
		{GRANULE_64K, 0x00100005, 0x10010000, 12, 47},
		{DS, 0x10200005, 0x10000000, 12, 48},
		{DS | GRANULE_16K, 0x10200005, 0x10000000, 12, 48},
		{DS | GRANULE_64K, 0x10200005, 0x10000000, 16, 47},
		{DS, 0x00100005, 0x10000000, 16, 48},
		{DS, 0xf0100005, 0x10000000, 16, 48}, /* TGran4 1111: no 4K granule */
		{DS | GRANULE_16K, 0x10100005, 0x10000000, 16, 48},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rig rig;

		rig_init_el2(&rig);
		rig.machine.id.mmfr0 = cases[i].mmfr0;
		rig.machine.id.mmfr2 = cases[i].mmfr2;
		rig.machine.regs.tcr |= cases[i].tg;
		for (unsigned tsz = 0; tsz < 64; tsz++) {
			bool legal = tsz >= cases[i].smallest && tsz <= cases[i].largest;
			struct hypmmu_translation t;

			rig_set_t0sz(&rig, tsz);
			t = rig_walk(&rig, 0, HYPMMU_READ);
			if (legal)
				assert_int_equal(t.fault, HYPMMU_FAULT_EXTERNAL);
			else
				rig_assert_early(&rig, &t);
		}
	}
}

static void a_root_beyond_the_address_size_faults_at_level_0(void **state)
{
	struct hypmmu_translation t;
	struct rig rig;

	(void)state;
	rig_init_el2(&rig);
	rig.machine.regs.tcr ^= 0x70000; /* PS 101 -> 010: 40 bits */
	rig.machine.regs.ttbr0 = UINT64_C(1) << 40;
	t = rig_walk(&rig, RIG_VA, HYPMMU_READ);
	rig_assert_fault(&t, HYPMMU_FAULT_ADDRESS_SIZE, 0, 0x00);
	assert_int_equal(rig.reads, 0);
	rig.machine.regs.ttbr0 = UINT64_C(1) << 39;
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).fault, HYPMMU_FAULT_EXTERNAL);
	assert_int_equal(rig.reads, 1);
	rig.machine.id.mmfr0 = 0x00100001; /* PARange caps PS: 36 bits */
	t = rig_walk(&rig, RIG_VA, HYPMMU_READ);
	rig_assert_fault(&t, HYPMMU_FAULT_ADDRESS_SIZE, 0, 0x00);
}

static void ttbr_holds_52_bits_only_in_the_52_bit_formats(void **state)
{
	/* base[51:48] in TTBR[5:2]: 0xa; a root of 8 slots (2^6 bytes) or of 2 (2^4) */
	static const struct {
		uint64_t tcr, mmfr0, ttbr, first;
	} cases[] = {
		/* 4K, 39 bits: 2^12 bytes */
		{0x80853019, 0x10200006, 0x800000e8, 0x80000000},
		{0x80863019 | DS, 0x10200006, 0x80000028, 0xa000080000000},
		/* T0SZ 33, 31 bits: a root of two slots; 16 bytes, 64 with DS */
		{0x80853021, 0x10200006, 0x80000078, 0x80000070},
		{0x80863021 | DS, 0x10200006, 0x80000068, 0xa000080000040},
		/* 64K, T0SZ 22, 42 bits: 2^16 bytes; base[51:48] only with PS = 110 and FEAT_LPA */
		{0x80867016, 0x00100006, 0x80000028, 0xa000080000000},
		{0x80857016, 0x00100006, 0x80000028, 0x80000000},
		{0x80867016, 0x00100005, 0x80000028, 0x80000000},
	};
	struct rig rig;

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		rig_init_el2(&rig);
		rig.machine.regs.tcr = cases[i].tcr;
		rig.machine.id.mmfr0 = cases[i].mmfr0;
		rig.machine.regs.ttbr0 = cases[i].ttbr;
		assert_int_equal(rig_walk(&rig, 0, HYPMMU_READ).desc_pa, cases[i].first);
	}
}

static void layouts_follow_the_features_of_the_cpu(void **state)
{
	struct rig rig;

	(void)state;
	/* DS = 1 without FEAT_LPA2: [9:8] is still SH */
	rig_init_el2(&rig);
	rig.machine.regs.tcr |= DS;
	rig_put(&rig, RIG_SLOT, 0x400000641);
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).sh, 2);
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).pa, 0x400001234);
	/* with it: OA[51:50], and SH0 rules */
	rig.machine.id.mmfr0 = 0x10100006;
	rig.machine.regs.tcr ^= 0x30000; /* PS 110 */
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).sh, 3);
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).pa, 0x8000400001234);
	/* each half has its SHn; DS [59] with E2H = 1, SH1 [29:28] 10 */
	rig_init_el2_0(&rig);
	rig.machine.id.mmfr0 = 0x10100006;
	rig.machine.regs.tcr = (rig.machine.regs.tcr & ~UINT64_C(0x10000000)) | UINT64_C(1) << 59;
	rig_put(&rig, RIG_SLOT, 0x400000441);
	rig_put(&rig, RIG_UPPER_SLOT, 0x400000441);
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).sh, 3);
	assert_int_equal(rig_walk(&rig, RIG_UPPER_VA, HYPMMU_READ).sh, 2);
	/* 64K, level 2: [15:12] is OA[51:48] with FEAT_LPA, else ignored */
	rig_init_el2(&rig);
	rig.machine.regs.tcr = 0x80867016; /* T0SZ 22: 42 bits */
	rig_put(&rig, RIG_ROOT + 2 * 8, 0x400009741);
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).pa, 0x400001234);
	rig.machine.id.mmfr0 = 0x00100006;
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).pa, 0x9000400001234);
	rig.machine.regs.tcr ^= 0x30000; /* PS 101: the four bits must be 0 */
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).fault, HYPMMU_FAULT_ADDRESS_SIZE);
}

static void a_reserved_granule_is_taken_for_4k(void **state)
{
	struct rig rig;

	(void)state;
	rig_init_el2(&rig);
	rig_put(&rig, RIG_SLOT, RIG_BLOCK);
	rig.machine.regs.tcr |= 0xc000; /* TG0 11 */
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).size, 0x40000000);
	rig_init_el2_0(&rig);
	rig_put(&rig, RIG_UPPER_SLOT, RIG_BLOCK);
	rig.machine.regs.tcr &= ~UINT64_C(0xc0000000); /* TG1 00 */
	assert_int_equal(rig_walk(&rig, RIG_UPPER_VA, HYPMMU_READ).size, 0x40000000);
}

static void nt_blocks_fault_where_bbm_allows_it(void **state)
{
	static const bool faults[] = {false, true, true, false};
	struct hypmmu_translation t;
	struct rig rig;

	(void)state;
	rig_init_el2(&rig);
	rig_put(&rig, RIG_SLOT, RIG_BLOCK | 1 << 16);
	for (uint64_t bbm = 0; bbm < 4; bbm++) {
		rig.machine.id.mmfr2 = bbm << 52;
		t = rig_walk(&rig, RIG_VA, HYPMMU_READ);
		assert_int_equal(t.fault, faults[bbm] ? HYPMMU_FAULT_TRANSLATION : 0);
		assert_int_equal(t.level, 1);
	}
	/* In a page descriptor bit 16 is an address bit. */
	rig.machine.id.mmfr2 = UINT64_C(1) << 52;
	rig_put(&rig, RIG_SLOT, 0x10003);
	rig_put(&rig, 0x10000, 0x11003);
	rig_put(&rig, 0x11008, 0x10743);
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).pa, 0x10234);
}

static void type_and_shareability_are_those_in_effect(void **state)
{
	/* AttrIndx [4:2] and SH [9:8] of the leaf; C [2] and I [12] of SCTLR_EL2 */
	static const struct {
		unsigned leaf, off;
		enum hypmmu_access access;
		unsigned mair, sh;
	} cases[] = {
		{0x300, 0, HYPMMU_READ, 0xff, 3},	{0x200, 0, HYPMMU_READ, 0xff, 2},
		{0x000, 0, HYPMMU_READ, 0xff, 0},	{0x100, 0, HYPMMU_READ, 0xff, 1},
		{0x304, 0, HYPMMU_READ, 0x44, 2},	{0x308, 0, HYPMMU_WRITE, 0x04, 2},
		{0x308, 0, HYPMMU_FETCH, 0x44, 2},	{0x30c, 0, HYPMMU_READ, 0x4f, 3},
		{0x300, 0x4, HYPMMU_READ, 0x44, 2},	{0x300, 0x4, HYPMMU_FETCH, 0xff, 3},
		{0x300, 0x1000, HYPMMU_FETCH, 0x44, 2}, {0x300, 0x1000, HYPMMU_READ, 0xff, 3},
		{0x308, 0x1004, HYPMMU_READ, 0x04, 2},
	};

	struct rig rig;

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hypmmu_translation t;

		rig_init_el2(&rig);
		rig_put(&rig, RIG_SLOT, 0x400000441 | cases[i].leaf);
		rig.machine.regs.sctlr &= ~(uint64_t)cases[i].off;
		t = rig_walk(&rig, RIG_VA, cases[i].access);
		assert_int_equal(t.mair, cases[i].mair);
		assert_int_equal(t.sh, cases[i].sh);
		assert_int_equal(t.par >> 56, cases[i].mair);
		assert_int_equal(t.par >> 7 & 3, cases[i].sh);
	}
	rig_init_el2(&rig);
	rig.machine.regs.mair = 0x40; /* Non-cacheable, XS = 0 */
	rig_put(&rig, RIG_SLOT, RIG_BLOCK);
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).sh, 2);
}

static void attribute_extension_needs_the_cpu_and_the_bit(void **state)
{
	struct rig rig;

	(void)state;
	rig_init_el2(&rig);
	rig_put(&rig, RIG_SLOT, RIG_BLOCK | UINT64_C(1) << 59);
	rig.machine.regs.mair2 = 0xbb;
	rig.machine.regs.tcr2 = 1 << 4;
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).mair, 0xff);
	rig.machine.id.mmfr3 = 1 << 24;
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).mair, 0xbb);
	rig.machine.regs.tcr2 = 0;
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).mair, 0xff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_out_of_bounds_fault_at_level_0),
		cmocka_unit_test(a_root_beyond_the_address_size_faults_at_level_0),
		cmocka_unit_test(ttbr_holds_52_bits_only_in_the_52_bit_formats),
		cmocka_unit_test(layouts_follow_the_features_of_the_cpu),
		cmocka_unit_test(a_reserved_granule_is_taken_for_4k),
		cmocka_unit_test(nt_blocks_fault_where_bbm_allows_it),
		cmocka_unit_test(type_and_shareability_are_those_in_effect),
		cmocka_unit_test(attribute_extension_needs_the_cpu_and_the_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
