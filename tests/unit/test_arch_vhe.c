/* SPDX-License-Identifier: BSD-2-Clause */
/* The C part of the backend with HCR_EL2.E2H = 1, on a CPU that is a log: two halves, all or nothing,
 * and a CPU whose E2H cannot be 0. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "fake_insn.h"
#include <cmocka.h>
#include <hypmmu/arch.h>
#include <string.h>

#define SCTLR_ON 0x1005 /* M, C, I */
#define E2H	 (UINT64_C(1) << 34)
#define PAGE	 4096u
#define DATA_VA	 UINT64_C(0x10000000)
#define UPPER_VA UINT64_C(0xffff800000000000)

extern const char __executable_start[], _end[];

static _Alignas(PAGE) unsigned char arena[64 * PAGE];
static struct hypmmu_pool pool;
static struct hypmmu lower, upper;

static const struct hypmmu_change must_hold[] = {
	{.va = DATA_VA, .pa = DATA_VA, .size = PAGE, .attr = HYPMMU_DATA},
	{.va = UPPER_VA, .pa = DATA_VA + PAGE, .size = PAGE, .attr = HYPMMU_DATA},
};

static uint64_t page_of(const void *p)
{
	return (uintptr_t)p & ~(uint64_t)(PAGE - 1);
}

static struct hypmmu_change code(void)
{
	uint64_t start = page_of(__executable_start);

	return (struct hypmmu_change){.va = start,
				      .pa = start,
				      .size = page_of(_end) + PAGE - start,
				      .attr = HYPMMU_CODE};
}

static struct hypmmu_change stack(void)
{
	uint64_t start = page_of(__builtin_frame_address(0)) - 16 * PAGE;

	return (struct hypmmu_change){
		.va = start, .pa = start, .size = 32 * PAGE, .attr = HYPMMU_DATA};
}

static struct hypmmu_config config(enum hypmmu_regime regime)
{
	return (struct hypmmu_config){.granule = HYPMMU_4K,
				      .regime = regime,
				      .va_bits = regime == HYPMMU_EL2_0_UPPER ? 47 : 48,
				      .pa_bits = 48,
				      .asid = 0x1234};
}

/* A CPU with E2H = 1, the MMU off and lines of 4K, and two halves that map this program as if it ran
 * there. */
static int set_up(void **state)
{
	const struct hypmmu_config low = config(HYPMMU_EL2_0_LOWER),
				   high = config(HYPMMU_EL2_0_UPPER);
	const struct hypmmu_change program[] = {code(), stack()};

	(void)state;
	reset_cpu();
	cpu.ctr_el0 = UINT64_C(10) << 16;
	cpu.hcr_el2 = E2H;
	assert_int_equal(hypmmu_pool_init(&pool, HYPMMU_4K, arena, (uintptr_t)arena, sizeof(arena)),
			 0);
	assert_int_equal(hypmmu_init(&lower, &low, &pool.pages), 0);
	assert_int_equal(hypmmu_init(&upper, &high, &pool.pages), 0);
	assert_int_equal(hypmmu_apply(&lower, program, 2, NULL), 0);
	assert_int_equal(hypmmu_map(&lower, &must_hold[0]), 0);
	assert_int_equal(hypmmu_map(&upper, &must_hold[1]), 0);
	return 0;
}

static unsigned count(const char *what)
{
	unsigned n = 0;

	for (const char *at = insn_log(); (at = strstr(at, what)); at++)
		n++;
	return n;
}

static void assert_log_ends(const char *wanted)
{
	size_t length = strlen(insn_log()), end = strlen(wanted);

	assert_true(length >= end);
	assert_string_equal(insn_log() + length - end, wanted);
}

static void enable_publishes_both_halves_and_loads_both_roots(void **state)
{
	struct hypmmu_regs regs;

	(void)state;
	assert_int_equal(hypmmu_arch_enable(&lower, &upper, must_hold, 2, NULL), 0);
	assert_ptr_equal(lower.maint, &hypmmu_arch_maint);
	assert_ptr_equal(upper.maint, &hypmmu_arch_maint);
	assert_int_equal(count("dc ivac"), lower.tables + upper.tables);
	assert_log_ends(", dmb sy, dc civac 10000000, dsb sy, dmb sy, dc civac 10001000, dsb sy,"
			" load 0");
	assert_int_equal(hypmmu_get_regs(&lower, &upper, &regs), 0);
	assert_memory_equal(&cpu.loaded, &regs, sizeof(regs));
	assert_true(cpu.loaded.ttbr1 == (upper.root | UINT64_C(0x1234) << 48));
	assert_true(cpu.loaded.hcr == E2H);
}

static void enable_without_an_upper_half_disables_its_walks(void **state)
{
	(void)state;
	assert_int_equal(hypmmu_arch_enable(&lower, NULL, must_hold, 1, NULL), 0);
	assert_true(cpu.loaded.tcr & UINT64_C(1) << 23); /* EPD1 */
	assert_null(upper.maint);
}

