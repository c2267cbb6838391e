/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The golden walker where the vectors do not go: the upper half, disabled walks, tags, aborts, byte
 * order, sizes of holes, PAR_EL1. All literals are worked out from the Arm manual's field tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rig.h"

#define RW_X 0x07	 /* EL2 reads, writes and fetches */
#define DS   0x100000000 /* TCR_EL2 with E2H = 0 */

static void success_reports_everything(void **state)
{
	struct hypmmu_translation t;
	struct rig rig;

	(void)state;
	rig_init_el2(&rig);
	rig_put(&rig, RIG_SLOT, RIG_BLOCK);

	t = rig_walk(&rig, RIG_VA, HYPMMU_READ);

	assert_int_equal(t.fault, HYPMMU_FAULT_NONE);
	assert_int_equal(t.fsc, 0);
	assert_int_equal(t.level, 1);
	assert_int_equal(t.allowed, RW_X);
	assert_int_equal(t.mair, 0xff);
	assert_int_equal(t.sh, 3);
	assert_int_equal(t.pa, 0x400001234);
	assert_int_equal(t.size, 0x40000000);
	assert_int_equal(t.desc, RIG_BLOCK);
	assert_int_equal(t.desc_pa, RIG_SLOT);
	/* ATTR [63:56] ff, PA [51:12], RES1 [11], NS [9], SH [8:7] 11 */
	assert_int_equal(t.par, 0xff00000400001b80);
}

static void every_level_of_a_walk_has_its_size_and_its_codes(void **state)
{
	static const hypmmu_pa table[] = {RIG_ROOT, 0x10000, 0x11000, 0x12000, 0x13000};
	struct hypmmu_translation t;
	struct rig rig;

	(void)state;
	rig_init_el2(&rig);
	rig.machine.id.mmfr0 = 0x10100006; /* TGran4 1: LPA2; PARange 52 bits */
	rig_set_t0sz(&rig, 12);
	rig.machine.regs.tcr |= DS;
	for (int level = -1; level <= 3; level++) {
		unsigned i = (unsigned)(level + 1);
		hypmmu_pa slot = table[i] + (level == 1 || level == 3 ? 8 : 0);

		t = rig_walk(&rig, RIG_VA, HYPMMU_READ);
		/* synchronous external abort: 0b0101LL, level -1 0b010011 */
		rig_assert_fault(&t, HYPMMU_FAULT_EXTERNAL, level, level < 0 ? 0x13 : 0x13 + i);
		assert_int_equal(t.desc, 0);
		rig_put(&rig, slot, 0xfffffffffffffffe);
		t = rig_walk(&rig, RIG_VA, HYPMMU_READ);
		/* translation: 0b0001LL, level -1 0b101011 */
		rig_assert_fault(&t, HYPMMU_FAULT_TRANSLATION, level, level < 0 ? 0x2b : 0x03 + i);
		assert_int_equal(t.size, UINT64_C(1) << (48 - 9 * i));
		assert_int_equal(t.desc_pa, slot);
		assert_int_equal(t.desc, 0xfffffffffffffffe);
		assert_int_equal(t.allowed, 0);
		assert_int_equal(rig.reads, i + 1);
		rig.machine.regs.tcr &= ~UINT64_C(0x70000); /* PS [18:16] 000: 32 bits */
		rig_put(&rig, slot, UINT64_C(0x100000000) | 3);
		t = rig_walk(&rig, RIG_VA, HYPMMU_READ);
		/* address size: 0b0000LL, level -1 0b101001 */
		rig_assert_fault(&t, HYPMMU_FAULT_ADDRESS_SIZE, level, level < 0 ? 0x29 : i - 1);
		rig.machine.regs.tcr |= 0x50000;
		if (level < 3)
			rig_put(&rig, slot, table[i + 1] | 3);
	}
}

static void access_flag_and_permission_faults_have_their_codes(void **state)
{
	struct hypmmu_translation t;
	struct rig rig;

	(void)state;
	rig_init_el2(&rig);

	rig_put(&rig, RIG_SLOT, RIG_BLOCK & ~0x400); /* AF */
	t = rig_walk(&rig, RIG_VA, HYPMMU_READ);
	rig_assert_fault(&t, HYPMMU_FAULT_ACCESS_FLAG, 1, 0x09);
	assert_int_equal(t.allowed, 0);
	assert_int_equal(t.size, 0x40000000);
	assert_int_equal(t.pa, 0x400001234);

	rig_put(&rig, RIG_SLOT, RIG_BLOCK | 0x80); /* AP[2] */
	t = rig_walk(&rig, RIG_VA, HYPMMU_WRITE);
	rig_assert_fault(&t, HYPMMU_FAULT_PERMISSION, 1, 0x0d);
	assert_int_equal(t.allowed, 1 << HYPMMU_READ | 1 << HYPMMU_FETCH);
	assert_int_equal(t.pa, 0x400001234);
}

