/* SPDX-License-Identifier: BSD-2-Clause */
/* Spans: what a plan consists of, and where it stands. */
#ifndef HM_SPAN_H
#define HM_SPAN_H
#include "cursor.h"
#include "pieces.h"

enum hm_action {
	HM_PASS,       /* nothing to do */
	HM_FILL,       /* holes become leaves */
	HM_ERASE,      /* leaves become holes */
	HM_LABEL,      /* leaves get other attributes */
	HM_DROP_TABLE, /* one slot: a table goes with all below it */
	HM_TIGHTEN,    /* leaves, and holes that become some, get the Contiguous hint: one group */
	/* The rest does not move on: the slot is looked at again. */
	HM_LOOSEN, /* leaves lose the Contiguous hint: one group, which began no later than here */
	HM_DOWN,   /* one slot, a hole or a leaf, becomes a table: hm_cursor_down_fresh() */
	HM_COPY,   /* one slot, a table, becomes a copy of it: hm_cursor_down(), hm_cursor_copy() */
	HM_UP,	   /* one slot: its table is finished, or not needed any more */
};

/* The longest run of slots of the cursor's table that get the same treatment. */
struct hm_span {
	hypmmu_desc before; /* what the first slot holds; LOOSEN: the slot that the cursor is at */
	unsigned count;
	unsigned room; /* slots from here on that lie in the piece; 0: not all of this one. TIGHTEN:
			* leaves that are there already */
	uint16_t index;
	uint8_t action;	 /* enum hm_action */
	uint8_t verdict; /* UP: enum hm_verdict */
};

struct hm_plan {
	struct hm_cursor cursor;
	struct hm_pieces pieces;
	struct hm_piece piece;
	struct hm_span span;
	const struct hypmmu *mmu; /* NULL: an empty tree of no one */
	hypmmu_va va;		  /* the next byte to treat */
	hypmmu_va first;	  /* of the piece */
	size_t left;		  /* tables that may still be entered */
	bool drop;	/* a table that goes whole is one DROP; else its leaves are read */
	bool done;	/* all pieces are treated */
	bool live;	/* hardware walks these tables: break before make */
	bool all;	/* spans of which nothing becomes are returned, too */
	bool copies;	/* a new root: every table on the way is copied */
	bool may_break; /* of the piece treated last */
};

/* The first address that the span's slots translate. */
static inline hypmmu_va hm_span_first(const struct hm_plan *plan)
{
	const struct hm_cursor *cursor = &plan->cursor;
	unsigned shift = cursor->shift;
	unsigned back = hm_cursor_index(cursor) - plan->span.index;

	return (cursor->va & ~(BIT(shift) - 1)) - ((hypmmu_va)back << shift);
}

/* The output address of the cursor's slot in a MAP. */
static inline hypmmu_pa hm_plan_pa(const struct hm_plan *plan)
{
	return plan->piece.change->pa + (plan->va - plan->piece.change->va);
}

/* Is the cursor's table one that hardware walks now? */
static inline bool hm_plan_is_live(const struct hm_plan *plan)
{
	return plan->live && hm_cursor_view(&plan->cursor)->origin != HM_FRESH;
}
#endif
