/* SPDX-License-Identifier: BSD-2-Clause */
/* The recorded library: live changes please the judge, and no event of theirs can be missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/recorder.h"
#include "support/subject.h"
#include <stdio.h>

static uint64_t page_of(const struct recorder *rec)
{
	return UINT64_C(1) << rec->cfg.granule;
}

static uint64_t block_of(const struct recorder *rec)
{
	return UINT64_C(1) << (2 * (unsigned)rec->cfg.granule - 3);
}

static hypmmu_va base_of(const struct recorder *rec)
{
	return rec->cfg.regime == HYPMMU_EL2_0_UPPER ? ~UINT64_C(0) << rec->cfg.va_bits : 0;
}

/* Four pages of the first block, and all of the second. */
static void build(struct recorder *rec, const struct hypmmu_config *cfg)
{
	rec->cfg = *cfg;
	rec->capacity = 16;
	assert_true(recorder_init(rec));
	struct hypmmu_change maps[] = {
		{.va = base_of(rec), .size = 4 * page_of(rec), .attr = HYPMMU_DATA},
		{.va = base_of(rec) + block_of(rec),
		 .pa = block_of(rec),
		 .size = block_of(rec),
		 .attr = HYPMMU_DATA},
	};

	assert_int_equal(recorder_apply(rec, maps, 2, NULL), HYPMMU_OK);
}

static void assert_content(struct recorder *rec)
{
	const char *fault = judge_fault(rec);

	if (fault) {
		printf("%s\n", fault);
		trace_print_last(&rec->trace);
	}
	assert_null(fault);
}

static void assert_rule(struct recorder *rec, const char *rule)
{
	assert_non_null(bbm_fault(rec->bbm));
	assert_string_equal(bbm_fault(rec->bbm)->rule, rule);
	recorder_end(rec);
}

static void set_live_makes_tables_ready_to_be_walked(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * SUBJECTS; i++) {
		struct recorder rec = {.no_snoop = i >= SUBJECTS};

		build(&rec, &subject_configs[i % SUBJECTS]);
		assert_int_equal(recorder_set_live(&rec), HYPMMU_OK);

		assert_content(&rec);
		assert_int_equal(bbm_counts(rec.bbm).publishes, rec.mmu.tables);
		assert_int_equal(bbm_counts(rec.bbm).dsbs, 1);
		assert_int_equal(bbm_counts(rec.bbm).isbs, 1);
		assert_int_equal(bbm_counts(rec.bbm).tlbis, 0);
		recorder_end(&rec);
	}
}

static void set_live_must_publish_each_table(void **state)
{
	(void)state;
	for (size_t lost = 1; lost <= 4; lost++) {
		struct recorder rec = {.no_snoop = true};

		build(&rec, &subject_configs[0]);
		assert_int_equal(rec.mmu.tables, 4);
		rec.trace.lose = 1u << TRACE_PUBLISH;
		rec.trace.lose_at = lost;
		assert_int_equal(recorder_set_live(&rec), HYPMMU_OK);
		assert_rule(&rec, "link-unpublished");
	}
}

static void set_live_must_sync(void **state)
{
	struct recorder rec = {.trace.lose = 0};

	(void)state;
	build(&rec, &subject_configs[0]);
	rec.trace.lose = 1u << TRACE_DSB;
	rec.trace.lose_at = 1;
	assert_int_equal(recorder_set_live(&rec), HYPMMU_OK);
	assert_rule(&rec, "link-before-contents");
}

/* One of each kind of live change. */
static unsigned changes_of(const struct recorder *rec, struct hypmmu_change *changes)
{
	uint64_t page = page_of(rec), block = block_of(rec);
	hypmmu_va base = base_of(rec);
	struct hypmmu_change all[] = {
		{.va = base + 8 * page, .pa = page, .size = 2 * page, .attr = HYPMMU_DATA},
		{.op = HYPMMU_PROTECT, .va = base, .size = page, .attr = HYPMMU_RODATA},
		{.op = HYPMMU_UNMAP, .va = base + page, .size = page},
		{.op = HYPMMU_UNMAP,
		 .va = base + block + page,
		 .size = page,
		 .flags = HYPMMU_MAY_BREAK},
		{.va = base + 2 * block, .pa = page, .size = 3 * page, .attr = HYPMMU_DATA},
		{.va = base + block + page, .pa = block + page, .size = page, .attr = HYPMMU_DATA},
		{.op = HYPMMU_MERGE, .va = base, .size = 3 * block, .flags = HYPMMU_MAY_BREAK},
		{.op = HYPMMU_UNMAP, .va = base, .size = 3 * block, .flags = HYPMMU_SKIP_HOLES},
	};
	unsigned n = sizeof(all) / sizeof(all[0]);

	for (unsigned i = 0; i < n; i++)
		changes[i] = all[i];
	return n;
}

static void live_changes_please_the_judge(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * SUBJECTS; i++) {
		struct recorder rec = {.no_snoop = i >= SUBJECTS};
		struct hypmmu_change changes[8];
		unsigned n;

		build(&rec, &subject_configs[i % SUBJECTS]);
		n = changes_of(&rec, changes);
		assert_int_equal(recorder_set_live(&rec), HYPMMU_OK);
		for (unsigned c = 0; c < n; c++) {
			assert_int_equal(recorder_apply(&rec, &changes[c], 1, NULL), HYPMMU_OK);
			assert_content(&rec);
		}
		recorder_set_off(&rec);
		assert_int_equal(hypmmu_destroy(&rec.mmu), HYPMMU_OK);
		assert_content(&rec);
		recorder_end(&rec);
	}
}

