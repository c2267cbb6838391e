/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changes ought to do, over a flat array: the leaves in ascending order, and no tables. Which
 * tables there are follows from it: those that have a leaf in them, and the root.
 *
 * Addresses are relative to the first of the regime's range, so that nothing ever wraps.
 */
#ifndef MODEL_H
#define MODEL_H
#include "support/oracle.h"

struct model_leaf {
	uint64_t at; /* relative VA */
	hypmmu_pa pa;
	hypmmu_attr attr;
	int level;
	bool dirty; /* writable, and with DBM: written */
};

struct model_split {
	uint64_t at;
	int level; /* of the leaf that is split */
};

struct model {
	struct oracle shape; /* for its geometry alone */
	size_t limit;	     /* of leaves */
	/* private: */
	struct model_leaf *leaves, *next, *stack; /* now; after a list; still to be looked at */
	size_t n, next_n, stack_n, room;
	struct model_split *splits; /* by the list under way */
	size_t splits_n;
	size_t touched, folded; /* leaves, by that list */
};

struct model_verdict {
	int err;
	size_t index;	      /* on error: the change at fault */
	uint64_t at;	      /* and where */
	size_t tables, freed; /* taken and given back */
	size_t leaves;	      /* made, changed or removed; not if a block was split or made */
	bool resized;	      /* it was */
	bool too_big;	      /* more leaves than the limit; nothing else is valid */
};

/* False: no memory. */
bool model_init(struct model *model, const struct oracle *shape, size_t limit);
void model_destroy(struct model *model);

/* What the list would do; it passes the checks that need no tables, but for OVERLAP. */
struct model_verdict model_try(struct model *model, const struct hypmmu_change *changes, size_t n);
/* Makes it so, after a model_try() without an error. */
void model_commit(struct model *model);

/* Hardware writes to a leaf. */
void model_write(struct model *model, size_t leaf);

/* Do two changes cross? `later` within `earlier` does not. */
bool model_crosses(const struct hypmmu_change *earlier, const struct hypmmu_change *later);

/* The tables of a tree that holds one mapping and nothing else, root included, without looking at
 * a leaf. */
size_t model_tables_of_one(const struct oracle *shape, const struct hypmmu_change *map);

/* For the model's own files: tables and freed, after model_try() has done the rest; */
void model_count_tables(const struct model *model, struct model_verdict *verdict);
/* and disjoint pieces of a list in ascending order. */
struct model_piece {
	uint64_t first, end; /* relative, end exclusive */
	size_t index;	     /* of the change */
};
#define MODEL_PIECES 32
size_t model_cut(const struct oracle *shape, const struct hypmmu_change *changes, size_t n,
		 struct model_piece pieces[MODEL_PIECES]);
#endif
