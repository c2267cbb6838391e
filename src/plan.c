/* SPDX-License-Identifier: BSD-2-Clause */
/* Plan: is it legal, what happens to each slot, how many pages does it take? */
#include "plan.h"

struct slot { /* the current one */
	hypmmu_va first;
	unsigned shift; /* log2 of its bytes */
	unsigned
		room; /* slots of this table from here on that lie in the piece; 0: not all of it */
	enum hm_kind kind;
};

/* The next piece that has something to do; KEEP is a hole in the list. */
static void next_piece(struct hm_plan *plan, hypmmu_va from)
{
	struct hm_piece *piece = &plan->piece;
	bool more = hm_pieces_next(plan->pieces, from, piece);

	while (more && piece->op == HYPMMU_KEEP)
		more = hm_pieces_next(plan->pieces, piece->last + 1, piece);
	plan->done = !more;
	if (more)
		plan->va = piece->first;
}

void hm_plan_init(struct hm_plan *plan, const struct hypmmu_geometry *geo,
		  const struct hypmmu_pages *pages, hypmmu_desc *root, struct hm_pieces *pieces)
{
	hm_cursor_init(&plan->cursor, geo, pages, root);
	hm_pieces_rewind(pieces);
	plan->pieces = pieces;
	plan->drop = false;
	next_piece(plan, geo->va_base);
}

static void find_slot(struct hm_plan *plan, struct hm_span *span, struct slot *slot)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	const struct hm_piece *piece = &plan->piece;
	int level = plan->cursor.level;

	span->index = hm_cursor_index(&plan->cursor);
	span->count = 1;
	span->leaf = piece->leaf;
	span->before = hm_cursor_load(&plan->cursor, span->index);
	slot->kind = hm_desc_kind(geo, level, span->before);
	slot->shift = hm_level_shift(geo, level);
	slot->first = plan->va & ~(BIT(slot->shift) - 1);
	slot->room = 0;
	if (slot->first >= piece->first && last_byte(slot->first, slot->shift) <= piece->last)
		slot->room = (unsigned)min_u64(hm_level_entries(geo, level) - span->index,
					       (piece->last - slot->first + 1) >> slot->shift);
}

/* The block policy: the largest leaf that is legal, aligned, and no larger than what is left. */
static bool fits_leaf(const struct hm_plan *plan, const struct slot *slot, hypmmu_pa pa)
{
	int level = plan->cursor.level;

	if (!slot->room || level < plan->cursor.geo->block_level || !is_aligned(pa, slot->shift))
		return false;
	return level == HM_LAST_LEVEL || !(plan->piece.flags & HYPMMU_PAGES_ONLY);
}

static int judge_map(struct hm_plan *plan, const struct slot *slot, struct hm_span *span)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	const struct hm_piece *piece = &plan->piece;
	hypmmu_pa mapped = hm_get_oa(geo, span->before) + (plan->va - slot->first);

	span->pa = piece->pa + (plan->va - piece->first);
	if (slot->kind == HM_LEAF)
		return mapped == span->pa && hm_same_attr(geo, plan->cursor.level, span->before,
							  piece->leaf)
			       ? 0
			       : HYPMMU_ERR_CONFLICT;
	span->action = HM_SPAN_DOWN;
	if (fits_leaf(plan, slot, span->pa)) {
		span->action = HM_SPAN_MAKE;
		span->count = hm_cursor_run(&plan->cursor, slot->room, HM_VALID, 0);
	}
	return 0;
}

static int judge_hole(struct hm_plan *plan, const struct slot *slot, struct hm_span *span)
{
	if (!(plan->piece.flags & HYPMMU_SKIP_HOLES))
		return HYPMMU_ERR_UNMAPPED;
	if (slot->room)
		span->count = hm_cursor_run(&plan->cursor, slot->room, HM_VALID, 0);
	return 0;
}

static int judge_unmap(struct hm_plan *plan, const struct slot *slot, struct hm_span *span)
{
	const uint64_t kind = HM_VALID | HM_TYPE;

	if (slot->kind == HM_HOLE)
		return judge_hole(plan, slot, span);
	span->action = slot->room ? HM_SPAN_ERASE : HM_SPAN_DOWN;
	if (slot->room)
		span->count = hm_cursor_run(&plan->cursor, slot->room, kind, span->before);
	return 0;
}

static int judge_protect(struct hm_plan *plan, const struct slot *slot, struct hm_span *span)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	int level = plan->cursor.level;

	if (slot->kind == HM_HOLE)
		return judge_hole(plan, slot, span);
	if (!hm_same_attr(geo, level, span->before, plan->piece.leaf))
		span->action = slot->room ? HM_SPAN_LABEL : HM_SPAN_DOWN;
	if (slot->room)
		span->count = hm_cursor_run(&plan->cursor, slot->room, ~hm_leaf_oa_mask(geo, level),
					    span->before);
	return 0;
}

