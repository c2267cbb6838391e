/* SPDX-License-Identifier: BSD-2-Clause */
/* The C part of the backend on a CPU that is a log: barriers, maintenance and refusals, which no
 * emulator shows. tests/lint has the assembly part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "fake_insn.h"
#include <cmocka.h>
#include <hypmmu/arch.h>
#include <stdio.h>
#include <string.h>

#define SCTLR_ON  0x1005 /* M, C, I */
#define SCTLR_OFF 0x1000 /* M and C cleared */
#define E2H	  (UINT64_C(1) << 34)
#define PAGE	  4096u

/* ---- An address space that maps this program as if it ran at EL2 ---- */

extern const char __executable_start[], _end[];

#define DATA_VA	  UINT64_C(0x10000000)
#define DEVICE_VA UINT64_C(0x09000000)

static _Alignas(PAGE) unsigned char arena[64 * PAGE];
static struct hypmmu_pool pool;
static struct hypmmu mmu;

static const struct hypmmu_change must_hold[] = {
	{.va = DATA_VA, .pa = DATA_VA, .size = 2 * PAGE, .attr = HYPMMU_DATA},
	{.va = DATA_VA + 2 * PAGE, .pa = DATA_VA + 2 * PAGE, .size = PAGE, .attr = HYPMMU_RODATA},
	{.va = DEVICE_VA, .pa = DEVICE_VA, .size = PAGE, .attr = HYPMMU_MMIO},
};

static uint64_t page_of(const void *p)
{
	return (uintptr_t)p & ~(uint64_t)(PAGE - 1);
}

static struct hypmmu_change identity(uint64_t start, uint64_t end, hypmmu_attr attr)
{
	return (struct hypmmu_change){.va = start, .pa = start, .size = end - start, .attr = attr};
}

static struct hypmmu_change code(void)
{
	return identity(page_of(__executable_start), page_of(_end) + PAGE, HYPMMU_CODE);
}

static struct hypmmu_change stack(void)
{
	uint64_t here = page_of(__builtin_frame_address(0));

	return identity(here - 16 * PAGE, here + 16 * PAGE, HYPMMU_DATA);
}

/* With lines of 4K, so that a table is one line. */
static void build(const struct hypmmu_change *program, size_t n)
{
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 48, .pa_bits = 48};

	reset_cpu();
	cpu.ctr_el0 = UINT64_C(10) << 16;
	assert_int_equal(hypmmu_pool_init(&pool, HYPMMU_4K, arena, (uintptr_t)arena, sizeof(arena)),
			 0);
	assert_int_equal(hypmmu_init(&mmu, &cfg, &pool.pages), 0);
	assert_int_equal(hypmmu_apply(&mmu, must_hold, 3, NULL), 0);
	assert_int_equal(hypmmu_apply(&mmu, program, n, NULL), 0);
}

static void build_all(void)
{
	const struct hypmmu_change program[] = {code(), stack()};

	build(program, 2);
}

static int set_up(void **state)
{
	(void)state;
	build_all();
	return 0;
}

static unsigned count(const char *what)
{
	unsigned n = 0;

	for (const char *at = insn_log(); (at = strstr(at, what)); at++)
		n++;
	return n;
}

static void assert_log(const char *wanted)
{
	assert_string_equal(insn_log(), wanted);
	clear_log();
}

static void assert_log_ends(const char *wanted)
{
	size_t length = strlen(insn_log()), end = strlen(wanted);

	assert_true(length >= end);
	assert_string_equal(insn_log() + length - end, wanted);
}

/* ---- Caches ---- */

static void publish_cleans_every_line_of_the_range(void **state)
{
	(void)state;
	reset_cpu();
	cpu.sctlr_el2 = SCTLR_ON;
	hypmmu_arch_publish((void *)0x1010, 0x70);
	assert_log("dmb sy, dc cvac 1000, dc cvac 1040, dsb sy");
	hypmmu_arch_publish((void *)0x1000, 0x81);
	assert_log("dmb sy, dc cvac 1000, dc cvac 1040, dc cvac 1080, dsb sy");
}

