/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plan: what the pieces do to the tree, as a sequence of spans. Plan and stage read the same
 * sequence; one counts, the other writes. Nothing here writes to a table.
 */
#ifndef HM_PLAN_H
#define HM_PLAN_H
#include "cursor.h"
#include "pieces.h"

enum hm_action {
	HM_PASS,  /* nothing to do */
	HM_FILL,  /* holes become leaves */
	HM_ERASE, /* leaves become holes */
	HM_LABEL, /* leaves get other attributes */
	HM_DROP,  /* one slot: a table goes with all below it */
	HM_DOWN,  /* one slot, a hole or a leaf, becomes a table: hm_cursor_down_fresh() */
	HM_UP,	  /* one slot: its table is finished, or not needed any more */
};

/* The longest run of slots of the cursor's table that get the same treatment. */
struct hm_span {
	enum hm_action action;
	enum hm_verdict verdict; /* UP */
	int level;
	unsigned index, count;
	unsigned room;	    /* slots from here on that lie in the piece; 0: not all of this one */
	hypmmu_va first;    /* of the first slot */
	hypmmu_desc before; /* what it holds */
	hypmmu_desc leaf;   /* FILL, LABEL: the template; UP: what the table folds into */
	hypmmu_pa pa;	    /* FILL */
};

struct hm_plan {
	struct hm_cursor cursor;
	struct hm_pieces *pieces;
	struct hm_piece piece;
	hypmmu_va va; /* the next byte to treat */
	bool drop;    /* a table that goes whole is one DROP; else its leaves are read */
	bool done;    /* all pieces are treated */
};

/* root NULL: an empty tree. */
void hm_plan_init(struct hm_plan *plan, const struct hypmmu_geometry *geo,
		  const struct hypmmu_pages *pages, hypmmu_desc *root, struct hm_pieces *pieces);

/* 1: *span is the next one, to be carried out or counted before asking again. 0: there is none, and
 * *span is as it was. Else an error. */
int hm_plan_next(struct hm_plan *plan, struct hm_span *span);

/* Reads all spans and fills in the report. Returns 0, 1, or 2 if there were more spans, with the
 * last of them in *span; or an error. */
int hm_plan_count(struct hm_plan *plan, struct hm_span *span, struct hypmmu_report *report);
#endif