static int judge_split(struct hm_plan *plan, const struct slot *slot, struct hm_span *span)
{
	bool pages = plan->piece.flags & HYPMMU_PAGES_ONLY;

	if (slot->kind == HM_LEAF && plan->cursor.level < HM_LAST_LEVEL && (pages || !slot->room))
		span->action = HM_SPAN_DOWN;
	return 0;
}

/* CORRUPT for what no table of ours holds; else the verdict of the piece's operation. */
static int judge(struct hm_plan *plan, const struct slot *slot, struct hm_span *span)
{
	span->action = HM_SPAN_PASS;
	if (slot->kind == HM_RESERVED)
		return HYPMMU_ERR_CORRUPT;
	switch (plan->piece.op) {
	case HYPMMU_MAP:
		return judge_map(plan, slot, span);
	case HYPMMU_UNMAP:
		return judge_unmap(plan, slot, span);
	case HYPMMU_PROTECT:
		return judge_protect(plan, slot, span);
	case HYPMMU_SPLIT:
		return judge_split(plan, slot, span);
	default: /* MERGE */
		if (slot->room && slot->kind == HM_LEAF)
			hm_cursor_merge(&plan->cursor, span->before);
		return 0;
	}
}

/* To the first byte after the span: of this piece or of the next. */
static void advance(struct hm_plan *plan, const struct slot *slot, const struct hm_span *span)
{
	hypmmu_va last = slot->first + ((hypmmu_va)span->count << slot->shift) - 1;

	if (last < plan->piece.last)
		plan->va = last + 1;
	else
		next_piece(plan, plan->piece.last + 1);
}

static void account(struct hm_cursor *cursor, const struct hm_span *span)
{
	if (span->action == HM_SPAN_MAKE)
		hm_cursor_keep(cursor);
	else if (span->action == HM_SPAN_ERASE || span->action == HM_SPAN_DROP)
		hm_cursor_clear(cursor, span->count);
}

/* Leaves the current table if the next byte, or nothing, lies in it. True: there is news of it. */
static bool climb(struct hm_plan *plan, struct hm_span *span)
{
	struct hm_cursor *cursor = &plan->cursor;
	bool fresh = hm_cursor_frame(cursor)->fresh;

	span->verdict = hm_cursor_up(cursor, &span->leaf);
	span->action = HM_SPAN_UP;
	span->index = hm_cursor_index(cursor);
	span->count = 1;
	return fresh || span->verdict != HM_STAYS;
}

int hm_plan_next(struct hm_plan *plan, struct hm_span *span)
{
	struct hm_cursor *cursor = &plan->cursor;
	int err = 0;

	for (;;) {
		struct slot slot;

		if (plan->done ? cursor->level > cursor->geo->start_level
			       : !hm_cursor_holds(cursor, plan->va)) {
			if (climb(plan, span))
				return 0;
			continue;
		}
		span->action = HM_SPAN_DONE;
		if (plan->done)
			return 0;
		hm_cursor_step(cursor, plan->va);
		find_slot(plan, span, &slot);
		if (slot.kind == HM_TABLE) {
			span->action = HM_SPAN_DROP;
			if (!(plan->drop && plan->piece.op == HYPMMU_UNMAP && slot.room)) {
				err = hm_cursor_down(cursor, span->before);
				if (err)
					return err;
				continue;
			}
		} else {
			err = judge(plan, &slot, span);
		}
		if (err || span->action == HM_SPAN_DOWN)
			return err;
		account(cursor, span);
		advance(plan, &slot, span);
		if (span->action != HM_SPAN_PASS)
			return 0;
	}
}

static void count_span(const struct hm_span *span, struct hypmmu_report *report)
{
	switch (span->action) {
	case HM_SPAN_DOWN:
		report->tables++;
		break;
	case HM_SPAN_UP:
		report->freed += span->verdict != HM_STAYS;
		report->leaves += span->verdict == HM_FOLDS;
		break;
	default:
		report->leaves += span->count;
	}
}

int hm_plan_count(const struct hypmmu_geometry *geo, const struct hypmmu_pages *pages,
		  hypmmu_desc *root, struct hm_pieces *pieces, struct hypmmu_report *report)
{
	struct hm_plan plan;
	struct hm_span span;
	int err;

	hm_plan_init(&plan, geo, pages, root, pieces);
	while (!(err = hm_plan_next(&plan, &span)) && span.action != HM_SPAN_DONE) {
		count_span(&span, report);
		if (span.action == HM_SPAN_DOWN)
			hm_cursor_down_fresh(&plan.cursor, span.before, NULL);
	}
	if (err)
		*report = (struct hypmmu_report){
			.index = plan.piece.index,
			.other = plan.piece.index,
			.va = plan.va,
			.desc = span.before,
			.level = (int8_t)plan.cursor.level,
		};
	return err;
}