static void assert_refused(struct hypmmu *high, const struct hypmmu_change *hold, size_t n, int err,
			   size_t index)
{
	struct hypmmu_report report;

	assert_int_equal(hypmmu_arch_enable(&lower, high, hold, n, &report), err);
	assert_int_equal(report.index, index);
	assert_int_equal(report.other, index);
	assert_int_equal(count("load"), 0);
	assert_int_equal(count("civac"), 0);
	assert_null(lower.maint);
	assert_null(upper.maint);
}

static void each_range_is_looked_for_in_the_half_of_its_bit_55(void **state)
{
	struct hypmmu_change hold[2];

	(void)state;
	memcpy(hold, must_hold, sizeof(hold));
	hold[1].va += PAGE;
	assert_refused(&upper, hold, 2, HYPMMU_ERR_UNMAPPED, 1);
	hold[1] = must_hold[1];
	hold[1].pa += PAGE;
	assert_refused(&upper, hold, 2, HYPMMU_ERR_CONFLICT, 1);
	hold[1].va = must_hold[1].va - PAGE; /* below the 47 bits of the upper half */
	assert_refused(&upper, hold, 2, HYPMMU_ERR_RANGE, 1);
	assert_refused(NULL, must_hold, 2, HYPMMU_ERR_RANGE, 1);
	assert_refused(&upper, NULL, 1, HYPMMU_ERR_ARG, 0);
	hold[0].va = DATA_VA + PAGE;
	assert_refused(&upper, hold, 2, HYPMMU_ERR_UNMAPPED, 0);
}

/* This code and stack are in the lower half. */
static void lower_half_without_this_program_is_refused(void **state)
{
	const struct hypmmu_change program = code();

	(void)state;
	assert_int_equal(hypmmu_unmap(&lower, program.va, program.size, 0), 0);
	assert_refused(&upper, must_hold, 2, HYPMMU_ERR_UNMAPPED, 2);
}

/* HYPMMU_USER takes X from EL2, and with PSTATE.PAN everything. */
static void program_in_memory_of_el0_is_refused(void **state)
{
	struct hypmmu_change program[] = {code(), stack()};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const struct hypmmu_change was = program[i];

		program[i].op = HYPMMU_PROTECT;
		program[i].attr |= HYPMMU_USER;
		assert_int_equal(hypmmu_apply(&lower, &program[i], 1, NULL), 0);
		assert_refused(&upper, must_hold, 2, HYPMMU_ERR_CONFLICT, 2);
		program[i].attr = was.attr;
		assert_int_equal(hypmmu_apply(&lower, &program[i], 1, NULL), 0);
	}
	assert_int_equal(hypmmu_arch_enable(&lower, &upper, must_hold, 2, NULL), 0);
}

static void enable_refuses_what_are_not_two_halves(void **state)
{
	struct hypmmu nothing = {.tables = 0};

	(void)state;
	assert_int_equal(hypmmu_arch_enable(&upper, NULL, NULL, 0, NULL), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_arch_enable(NULL, &upper, NULL, 0, NULL), HYPMMU_ERR_ARG);
	assert_refused(&lower, must_hold, 1, HYPMMU_ERR_ARG, 0);
	assert_refused(&nothing, must_hold, 1, HYPMMU_ERR_STATE, 0);
	upper.cfg.use ^= HYPMMU_USE_BIG_ENDIAN;
	assert_refused(&upper, must_hold, 2, HYPMMU_ERR_UNSUPPORTED, 0);
	upper.cfg.use ^= HYPMMU_USE_BIG_ENDIAN;
	upper.cfg.asid++;
	assert_refused(&upper, must_hold, 2, HYPMMU_ERR_CONFIG, 0);
}

/* The upper half is destroyed, the lower one not: nothing of this is left live. */
static void enable_makes_both_halves_live_or_none(void **state)
{
	(void)state;
	upper.root = 0x1000; /* no page of its source */
	assert_refused(&upper, must_hold, 2, HYPMMU_ERR_CORRUPT, 0);
}

static void enable_keeps_alive_what_was_live(void **state)
{
	(void)state;
	assert_int_equal(hypmmu_set_live(&upper, &hypmmu_arch_maint), 0);
	assert_int_equal(hypmmu_arch_enable(&lower, &upper, NULL, 1, NULL), HYPMMU_ERR_ARG);
	assert_null(lower.maint);
	assert_ptr_equal(upper.maint, &hypmmu_arch_maint);
}

static void e2h_of_the_cpu_is_that_of_the_tables(void **state)
{
	const struct hypmmu_regs regs = {.hcr = E2H, .ttbr0 = 0x5000, .ttbr1 = 0x6000};
	const struct hypmmu_regs plain = {.ttbr0 = 0x5000};

	(void)state;
	assert_int_equal(hypmmu_arch_switch(&regs), 0);
	assert_string_equal(insn_log(), "load 0");
	clear_log();
	assert_int_equal(hypmmu_arch_switch(&plain), HYPMMU_ERR_STATE);
	cpu.hcr_el2 = ~E2H;
	assert_int_equal(hypmmu_arch_switch(&regs), HYPMMU_ERR_STATE);
	assert_int_equal(hypmmu_arch_enable(&lower, &upper, must_hold, 2, NULL), HYPMMU_ERR_STATE);
	assert_string_equal(insn_log(), "");
	assert_null(lower.maint);
}

