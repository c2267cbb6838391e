/* SPDX-License-Identifier: BSD-2-Clause */
/* Plays every trace of this folder to the judge: it accepts the good ones, and finds in each bad
 * one the rule that it breaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "protocol.h"
#include <stdio.h>
#include <string.h>

#define PAGES 4

static struct stage {
	struct trace trace;
	struct trace_regs regs;
	struct bbm *bbm;
	hypmmu_desc memory[PAGES * 512];
} stage;

static hypmmu_desc *memory_at(hypmmu_pa slot)
{
	assert_in_range(slot, ROOT, SPARE + 4095);
	return &stage.memory[(slot - ROOT) / 8];
}

static void write_slot(enum trace_kind kind, hypmmu_pa slot, hypmmu_desc value)
{
	trace_store(&stage.trace, kind, slot, *memory_at(slot), value);
	*memory_at(slot) = value;
}

void store(hypmmu_pa slot, hypmmu_desc value)
{
	write_slot(TRACE_STORE, slot, value);
}

void release(hypmmu_pa slot, hypmmu_desc value)
{
	write_slot(TRACE_RELEASE, slot, value);
}

void exchange(hypmmu_pa slot, hypmmu_desc value)
{
	write_slot(TRACE_EXCHANGE, slot, value);
}

void hardware(hypmmu_pa slot, hypmmu_desc value)
{
	write_slot(TRACE_HARDWARE, slot, value);
}

void store_behind(hypmmu_pa slot, hypmmu_desc value)
{
	*memory_at(slot) = value;
}

void fill_spare(unsigned n, hypmmu_desc attributes)
{
	for (unsigned i = 0; i < 512; i++)
		store(SLOT(SPARE, i), i < n ? LEAF(512 + i, attributes) : 0);
}

void store_group(hypmmu_desc attributes)
{
	for (unsigned i = 16; i < 32; i++)
		store(SLOT(LEAVES, i), attributes ? LEAF(i, attributes) : 0);
}

void publish(hypmmu_pa pa, uint64_t size)
{
	trace_publish(&stage.trace, pa, size);
}

void free_page(hypmmu_pa page)
{
	trace_free(&stage.trace, page);
}

void dsb(enum trace_barrier barrier)
{
	trace_dsb(&stage.trace, barrier);
}

void dmb(enum trace_barrier barrier)
{
	trace_dmb(&stage.trace, barrier);
}

void isb(void)
{
	trace_simple(&stage.trace, TRACE_ISB);
}

void tlbi_operand(enum trace_tlbi op, uint64_t operand)
{
	trace_tlbi(&stage.trace, op, operand);
}

void tlbi(enum trace_tlbi op, hypmmu_va va)
{
	tlbi_operand(op, va >> 12);
}

void tlbi_group(void)
{
	for (unsigned i = 16; i < 32; i++)
		tlbi(TRACE_VALE2IS, PAGE_VA(i));
}

void end_of_call(void)
{
	trace_simple(&stage.trace, TRACE_RETURN);
	trace_simple(&stage.trace, TRACE_CALL);
}

void switch_root(unsigned pe, hypmmu_pa root)
{
	trace_switch(&stage.trace, pe, root);
}

static void set_registers(unsigned features)
{
	struct hypmmu_config *cfg = &stage.regs.cfg;

	*cfg = (struct hypmmu_config){.granule = HYPMMU_4K,
				      .regime = features & ASID_7 ? HYPMMU_EL2_0_LOWER : HYPMMU_EL2,
				      .va_bits = 39,
				      .pa_bits = 48,
				      .asid = features & ASID_7 ? 7 : 0,
				      .hw = features & NO_TTL ? 0 : HYPMMU_HW_TTL};
	cfg->hw |= features & NOABORT ? HYPMMU_HW_BBM_NOABORT : 0;
	cfg->hw |= features & RANGES ? HYPMMU_HW_TLBIRANGE : 0;
	cfg->use = features & HAFDBS ? HYPMMU_USE_HAFDBS : 0;
	stage.regs.pes = features & ONE_PE ? 1 : 2;
	stage.regs.no_snoop = features & NO_SNOOP;
	stage.regs.new_first = features & NEW_FIRST;
	trace_regs(&stage.trace, &stage.regs, ROOT);
}

static void build_tables(unsigned features)
{
	hypmmu_desc page = features & HAFDBS ? RW | DBM_CLEAN : RW;

	for (hypmmu_pa at = ROOT; at <= SPARE; at += 4096)
		trace_alloc(&stage.trace, at, false);
	for (hypmmu_pa slot = ROOT; slot < SPARE; slot += 8)
		store(slot, 0);
	for (unsigned i = 0; i < 16; i++)
		store(SLOT(LEAVES, i), LEAF(i, features & ASID_7 ? page | NG : page));
	store_group(RW | CONT);
	store(SLOT(TABLE, 0), TABLE_TO(LEAVES));
	store(SLOT(TABLE, 1), BLOCK(page));
	store(SLOT(ROOT, 0), TABLE_TO(TABLE));
	publish(ROOT, 3 * 4096);
}

void begin(unsigned features)
{
	set_registers(features);
	build_tables(features);
	dsb(ISHST);
	isb();
	trace_simple(&stage.trace, TRACE_ON);
	trace_simple(&stage.trace, TRACE_CALL);
}

static const char *verdict_of(const struct scene *scene)
{
	const struct bbm_fault *fault;
	const char *rule;

	memset(&stage, 0, sizeof(stage));
	trace_init(&stage.trace);
	stage.bbm = bbm_new();
	assert_non_null(stage.bbm);
	trace_add_sink(&stage.trace, bbm_take, stage.bbm);
	scene->play();
	assert_true(stage.trace.events > 1500); /* begin() was played */
	trace_simple(&stage.trace, TRACE_RETURN);
	fault = bbm_fault(stage.bbm);
	rule = fault ? fault->rule : NULL;
	if (fault && !scene->rule) {
		bbm_print(fault);
		trace_print_last(&stage.trace);
	}
	bbm_delete(stage.bbm);
	return rule;
}

static void the_judge_knows_right_from_wrong(void **state)
{
	const struct scene *scene = *state;
	const char *rule = verdict_of(scene);

	if (scene->rule)
		assert_string_equal(rule ? rule : "no rule", scene->rule);
	else
		assert_null(rule);
}

/* protocol_list.h is made of the names of the files. */
#define X(name) extern const struct scene name;
#include "protocol_list.h"
#undef X
#define X(name) &name,
static const struct scene *const scenes[] = {
#include "protocol_list.h"
};
#undef X
#define SCENES (sizeof(scenes) / sizeof(scenes[0]))

int main(void)
{
	struct CMUnitTest tests[SCENES];

	for (size_t i = 0; i < SCENES; i++)
		tests[i] = (struct CMUnitTest){.name = scenes[i]->name,
					       .test_func = the_judge_knows_right_from_wrong,
					       .initial_state = (void *)(uintptr_t)scenes[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
