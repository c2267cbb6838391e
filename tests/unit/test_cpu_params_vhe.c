/* SPDX-License-Identifier: BSD-2-Clause */
/* hypmmu_arch_cpu_params() of two halves, for a CPU that will run with HCR_EL2.E2H = 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "fake_insn.h"
#include <cmocka.h>
#include <hypmmu/arch.h>

#define KIB64	 UINT64_C(0x10000)
#define E2H	 (UINT64_C(1) << 34)
#define SCTLR_ON 0x1005 /* M, C, I */
#define NEED	 sizeof(struct hypmmu_cpu_need)

/* Where the CPU is told that this program is, and what the upper half has. */
#define PROGRAM_PA   UINT64_C(0x200000)
#define PROGRAM_SIZE UINT64_C(0x400000)
#define CODE_VA	     UINT64_C(0xfff0000000000000)
#define STACK_VA     UINT64_C(0xffffffffffff0000) /* to the last byte there is */

extern const char __executable_start[], _end[];

static _Alignas(65536) unsigned char arena[8 * 65536];
static _Alignas(65536) unsigned char upper_arena[8 * 65536];
static struct hypmmu_pool pool, upper_pool;
static struct hypmmu lower, upper;
static struct hypmmu_cpu_params params;

static void publish(void *ctx, const void *p, size_t size)
{
	(void)ctx, (void)p, (void)size;
}

static void sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		 size_t n)
{
	(void)ctx, (void)cfg, (void)list, (void)n;
}

static const struct hypmmu_maint host = {.publish = publish, .sync = sync};

static const struct hypmmu_change program = {
	.va = PROGRAM_PA, .pa = PROGRAM_PA, .size = PROGRAM_SIZE, .attr = HYPMMU_CODE};
static const struct hypmmu_change high[] = {
	{.va = CODE_VA, .pa = 0x800000, .size = KIB64, .attr = HYPMMU_CODE},
	{.va = STACK_VA, .pa = 0x810000, .size = KIB64, .attr = HYPMMU_DATA},
};

/* An address is all that is wanted of it. */
void hypmmu_arch_cpu_entry(void)
{
}

static struct hypmmu_config config(enum hypmmu_granule granule, enum hypmmu_regime regime,
				   unsigned va_bits)
{
	return (struct hypmmu_config){.granule = granule,
				      .regime = regime,
				      .va_bits = (uint8_t)va_bits,
				      .pa_bits = 48,
				      .asid = 7,
				      .hw = HYPMMU_HW_LVA | HYPMMU_HW_TTST | HYPMMU_HW_LPA};
}

static int set_up(void **state)
{
	const struct hypmmu_config low = config(HYPMMU_16K, HYPMMU_EL2_0_LOWER, 24);
	const struct hypmmu_config up = config(HYPMMU_64K, HYPMMU_EL2_0_UPPER, 52);

	(void)state;
	reset_cpu();
	cpu.sctlr_el2 = SCTLR_ON; /* the CPU that prepares it has E2H = 0 */
	cpu.moved = PROGRAM_PA - (uintptr_t)__executable_start;
	assert_true((uintptr_t)_end - (uintptr_t)__executable_start < PROGRAM_SIZE);
	assert_int_equal(hypmmu_pool_init(&pool, HYPMMU_16K, arena, 0x1000000, sizeof(arena)), 0);
	assert_int_equal(hypmmu_pool_init(&upper_pool, HYPMMU_64K, upper_arena, 0x2000000,
					  sizeof(upper_arena)),
			 0);
	assert_int_equal(hypmmu_init(&lower, &low, &pool.pages), 0);
	assert_int_equal(hypmmu_init(&upper, &up, &upper_pool.pages), 0);
	assert_int_equal(hypmmu_map(&lower, &program), 0);
	assert_int_equal(hypmmu_apply(&upper, high, 2, NULL), 0);
	assert_int_equal(hypmmu_set_live(&lower, &host), 0);
	assert_int_equal(hypmmu_set_live(&upper, &host), 0);
	params = (struct hypmmu_cpu_params){
		.sp = 0, .vbar = CODE_VA + 0x800, .entry = CODE_VA + KIB64 - 4, .hcr = E2H | 1};
	return 0;
}

static int complete(const struct hypmmu_change *hold, size_t n, struct hypmmu_report *report)
{
	return hypmmu_arch_cpu_params(&params, &lower, &upper, hold, n, report);
}

/* TGran16 [23:20], at least 1, and TGran64 [27:24], at least 0, are signed like all of them here; ST
 * [31:28] for 24 bits, VARange [19:16] for 52; VH [11:8]; E2H0 [27:24] may be anything. */
static void needs_are_those_of_both_halves_and_of_e2h(void **state)
{
	static const struct hypmmu_cpu_need granules[2] = {{40, 1}, {36, 0}};
	static const struct hypmmu_cpu_need vas[2] = {{32, 1}, {44, 1}}, vh = {52, 1};
	static const struct hypmmu_cpu_need pa = {60, 6}; /* PARange [3:0]: LPA above */
	struct hypmmu_regs regs;

	(void)state;
	assert_int_equal(hypmmu_get_regs(&lower, &upper, &regs), 0);
	assert_int_equal(complete(high, 2, NULL), 0);
	assert_memory_equal(&params.regs, &regs, sizeof(regs));
	assert_memory_equal(params.granule, granules, sizeof(granules));
	assert_memory_equal(params.va, vas, sizeof(vas));
	assert_memory_equal(&params.pa, &pa, NEED);
	assert_memory_equal(&params.vh, &vh, NEED);
	assert_true(params.e2h0.shift == 36 && params.e2h0.least == -8);
	assert_true(params.hcr == (E2H | 1) && params.hcr_keep == 0 && params.regs.hcr == E2H);
}

