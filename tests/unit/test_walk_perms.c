/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the golden walker allows: every access against permissions, hierarchical attributes, WXN,
 * hardware management of access flag and dirty state, indirection. `allowed` below is, from bit 0:
 * EL2 read 1, write 2, fetch 4; EL0 read 8, write 10, fetch 20 (hexadecimal).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rig.h"

#define LEAF	       0x400000701 /* AF, SH 11, AP 00, AttrIndx 0 */
#define AP1	       0x40
#define AP2	       0x80
#define DBM	       0x0008000000000000
#define PXN	       0x0020000000000000
#define UXN	       0x0040000000000000
#define XN	       UXN
#define PXN_TABLE      0x0800000000000000
#define UXN_TABLE      0x1000000000000000
#define NO_EL0_TABLE   0x2000000000000000
#define NO_WRITE_TABLE 0x4000000000000000
#define WXN	       0x80000
#define L2_TABLE       0x10000
#define HAFDBS	       2      /* ID_AA64MMFR1_EL1 [3:0] */
#define HPDS	       0x1000 /* [15:12] */

/* Each of the six accesses must end as `allowed` says, whichever is asked for. */
static void assert_allowed(struct rig *rig, hypmmu_va va, unsigned allowed)
{
	for (unsigned access = HYPMMU_READ; access <= HYPMMU_EL0_FETCH; access++) {
		struct hypmmu_translation t = rig_walk(rig, va, (enum hypmmu_access)access);

		assert_int_equal(t.allowed, allowed);
		assert_int_equal(t.fault, allowed >> access & 1 ? HYPMMU_FAULT_NONE
								: HYPMMU_FAULT_PERMISSION);
	}
}

static void one_privilege_has_ap2_and_xn(void **state)
{
	static const struct {
		uint64_t leaf;
		unsigned allowed, with_wxn;
	} cases[] = {
		{AP1, 0x07, 0x03},
		{AP1 | AP2, 0x05, 0x05},
		{AP1 | XN, 0x03, 0x03},
		{AP1 | AP2 | XN, 0x01, 0x01},
		{0, 0x07, 0x03},
		{AP2, 0x05, 0x05},
		{AP1 | PXN, 0x07, 0x03},
		{AP1 | AP2 | PXN, 0x05, 0x05},
		{AP1 | AP2 | DBM, 0x05, 0x05},
	};
	struct rig rig;

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		rig_init_el2(&rig);
		rig_put(&rig, RIG_SLOT, LEAF | cases[i].leaf);
		assert_allowed(&rig, RIG_VA, cases[i].allowed);
		rig.machine.regs.sctlr |= WXN;
		assert_allowed(&rig, RIG_VA, cases[i].with_wxn);
	}
}

static void two_privileges_have_ap1_pxn_and_uxn(void **state)
{
	static const struct {
		uint64_t leaf;
		unsigned allowed, with_wxn;
	} cases[] = {
		{0, 0x27, 0x23},
		{PXN, 0x23, 0x23},
		{UXN, 0x07, 0x03},
		{PXN | UXN, 0x03, 0x03},
		/* What EL0 may write, EL2 never executes. */
		{AP1, 0x3b, 0x1b},
		{AP1 | PXN, 0x3b, 0x1b},
		{AP1 | UXN, 0x1b, 0x1b},
		{AP1 | PXN | UXN, 0x1b, 0x1b},
		{AP2, 0x25, 0x25},
		{AP2 | PXN, 0x21, 0x21},
		{AP2 | UXN, 0x05, 0x05},
		{AP2 | PXN | UXN, 0x01, 0x01},
		{AP2 | AP1, 0x2d, 0x2d},
		{AP2 | AP1 | PXN, 0x29, 0x29},
		{AP2 | AP1 | UXN, 0x0d, 0x0d},
		{AP2 | AP1 | PXN | UXN, 0x09, 0x09},
	};
	struct rig rig;

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		rig_init_el2_0(&rig);
		rig_put(&rig, RIG_SLOT, LEAF | cases[i].leaf);
		rig_put(&rig, RIG_UPPER_SLOT, LEAF | cases[i].leaf);
		assert_allowed(&rig, RIG_VA, cases[i].allowed);
		assert_allowed(&rig, RIG_UPPER_VA, cases[i].allowed);
		rig.machine.regs.sctlr |= WXN;
		assert_allowed(&rig, RIG_VA, cases[i].with_wxn);
	}
}

