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
	hypmmu_desc before; /* what the first slot holds */
	unsigned count;
	unsigned room; /* slots from here on that lie in the piece; 0: not all of this one */
	uint16_t index;
	uint8_t action;	 /* enum hm_action */
	uint8_t verdict; /* UP: enum hm_verdict */
};

struct hm_plan {
	struct hm_cursor cursor;
	struct hm_pieces pieces;
	struct hm_piece piece;
	struct hm_span span;
	hypmmu_va va;			/* the next byte to treat */
	uint64_t tables, freed, leaves; /* hm_plan_count(): as in struct hypmmu_report */
	size_t left;			/* tables that may still be entered */
	bool drop; /* a table that goes whole is one DROP; else its leaves are read */
	bool done; /* all pieces are treated */
};

/* Goes to the first span. pieces is initialised; the tree has so many tables; root NULL: none, an
 * empty tree. */
void hm_plan_start(struct hm_plan *plan, const struct hypmmu_geometry *geo,
		   const struct hypmmu_pages *pages, hypmmu_desc *root, size_t tables);

/* 1: plan->span is the next one, to be carried out or counted before asking again. 0: there is
 * none. Else an error. */
int hm_plan_next(struct hm_plan *plan);

/* The output address of a FILL. */
static inline hypmmu_pa hm_plan_pa(const struct hm_plan *plan)
{
	return plan->piece.change->pa + (plan->va - plan->piece.change->va);
}

/* Reads all spans and counts. On error (CORRUPT, too, when more tables are met than there are)
 * fills in the report, if any. */
int hm_plan_count(struct hm_plan *plan, const struct hypmmu *mmu, struct hypmmu_report *report);
#endif
