/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changes ought to do, over a flat array: the leaves in ascending order, and no tables. Which
 * tables there are follows from it: those that have a leaf in them, and the root. So does what has
 * to be broken on the way, by the rules of the architecture.
 *
 * Addresses are relative to the first of the regime's range, so that nothing ever wraps.
 */
#ifndef MODEL_H
#define MODEL_H
#include "support/oracle.h"

enum model_bit { MODEL_NO, MODEL_YES, MODEL_MAYBE }; /* maybe: either is right */

struct model_leaf {
	uint64_t at; /* relative VA */
	hypmmu_pa pa;
	hypmmu_attr attr;
	int8_t level;
	uint8_t hint;	  /* enum model_bit: Contiguous */
	uint8_t dirty;	  /* enum model_bit: writable, and with DBM: written */
	uint8_t accessed; /* enum model_bit: AF */
	/* By the list under way: */
	uint8_t maker; /* the piece of a MAP that made it, or of a MERGE that it is in, plus 1 */
	bool part;     /* of a leaf that was split */
	bool folded;   /* it was several */
};

struct model_split {
	uint64_t at;
	int level; /* of the leaf that is split */
};

struct model_range {
	uint64_t first, end; /* relative, end exclusive */
};

struct model_piece {
	uint64_t first, end;
	size_t index; /* of the change */
	bool may_break;
};

#define MODEL_PIECES 32

struct model_verdict {
	int err;
	size_t index;	      /* on error: the change at fault */
	uint64_t at;	      /* and where */
	size_t tables, freed; /* taken and given back */
	size_t copied;	      /* of both: copies for a new root, and what they replace */
	size_t leaves;	      /* made, changed or removed; not if `resized` or `grouped` */
	size_t breaks;	      /* slots; not if `grouped` */
	bool resized;	      /* a block was split or made */
	bool grouped;	      /* leaves that were there got the hint, or lost it */
	bool changed;	      /* anything; not if `grouped` */
	bool unsure;	      /* leaves that were there may have got the hint */
	bool stale;	      /* TLBs may hold what must be gone */
	bool too_big;	      /* more leaves than the limit; nothing else is valid */
};

struct model {
	struct oracle shape; /* for its geometry alone */
	size_t limit;	     /* of leaves */
	/* may be set: */
	bool live, noabort, cont;
	struct model_range pins[HYPMMU_PINS];
	size_t pins_n;
	/* may be read: */
	struct model_leaf *leaves, *next; /* now; after a list, or before the last one */
	size_t n, next_n;
	size_t folded; /* by the last list */
	/* private: */
	struct model_leaf *stack; /* still to be looked at */
	size_t stack_n, room;
	struct model_split *splits; /* by the list under way */
	size_t splits_n;
	struct model_piece pieces[MODEL_PIECES];
	size_t pieces_n;
	bool walked; /* live, and not to a new root */
	bool lone;   /* the list is one change */
	struct model_verdict verdict;
};

/* False: no memory. */
bool model_init(struct model *model, const struct oracle *shape, size_t limit);
void model_destroy(struct model *model);

/* What the list would do; it passes the checks that need no tables, but for OVERLAP. */
struct model_verdict model_try(struct model *model, const struct hypmmu_change *changes, size_t n);
/* Makes it so, after a model_try() without an error. */
void model_commit(struct model *model);

/* The leaf that holds `at` among n; NULL. */
struct model_leaf *model_find(struct model_leaf *leaves, size_t n, uint64_t at);
uint64_t model_size_at(const struct model *model, int level);
uint64_t model_end(const struct model *model, const struct model_leaf *leaf);

/* Do two changes cross? `later` within `earlier` does not. */
bool model_crosses(const struct hypmmu_change *earlier, const struct hypmmu_change *later);
bool model_wants_new_root(const struct hypmmu_change *changes, size_t n);

/* The tables of a tree that holds one mapping and nothing else, root included, without looking at
 * a leaf. */
size_t model_tables_of_one(const struct oracle *shape, const struct hypmmu_change *map);

/* ---- For the model's own files. An error comes with *at, the lowest address at fault. ---- */

/* model_list.c: disjoint pieces of a list in ascending order, but for KEEP. */
void model_cut(struct model *model, const struct hypmmu_change *changes, size_t n);

/* model_leaves.c: the stack, the lowest leaf on top; what is on it goes to `next`. */
struct model_leaf *model_top(struct model *model);
void model_append(struct model *model, struct model_leaf leaf);
void model_pass_on(struct model *model);
void model_pass_on_below(struct model *model, uint64_t at);
void model_split_top(struct model *model); /* leaves one level down take its place */

/* model_live.c: what a change means to those who walk the tables, or must not miss a range. */
/* A leaf, or a group, gets another size or hint; so many slots. */
int model_resize(struct model *model, const struct model_piece *piece, struct model_range range,
		 size_t slots, uint64_t *at);
/* The same, where no CPU allows it without a break. */
int model_break(struct model *model, const struct model_piece *piece, struct model_range range,
		size_t slots, uint64_t *at);
int model_remove(struct model *model, const struct model_leaf *leaf, uint64_t *at);
int model_relabel(struct model *model, const struct model_piece *piece,
		  const struct model_leaf *leaf, hypmmu_attr attr, uint64_t *at);

/* model_group.c: contiguous groups */
/* The leaf on top is to be changed as part of the range: its group is dissolved, if it has one that
 * is not in the range. */
int model_loosen(struct model *model, const struct model_piece *piece, struct model_range range,
		 uint64_t *at);
/* Gives the hint to groups in model->next. */
int model_tighten(struct model *model, const struct hypmmu_change *changes, uint64_t *at,
		  size_t *index);

/* model_merge.c */
int model_merge(struct model *model, const struct model_piece *piece, uint64_t *at);

/* model_tables.c: tables and freed, after model_try() has done the rest. */
void model_count_tables(struct model *model, bool new_root);
#endif
