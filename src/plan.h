/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plan: what the pieces do to the tree, as a sequence of spans. Plan and stage read the same
 * sequence; one counts, the other writes. Nothing here writes to a table.
 */
#ifndef HM_PLAN_H
#define HM_PLAN_H
#include "cursor.h"
#include "pieces.h"

/* A span is the longest run of slots of one table that get the same treatment. */
enum hm_action {
	HM_SPAN_PASS,  /* nothing to do */
	HM_SPAN_DONE,  /* no more spans */
	HM_SPAN_MAKE,  /* holes become leaves at pa */
	HM_SPAN_ERASE, /* leaves become holes */
	HM_SPAN_LABEL, /* leaves get other attributes */
	HM_SPAN_DROP,  /* one slot: a table goes with all below it */
	HM_SPAN_DOWN,  /* one slot, a hole or a leaf, becomes a table: hm_cursor_down_fresh() */
	HM_SPAN_UP,    /* one slot: its table is finished, or not needed any more */
};

struct hm_span {
	enum hm_action action;
	unsigned index, count; /* slots of the cursor's table */
	hypmmu_desc before;    /* of the first */
	hypmmu_pa pa;	       /* MAKE */
	hypmmu_desc leaf;      /* MAKE, LABEL: the template; UP: what a table folds into */
	enum hm_verdict verdict;
};

struct hm_plan {
	struct hm_cursor cursor;
	struct hm_pieces *pieces;
	struct hm_piece piece;
	hypmmu_va va; /* the next byte to treat */
	bool drop;    /* a table that goes whole is one DROP; else its leaves are read */
	bool done;    /* all pieces are treated */
};

void hm_plan_init(struct hm_plan *plan, const struct hypmmu_geometry *geo,
		  const struct hypmmu_pages *pages, hypmmu_desc *root, struct hm_pieces *pieces);

/* The next span. The caller carries it out, or counts it, before it asks again. */
int hm_plan_next(struct hm_plan *plan, struct hm_span *span);

/* Reads all spans and fills in the report; root NULL: an empty tree, its root not counted. */
int hm_plan_count(const struct hypmmu_geometry *geo, const struct hypmmu_pages *pages,
		  hypmmu_desc *root, struct hm_pieces *pieces, struct hypmmu_report *report);
#endif