static void publish_invalidates_while_stores_go_around_the_caches(void **state)
{
	(void)state;
	reset_cpu();
	hypmmu_arch_publish((void *)0x1000, 0x80);
	assert_log("dmb sy, dc ivac 1000, dc ivac 1040, dsb sy");
	cpu.sctlr_el2 = 1; /* M without C */
	hypmmu_arch_publish((void *)0x1000, 0x40);
	assert_log("dmb sy, dc ivac 1000, dsb sy");
	cpu.sctlr_el2 = 4; /* C without M */
	hypmmu_arch_publish((void *)0x1000, 0x40);
	assert_log("dmb sy, dc ivac 1000, dsb sy");
}

static void publish_goes_by_the_registers_of_its_exception_level(void **state)
{
	(void)state;
	reset_cpu();
	cpu.el = 1;
	cpu.sctlr_el1 = SCTLR_ON;
	hypmmu_arch_publish((void *)0x1000, 1);
	assert_log("dmb sy, dc cvac 1000, dsb sy");
}

static void publish_takes_the_line_size_from_ctr(void **state)
{
	(void)state;
	reset_cpu();
	cpu.ctr_el0 = UINT64_C(0xf0f0ffff) | UINT64_C(5) << 16; /* 128 bytes; other fields set */
	hypmmu_arch_publish((void *)0x1000, 0x101);
	assert_log("dmb sy, dc ivac 1000, dc ivac 1080, dc ivac 1100, dsb sy");
}

static void publish_of_nothing_and_of_the_last_line(void **state)
{
	(void)state;
	reset_cpu();
	hypmmu_arch_publish((void *)0x1010, 0);
	assert_log("dmb sy, dsb sy");
	hypmmu_arch_publish((void *)(UINTPTR_MAX - 0x40), 0x41);
	assert_log("dmb sy, dc ivac ffffffffffffff80, dc ivac ffffffffffffffc0, dsb sy");
}

/* ---- TLBs ---- */

static const struct hypmmu_stale leaves = {.va = 0x40200000, .size = 0x2000, .level = 3};
static const struct hypmmu_stale tables = {
	.va = 0x40200000, .size = 0x1000, .level = INT8_MAX, .walks = true};
static const struct hypmmu_stale regime = {.size = 0};

static uint32_t hw; /* of the CPU */

static void invalidate(uint32_t use, const struct hypmmu_stale *list, size_t n)
{
	const struct hypmmu_config cfg = {.granule = HYPMMU_4K,
					  .regime = HYPMMU_EL2,
					  .va_bits = 48,
					  .pa_bits = 48,
					  .hw = hw,
					  .use = use};

	hypmmu_arch_invalidate(&cfg, list, n);
}

static void invalidate_waits_for_stores_then_for_all_cpus(void **state)
{
	(void)state;
	reset_cpu();
	invalidate(0, NULL, 0);
	assert_log("dsb ishst, isb");
	invalidate(0, &leaves, 1);
	assert_log("dsb ishst, tlbi vale2is 40200, tlbi vale2is 40201, dsb ish, isb");
	invalidate(0, &tables, 1);
	assert_log("dsb ishst, tlbi vae2is 40200, dsb ish, isb");
	invalidate(0, &regime, 1);
	assert_log("dsb ishst, tlbi alle2is, dsb ish, isb");
}

static void invalidate_syncs_once_for_a_list(void **state)
{
	const struct hypmmu_stale list[] = {leaves, tables}, with_regime[] = {leaves, regime};

	(void)state;
	reset_cpu();
	invalidate(0, list, 2);
	assert_log("dsb ishst, tlbi vale2is 40200, tlbi vale2is 40201, tlbi vae2is 40200,"
		   " dsb ish, isb");
	invalidate(0, with_regime, 2);
	assert_log("dsb ishst, tlbi alle2is, dsb ish, isb");
}

