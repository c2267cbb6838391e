/* SPDX-License-Identifier: BSD-2-Clause */
/* An address space that the library has built from a random layout, and what ought to be in it. */
#ifndef TREE_H
#define TREE_H
#include "memory.h"
#include "scenes.h"

#define TREE_SCRATCH 6

struct tree {
	struct setting *setting;
	struct random *random;
	struct scene scene;
	struct theme theme;
	struct model model;
	struct table_pages source;
	struct hypmmu mmu;
	hypmmu_va scratch[TREE_SCRATCH]; /* where scratch memory is mapped */
	unsigned scratched;
	hypmmu_va focus; /* often asked about */
};

/* False, if need be with a complaint, if it cannot be asked about. model_destroy() in any case. */
bool tree_build(struct tree *tree, struct setting *setting, enum hypmmu_regime regime, bool wide);
void tree_complain(struct tree *tree, const char *what, hypmmu_va va);

/* An address near what is mapped, mostly. */
hypmmu_va tree_draw_va(struct tree *tree);
/* Or, more often, one in scratch memory, or in the page of tree->focus. */
hypmmu_va tree_draw_scratch(struct tree *tree);
/* An access that the regime has. */
enum trial tree_draw_trial(struct tree *tree);

/* Asks about it while it gets more and more random changes. */
void tree_ask_corrupted(struct tree *tree);
#endif
