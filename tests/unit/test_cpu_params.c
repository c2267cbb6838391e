/* SPDX-License-Identifier: BSD-2-Clause */
/* hypmmu_arch_cpu_params() and hypmmu_arch_cpu_stage(): what a CPU that starts is handed, and which
 * tables it is not sent into. tests/lint has the CPU's side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "../../arch/aarch64/idmap.h"
#include "fake_insn.h"
#include <cmocka.h>
#include <hypmmu/arch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define KIB64	 UINT64_C(0x10000)
#define CODE_VA	 UINT64_C(0x7f0000)
#define DATA_VA	 UINT64_C(0x800000)
#define OTHER_VA UINT64_C(0x900000)
#define E2H	 (UINT64_C(1) << 34)
#define SCTLR_ON 0x1005 /* M, C, I */
#define NEED	 sizeof(struct hypmmu_cpu_need)

/* Where the CPU is told that this program is. */
#define PROGRAM_PA   UINT64_C(0x200000)
#define PROGRAM_SIZE UINT64_C(0x400000)

extern const char __executable_start[], _end[];

static _Alignas(65536) unsigned char arena[16 * 65536];
static struct hypmmu_pool pool;
static struct hypmmu mmu;
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

static const struct hypmmu_change maps[] = {
	{.va = CODE_VA, .pa = CODE_VA, .size = KIB64, .attr = HYPMMU_CODE},
	{.va = DATA_VA, .pa = DATA_VA, .size = KIB64, .attr = HYPMMU_DATA},
	{.va = OTHER_VA, .pa = DATA_VA, .size = KIB64, .attr = HYPMMU_RODATA},
};

/* At VA = PA: it holds the identity text. */
static const struct hypmmu_change program = {
	.va = PROGRAM_PA, .pa = PROGRAM_PA, .size = PROGRAM_SIZE, .attr = HYPMMU_CODE};

/* An address is all that is wanted of it. */
void hypmmu_arch_cpu_entry(void)
{
}

/* An address space for a CPU with all features, live. */
static void build(const struct hypmmu_config *cfg)
{
	reset_cpu();
	cpu.sctlr_el2 = SCTLR_ON;
	assert_true((uintptr_t)_end - (uintptr_t)__executable_start < PROGRAM_SIZE);
	cpu.moved = PROGRAM_PA - (uintptr_t)__executable_start;
	assert_int_equal(hypmmu_pool_init(&pool, cfg->granule, arena, 0x1000000, sizeof(arena)), 0);
	assert_int_equal(hypmmu_init(&mmu, cfg, &pool.pages), 0);
	assert_int_equal(hypmmu_apply(&mmu, maps, 3, NULL), 0);
	assert_int_equal(hypmmu_map(&mmu, &program), 0);
	assert_int_equal(hypmmu_set_live(&mmu, &host), 0);
	clear_log();
}

static struct hypmmu_config config(enum hypmmu_granule granule, unsigned va_bits, unsigned pa_bits)
{
	return (struct hypmmu_config){.granule = granule,
				      .regime = HYPMMU_EL2,
				      .va_bits = (uint8_t)va_bits,
				      .pa_bits = (uint8_t)pa_bits,
				      .hw = HYPMMU_HW_LPA | HYPMMU_HW_LPA2 | HYPMMU_HW_LVA |
					    HYPMMU_HW_TTST};
}

static struct hypmmu_cpu_params wishes(void)
{
	return (struct hypmmu_cpu_params){
		.sp = DATA_VA + KIB64,
		.vbar = CODE_VA + 0x800,
		.entry = CODE_VA + KIB64 - 4,
		.arg = 0x1111,
		.tpidr = 0x2222,
		.hcr = UINT64_C(0x80000000),
		.stage = HYPMMU_CPU_NO_PA,
	};
}

static int set_up(void **state)
{
	const struct hypmmu_config cfg = config(HYPMMU_4K, 48, 48);

	(void)state;
	build(&cfg);
	params = wishes();
	return 0;
}

