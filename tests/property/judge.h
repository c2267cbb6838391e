/* SPDX-License-Identifier: BSD-2-Clause */
/* One address space under random changes, and what is known about it. After cmocka.h. */
#ifndef JUDGE_H
#define JUDGE_H
#include "draw.h"

struct run {
	struct random random;
	struct theme theme;
	struct arena arena;
	struct oracle oracle; /* of the tables as they are */
	struct model model;
	struct hypmmu mmu;
	/* the changes under way: */
	struct hypmmu_change changes[DRAW_MOST];
	size_t n;
	/* what to say on failure: */
	uint64_t seed;
	size_t round, step;
	/* what was seen: */
	size_t results[5];     /* by enum seen */
	size_t leaf_levels[5]; /* by level + 1: steps that left such leaves */
	size_t merged, injected, written;
};

enum seen { SEEN_OK, SEEN_CONFLICT, SEEN_UNMAPPED, SEEN_OVERLAP, SEEN_NOMEM };

/* Fails the test, with all that is needed to repeat it, unless the condition holds. */
void must(const struct run *run, bool holds, const char *what);

void start_round(struct run *run, enum hypmmu_granule granule, int start_level);
void end_round(struct run *run);

/* Carries out run->changes, with all that must hold before, during and after. False: they would
 * make more leaves than the model can hold, and nothing was done. */
bool judge_list(struct run *run);
/* Hardware writes somewhere, if it may and the tables keep account of it. */
void write_somewhere(struct run *run);
/* The tables are exactly what the model says. */
void judge_tree(struct run *run);
/* query, next_leaf, expect, translate, adopt say the same. */
void judge_readers(struct run *run);
#endif
