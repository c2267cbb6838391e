/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cursor: where we are in the tree. It goes down, steps along and comes up again in ascending
 * VA order, never back. A table that is not there yet is walked like any other: what its slots
 * would hold follows from the slot it replaces. On the way it keeps book of what the changes leave
 * of each table, so that plan and stage judge alike which tables end empty and which fold into one
 * leaf.
 */
#ifndef HM_CURSOR_H
#define HM_CURSOR_H
#include "desc.h"
#include "table.h"

struct hm_frame {	    /* one table on the path */
	hypmmu_desc *table; /* NULL: planned only */
	hypmmu_desc whole;  /* of a new table: the slot that it replaces, a hole or a leaf */
	hypmmu_desc run;    /* merge: the leaf of slot 0, with the state of all of the run */
	uint16_t run_next;  /* merge: slots [0, run_next) are one run */
	uint16_t seen;	    /* slots below are accounted for: empty afterwards unless kept */
	uint16_t filled;    /* of a new table: slots written */
	bool fresh;	    /* new, not linked yet */
	bool kept, cleared; /* something stays or is made; something goes */
};

struct hm_cursor {
	const struct hypmmu_geometry *geo;
	const struct hypmmu_pages *pages;
	hypmmu_va va; /* in the current slot */
	int level;    /* of the current table */
	bool pending; /* some table on the path may be new, end empty or fold: climb before leaving */
	struct hm_frame path[HM_LEVELS];
};

/* root NULL: an empty tree that is planned only. */
void hm_cursor_init(struct hm_cursor *cursor, const struct hypmmu_geometry *geo,
		    const struct hypmmu_pages *pages, hypmmu_desc *root);

static inline struct hm_frame *hm_cursor_frame(struct hm_cursor *cursor)
{
	return &cursor->path[cursor->level + 1];
}

static inline unsigned hm_cursor_index(const struct hm_cursor *cursor)
{
	return hm_slot_index(cursor->geo, cursor->level, cursor->va);
}

/* Does the current table translate va, which is not below the cursor? Then hm_cursor_step() may go
 * there; else hm_cursor_up() comes first. */
static inline bool hm_cursor_holds(const struct hm_cursor *cursor, hypmmu_va va)
{
	return cursor->level == cursor->geo->start_level ||
	       !((va ^ cursor->va) >> hm_level_shift(cursor->geo, cursor->level - 1));
}

static inline void hm_cursor_step(struct hm_cursor *cursor, hypmmu_va va)
{
	cursor->va = va;
}

/* The descriptor in a slot of the current table, there or not. */
static inline hypmmu_desc hm_cursor_load(struct hm_cursor *cursor, unsigned index)
{
	struct hm_frame *frame = hm_cursor_frame(cursor);

	if (frame->fresh)
		return hm_desc_part(cursor->geo, cursor->level, frame->whole, index);
	return hm_load(cursor->geo, frame->table + index);
}

/* How many of n slots, from the current one on, hold `value` in the bits of `mask`, which are no
 * output address bits. */
unsigned hm_cursor_run(struct hm_cursor *cursor, unsigned n, uint64_t mask, hypmmu_desc value);

/* Into the table of the current slot; CORRUPT if its address is not a page. */
int hm_cursor_down(struct hm_cursor *cursor, hypmmu_desc desc);
/* Into a new table that replaces the current slot, `whole`. table NULL: planned only. */
void hm_cursor_down_fresh(struct hm_cursor *cursor, hypmmu_desc whole, hypmmu_desc *table);

/* What the changes do to the n slots from the current one on. */
void hm_cursor_keep(struct hm_cursor *cursor);
void hm_cursor_clear(struct hm_cursor *cursor, unsigned n);
/* A merge reads the leaf in the current slot. */
void hm_cursor_merge(struct hm_cursor *cursor, hypmmu_desc leaf);

enum hm_verdict { HM_STAYS, HM_EMPTY, HM_FOLDS };

/* Leaves the current table, which must not be the root, for the slot that holds it, and tells what
 * becomes of it. FOLDS: *leaf is what the slot gets. */
enum hm_verdict hm_cursor_up(struct hm_cursor *cursor, hypmmu_desc *leaf);

/* Every table below and including one, children first: to count, publish, park or check them. */
struct hm_tables {
	const struct hypmmu_geometry *geo;
	const struct hypmmu_pages *pages;
	int top, level; /* of the first table, and of the current one */
	bool corrupt;	/* a table address was not a page; its slot was passed over */
	hypmmu_desc *table[HM_LEVELS];
	uint16_t next[HM_LEVELS];
};
void hm_tables_init(struct hm_tables *tables, const struct hypmmu_geometry *geo,
		    const struct hypmmu_pages *pages, int level, hypmmu_desc *table);
/* The next table and its level; NULL: no more. It is not looked at again and may be freed. */
hypmmu_desc *hm_tables_next(struct hm_tables *tables, int *level);
/* The first address that the table just returned translates. */
hypmmu_va hm_tables_va(const struct hm_tables *tables);
#endif
