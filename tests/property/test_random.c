/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random changes against a flat model, at least 10,000 for each start level of TEST_GRANULE. Over
 * all regimes, address sizes and layouts, byte orders and kinds of page sources.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge.h"

#define STEPS	  10000 /* for each start level */
#define ROUND	  125	/* steps */
#define READ_EACH 16	/* steps */

/* A list of mappings into an empty tree: what it needs is known beforehand, and no more than it
 * must be. */
static void judge_tables_needed(struct run *run)
{
	struct hypmmu_report needed, planned;
	struct model_verdict verdict;
	int err;

	run->n = draw_maps(&run->random, &run->theme, &run->model, run->changes);
	err = hypmmu_tables_needed(&run->theme.cfg, run->changes, run->n, &needed);
	must(run, err == hypmmu_plan(run->mmu, run->changes, run->n, &planned), "tables_needed");
	verdict = model_try(&run->model, run->changes, run->n);
	if (err || verdict.too_big)
		return;
	must(run, needed.tables == planned.tables + 1, "tables_needed counts the root");
	must(run, needed.tables == verdict.tables + 1, "tables_needed is exact");
	if (run->n == 1)
		must(run, needed.tables == model_tables_of_one(&run->oracle, run->changes),
		     "tables are as few as can be");
}

/* After a split often what undoes it. */
static void draw_next(struct run *run)
{
	if (run->n == 1 && run->changes[0].op == HYPMMU_SPLIT && random_once_in(&run->random, 2))
		run->changes[0] =
			(struct hypmmu_change){.op = HYPMMU_MERGE,
					       .va = oracle_first_va(&run->oracle),
					       .size = UINT64_C(1) << run->oracle.ia_bits};
	else
		run->n = draw_changes(&run->random, &run->theme, &run->model, run->changes);
}

static void play_round(struct run *run, int start_level)
{
	struct wish wish = {.granule = (enum hypmmu_granule)TEST_GRANULE,
			    .start_level = start_level};

	start_round(run, &wish);
	for (unsigned i = 0; i < 4; i++)
		judge_tables_needed(run);
	for (; run->step < ROUND; run->step++) {
		pin_something(run);
		do
			draw_next(run);
		while (!judge_list(run));
		write_somewhere(run);
		judge_tree(run);
		if (run->step % READ_EACH == 0)
			judge_readers(run);
	}
	end_round(run);
}

/* Did the draws reach what they are meant to reach? */
static void judge_coverage(const struct run *run, int start_level)
{
	const size_t *leaves = run->leaf_levels, *seen = run->results;

	print_message(
		"level %d: %zu OK, %zu CONFLICT, %zu UNMAPPED, %zu PINNED, %zu OVERLAP, %zu NOMEM; "
		"%zu injected, %zu merged, %zu written; leaves at levels 0 to 3: %zu %zu %zu %zu\n",
		start_level, seen[SEEN_OK], seen[SEEN_CONFLICT], seen[SEEN_UNMAPPED],
		seen[SEEN_PINNED], seen[SEEN_OVERLAP], seen[SEEN_NOMEM], run->injected, run->merged,
		run->written, leaves[1], leaves[2], leaves[3], leaves[4]);
	if (run->round < STEPS / ROUND)
		return;
	assert_true(seen[SEEN_OK] && seen[SEEN_CONFLICT] && seen[SEEN_UNMAPPED]);
	assert_true(seen[SEEN_OVERLAP] && seen[SEEN_PINNED] && leaves[4]);
	for (int level = TEST_GRANULE == 12 ? 0 : 1; level < 3; level++)
		assert_true(leaves[level + 1] || level < start_level);
	assert_true(start_level == 3 || (seen[SEEN_NOMEM] && run->injected && run->merged));
	assert_true(run->written != 0);
}

static void changes_do_what_a_flat_model_says(void **state)
{
	int start_level = *(const int *)*state;
	size_t rounds = random_scaled(STEPS / ROUND);
	static struct run run;

	run = (struct run){.seed = random_seed()};
	for (; run.round < rounds; run.round++) {
		run.random.state = run.seed + 1000 * TEST_GRANULE +
				   100 * (size_t)(start_level + 1) + (run.round << 32);
		play_round(&run, start_level);
	}
	judge_coverage(&run, start_level);
}

int main(void)
{
	static int levels[] = {3, 2, 1, 0, -1};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(changes_do_what_a_flat_model_says, &levels[0]),
		cmocka_unit_test_prestate(changes_do_what_a_flat_model_says, &levels[1]),
		cmocka_unit_test_prestate(changes_do_what_a_flat_model_says, &levels[2]),
#if TEST_GRANULE < 16
		cmocka_unit_test_prestate(changes_do_what_a_flat_model_says, &levels[3]),
#endif
#if TEST_GRANULE < 14
		cmocka_unit_test_prestate(changes_do_what_a_flat_model_says, &levels[4]),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
