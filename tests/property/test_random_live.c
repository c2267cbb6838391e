/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random changes of live tables against a flat model: 10,000 that are carried out, and those that
 * are refused, for the granule (log2) and the regime (enum hypmmu_regime) that are the arguments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge.h"
#include <stdlib.h>

#define CHANGES	  10000
#define ROUND	  125 /* steps */
#define READ_EACH 32  /* steps */

static struct wish wish;

static int lowest_start_level(void)
{
	return wish.granule == HYPMMU_4K ? -1 : wish.granule == HYPMMU_16K ? 0 : 1;
}

/* After a split often what undoes it. */
static void draw_next(struct run *run)
{
	if (run->n == 1 && run->changes[0].op == HYPMMU_SPLIT && random_once_in(&run->random, 2))
		run->changes[0] = (struct hypmmu_change){
			.op = HYPMMU_MERGE,
			.va = oracle_first_va(&run->oracle),
			.size = UINT64_C(1) << run->oracle.ia_bits,
			.flags = random_once_in(&run->random, 4) ? 0 : HYPMMU_MAY_BREAK};
	else
		run->n = draw_changes(&run->random, &run->theme, &run->model, run->changes);
}

/* Now and then nobody walks the tables for a while. */
static void start_or_stop(struct run *run)
{
	if (!run->model.live && random_once_in(&run->random, 8)) {
		clear_flags(run);
		go_live(run);
	} else if (run->model.live && random_once_in(&run->random, 100)) {
		stop_live(run);
	}
}

static void play_round(struct run *run)
{
	start_round(run, &wish);
	for (; run->step < ROUND; run->step++) {
		start_or_stop(run);
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
static void judge_coverage(const struct run *run)
{
	const size_t *leaves = run->leaf_levels, *seen = run->results;

	print_message("%zu live of %zu OK, %zu CONFLICT, %zu UNMAPPED, %zu BREAK, %zu PINNED, "
		      "%zu OVERLAP, %zu NOMEM; %zu injected, %zu slots broken, %zu tables merged, "
		      "%zu of groups, %zu new roots, %zu written, %zu meanwhile; leaves at levels "
		      "0 to 3: %zu %zu "
		      "%zu %zu\n",
		      run->live, seen[SEEN_OK], seen[SEEN_CONFLICT], seen[SEEN_UNMAPPED],
		      seen[SEEN_BREAK], seen[SEEN_PINNED], seen[SEEN_OVERLAP], seen[SEEN_NOMEM],
		      run->injected, run->broken, run->merged, run->grouped, run->roots,
		      run->written, run->struck, leaves[1], leaves[2], leaves[3], leaves[4]);
	if (run->live < CHANGES)
		return;
	for (size_t i = 0; i < SEEN_KINDS; i++)
		assert_int_not_equal(seen[i], 0);
	assert_true(run->injected && run->broken && run->merged && run->grouped);
	assert_true(run->roots && run->written && run->struck);
}

static void live_changes_do_what_a_flat_model_says(void **state)
{
	size_t changes = random_scaled(CHANGES);
	static struct run run;

	(void)state;
	run = (struct run){.seed = random_seed()};
	wish.start_level = lowest_start_level();
	for (; run.live < changes; run.round++) {
		run.random.state = run.seed + 1000 * (size_t)wish.granule +
				   100 * (size_t)wish.regime + (run.round << 32);
		play_round(&run);
		wish.start_level =
			wish.start_level < 3 ? wish.start_level + 1 : lowest_start_level();
	}
	judge_coverage(&run);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_changes_do_what_a_flat_model_says),
	};

	if (argc != 3)
		return 2;
	wish.granule = (enum hypmmu_granule)atoi(argv[1]);
	wish.regime = (enum hypmmu_regime)atoi(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