static void put_below_table(struct rig *rig, uint64_t table, uint64_t leaf)
{
	rig_put(rig, RIG_SLOT, L2_TABLE | 3 | table);
	rig_put(rig, RIG_UPPER_SLOT, L2_TABLE | 3 | table);
	rig_put(rig, L2_TABLE, LEAF | leaf);
}

static void table_attributes_take_away_unless_hpd(void **state)
{
	static const struct {
		bool e2h;
		uint64_t table, leaf;
		unsigned allowed, with_hpd;
	} cases[] = {
		{false, 0, AP1, 0x07, 0x07},
		{false, NO_WRITE_TABLE, AP1, 0x05, 0x07},
		{false, UXN_TABLE, AP1, 0x03, 0x07},
		{false, NO_EL0_TABLE | PXN_TABLE, AP1, 0x07, 0x07},
		{true, NO_WRITE_TABLE, AP1, 0x2d, 0x3b},
		{true, NO_EL0_TABLE, AP1, 0x27, 0x3b},
		{true, UXN_TABLE, AP1, 0x1b, 0x3b},
		{true, PXN_TABLE, 0, 0x23, 0x27},
		{true, NO_EL0_TABLE | NO_WRITE_TABLE, AP1, 0x25, 0x3b},
	};
	struct rig rig;

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t hpd = cases[i].e2h ? UINT64_C(1) << 41 : 1 << 24;
		uint64_t hpd1 = cases[i].e2h ? UINT64_C(1) << 42 : 0;

		if (cases[i].e2h)
			rig_init_el2_0(&rig);
		else
			rig_init_el2(&rig);
		put_below_table(&rig, cases[i].table, cases[i].leaf);
		rig.machine.regs.tcr |= hpd;
		assert_allowed(&rig, RIG_VA, cases[i].allowed); /* no FEAT_HPDS */
		rig.machine.id.mmfr1 = HPDS;
		assert_allowed(&rig, RIG_VA, cases[i].with_hpd);
		if (cases[i].e2h)
			assert_allowed(&rig, RIG_UPPER_VA, cases[i].allowed);
		rig.machine.regs.tcr ^= hpd | hpd1;
		assert_allowed(&rig, RIG_VA, cases[i].allowed);
		if (cases[i].e2h)
			assert_allowed(&rig, RIG_UPPER_VA, cases[i].with_hpd);
	}
}

static void table_attributes_add_up_over_the_levels(void **state)
{
	struct rig rig;

	(void)state;
	rig_init_el2(&rig);
	rig_put(&rig, RIG_SLOT, L2_TABLE | 3 | NO_WRITE_TABLE);
	rig_put(&rig, L2_TABLE, 0x11000 | 3 | UXN_TABLE);
	rig_put(&rig, 0x11008, LEAF | AP1 | 2);
	assert_allowed(&rig, RIG_VA, 0x01);
}

/* HA, HD: bits 21 and 22 of TCR_EL2, with E2H = 1 bits 39 and 40. */
static void init_managed(struct rig *rig, bool e2h, bool ha, bool hd, uint64_t hafdbs)
{
	if (e2h)
		rig_init_el2_0(rig);
	else
		rig_init_el2(rig);
	rig->machine.regs.tcr |= (uint64_t)ha << (e2h ? 39 : 21) | (uint64_t)hd << (e2h ? 40 : 22);
	rig->machine.id.mmfr1 = hafdbs;
}

