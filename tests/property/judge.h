/* SPDX-License-Identifier: BSD-2-Clause */
/* One address space under random changes, and what is known about it. After cmocka.h. */
#ifndef JUDGE_H
#define JUDGE_H
#include "machine.h"

enum seen {
	SEEN_OK,
	SEEN_CONFLICT,
	SEEN_UNMAPPED,
	SEEN_BREAK,
	SEEN_PINNED,
	SEEN_OVERLAP,
	SEEN_NOMEM,
	SEEN_KINDS
};

struct watch { /* what one call tells the hardware */
	size_t publishes, syncs, stale_syncs;
	const struct model_verdict *verdict; /* of the list under way; NULL: none is */
};

#define MOST_STRIKES 64

struct strike {			/* hardware wrote in the middle of a change */
	struct model_leaf leaf; /* as it was then: not one of the model's */
	uint64_t at;		/* in it */
};

struct run {
	struct random random;
	struct theme theme;
	struct arena *arena;
	struct oracle oracle; /* of the tables as they are */
	struct model model;
	struct hypmmu *mmu;
	struct hypmmu_maint maint;
	struct watch watch;
	struct strike strikes[MOST_STRIKES];
	size_t strikes_n;
	/* the changes under way: */
	struct hypmmu_change changes[DRAW_MOST];
	size_t n;
	/* what to say on failure: */
	uint64_t seed;
	size_t round, step;
	/* what was seen: */
	size_t results[SEEN_KINDS];
	size_t leaf_levels[5]; /* by level + 1: steps that left such leaves */
	size_t merged, injected, written, grouped, broken, roots, struck;
	size_t live; /* changes of live tables */
};

/* judge.c */
/* Fails the test, with all that is needed to repeat it, unless the condition holds. */
void must(const struct run *run, bool holds, const char *what);
void start_round(struct run *run, const struct wish *wish);
void end_round(struct run *run);
/* Pins something, or takes a pin back. */
void pin_something(struct run *run);

/* judge_list.c: carries out run->changes, with all that must hold before, during and after. False:
 * they would make more leaves than the model can hold, and nothing was done. */
bool judge_list(struct run *run);

/* judge_live.c */
void go_live(struct run *run);
void stop_live(struct run *run);
void start_watch(struct run *run, const struct model_verdict *verdict);
/* What the call that is over has told the hardware is what it has to. */
void judge_watch(struct run *run);
/* The list just carried out has a new root: to the end of reclaim. */
void judge_new_root(struct run *run, hypmmu_pa old_root);

/* judge_state.c: hardware sets AF or writes somewhere, if it may. */
void write_somewhere(struct run *run);
/* Software takes AF from some leaves; not live. */
void clear_flags(struct run *run);
/* The same to the byte at `at` of a leaf in the tree of this oracle. */
void write_to(struct run *run, const struct oracle *oracle, const struct model_leaf *leaf,
	      uint64_t at);
/* The same in the middle of a change, to be remembered; */
void strike_somewhere(struct run *run);
/* to the leaf whose desc is at desc_pa, of which va and level are known; */
void strike_leaf(struct run *run, struct oracle_answer *there);
/* what the leaves after it have to show of that. */
void pass_on_strikes(struct run *run);
/* The change has a new root: the old tree shows it, the new one may. */
void show_strikes(struct run *run);

/* judge_tree.c: the tables at oracle->root are exactly what the n leaves say. Of what may be either
 * way, the leaves say afterwards how it is. Returns the number of tables. */
size_t judge_leaves(struct run *run, const struct oracle *oracle, struct model_leaf *leaves,
		    size_t n);
/* The tables are exactly what the model says. */
void judge_tree(struct run *run);

/* judge_read.c: query, next_leaf, expect, translate, adopt say the same. */
void judge_readers(struct run *run);
#endif