static void block_is_completed_and_published(void **state)
{
	struct hypmmu_regs regs;
	char wanted[256];

	(void)state;
	assert_int_equal(hypmmu_get_regs(&mmu, NULL, &regs), 0);
	assert_int_equal(hypmmu_arch_cpu_params(&params, &mmu, NULL, maps, 3, NULL), 0);
	assert_memory_equal(&params.regs, &regs, sizeof(regs));
	assert_int_equal(params.stage, HYPMMU_CPU_AWAITED);
	assert_true(params.sp == DATA_VA + KIB64 && params.vbar == CODE_VA + 0x800 &&
		    params.entry == CODE_VA + KIB64 - 4 && params.arg == 0x1111 &&
		    params.tpidr == 0x2222 && params.hcr == UINT64_C(0x80000000));
	assert_int_equal(sizeof(params), 320);
	snprintf(wanted, sizeof(wanted),
		 "dmb sy, dc cvac %" PRIxPTR ", dc cvac %" PRIxPTR ", dc cvac %" PRIxPTR
		 ", dc cvac %" PRIxPTR ", dc cvac %" PRIxPTR ", dsb sy",
		 (uintptr_t)&params, (uintptr_t)&params + 64, (uintptr_t)&params + 128,
		 (uintptr_t)&params + 192, (uintptr_t)&params + 256);
	assert_string_equal(insn_log(), wanted);
}

static void host_at_el1_reads_no_register_of_el2(void **state)
{
	(void)state;
	cpu.el = 1;
	cpu.sctlr_el1 = SCTLR_ON;
	assert_int_equal(hypmmu_arch_cpu_params(&params, &mmu, NULL, maps, 3, NULL), 0);
	assert_int_equal(hypmmu_arch_cpu_stage(&params), HYPMMU_CPU_AWAITED);
}

static void hcr_of_zero_keeps_all_but_e2h(void **state)
{
	(void)state;
	assert_int_equal(hypmmu_arch_cpu_params(&params, &mmu, NULL, NULL, 0, NULL), 0);
	assert_true(params.hcr_keep == 0);
	params.hcr = 0;
	assert_int_equal(hypmmu_arch_cpu_params(&params, &mmu, NULL, NULL, 0, NULL), 0);
	assert_true(params.hcr_keep == ~E2H && params.hcr == 0);
}

/* The needs as the assembly reads them, written down from the manual: how far the field's top is
 * from bit 63, and its least value. TGran4 [31:28], TGran16 [23:20], TGran64 [27:24], PARange [3:0];
 * VARange [19:16], ST [31:28], E2H0 [27:24]; VH [11:8] may be anything. EL2 has one half. */
static void needs_are_those_of_the_configuration(void **state)
{
	static const struct {
		enum hypmmu_granule granule;
		unsigned va_bits, pa_bits;
		struct hypmmu_cpu_need need[3];
	} cases[] = {
		{HYPMMU_4K, 39, 32, {{32, 0}, {60, 0}, {44, 0}}},
		{HYPMMU_4K, 48, 36, {{32, 0}, {60, 1}, {44, 0}}},
		{HYPMMU_4K, 48, 40, {{32, 0}, {60, 2}, {44, 0}}},
		{HYPMMU_4K, 48, 52, {{32, 1}, {60, 6}, {44, 0}}},
		{HYPMMU_4K, 52, 48, {{32, 1}, {60, 5}, {44, 0}}},
		{HYPMMU_4K, 24, 48, {{32, 0}, {60, 5}, {32, 1}}},
		{HYPMMU_16K, 47, 42, {{40, 1}, {60, 3}, {44, 0}}},
		{HYPMMU_16K, 52, 52, {{40, 2}, {60, 6}, {44, 0}}},
		/* With FEAT_LPA, and so PARange 6, there may be blocks of 4T. */
		{HYPMMU_64K, 48, 44, {{36, 0}, {60, 6}, {44, 0}}},
		{HYPMMU_64K, 48, 52, {{36, 0}, {60, 6}, {44, 0}}},
		{HYPMMU_64K, 52, 52, {{36, 0}, {60, 6}, {44, 1}}},
		{HYPMMU_64K, 25, 48, {{36, 0}, {60, 6}, {44, 0}}},
	};
	static const struct hypmmu_cpu_need clears_e2h = {36, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hypmmu_config cfg =
			config(cases[i].granule, cases[i].va_bits, cases[i].pa_bits);

		build(&cfg);
		params = wishes();
		assert_int_equal(hypmmu_arch_cpu_params(&params, &mmu, NULL, maps, 3, NULL), 0);
		for (unsigned half = 0; half < 2; half++) {
			assert_memory_equal(&params.granule[half], &cases[i].need[0], NEED);
			assert_memory_equal(&params.va[half], &cases[i].need[2], NEED);
		}
		assert_memory_equal(&params.pa, &cases[i].need[1], NEED);
		assert_true(params.vh.shift == 52 && params.vh.least == -8);
		assert_memory_equal(&params.e2h0, &clears_e2h, NEED);
	}
}