static void upper_half_goes_by_its_own_fields(void **state)
{
	/* T1SZ [21:16], TG1 [31:30]: 4K is 10, 16K 01, 64K 11 */
	static const struct {
		uint64_t fields;
		hypmmu_va va;
		hypmmu_pa slot;
		uint64_t size;
	} cases[] = {
		{0x80000000 | 25 << 16, RIG_UPPER_VA, RIG_UPPER_SLOT, 0x40000000},
		/* 36 bits: a root of 2^14 bytes at level 2, aligned down; slot 0x7a0 */
		{0x40000000 | 28 << 16, 0xffffffff40001234, RIG_ROOT + 0x7a0 * 8, 0x2000000},
		/* 32 bits: a root of 2^6 bytes at level 2; slot 2 */
		{0xc0000000 | 32 << 16, 0xffffffff40001234, RIG_ROOT + 0x1010, 0x20000000},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hypmmu_translation t;
		struct rig rig;

		rig_init_el2_0(&rig);
		rig.machine.regs.tcr &= ~UINT64_C(0xc03f0000);
		rig.machine.regs.tcr |= cases[i].fields;
		rig.machine.regs.ttbr1 |= UINT64_C(0x1234) << 48; /* ASID */
		rig_put(&rig, cases[i].slot, RIG_BLOCK);

		t = rig_walk(&rig, cases[i].va, HYPMMU_READ);

		assert_int_equal(t.fault, HYPMMU_FAULT_NONE);
		assert_int_equal(t.size, cases[i].size);
		assert_int_equal(t.pa, 0x400001234);
	}
}

static void addresses_between_the_halves_fault_at_level_0(void **state)
{
	static const hypmmu_va holes[] = {UINT64_C(1) << 39,  UINT64_C(1) << 54,
					  UINT64_C(1) << 55,  0xffffff7fffffffff,
					  0x7fffff8040001234, 0x8000000040001234};
	struct hypmmu_translation t;
	struct rig rig;

	(void)state;
	for (unsigned i = 0; i < sizeof holes / sizeof *holes; i++) {
		rig_init_el2_0(&rig);
		t = rig_walk(&rig, holes[i], HYPMMU_READ);
		rig_assert_early(&rig, &t);
		rig_init_el2(&rig);
		t = rig_walk(&rig, holes[i], HYPMMU_READ);
		rig_assert_early(&rig, &t);
	}
	t = rig_walk(&rig, RIG_UPPER_VA, HYPMMU_READ); /* E2H = 0: there is no upper half */
	rig_assert_early(&rig, &t);
}

static void a_disabled_half_faults_at_level_0_and_the_other_walks(void **state)
{
	struct hypmmu_translation t;
	struct rig rig;

	(void)state;
	rig_init_el2_0(&rig);
	rig_put(&rig, RIG_SLOT, RIG_BLOCK);
	rig_put(&rig, RIG_UPPER_SLOT, RIG_BLOCK);

	rig.machine.regs.tcr |= 1 << 7; /* EPD0 */
	t = rig_walk(&rig, RIG_VA, HYPMMU_READ);
	rig_assert_early(&rig, &t);
	assert_int_equal(rig_walk(&rig, RIG_UPPER_VA, HYPMMU_READ).fault, HYPMMU_FAULT_NONE);

	rig.machine.regs.tcr ^= 1 << 7 | 1 << 23; /* EPD1 instead */
	t = rig_walk(&rig, RIG_UPPER_VA, HYPMMU_READ);
	rig_assert_early(&rig, &t);
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).fault, HYPMMU_FAULT_NONE);

	rig_init_el2(&rig);
	rig_put(&rig, RIG_SLOT, RIG_BLOCK);
	rig.machine.regs.tcr |= 1 << 7; /* means nothing with E2H = 0, where 23 is RES1 */
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).fault, HYPMMU_FAULT_NONE);
}

static void big_endian_tables_are_read_by_sctlr_ee(void **state)
{
	struct rig rig;

	(void)state;
	rig_init_el2(&rig);
	rig_put(&rig, RIG_SLOT, RIG_BLOCK);
	rig.big_endian = true;
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).desc, 0x4107000004000000);
	rig.machine.regs.sctlr |= 1 << 25;
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).desc, RIG_BLOCK);
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).pa, 0x400001234);
}