static void switch_while_on_keeps_to_each_shared_root(void **state)
{
	const struct hypmmu_regs shared = {.hcr = E2H, .ttbr0 = 0x5000, .ttbr1 = 0x6001};
	const struct hypmmu_regs own = {.hcr = E2H, .ttbr0 = 0x5000, .ttbr1 = 0x6000};

	(void)state;
	cpu.sctlr_el2 = SCTLR_ON;
	cpu.ttbr0_el2 = 0x5000;
	cpu.ttbr1_el2 = 0x7000;
	assert_int_equal(hypmmu_arch_switch(&shared), HYPMMU_ERR_STATE);
	cpu.ttbr1_el2 = 0x7001;
	assert_int_equal(hypmmu_arch_switch(&own), HYPMMU_ERR_STATE);
	cpu.ttbr1_el2 = 0x6001;
	assert_int_equal(hypmmu_arch_switch(&shared), 0);
	assert_string_equal(insn_log(), "load 1000");
}

static void disable_works_as_without_e2h(void **state)
{
	const struct hypmmu_change dirty = stack();

	(void)state;
	cpu.sctlr_el2 = SCTLR_ON;
	assert_int_equal(hypmmu_arch_disable((void *)(uintptr_t)dirty.va, dirty.size), 0);
	assert_int_equal(count("unload"), 1);
	assert_true(hypmmu_arch_enabled());
}

static void invalidate_is_of_the_asid(void **state)
{
	const struct hypmmu_config cfg = config(HYPMMU_EL2_0_UPPER);
	const struct hypmmu_stale page = {.va = UPPER_VA, .size = PAGE, .level = 3};

	(void)state;
	hypmmu_arch_invalidate(&cfg, &page, 1);
	assert_string_equal(insn_log(), "dsb ishst, tlbi vale2is 12340ff800000000, dsb ish, isb");
}

/* What HCR_EL2.E2H cannot be, tables cannot be either: the boot code writes it, and what it reads
 * back decides. ID_AA64MMFR4_EL1.E2H0 is [27:24], ID_AA64MMFR1_EL1.VH [11:8]; TGran4 is 0: there. */
static void cpu_that_cannot_clear_e2h_gets_two_halves(void **state)
{
	struct hypmmu_config cfg = {.granule = HYPMMU_4K};
	struct hypmmu_config plain = {.regime = HYPMMU_EL2};
	struct hypmmu_id id;

	(void)state;
	cpu.id = (struct hypmmu_id){.mmfr0 = 5,
				    .mmfr1 = UINT64_C(1) << 8,
				    .mmfr4 = UINT64_C(0xf) << 24,
				    .pfr0 = UINT64_C(1) << 8};
	cpu.hcr_res1 = E2H;
	write_hcr_el2(UINT64_C(1) << 31);
	hypmmu_arch_read_id(&id);
	assert_true(id.hcr == (E2H | UINT64_C(1) << 31));
	assert_int_equal(hypmmu_config_from_id(&plain, &id), HYPMMU_ERR_UNSUPPORTED);
	assert_int_equal(hypmmu_config_from_id(&cfg, &id), 0);
	assert_int_equal(cfg.regime, HYPMMU_EL2_0_LOWER);
	assert_int_equal(hypmmu_arch_enable(&lower, &upper, must_hold, 2, NULL), 0);
	assert_true(cpu.loaded.hcr == E2H);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(enable_publishes_both_halves_and_loads_both_roots, set_up),
		cmocka_unit_test_setup(enable_without_an_upper_half_disables_its_walks, set_up),
		cmocka_unit_test_setup(each_range_is_looked_for_in_the_half_of_its_bit_55, set_up),
		cmocka_unit_test_setup(lower_half_without_this_program_is_refused, set_up),
		cmocka_unit_test_setup(program_in_memory_of_el0_is_refused, set_up),
		cmocka_unit_test_setup(enable_refuses_what_are_not_two_halves, set_up),
		cmocka_unit_test_setup(enable_makes_both_halves_live_or_none, set_up),
		cmocka_unit_test_setup(enable_keeps_alive_what_was_live, set_up),
		cmocka_unit_test_setup(e2h_of_the_cpu_is_that_of_the_tables, set_up),
		cmocka_unit_test_setup(switch_while_on_keeps_to_each_shared_root, set_up),
		cmocka_unit_test_setup(disable_works_as_without_e2h, set_up),
		cmocka_unit_test_setup(invalidate_is_of_the_asid, set_up),
		cmocka_unit_test_setup(cpu_that_cannot_clear_e2h_gets_two_halves, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