static void assert_refused(int err, const struct hypmmu_change *hold, size_t n, size_t index)
{
	const struct hypmmu_cpu_params before = params;
	struct hypmmu_report report;

	clear_log();
	assert_int_equal(hypmmu_arch_cpu_params(&params, &mmu, NULL, hold, n, &report), err);
	assert_int_equal(report.index, index);
	assert_memory_equal(&params, &before, sizeof(params));
	assert_string_equal(insn_log(), "");
}

static void tables_under_which_it_would_not_get_far_are_refused(void **state)
{
	struct hypmmu_change hold[3];

	(void)state;
	memcpy(hold, maps, sizeof(hold));
	hold[1].attr = HYPMMU_CODE;
	assert_refused(HYPMMU_ERR_CONFLICT, hold, 3, 1);
	hold[1] = (struct hypmmu_change){
		.va = CODE_VA - 4096, .pa = CODE_VA - 4096, .size = 4096, .attr = HYPMMU_CODE};
	assert_refused(HYPMMU_ERR_UNMAPPED, hold, 3, 1);
	params.entry = CODE_VA + KIB64;
	assert_refused(HYPMMU_ERR_CONFLICT, maps, 3, 3);
	params.entry = CODE_VA - 4;
	assert_refused(HYPMMU_ERR_UNMAPPED, maps, 3, 3);
	params = wishes();
	params.sp = DATA_VA;
	assert_refused(HYPMMU_ERR_CONFLICT, maps, 3, 3);
	params.sp = DATA_VA + KIB64 + 16;
	assert_refused(HYPMMU_ERR_UNMAPPED, maps, 3, 3);
	params.sp = 0;
	assert_refused(HYPMMU_ERR_RANGE, maps, 3, 3);
	params = wishes();
	params.vbar = DATA_VA;
	assert_refused(HYPMMU_ERR_CONFLICT, maps, 3, 3);
	params.vbar = UINT64_C(1) << 48;
	assert_refused(HYPMMU_ERR_RANGE, maps, 3, 3);
	params = wishes();
	assert_int_equal(hypmmu_arch_cpu_params(&params, &mmu, NULL, maps, 3, NULL), 0);
}

static void map_program(hypmmu_pa pa, hypmmu_attr attr)
{
	struct hypmmu_change change = program;

	change.pa = pa;
	change.attr = attr;
	assert_int_equal(hypmmu_unmap(&mmu, PROGRAM_PA, PROGRAM_SIZE, 0), 0);
	assert_int_equal(hypmmu_map(&mmu, &change), 0);
}

/* The caller need not list it: hypmmu_arch_cpu_entry() and what it calls. */
static void identity_text_elsewhere_is_refused(void **state)
{
	(void)state;
	cpu.par_el1 = 0x1234;
	map_program(PROGRAM_PA + PROGRAM_SIZE, HYPMMU_CODE);
	assert_refused(HYPMMU_ERR_CONFLICT, NULL, 0, 0);
	map_program(PROGRAM_PA, HYPMMU_RODATA);
	assert_refused(HYPMMU_ERR_CONFLICT, NULL, 0, 0);
	assert_int_equal(hypmmu_unmap(&mmu, PROGRAM_PA, PROGRAM_SIZE, 0), 0);
	assert_refused(HYPMMU_ERR_UNMAPPED, NULL, 0, 0);
	assert_int_equal(hypmmu_map(&mmu, &program), 0);
	cpu.nothing_mapped = true;
	assert_refused(HYPMMU_ERR_RANGE, NULL, 0, 0);
	cpu.nothing_mapped = false;
	assert_int_equal(hypmmu_arch_cpu_params(&params, &mmu, NULL, NULL, 0, NULL), 0);
	assert_true(cpu.par_el1 == 0x1234);
}