static void tbi_ignores_the_top_byte_and_tbid_not_for_fetches(void **state)
{
	static const struct {
		bool e2h;
		hypmmu_va va;
		uint64_t tbi, tbid, other;
	} cases[] = {
		{false, 0xab00000000000000 | RIG_VA, 1 << 20, 1 << 29, 0},
		{true, 0xab00000000000000 | RIG_VA, UINT64_C(1) << 37, UINT64_C(1) << 51,
		 UINT64_C(1) << 38},
		{true, 0xabffff8040001234, UINT64_C(1) << 38, UINT64_C(1) << 52, UINT64_C(1) << 37},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hypmmu_translation t;
		struct rig rig;
		unsigned all;

		if (cases[i].e2h)
			rig_init_el2_0(&rig);
		else
			rig_init_el2(&rig);
		rig_put(&rig, RIG_SLOT, RIG_BLOCK);
		rig_put(&rig, RIG_UPPER_SLOT, RIG_BLOCK);
		rig.machine.regs.tcr |= cases[i].other;
		t = rig_walk(&rig, cases[i].va, HYPMMU_READ);
		rig_assert_early(&rig, &t);

		rig.machine.regs.tcr |= cases[i].tbi;
		t = rig_walk(&rig, cases[i].va, HYPMMU_READ);
		assert_int_equal(t.fault, HYPMMU_FAULT_NONE);
		assert_int_equal(t.pa, 0x400001234);
		all = t.allowed;
		assert_int_equal(all, cases[i].e2h ? 0x3b : 0x07);

		rig.machine.regs.tcr |= cases[i].tbid;
		t = rig_walk(&rig, cases[i].va, HYPMMU_READ);
		assert_int_equal(t.fault, HYPMMU_FAULT_NONE);
		assert_int_equal(t.allowed, cases[i].e2h ? 0x1b : 0x03);
		t = rig_walk(&rig, cases[i].va, cases[i].e2h ? HYPMMU_EL0_FETCH : HYPMMU_FETCH);
		rig_assert_fault(&t, HYPMMU_FAULT_TRANSLATION, 0, 0x04);
		assert_int_equal(t.allowed, cases[i].e2h ? 0x1b : 0x03);
		assert_int_equal(t.desc_pa, 0);
		assert_int_equal(t.size, 0);
	}
}

static void without_the_mmu_addresses_are_physical(void **state)
{
	struct hypmmu_translation t;
	struct rig rig;

	(void)state;
	rig_init_el2(&rig);
	rig.machine.regs.sctlr &= ~UINT64_C(1);

	t = rig_walk(&rig, 0xfedcba987654, HYPMMU_WRITE);
	assert_int_equal(t.fault, HYPMMU_FAULT_NONE);
	assert_int_equal(t.pa, 0xfedcba987654);
	assert_int_equal(t.allowed, RW_X);
	assert_int_equal(t.par, 0x0000fedcba987b00); /* Device-nGnRnE, SH 10 */
	assert_int_equal(t.size, 0);

	t = rig_walk(&rig, 0x1000, HYPMMU_FETCH);
	assert_int_equal(t.par, 0xaa00000000001b00); /* Write-Through, read-allocate; SH 10 */
	rig.machine.regs.sctlr &= ~UINT64_C(0x1000); /* I */
	t = rig_walk(&rig, 0x1000, HYPMMU_FETCH);
	assert_int_equal(t.par, 0x4400000000001b00);

	t = rig_walk(&rig, 0x1000000000000, HYPMMU_READ); /* PARange is 48 bits */
	rig_assert_fault(&t, HYPMMU_FAULT_ADDRESS_SIZE, 0, 0x00);
	assert_int_equal(t.allowed, 0);
	t = rig_walk(&rig, 0xff00000000001000, HYPMMU_READ);
	rig_assert_fault(&t, HYPMMU_FAULT_ADDRESS_SIZE, 0, 0x00);
	rig.machine.regs.tcr |= 1 << 20; /* TBI */
	assert_int_equal(rig_walk(&rig, 0xff00000000001000, HYPMMU_READ).pa, 0x1000);
	assert_int_equal(rig.reads, 0);

	rig_init_el2_0(&rig);
	rig.machine.regs.sctlr &= ~UINT64_C(1);
	assert_int_equal(rig_walk(&rig, 0x1000, HYPMMU_EL0_READ).allowed, 0x3f);
	t = rig_walk(&rig, RIG_UPPER_VA, HYPMMU_READ);
	rig_assert_fault(&t, HYPMMU_FAULT_ADDRESS_SIZE, 0, 0x00);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(success_reports_everything),
		cmocka_unit_test(every_level_of_a_walk_has_its_size_and_its_codes),
		cmocka_unit_test(access_flag_and_permission_faults_have_their_codes),
		cmocka_unit_test(upper_half_goes_by_its_own_fields),
		cmocka_unit_test(addresses_between_the_halves_fault_at_level_0),
		cmocka_unit_test(a_disabled_half_faults_at_level_0_and_the_other_walks),
		cmocka_unit_test(big_endian_tables_are_read_by_sctlr_ee),
		cmocka_unit_test(tbi_ignores_the_top_byte_and_tbid_not_for_fetches),
		cmocka_unit_test(without_the_mmu_addresses_are_physical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
