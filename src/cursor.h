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

enum hm_origin {
	HM_THERE,
	HM_FRESH,  /* new, not linked yet */
	HM_COPIED, /* of a new root: hardware does not know it yet */
};

enum hm_book { HM_UNTOUCHED, HM_CLEARED, HM_KEPT }; /* nothing happens; all goes; something stays */

struct hm_frame {	    /* one table on the path */
	hypmmu_desc *table; /* NULL: planned only */
	hypmmu_desc desc;   /* fresh: the slot it replaces, a hole or a leaf; else merge: its run */
	uint16_t next;	    /* fresh: slots written; else merge: slots in the run */
	uint16_t seen;	    /* slots below are accounted for: empty afterwards unless kept */
	uint16_t loose;	    /* slots below were members of a contiguous group that is dissolved */
	uint8_t origin;	    /* enum hm_origin */
	uint8_t book;	    /* enum hm_book, as far as seen */
};

struct hm_cursor {
	const struct hypmmu_geometry *geo;
	const struct hypmmu_pages *pages;
	hypmmu_va va;		/* in the current slot */
	struct hm_frame *frame; /* of the current table */
	int8_t level;		/* of the current table */
	uint8_t shift;		/* log2 of the bytes that one of its slots translates */
	bool pending;		/* some table on the path may be new, a copy, end empty or fold */
	bool staged;		/* tables that were unlinked are walked, too */
	struct hm_frame path[HM_LEVELS]; /* by level + 1 */
};

/* root NULL: an empty tree that is planned only. */
void hm_cursor_init(struct hm_cursor *cursor, const struct hypmmu_geometry *geo,
		    const struct hypmmu_pages *pages, hypmmu_desc *root);

static inline struct hm_frame *hm_cursor_frame(struct hm_cursor *cursor)
{
	return cursor->frame;
}

static inline const struct hm_frame *hm_cursor_view(const struct hm_cursor *cursor)
{
	return cursor->frame;
}

/* Does the current table translate va, which is not below the cursor? Then the cursor may step
 * there; else hm_cursor_up() comes first. */
static inline bool hm_cursor_holds(const struct hm_cursor *cursor, hypmmu_va va)
{
	return cursor->level == cursor->geo->start_level ||
	       !((va ^ cursor->va) >> hm_level_shift(cursor->geo, cursor->level - 1));
}

static inline unsigned hm_cursor_index(const struct hm_cursor *cursor)
{
	return (unsigned)(cursor->va >> cursor->shift) & cursor->geo->last_slot[cursor->level + 1];
}

/* The descriptor in the current slot, there or not; of a group that is dissolved, what it is now. */
hypmmu_desc hm_cursor_load(const struct hm_cursor *cursor);

/* How many of n slots, from the current one on, hold `value` in the bits of `mask`, which are no
 * output address bits. */
unsigned hm_cursor_run(const struct hm_cursor *cursor, unsigned n, uint64_t mask,
		       hypmmu_desc value);

/* Into the table that desc, the current slot, points to; CORRUPT if that is not a page. */
int hm_cursor_down(struct hm_cursor *cursor, hypmmu_desc desc);
/* The current table belongs to a new root: it is this one, a copy, or will be. */
void hm_cursor_copy(struct hm_cursor *cursor, hypmmu_desc *copy);
/* Into a new table that replaces desc, the current slot. table NULL: planned only. */
void hm_cursor_down_fresh(struct hm_cursor *cursor, hypmmu_desc desc, hypmmu_desc *table);

/* What the changes do to the current slot: it stays or is made; it and n - 1 more go; a merge reads
 * the leaf in it. */
void hm_cursor_keep(struct hm_cursor *cursor);
void hm_cursor_clear(struct hm_cursor *cursor, unsigned n);
void hm_cursor_merge(struct hm_cursor *cursor, hypmmu_desc leaf);

enum hm_verdict { HM_STAYS, HM_EMPTY, HM_FOLDS };

/* Leaves the current table for the slot that holds it; or the tree, if it is the root. Its frame
 * stays to be read until the cursor goes down again. */
void hm_cursor_leave(struct hm_cursor *cursor);

/* The same, but not from the root, and tells what becomes of the table. Its frame stays to be read until the cursor goes down again. */
enum hm_verdict hm_cursor_up(struct hm_cursor *cursor);

static inline struct hm_frame *hm_cursor_left(struct hm_cursor *cursor)
{
	return hm_cursor_frame(cursor) + 1;
}

/* What the slot gets in place of the table that was left, when it folds. */
static inline hypmmu_desc hm_cursor_fold(struct hm_cursor *cursor)
{
	return hm_cursor_left(cursor)->desc & ~(HM_CONT | HM_TYPE);
}

/* Down the first tables below the current one that were not returned yet, and up again out of the
 * last of them, which is returned: all tables come, each after those below it. Its level is the
 * cursor's then, plus 1. It is not looked at again. A slot whose table is no page is passed
 * over. */
hypmmu_desc *hm_cursor_next_table(struct hm_cursor *cursor);
/* The first address that the table just returned translates. */
hypmmu_va hm_cursor_table_va(const struct hm_cursor *cursor);
#endif