static void invalidate_stays_on_this_cpu_when_told(void **state)
{
	(void)state;
	reset_cpu();
	invalidate(HYPMMU_USE_LOCAL_TLBI, NULL, 0);
	assert_log("dsb nshst, isb");
	invalidate(HYPMMU_USE_LOCAL_TLBI, &leaves, 1);
	assert_log("dsb nshst, tlbi vale2 40200, tlbi vale2 40201, dsb nsh, isb");
	invalidate(HYPMMU_USE_LOCAL_TLBI, &tables, 1);
	assert_log("dsb nshst, tlbi vae2 40200, dsb nsh, isb");
	invalidate(HYPMMU_USE_LOCAL_TLBI, &regime, 1);
	assert_log("dsb nshst, tlbi alle2, dsb nsh, isb");
}

static void invalidate_repeats_for_the_erratum(void **state)
{
	(void)state;
	reset_cpu();
	invalidate(HYPMMU_USE_REPEAT_TLBI, NULL, 0);
	assert_log("dsb ishst, isb");
	invalidate(HYPMMU_USE_REPEAT_TLBI, &tables, 1);
	assert_log("dsb ishst, tlbi vae2is 40200, dsb ish, tlbi vale2is 0, dsb ish, isb");
	invalidate(HYPMMU_USE_REPEAT_TLBI | HYPMMU_USE_LOCAL_TLBI, &regime, 1);
	assert_log("dsb nshst, tlbi alle2, dsb nsh, tlbi vale2 0, dsb nsh, isb");
}

static void invalidate_by_range_where_the_cpu_can(void **state)
{
	const struct hypmmu_stale two_tables = {
		.va = 0x40200000, .size = 0x2000, .level = INT8_MAX, .walks = true};
	const struct hypmmu_stale list[] = {leaves, two_tables, tables};

	(void)state;
	reset_cpu();
	hw = HYPMMU_HW_TLBIRANGE;
	invalidate(0, list, 3);
	assert_log("dsb ishst, tlbi rvale2is 400000040200, tlbi rvae2is 400000040200,"
		   " tlbi vae2is 40200, dsb ish, isb");
	invalidate(HYPMMU_USE_LOCAL_TLBI, list, 3);
	assert_log("dsb nshst, tlbi rvale2 400000040200, tlbi rvae2 400000040200,"
		   " tlbi vae2 40200, dsb nsh, isb");
	invalidate(HYPMMU_USE_REPEAT_TLBI, list, 1);
	assert_log("dsb ishst, tlbi rvale2is 400000040200, dsb ish, tlbi vale2is 0, dsb ish, isb");
	hw = 0;
}

/* Walkers look into them. */
static void maint_publishes_nothing_while_stores_go_to_the_caches(void **state)
{
	(void)state;
	reset_cpu();
	cpu.sctlr_el2 = SCTLR_ON;
	hypmmu_arch_maint.publish(hypmmu_arch_maint.ctx, (void *)0x1000, 64);
	assert_log("");
	cpu.sctlr_el2 = 1; /* M without C */
	hypmmu_arch_maint.publish(hypmmu_arch_maint.ctx, (void *)0x1000, 64);
	assert_log("dmb sy, dc ivac 1000, dsb sy");
	cpu.sctlr_el2 = 4; /* C without M */
	hypmmu_arch_maint.publish(hypmmu_arch_maint.ctx, (void *)0x1000, 64);
	assert_log("dmb sy, dc ivac 1000, dsb sy");
}

static void maint_publishes_and_syncs(void **state)
{
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 48, .pa_bits = 48};

	(void)state;
	reset_cpu();
	hypmmu_arch_maint.publish(hypmmu_arch_maint.ctx, (void *)0x1000, 64);
	assert_log("dmb sy, dc ivac 1000, dsb sy");
	hypmmu_arch_maint.sync(hypmmu_arch_maint.ctx, &cfg, &tables, 1);
	assert_log("dsb ishst, tlbi vae2is 40200, dsb ish, isb");
	assert_true(hypmmu_arch_maint.self);
}

/* ---- Identification ---- */

static void id_registers_have_their_places(void **state)
{
	const struct hypmmu_id wanted = {.midr = 0x10,
					 .ctr = 0x40000,
					 .mmfr0 = 0x20,
					 .mmfr1 = 0x21,
					 .mmfr2 = 0x22,
					 .mmfr3 = 0x23,
					 .mmfr4 = 0x24,
					 .pfr0 = 0x30,
					 .pfr1 = 0x31,
					 .isar0 = 0x40,
					 .isar1 = 0x41,
					 .hcr = E2H};
	struct hypmmu_id id;

	(void)state;
	reset_cpu();
	cpu.hcr_el2 = E2H;
	hypmmu_arch_read_id(&id);
	assert_memory_equal(&id, &wanted, sizeof(id));
	cpu.el = 1; /* a read of HCR_EL2 would end the test */
	hypmmu_arch_read_id(&id);
	assert_int_equal(id.hcr, 0);
}