/* All that the CPU uses is in the lower half. */
static void move_below(void)
{
	params.sp = PROGRAM_PA + PROGRAM_SIZE + KIB64;
	params.vbar = PROGRAM_PA;
	params.entry = PROGRAM_PA;
	assert_int_equal(hypmmu_map(&lower, &(struct hypmmu_change){.va = PROGRAM_PA + PROGRAM_SIZE,
								    .pa = PROGRAM_PA + PROGRAM_SIZE,
								    .size = KIB64,
								    .attr = HYPMMU_DATA}),
			 0);
}

static void one_half_is_enough(void **state)
{
	(void)state;
	move_below();
	assert_int_equal(hypmmu_arch_cpu_params(&params, &lower, NULL, NULL, 0, NULL), 0);
	assert_memory_equal(&params.granule[0], &params.granule[1], NEED);
	assert_memory_equal(&params.va[0], &params.va[1], NEED);
	assert_int_equal(params.pa.least, 5);
	assert_int_equal(params.regs.ttbr1 & UINT64_C(0xffffffffffff), 0);
}

/* The halves of set_up(), the other way round. */
static void lpa_is_needed_for_either_half(void **state)
{
	const struct hypmmu_config low = config(HYPMMU_64K, HYPMMU_EL2_0_LOWER, 48);
	const struct hypmmu_config up = config(HYPMMU_16K, HYPMMU_EL2_0_UPPER, 48);

	(void)state;
	assert_int_equal(hypmmu_init(&lower, &low, &upper_pool.pages), 0);
	assert_int_equal(hypmmu_init(&upper, &up, &pool.pages), 0);
	assert_int_equal(hypmmu_map(&lower, &program), 0);
	move_below();
	assert_int_equal(hypmmu_set_live(&lower, &host), 0);
	assert_int_equal(hypmmu_set_live(&upper, &host), 0);
	assert_int_equal(complete(NULL, 0, NULL), 0);
	assert_int_equal(params.pa.least, 6);
}

static void hcr_has_the_e2h_of_the_tables_or_is_zero(void **state)
{
	(void)state;
	params.hcr = 1;
	assert_int_equal(complete(NULL, 0, NULL), HYPMMU_ERR_STATE);
	params.hcr = 0;
	assert_int_equal(complete(NULL, 0, NULL), 0);
	assert_true(params.hcr_keep == ~E2H && params.hcr == 0 && params.regs.hcr == E2H);
}

static void assert_refused(int err, const struct hypmmu_change *hold, size_t n, size_t index)
{
	const struct hypmmu_cpu_params before = params;
	struct hypmmu_report report;

	assert_int_equal(complete(hold, n, &report), err);
	assert_int_equal(report.index, index);
	assert_memory_equal(&params, &before, sizeof(params));
}

static void each_place_is_looked_for_in_its_half(void **state)
{
	struct hypmmu_change hold[2] = {high[0], program};

	(void)state;
	hold[1].pa += KIB64;
	assert_refused(HYPMMU_ERR_CONFLICT, hold, 2, 1);
	hold[0].attr = HYPMMU_DATA;
	assert_refused(HYPMMU_ERR_CONFLICT, hold, 2, 0);
	params.entry = CODE_VA + KIB64;
	assert_refused(HYPMMU_ERR_UNMAPPED, high, 2, 2);
	params.entry = PROGRAM_PA;
	params.sp = STACK_VA;
	assert_refused(HYPMMU_ERR_UNMAPPED, high, 2, 2);
}

/* HYPMMU_USER takes X from EL2, and with PSTATE.PAN everything. */
static void place_in_memory_of_el0_is_refused(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(hypmmu_protect(&upper, high[i].va, high[i].size,
						high[i].attr | HYPMMU_USER, 0),
				 0);
		assert_refused(HYPMMU_ERR_CONFLICT, NULL, 0, 0);
		assert_int_equal(hypmmu_protect(&upper, high[i].va, high[i].size, high[i].attr, 0),
				 0);
	}
	assert_int_equal(complete(high, 2, NULL), 0);
}

static void halves_that_are_none_or_not_live_are_refused(void **state)
{
	(void)state;
	assert_int_equal(hypmmu_set_live(&upper, NULL), 0);
	assert_refused(HYPMMU_ERR_STATE, high, 2, 0);
	assert_int_equal(hypmmu_arch_cpu_params(&params, &upper, NULL, NULL, 0, NULL),
			 HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_arch_cpu_params(&params, &lower, &lower, NULL, 0, NULL),
			 HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_set_live(&upper, &host), 0);
	upper.cfg.asid++;
	assert_refused(HYPMMU_ERR_CONFIG, high, 2, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(needs_are_those_of_both_halves_and_of_e2h, set_up),
		cmocka_unit_test_setup(one_half_is_enough, set_up),
		cmocka_unit_test_setup(lpa_is_needed_for_either_half, set_up),
		cmocka_unit_test_setup(hcr_has_the_e2h_of_the_tables_or_is_zero, set_up),
		cmocka_unit_test_setup(each_place_is_looked_for_in_its_half, set_up),
		cmocka_unit_test_setup(place_in_memory_of_el0_is_refused, set_up),
		cmocka_unit_test_setup(halves_that_are_none_or_not_live_are_refused, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