static void hardware_sets_the_access_flag_when_ha(void **state)
{
	struct rig rig;

	(void)state;
	for (unsigned e2h = 0; e2h < 2; e2h++) {
		init_managed(&rig, e2h, true, false, 1);
		rig_put(&rig, RIG_SLOT, (LEAF | AP2) & ~0x400);
		assert_allowed(&rig, RIG_VA, e2h ? 0x25 : 0x05);
		init_managed(&rig, e2h, true, true, 0); /* the CPU cannot */
		rig_put(&rig, RIG_SLOT, LEAF & ~0x400);
		assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).fault,
				 HYPMMU_FAULT_ACCESS_FLAG);
		init_managed(&rig, e2h, false, true, HAFDBS);
		rig_put(&rig, RIG_SLOT, LEAF & ~0x400);
		assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).fault,
				 HYPMMU_FAULT_ACCESS_FLAG);
	}
}

static void dbm_makes_read_only_writable_when_ha_and_hd(void **state)
{
	static const struct {
		bool ha, hd;
		uint64_t hafdbs;
		bool writable;
	} cases[] = {
		{true, true, 2, true},	 {true, true, 1, false}, {true, false, 2, false},
		{false, true, 2, false}, {true, true, 3, true},
	};
	struct rig rig;

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool writable = cases[i].writable;

		init_managed(&rig, false, cases[i].ha, cases[i].hd, cases[i].hafdbs);
		rig_put(&rig, RIG_SLOT, LEAF | AP1 | AP2 | DBM);
		assert_allowed(&rig, RIG_VA, writable ? 0x07 : 0x05);
		rig.machine.regs.sctlr |= WXN; /* counts as writable */
		assert_allowed(&rig, RIG_VA, writable ? 0x03 : 0x05);
		rig_put(&rig, RIG_SLOT, LEAF | AP1 | AP2);
		assert_allowed(&rig, RIG_VA, 0x05);
		init_managed(&rig, true, cases[i].ha, cases[i].hd, cases[i].hafdbs);
		rig_put(&rig, RIG_SLOT, LEAF | AP1 | AP2 | DBM);
		assert_allowed(&rig, RIG_VA, writable ? 0x3b : 0x2d);
		put_below_table(&rig, NO_WRITE_TABLE, AP1 | AP2 | DBM);
		assert_allowed(&rig, RIG_VA, 0x2d);
	}
}

static void e0pd_keeps_el0_out_of_a_half(void **state)
{
	struct hypmmu_translation t;
	struct rig rig;

	(void)state;
	for (unsigned upper = 0; upper < 2; upper++) {
		hypmmu_va va = upper ? RIG_UPPER_VA : RIG_VA;
		hypmmu_va other = upper ? RIG_VA : RIG_UPPER_VA;

		rig_init_el2_0(&rig);
		rig_put(&rig, RIG_SLOT, LEAF | AP1);
		rig_put(&rig, RIG_UPPER_SLOT, LEAF | AP1);
		rig.machine.regs.tcr |= UINT64_C(1) << (55 + upper);
		assert_allowed(&rig, va, 0x3b); /* no FEAT_E0PD */
		rig.machine.id.mmfr2 = UINT64_C(1) << 60;
		assert_allowed(&rig, other, 0x3b);
		t = rig_walk(&rig, va, HYPMMU_EL0_READ);
		rig_assert_fault(&t, HYPMMU_FAULT_TRANSLATION, 0, 0x04);
		assert_int_equal(t.allowed, 0x03);
		t = rig_walk(&rig, va, HYPMMU_WRITE);
		assert_int_equal(t.fault, HYPMMU_FAULT_NONE);
		assert_int_equal(t.allowed, 0x03);
	}
}

/* PIIndex i as descriptor bits 54, 53, 51, 6. */
static uint64_t piindex(unsigned i)
{
	return (i & 8 ? UXN : 0) | (i & 4 ? PXN : 0) | (i & 2 ? DBM : 0) | (i & 1 ? AP1 : 0);
}

static void init_indirect(struct rig *rig, bool e2h, unsigned i, uint64_t el2, uint64_t el0)
{
	init_managed(rig, e2h, false, false, HAFDBS);
	rig->machine.id.mmfr3 = 0x101; /* S1PIE [11:8], TCRX [3:0] */
	rig->machine.regs.tcr2 = 2;    /* PIE */
	rig->machine.regs.pir = el2 << 4 * i;
	rig->machine.regs.pire0 = el0 << 4 * i;
	rig_put(rig, RIG_SLOT, LEAF | piindex(i));
}