/* ---- On, over, off ---- */

static void switch_writes_nothing_first_unless_the_mmu_is_on(void **state)
{
	const struct hypmmu_regs regs = {.ttbr0 = 0x5000};

	(void)state;
	reset_cpu();
	assert_int_equal(hypmmu_arch_switch(&regs), 0);
	assert_log("load 0");
	assert_int_equal(cpu.loaded.ttbr0, 0x5000);
	cpu.sctlr_el2 = SCTLR_ON;
	assert_int_equal(hypmmu_arch_switch(&regs), 0);
	assert_log("load 1000");
	assert_int_equal(cpu.par_el1, 0xabcd);
}

static void switch_refuses_the_wrong_regime(void **state)
{
	const struct hypmmu_regs regs = {.ttbr0 = 0x5000}, regs_e2h = {.hcr = E2H};

	(void)state;
	reset_cpu();
	assert_int_equal(hypmmu_arch_switch(NULL), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_arch_switch(&regs_e2h), HYPMMU_ERR_STATE);
	cpu.hcr_el2 = E2H;
	assert_int_equal(hypmmu_arch_switch(&regs), HYPMMU_ERR_STATE);
	cpu.el = 1;
	assert_int_equal(hypmmu_arch_switch(&regs), HYPMMU_ERR_STATE);
	assert_log("");
}

static void switch_while_on_keeps_to_a_shared_root(void **state)
{
	const struct hypmmu_regs shared = {.ttbr0 = 0x5001}, own = {.ttbr0 = 0x5000};

	(void)state;
	reset_cpu();
	assert_int_equal(hypmmu_arch_switch(&shared), 0);
	cpu.sctlr_el2 = SCTLR_ON;
	cpu.ttbr0_el2 = 0x6000;
	assert_int_equal(hypmmu_arch_switch(&shared), HYPMMU_ERR_STATE);
	cpu.ttbr0_el2 = 0x6001;
	assert_int_equal(hypmmu_arch_switch(&own), HYPMMU_ERR_STATE);
	cpu.ttbr0_el2 = 0x5001;
	assert_int_equal(hypmmu_arch_switch(&shared), 0);
	assert_log("load 0, load 1000");
}

static void switch_writes_what_piindex_permits_while_the_mmu_is_off(void **state)
{
	const struct hypmmu_regs one = {.tcr2 = 2, .pir = 0xabc, .pire0 = 0xdef};
	const struct hypmmu_regs two = {.tcr2 = 2, .pir = 0xabc, .pire0 = 0xdef, .hcr = E2H};

	(void)state;
	reset_cpu();
	cpu.has_s1pie = true;
	assert_int_equal(hypmmu_arch_switch(&one), 0);
	assert_log("pir_el2 = abc, tcr2_el2 = 2, load 0");
	cpu.hcr_el2 = E2H;
	assert_int_equal(hypmmu_arch_switch(&two), 0);
	assert_log("pir_el2 = abc, pire0_el2 = def, tcr2_el2 = 2, load 0");
}

static void switch_while_on_keeps_what_piindex_permits(void **state)
{
	const struct hypmmu_regs regs = {.tcr2 = 2, .pir = 0xabc, .pire0 = 0xdef, .hcr = E2H};

	(void)state;
	reset_cpu();
	cpu.has_s1pie = true;
	cpu.hcr_el2 = E2H;
	cpu.sctlr_el2 = SCTLR_ON;
	assert_int_equal(hypmmu_arch_switch(&regs), HYPMMU_ERR_STATE);
	cpu.pir_el2 = 0xabc;
	cpu.pire0_el2 = 0xdef;
	assert_int_equal(hypmmu_arch_switch(&regs), HYPMMU_ERR_STATE);
	cpu.tcr2_el2 = 2;
	cpu.pir_el2 = 0xabd;
	assert_int_equal(hypmmu_arch_switch(&regs), HYPMMU_ERR_STATE);
	cpu.pir_el2 = 0xabc;
	cpu.pire0_el2 = 0;
	assert_int_equal(hypmmu_arch_switch(&regs), HYPMMU_ERR_STATE);
	assert_log("");
	cpu.pire0_el2 = 0xdef;
	assert_int_equal(hypmmu_arch_switch(&regs), 0);
	assert_log("load 1000");
}