/* cpu_entry.S and idmap.S need not be in one granule. */
static void each_part_of_the_identity_text_is_looked_at(void **state)
{
	const uintptr_t parts[] = {(uintptr_t)hypmmu_arch_cpu_entry, (uintptr_t)hm_arch_idmap_start,
				   (uintptr_t)hm_arch_idmap_end - 1};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		uint64_t page = (parts[i] + cpu.moved) & ~UINT64_C(0xfff);

		assert_int_equal(hypmmu_unmap(&mmu, page, 4096, HYPMMU_MAY_BREAK), 0);
		assert_refused(HYPMMU_ERR_UNMAPPED, NULL, 0, 0);
		assert_int_equal(hypmmu_map(&mmu, &(struct hypmmu_change){.va = page,
									  .pa = page,
									  .size = 4096,
									  .attr = HYPMMU_CODE}),
				 0);
	}
}

static void wrong_calls_are_refused(void **state)
{
	(void)state;
	params.sp += 8;
	assert_refused(HYPMMU_ERR_ALIGN, maps, 3, 0);
	params = wishes();
	params.vbar += 0x400;
	assert_refused(HYPMMU_ERR_ALIGN, maps, 3, 0);
	params = wishes();
	params.hcr |= E2H;
	assert_refused(HYPMMU_ERR_STATE, maps, 3, 0);
	params = wishes();
	assert_int_equal(hypmmu_arch_cpu_params(NULL, &mmu, NULL, maps, 3, NULL), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_arch_cpu_params(&params, NULL, NULL, maps, 3, NULL),
			 HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_set_live(&mmu, NULL), 0);
	assert_refused(HYPMMU_ERR_STATE, maps, 3, 0);
	assert_int_equal(hypmmu_destroy(&mmu), 0);
	assert_refused(HYPMMU_ERR_STATE, maps, 3, 0);
}

static void block_on_a_line_of_others_is_refused(void **state)
{
	static _Alignas(64) unsigned char memory[64 + sizeof(struct hypmmu_cpu_params)];
	uintptr_t odd = (uintptr_t)memory + 32; /* the compiler may not know that it is */

	(void)state;
	memcpy(memory + 32, &params, sizeof(params));
	assert_int_equal(
		hypmmu_arch_cpu_params((struct hypmmu_cpu_params *)odd, &mmu, NULL, NULL, 0, NULL),
		HYPMMU_ERR_ALIGN);
}

static void foreign_byte_order_is_refused(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, 48, 48);

	(void)state;
	cfg.use = HYPMMU_USE_BIG_ENDIAN;
	build(&cfg);
	assert_refused(HYPMMU_ERR_UNSUPPORTED, maps, 3, 0);
}

static void permission_indirection_is_refused(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, 48, 48);

	(void)state;
	cfg.hw = HYPMMU_HW_S1PIE;
	cfg.use = HYPMMU_USE_S1PIE;
	build(&cfg);
	assert_refused(HYPMMU_ERR_UNSUPPORTED, maps, 3, 0);
}

/* The line that holds the stage goes out of the cache before it is read. */
static void stage_is_read_from_memory(void **state)
{
	char wanted[64];

	(void)state;
	assert_int_equal(hypmmu_arch_cpu_stage(&params), HYPMMU_CPU_NO_PA);
	snprintf(wanted, sizeof(wanted), "dmb sy, dc civac %" PRIxPTR ", dsb sy",
		 (uintptr_t)&params.stage);
	assert_string_equal(insn_log(), wanted);
	assert_int_equal(offsetof(struct hypmmu_cpu_params, stage) % 64, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(block_is_completed_and_published, set_up),
		cmocka_unit_test_setup(host_at_el1_reads_no_register_of_el2, set_up),
		cmocka_unit_test_setup(hcr_of_zero_keeps_all_but_e2h, set_up),
		cmocka_unit_test(needs_are_those_of_the_configuration),
		cmocka_unit_test_setup(tables_under_which_it_would_not_get_far_are_refused, set_up),
		cmocka_unit_test_setup(identity_text_elsewhere_is_refused, set_up),
		cmocka_unit_test_setup(each_part_of_the_identity_text_is_looked_at, set_up),
		cmocka_unit_test_setup(wrong_calls_are_refused, set_up),
		cmocka_unit_test_setup(block_on_a_line_of_others_is_refused, set_up),
		cmocka_unit_test_setup(foreign_byte_order_is_refused, set_up),
		cmocka_unit_test_setup(permission_indirection_is_refused, set_up),
		cmocka_unit_test_setup(stage_is_read_from_memory, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