/* Change c, with one event lost. True: there was one to be lost, and the judge missed it. */
static bool judge_misses(unsigned c, enum trace_kind kind, size_t at)
{
	struct recorder rec = {.no_snoop = true};
	struct hypmmu_change changes[8];
	bool missed;

	build(&rec, &subject_configs[0]);
	changes_of(&rec, changes);
	assert_int_equal(recorder_set_live(&rec), HYPMMU_OK);
	for (unsigned i = 0; i < c; i++)
		assert_int_equal(recorder_apply(&rec, &changes[i], 1, NULL), HYPMMU_OK);
	rec.trace.lose = 1u << kind;
	rec.trace.lose_at = at;
	assert_int_equal(recorder_apply(&rec, &changes[c], 1, NULL), HYPMMU_OK);
	missed = rec.trace.lose_at == 0;
	if (missed && bbm_fault(rec.bbm))
		missed = false;
	else if (missed)
		printf("change %u, kind %d, the %zuth\n", c, (int)kind, at);
	recorder_end(&rec);
	return missed;
}

/* Changes 3 and 7 publish slots that are invalid before and after, which no walker would miss. */
static void no_event_of_a_live_change_can_be_missing(void **state)
{
	const enum trace_kind kinds[] = {TRACE_PUBLISH, TRACE_DSB, TRACE_TLBI};

	(void)state;
	for (unsigned c = 0; c < 8; c++) {
		for (unsigned k = c == 3 || c == 7 ? 1 : 0; k < 3; k++) {
			for (size_t at = 1; at <= 20; at++)
				assert_false(judge_misses(c, kinds[k], at));
		}
	}
}

static void every_live_change_ends_with_an_isb(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 8; c++) {
		struct recorder rec = {.no_snoop = false};
		struct hypmmu_change changes[8];

		build(&rec, &subject_configs[0]);
		changes_of(&rec, changes);
		assert_int_equal(recorder_set_live(&rec), HYPMMU_OK);
		for (unsigned i = 0; i <= c; i++) {
			rec.trace.lose = 1u << TRACE_ISB;
			rec.trace.lose_at = i == c ? 1 : 0;
			assert_int_equal(recorder_apply(&rec, &changes[i], 1, NULL), HYPMMU_OK);
		}
		if (bbm_counts(rec.bbm).isbs) /* it has a second one */
			assert_content(&rec);
		else
			assert_string_equal(bbm_fault(rec.bbm)->rule, "no-isb");
		recorder_end(&rec);
	}
}

struct hardware {
	struct random random;
	size_t written;
};

static void let_hardware_write(struct recorder *rec, void *ctx)
{
	struct hardware *hardware = ctx;

	hardware->written += recorder_touch(rec, &hardware->random);
}

static void what_hardware_writes_meanwhile_is_not_lost(void **state)
{
	const struct hypmmu_config cfg = {.granule = HYPMMU_4K,
					  .regime = HYPMMU_EL2,
					  .va_bits = 39,
					  .pa_bits = 40,
					  .hw = HYPMMU_HW_HAFDBS,
					  .use = HYPMMU_USE_HAFDBS};
	struct hardware hardware = {.random = {random_seed()}};

	(void)state;
	for (unsigned round = 0; round < 50; round++) {
		struct recorder rec = {.hook = let_hardware_write, .hook_ctx = &hardware};
		struct hypmmu_change changes[8];
		unsigned n;

		build(&rec, &cfg);
		assert_int_equal(recorder_set_live(&rec), HYPMMU_OK);
		n = changes_of(&rec, changes);
		for (unsigned c = 0; c < n; c++) {
			if (changes[c].attr == HYPMMU_DATA)
				changes[c].attr |= HYPMMU_DBM;
			if (changes[c].attr == HYPMMU_RODATA)
				changes[c].attr = HYPMMU_DATA | HYPMMU_DBM | HYPMMU_SW(1);
			if (c == 5) /* not what is mapped beside it */
				continue;
			assert_int_equal(recorder_apply(&rec, &changes[c], 1, NULL), HYPMMU_OK);
			assert_content(&rec);
		}
		recorder_end(&rec);
	}
	assert_true(hardware.written > 50);
}

static void a_new_root_is_walked_after_the_switch(void **state)
{
	struct recorder rec = {.no_snoop = true};
	struct hypmmu_change remap;

	(void)state;
	build(&rec, &subject_configs[0]);
	remap = (struct hypmmu_change){.op = HYPMMU_PROTECT,
				       .va = base_of(&rec) + block_of(&rec) + page_of(&rec),
				       .size = page_of(&rec),
				       .attr = HYPMMU_RODATA,
				       .flags = HYPMMU_NEW_ROOT};
	assert_int_equal(recorder_set_live(&rec), HYPMMU_OK);
	assert_int_equal(recorder_apply(&rec, &remap, 1, NULL), HYPMMU_OK);
	recorder_switch_all(&rec);
	recorder_call(&rec);
	assert_int_equal(hypmmu_reclaim(&rec.mmu), HYPMMU_OK);
	recorder_return(&rec);
	assert_content(&rec);
	recorder_end(&rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_changes_please_the_judge),
		cmocka_unit_test(set_live_makes_tables_ready_to_be_walked),
		cmocka_unit_test(set_live_must_publish_each_table),
		cmocka_unit_test(set_live_must_sync),
		cmocka_unit_test(no_event_of_a_live_change_can_be_missing),
		cmocka_unit_test(every_live_change_ends_with_an_isb),
		cmocka_unit_test(what_hardware_writes_meanwhile_is_not_lost),
		cmocka_unit_test(a_new_root_is_walked_after_the_switch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