static void switch_while_on_needs_itself_at_va_pa(void **state)
{
	const struct hypmmu_regs regs = {.ttbr0 = 0x5000};

	(void)state;
	reset_cpu();
	cpu.sctlr_el2 = SCTLR_ON;
	cpu.moved = 0x10000;
	assert_int_equal(hypmmu_arch_switch(&regs), HYPMMU_ERR_CONFLICT);
	cpu.moved = 0;
	cpu.nothing_mapped = true;
	assert_int_equal(hypmmu_arch_switch(&regs), HYPMMU_ERR_CONFLICT);
	assert_log("");
	cpu.nothing_mapped = false;
	cpu.moved = PAGE;
	cpu.moved_above = stack().va; /* the stack may be anywhere */
	assert_int_equal(hypmmu_arch_switch(&regs), 0);
	assert_int_equal(cpu.par_el1, 0xabcd);
}

static void enable_publishes_then_flushes_then_switches(void **state)
{
	struct hypmmu_report report;
	struct hypmmu_regs regs;

	(void)state;
	assert_int_equal(hypmmu_arch_enable(&mmu, NULL, must_hold, 3, &report), 0);
	assert_ptr_equal(mmu.maint, &hypmmu_arch_maint);
	assert_int_equal(count("dc ivac"), mmu.tables);
	assert_int_equal(count("dc "), mmu.tables + 2);
	assert_log_ends("dsb sy, dsb ishst, isb, dmb sy, dc civac 10000000, dc civac 10001000,"
			" dsb sy, load 0");
	assert_int_equal(hypmmu_get_regs(&mmu, NULL, &regs), 0);
	assert_memory_equal(&cpu.loaded, &regs, sizeof(regs));
}

static void enable_while_on_neither_cleans_nor_flushes(void **state)
{
	(void)state;
	cpu.sctlr_el2 = SCTLR_ON;
	assert_int_equal(hypmmu_arch_enable(&mmu, NULL, must_hold, 3, NULL), 0);
	assert_log("dsb ishst, isb, load 1000");
}

static void ignore_publish(void *ctx, const void *p, size_t size)
{
	(void)ctx;
	(void)p;
	(void)size;
}

static void ignore_sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
			size_t n)
{
	(void)ctx;
	(void)cfg;
	(void)list;
	(void)n;
}

static void enable_keeps_the_maint_of_live_tables(void **state)
{
	const struct hypmmu_maint own = {.publish = ignore_publish, .sync = ignore_sync};
	const struct hypmmu_change hole = identity(0, PAGE, HYPMMU_DATA);

	(void)state;
	assert_int_equal(hypmmu_set_live(&mmu, &own), 0);
	assert_int_equal(hypmmu_arch_enable(&mmu, NULL, &hole, 1, NULL), HYPMMU_ERR_UNMAPPED);
	assert_ptr_equal(mmu.maint, &own);
	assert_int_equal(hypmmu_arch_enable(&mmu, NULL, must_hold, 3, NULL), 0);
	assert_ptr_equal(mmu.maint, &own);
}

static void assert_refused(const struct hypmmu_change *hold, size_t n, int err, size_t index)
{
	struct hypmmu_report report;

	assert_int_equal(hypmmu_arch_enable(&mmu, NULL, hold, n, &report), err);
	assert_int_equal(report.index, index);
	assert_int_equal(count("load"), 0);
	assert_int_equal(count("civac"), 0);
	assert_null(mmu.maint);
}