static void indirection_goes_by_piindex(void **state)
{
	static const unsigned rwx[] = {0, 1, 4, 5, 0, 3, 3, 7, 1, 1, 5, 0, 3, 0, 7, 0};
	struct rig rig;

	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		for (unsigned value = 0; value < 16; value++) {
			init_indirect(&rig, false, i, value, 0);
			assert_allowed(&rig, RIG_VA, rwx[value]);
			rig.machine.regs.sctlr |= WXN; /* is not consulted */
			assert_allowed(&rig, RIG_VA, rwx[value]);
			init_indirect(&rig, true, i, 0, value);
			assert_allowed(&rig, RIG_VA, rwx[value] << 3);
		}
	}
	rig.machine.id.mmfr3 = 0; /* no FEAT_S1PIE: AP, PXN and UXN again */
	assert_allowed(&rig, RIG_VA, 0x1b);
}

static void indirection_bars_el2_from_executing_what_el0_writes(void **state)
{
	static const struct {
		unsigned el2, el0, allowed;
	} cases[] = {
		{3, 5, 0},    {3, 1, 0x0d}, {3, 3, 0x2d},  {5, 5, 0x1b}, {7, 7, 0},
		{6, 5, 0},    {6, 1, 0x0b}, {9, 5, 0},	   {9, 1, 0x09}, {2, 9, 0},
		{1, 9, 0x09}, {5, 6, 0x1b}, {5, 14, 0x3b}, {14, 12, 0},	 {10, 8, 0x0d},
	};
	struct rig rig;

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		init_indirect(&rig, true, 4, cases[i].el2, cases[i].el0);
		assert_allowed(&rig, RIG_VA, cases[i].allowed);
	}
}

static void indirection_ignores_table_attributes(void **state)
{
	struct rig rig;

	(void)state;
	init_indirect(&rig, false, 0, 7, 0);
	put_below_table(&rig, NO_WRITE_TABLE | UXN_TABLE, 0);
	assert_allowed(&rig, RIG_VA, 0x07);
}

static void a_clean_page_is_not_writable_without_hd(void **state)
{
	struct hypmmu_translation t;
	struct rig rig;

	(void)state;
	init_indirect(&rig, false, 0, 5, 0);
	rig_put(&rig, RIG_SLOT, LEAF | 0x80); /* nDirty */
	t = rig_walk(&rig, RIG_VA, HYPMMU_WRITE);
	assert_int_equal(t.fault, HYPMMU_FAULT_PERMISSION);
	assert_int_equal(t.allowed, 0x01);
	assert_int_equal(t.par, 0x881b); /* DirtyBit [15], FST 0b001101 */
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_READ).fault, HYPMMU_FAULT_NONE);
	rig.machine.regs.pir = 1; /* not writable anyway: not the dirty state's fault */
	assert_int_equal(rig_walk(&rig, RIG_VA, HYPMMU_WRITE).par, 0x081b);
	rig.machine.regs.pir = 5;
	rig.machine.regs.tcr |= 1 << 21 | 1 << 22; /* HA, HD */
	assert_allowed(&rig, RIG_VA, 0x03);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_privilege_has_ap2_and_xn),
		cmocka_unit_test(two_privileges_have_ap1_pxn_and_uxn),
		cmocka_unit_test(table_attributes_take_away_unless_hpd),
		cmocka_unit_test(table_attributes_add_up_over_the_levels),
		cmocka_unit_test(hardware_sets_the_access_flag_when_ha),
		cmocka_unit_test(dbm_makes_read_only_writable_when_ha_and_hd),
		cmocka_unit_test(e0pd_keeps_el0_out_of_a_half),
		cmocka_unit_test(indirection_goes_by_piindex),
		cmocka_unit_test(indirection_bars_el2_from_executing_what_el0_writes),
		cmocka_unit_test(indirection_ignores_table_attributes),
		cmocka_unit_test(a_clean_page_is_not_writable_without_hd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
