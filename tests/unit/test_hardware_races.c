/* SPDX-License-Identifier: BSD-2-Clause */
/* Hardware marks a leaf dirty just before the library accesses its slot: at each access in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/recorder.h"
#include <stdio.h>

#define PAGE  0x1000
#define BLOCK 0x200000
#define DATA  (HYPMMU_DATA | HYPMMU_DBM)

struct race {
	size_t at;   /* the access that hardware is just before; counts down */
	bool struck; /* it was */
};

static void write_before_access(struct recorder *rec, void *ctx)
{
	struct race *race = ctx;
	hypmmu_desc leaf;

	if (race->at && bbm_hardware_may_write(rec->bbm, rec->accessed, &leaf) && --race->at == 0)
		race->struck = recorder_touch_accessed(rec);
}

/* A clean block; 512 clean pages beside it. */
static void build(struct recorder *rec, uint32_t hw, uint32_t use)
{
	const struct hypmmu_change maps[] = {
		{.va = BLOCK, .pa = BLOCK, .size = BLOCK, .attr = DATA},
		{.va = 2 * BLOCK,
		 .pa = 2 * BLOCK,
		 .size = BLOCK,
		 .attr = DATA,
		 .flags = HYPMMU_PAGES_ONLY},
	};

	*rec = (struct recorder){.cfg = {.granule = HYPMMU_4K,
					 .regime = HYPMMU_EL2,
					 .va_bits = 39,
					 .pa_bits = 40,
					 .hw = HYPMMU_HW_HAFDBS | hw,
					 .use = HYPMMU_USE_HAFDBS | use},
				 .capacity = 16,
				 .no_snoop = true};
	assert_true(recorder_init(rec));
	assert_int_equal(recorder_set_live(rec), HYPMMU_OK);
	assert_int_equal(recorder_apply(rec, maps, 2, NULL), HYPMMU_OK);
	assert_null(judge_fault(rec));
}

static const struct hypmmu_change changes[] = {
	{.op = HYPMMU_PROTECT,
	 .va = 2 * BLOCK + PAGE,
	 .size = 3 * PAGE,
	 .attr = DATA | HYPMMU_SW(1),
	 .flags = HYPMMU_MAY_BREAK},
	{.op = HYPMMU_PROTECT,
	 .va = BLOCK + PAGE,
	 .size = PAGE,
	 .attr = DATA | HYPMMU_SW(1),
	 .flags = HYPMMU_MAY_BREAK},
	{.op = HYPMMU_SPLIT,
	 .va = BLOCK + PAGE,
	 .size = 17 * PAGE,
	 .flags = HYPMMU_MAY_BREAK | HYPMMU_PAGES_ONLY},
	{.op = HYPMMU_UNMAP, .va = BLOCK, .size = PAGE, .flags = HYPMMU_MAY_BREAK},
	{.op = HYPMMU_MERGE, .va = 2 * BLOCK, .size = BLOCK, .flags = HYPMMU_MAY_BREAK},
	{.op = HYPMMU_MERGE, .va = 2 * BLOCK, .size = 16 * PAGE, .flags = HYPMMU_MAY_BREAK},
};
#define CHANGES (sizeof(changes) / sizeof(changes[0]))

/* False: there are not that many accesses to slots that hardware may write. */
static bool race_is_survived(uint32_t hw, uint32_t use, const struct hypmmu_change *change,
			     size_t at)
{
	struct race race = {.at = at};
	struct recorder rec;

	build(&rec, hw, use);
	rec.hook = write_before_access;
	rec.hook_ctx = &race;
	assert_int_equal(recorder_apply(&rec, change, 1, NULL), HYPMMU_OK);
	if (judge_fault(&rec)) {
		printf("access %zu: %s\n", at, judge_fault(&rec));
		trace_print_last(&rec.trace);
	}
	assert_null(judge_fault(&rec));
	recorder_end(&rec);
	return race.struck;
}

static void survive_all(uint32_t hw, uint32_t use)
{
	for (size_t i = 0; i < CHANGES; i++) {
		size_t at = 1;

		while (race_is_survived(hw, use, &changes[i], at)) /* the ends, and some between */
			at += at < 24 ? 1 : 61;
		if (changes[i].op != HYPMMU_MERGE || !use)
			assert_true(at > 1);
	}
}

static void dirty_state_survives_changes_by_break(void **state)
{
	(void)state;
	survive_all(0, 0);
}

static void dirty_state_survives_changes_in_place(void **state)
{
	(void)state;
	survive_all(HYPMMU_HW_BBM_NOABORT, 0);
}

static void dirty_state_survives_in_contiguous_groups(void **state)
{
	(void)state;
	survive_all(0, HYPMMU_USE_CONT);
	survive_all(HYPMMU_HW_BBM_NOABORT, HYPMMU_USE_CONT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dirty_state_survives_changes_by_break),
		cmocka_unit_test(dirty_state_survives_changes_in_place),
		cmocka_unit_test(dirty_state_survives_in_contiguous_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