static void enable_refuses_what_must_hold_but_does_not(void **state)
{
	struct hypmmu_change hold[] = {must_hold[0], must_hold[1]};

	(void)state;
	hold[1].va += PAGE; /* nothing */
	assert_refused(hold, 2, HYPMMU_ERR_UNMAPPED, 1);
	hold[1] = must_hold[1];
	hold[1].attr = HYPMMU_DATA;
	assert_refused(hold, 2, HYPMMU_ERR_CONFLICT, 1);
}

static void enable_refuses_tables_without_this_program(void **state)
{
	const struct hypmmu_change only_code = code(), only_stack = stack();
	struct hypmmu_change program[] = {code(), stack()};

	(void)state;
	build(&only_code, 1);
	assert_refused(must_hold, 3, HYPMMU_ERR_UNMAPPED, 3);
	build(&only_stack, 1);
	assert_refused(NULL, 0, HYPMMU_ERR_UNMAPPED, 0);
	program[0].attr = HYPMMU_RODATA;
	build(program, 2);
	assert_refused(must_hold, 3, HYPMMU_ERR_CONFLICT, 3);
	program[0].attr = HYPMMU_CODE;
	program[1].attr = HYPMMU_RODATA;
	build(program, 2);
	assert_refused(must_hold, 3, HYPMMU_ERR_CONFLICT, 3);
	program[1].attr = HYPMMU_DATA;
	program[0].pa += PAGE;
	build(program, 2);
	assert_refused(must_hold, 3, HYPMMU_ERR_CONFLICT, 3);
}

/* The stack may be anywhere as long as it stays there; the core must be at VA = PA. */
static void enable_while_on_refuses_what_would_move(void **state)
{
	struct hypmmu_change program[] = {code(), stack()};

	(void)state;
	program[0].pa += PAGE;
	program[1].pa += PAGE;
	build(program, 2);
	cpu.sctlr_el2 = SCTLR_ON;
	assert_refused(must_hold, 3, HYPMMU_ERR_CONFLICT, 3);
	cpu.moved = PAGE; /* now, too: nothing moves, and still the core is not at VA = PA */
	assert_refused(must_hold, 3, HYPMMU_ERR_CONFLICT, 3);
	build_all();
	cpu.sctlr_el2 = SCTLR_ON;
	cpu.moved = PAGE;
	assert_refused(must_hold, 3, HYPMMU_ERR_CONFLICT, 3);
}

static void enable_refuses_other_regimes(void **state)
{
	struct hypmmu *lower = &mmu;

	(void)state;
	assert_int_equal(hypmmu_arch_enable(NULL, NULL, NULL, 0, NULL), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_arch_enable(lower, lower, NULL, 0, NULL), HYPMMU_ERR_ARG);
	cpu.hcr_el2 = E2H;
	assert_int_equal(hypmmu_arch_enable(lower, NULL, NULL, 0, NULL), HYPMMU_ERR_STATE);
	cpu.hcr_el2 = 0;
	lower->cfg.regime = HYPMMU_EL2_0_LOWER;
	assert_int_equal(hypmmu_arch_enable(lower, NULL, NULL, 0, NULL), HYPMMU_ERR_STATE);
	cpu.el = 1;
	assert_int_equal(hypmmu_arch_enable(lower, NULL, NULL, 0, NULL), HYPMMU_ERR_STATE);
	assert_log("");
	assert_null(lower->maint);
}

static void enable_refuses_the_other_byte_order(void **state)
{
	(void)state;
	mmu.cfg.use ^= HYPMMU_USE_BIG_ENDIAN;
	assert_int_equal(hypmmu_arch_enable(&mmu, NULL, NULL, 0, NULL), HYPMMU_ERR_UNSUPPORTED);
	assert_log("");
}

static void disable_flushes_whole_lines_and_clears_m_and_c(void **state)
{
	const struct hypmmu_change dirty = stack();
	char wanted[128];

	(void)state;
	cpu.sctlr_el2 = SCTLR_ON;
	assert_int_equal(hypmmu_arch_disable((void *)(uintptr_t)(dirty.va + 8), dirty.size - 16),
			 0);
	snprintf(wanted, sizeof(wanted), "unload %llx 20 1000 1000", (unsigned long long)dirty.va);
	assert_log(wanted);
	assert_int_equal(cpu.par_el1, 0xabcd);
}

