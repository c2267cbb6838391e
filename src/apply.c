/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Apply: all or nothing.
 *
 *   plan     read-only    every piece legal? how many pages?         may fail: the caller's fault
 *   reserve  page source  take that many, check each, or give back   may fail: no memory
 *   ------------------------------------------------------------- nothing below can fail
 *   stage    slots        fill new tables, then link them; store leaves; unlink tables
 *   prune    page source  free what was unlinked
 *
 * Tables that a CPU may be walking (live) are refused for now: they need two more steps between
 * stage and prune, sync and arm.
 */
#include "apply.h"

struct reserve {
	hypmmu_desc *spare; /* pages for new tables */
	bool zeroed;	    /* they are all zero */
};

/* A new table up to slot `to`, but for what spans have written: what it replaces goes on there. */
static void fill_gap(const struct hm_cursor *cursor, struct hm_frame *frame, int level, unsigned to,
		     bool zeroed)
{
	hypmmu_desc part = hm_desc_part(cursor->geo, level, frame->desc, frame->next);
	uint64_t step = part ? BIT(hm_level_shift(cursor->geo, level)) : 0;

	if (part || !zeroed)
		hm_fill(cursor->geo, frame->table + frame->next, to - frame->next, part, step);
	frame->next = (uint16_t)to;
}

/* The slots of the span, ready to be written. */
static hypmmu_desc *open_slots(struct hm_plan *plan, bool zeroed)
{
	const struct hm_span *span = &plan->span;
	struct hm_frame *frame = hm_cursor_frame(&plan->cursor);

	if (frame->fresh) {
		fill_gap(&plan->cursor, frame, plan->cursor.level, span->index, zeroed);
		frame->next = (uint16_t)(span->index + span->count);
	}
	return frame->table + span->index;
}

static void fill_leaves(struct hm_plan *plan, hypmmu_desc *slot)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	int level = plan->cursor.level;
	hypmmu_desc leaf = plan->piece.leaf | hm_leaf_type(level);

	hm_fill(geo, slot, plan->span.count, leaf | hm_put_oa(geo, hm_plan_pa(plan)),
		BIT(hm_level_shift(geo, level)));
}

static void label_leaves(struct hm_plan *plan, hypmmu_desc *slot)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	int level = plan->cursor.level;
	uint64_t keep = hm_relabel_keeps(geo, level, plan->piece.leaf);
	hypmmu_desc bits = plan->piece.leaf & ~keep;

	if (hm_cursor_frame(&plan->cursor)->fresh)
		hm_fill(geo, slot, plan->span.count, (plan->span.before & keep) | bits,
			BIT(hm_level_shift(geo, level)));
	else
		hm_rewrite(geo, slot, plan->span.count, keep, bits);
}

/* A table that is not linked any more is not written either: a reader may still be in it. */
static void give_back(const struct hm_cursor *cursor, hypmmu_desc *table)
{
	cursor->pages->free(cursor->pages->ctx, table);
}

/* A whole sub-tree: one store takes it out of the tree. */
static void drop_tables(struct hm_plan *plan, hypmmu_desc *slot)
{
	struct hm_cursor *cursor = &plan->cursor;
	int level = cursor->level;

	hm_store(cursor->geo, slot, 0);
	if (hm_cursor_down(cursor, plan->span.before))
		return;
	while (cursor->level > level)
		give_back(cursor, hm_cursor_next_table(cursor));
}

/* The cursor has left a table: link it, or put in its place what is left of it. A new table is
 * whole before the one store that links it. */
static void finish_table(struct hm_plan *plan, hypmmu_desc *slot, bool zeroed)
{
	struct hm_cursor *cursor = &plan->cursor;
	struct hm_frame *left = hm_cursor_left(cursor);
	hypmmu_desc desc = 0;

	if (plan->span.verdict == HM_STAYS) {
		fill_gap(cursor, left, cursor->level + 1, hm_page_entries(cursor->geo), zeroed);
		desc = hm_table_desc(cursor->geo, hm_table_pa(cursor->pages, left->table));
	} else if (plan->span.verdict == HM_FOLDS) {
		desc = hm_cursor_fold(cursor);
	}
	hm_link(cursor->geo, slot, desc);
	if (plan->span.verdict != HM_STAYS)
		give_back(cursor, left->table);
}

/* Not inline: what it needs on the stack is not needed while the next span is looked for. */
__attribute__((noinline)) static int stage_span(struct hm_plan *plan, struct reserve *reserve)
{
	hypmmu_desc *slot;

	if (plan->span.action == HM_DOWN) {
		if (!reserve->spare)
			return HYPMMU_ERR_CORRUPT; /* not the tables that were planned */
		hm_cursor_down_fresh(&plan->cursor, plan->span.before,
				     hm_pages_take(&reserve->spare));
		return 0;
	}
	slot = open_slots(plan, reserve->zeroed);
	switch (plan->span.action) {
	case HM_FILL:
		fill_leaves(plan, slot);
		break;
	case HM_ERASE:
		hm_fill(plan->cursor.geo, slot, plan->span.count, 0, 0);
		break;
	case HM_LABEL:
		label_leaves(plan, slot);
		break;
	case HM_DROP:
		drop_tables(plan, slot);
		break;
	default:
		finish_table(plan, slot, reserve->zeroed);
	}
	return 0;
}

int hm_plan_change(struct hm_plan *plan, const struct hypmmu *mmu, struct hypmmu_report *report)
{
	hypmmu_desc *root = hm_root(mmu);

	if (mmu->maint)
		return HYPMMU_ERR_STATE;
	if (!root)
		return HYPMMU_ERR_CORRUPT;
	hm_plan_start(plan, &mmu->geo, &mmu->pages, root, mmu->tables);
	return hm_plan_count(plan, mmu, report);
}

static int stage_all(struct hm_plan *plan, struct hypmmu *mmu, struct reserve *reserve)
{
	hypmmu_desc *root = hm_root(mmu);
	int err;

	if (!root) /* to plan, that is an empty tree */
		return HYPMMU_ERR_CORRUPT;
	hm_plan_start(plan, &mmu->geo, &mmu->pages, root, mmu->tables);
	plan->drop = true;
	do {
		err = hm_plan_next(plan);
		if (err <= 0)
			return err;
		err = stage_span(plan, reserve);
	} while (!err);
	return err;
}

int hm_carry_out(struct hm_plan *plan, struct hypmmu *mmu)
{
	struct reserve reserve = {.zeroed = mmu->pages.flags & HYPMMU_PAGES_ZEROED};
	size_t taken = (size_t)plan->tables;
	int err = taken == plan->tables ? 0 : HYPMMU_ERR_NOMEM; /* more than the host can address */

	if (!err)
		err = hm_pages_reserve(&reserve.spare, taken, &mmu->pages, &mmu->geo);
	if (err)
		return err;
	err = stage_all(plan, mmu, &reserve);
	hm_pages_release(&reserve.spare, &mmu->pages);
	mmu->tables += taken - (size_t)plan->freed;
	return err;
}