static void disable_refuses(void **state)
{
	const struct hypmmu_change dirty = stack();
	const unsigned char *start = (const unsigned char *)(uintptr_t)dirty.va;
	size_t below = (size_t)(page_of(__builtin_frame_address(0)) - dirty.va) - PAGE;

	(void)state;
	assert_int_equal(hypmmu_arch_disable(start, dirty.size), HYPMMU_ERR_STATE);
	cpu.sctlr_el2 = SCTLR_ON;
	assert_int_equal(hypmmu_arch_disable(start, 0), HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_arch_disable(start, below - 8 * PAGE), HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_arch_disable(start + dirty.size, PAGE), HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_arch_disable(start, SIZE_MAX), HYPMMU_ERR_RANGE);
	cpu.moved = PAGE;
	assert_int_equal(hypmmu_arch_disable(start, dirty.size), HYPMMU_ERR_CONFLICT);
	cpu.moved_above = dirty.va; /* the stack alone */
	assert_int_equal(hypmmu_arch_disable(start, dirty.size), HYPMMU_ERR_CONFLICT);
	cpu.moved = 0;
	cpu.el = 1;
	assert_int_equal(hypmmu_arch_disable(start, dirty.size), HYPMMU_ERR_STATE);
	assert_log("");
}

static void enabled_is_m_of_el2(void **state)
{
	(void)state;
	reset_cpu();
	assert_false(hypmmu_arch_enabled());
	cpu.sctlr_el2 = 1;
	assert_true(hypmmu_arch_enabled());
	cpu.el = 1;
	cpu.sctlr_el1 = 1;
	assert_false(hypmmu_arch_enabled());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(publish_cleans_every_line_of_the_range),
		cmocka_unit_test(publish_invalidates_while_stores_go_around_the_caches),
		cmocka_unit_test(publish_goes_by_the_registers_of_its_exception_level),
		cmocka_unit_test(publish_takes_the_line_size_from_ctr),
		cmocka_unit_test(publish_of_nothing_and_of_the_last_line),
		cmocka_unit_test(invalidate_waits_for_stores_then_for_all_cpus),
		cmocka_unit_test(invalidate_syncs_once_for_a_list),
		cmocka_unit_test(invalidate_stays_on_this_cpu_when_told),
		cmocka_unit_test(invalidate_repeats_for_the_erratum),
		cmocka_unit_test(invalidate_by_range_where_the_cpu_can),
		cmocka_unit_test(maint_publishes_and_syncs),
		cmocka_unit_test(maint_publishes_nothing_while_stores_go_to_the_caches),
		cmocka_unit_test(id_registers_have_their_places),
		cmocka_unit_test(switch_writes_nothing_first_unless_the_mmu_is_on),
		cmocka_unit_test(switch_refuses_the_wrong_regime),
		cmocka_unit_test(switch_while_on_keeps_to_a_shared_root),
		cmocka_unit_test(switch_writes_what_piindex_permits_while_the_mmu_is_off),
		cmocka_unit_test(switch_while_on_keeps_what_piindex_permits),
		cmocka_unit_test(switch_while_on_needs_itself_at_va_pa),
		cmocka_unit_test_setup(enable_publishes_then_flushes_then_switches, set_up),
		cmocka_unit_test_setup(enable_while_on_neither_cleans_nor_flushes, set_up),
		cmocka_unit_test_setup(enable_keeps_the_maint_of_live_tables, set_up),
		cmocka_unit_test_setup(enable_refuses_what_must_hold_but_does_not, set_up),
		cmocka_unit_test_setup(enable_refuses_tables_without_this_program, set_up),
		cmocka_unit_test_setup(enable_while_on_refuses_what_would_move, set_up),
		cmocka_unit_test_setup(enable_refuses_other_regimes, set_up),
		cmocka_unit_test_setup(enable_refuses_the_other_byte_order, set_up),
		cmocka_unit_test_setup(disable_flushes_whole_lines_and_clears_m_and_c, set_up),
		cmocka_unit_test_setup(disable_refuses, set_up),
		cmocka_unit_test(enabled_is_m_of_el2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
