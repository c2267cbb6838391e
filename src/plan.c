/* SPDX-License-Identifier: BSD-2-Clause */
/* Plan: is it legal, what happens to each slot, how many pages does it take? */
#include "plan.h"

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

/* Where the cursor stands, and how much of it the piece covers. */
static void find_span(struct hm_plan *plan, struct hm_span *span)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	const struct hm_piece *piece = &plan->piece;
	unsigned shift = hm_level_shift(geo, plan->cursor.level);

	span->level = plan->cursor.level;
	span->index = hm_cursor_index(&plan->cursor);
	span->before = hm_cursor_load(&plan->cursor, span->index);
	span->first = plan->va & ~(BIT(shift) - 1);
	span->room = 0;
	if (span->first >= piece->first && last_byte(span->first, shift) <= piece->last)
		span->room = (unsigned)min_u64(hm_level_entries(geo, span->level) - span->index,
					       (piece->last - span->first + 1) >> shift);
}

/* Down the tables that are there, to the slot that decides. */
static int descend(struct hm_plan *plan, struct hm_span *span)
{
	struct hm_cursor *cursor = &plan->cursor;
	int err = 0;

	hm_cursor_step(cursor, plan->va);
	for (;;) {
		find_span(plan, span);
		if (hm_desc_kind(cursor->geo, span->level, span->before) != HM_TABLE ||
		    (plan->drop && plan->piece.op == HYPMMU_UNMAP && span->room))
			return 0;
		err = hm_cursor_down(cursor, span->before);
		if (err)
			return err;
	}
}

/* How many slots from the first on have these bits, as far as there is room; at least the one. */
static unsigned count_like(struct hm_plan *plan, const struct hm_span *span, uint64_t mask)
{
	return span->room > 1 ? hm_cursor_run(&plan->cursor, span->room, mask, span->before) : 1;
}

/* The block policy: the largest leaf that is legal, aligned, and no larger than what is left. */
static bool fits_leaf(const struct hm_plan *plan, const struct hm_span *span)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;

	return span->room && is_aligned(span->pa, hm_level_shift(geo, span->level)) &&
	       (span->level == HM_LAST_LEVEL ||
		(span->level >= geo->block_level && !(plan->piece.flags & HYPMMU_PAGES_ONLY)));
}

static int judge_map(struct hm_plan *plan, struct hm_span *span)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	uint64_t oa = hm_leaf_oa_mask(geo, span->level);

	span->pa = plan->piece.pa + (plan->va - plan->piece.first);
	if (!(span->before & HM_VALID)) {
		bool fits = fits_leaf(plan, span);

		span->action = fits ? HM_FILL : HM_DOWN;
		span->count = fits ? count_like(plan, span, HM_VALID) : 1;
		return 0;
	}
	if (hm_get_oa(geo, span->before & oa) + (plan->va - span->first) != span->pa ||
	    !hm_same_attr(geo, span->level, span->before, span->leaf))
		return HYPMMU_ERR_CONFLICT;
	return 0;
}

static int judge_hole(struct hm_plan *plan, struct hm_span *span)
{
	span->count = count_like(plan, span, HM_VALID);
	return plan->piece.flags & HYPMMU_SKIP_HOLES ? 0 : HYPMMU_ERR_UNMAPPED;
}

static int judge_unmap(struct hm_plan *plan, struct hm_span *span, enum hm_kind kind)
{
	if (kind == HM_HOLE)
		return judge_hole(plan, span);
	span->action = !span->room ? HM_DOWN : kind == HM_TABLE ? HM_DROP : HM_ERASE;
	if (span->action == HM_ERASE)
		span->count = count_like(plan, span, HM_VALID | HM_TYPE);
	return 0;
}

static int judge_protect(struct hm_plan *plan, struct hm_span *span, enum hm_kind kind)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;

	if (kind == HM_HOLE)
		return judge_hole(plan, span);
	if (!hm_same_attr(geo, span->level, span->before, span->leaf))
		span->action = span->room ? HM_LABEL : HM_DOWN;
	span->count = count_like(plan, span, ~hm_leaf_oa_mask(geo, span->level));
	return 0;
}

static int judge_split(struct hm_plan *plan, struct hm_span *span, enum hm_kind kind)
{
	bool pages = plan->piece.flags & HYPMMU_PAGES_ONLY;

	if (kind == HM_LEAF && span->level < HM_LAST_LEVEL && (pages || !span->room))
		span->action = HM_DOWN;
	return 0;
}

/* CORRUPT for what no table of ours holds; else the verdict of the piece's operation. */
static int judge(struct hm_plan *plan, struct hm_span *span)
{
	enum hm_kind kind = hm_desc_kind(plan->cursor.geo, span->level, span->before);

	span->action = HM_PASS;
	span->count = 1;
	span->leaf = plan->piece.leaf;
	if (kind == HM_RESERVED)
		return HYPMMU_ERR_CORRUPT;
	switch (plan->piece.op) {
	case HYPMMU_MAP:
		return judge_map(plan, span);
	case HYPMMU_UNMAP:
		return judge_unmap(plan, span, kind);
	case HYPMMU_PROTECT:
		return judge_protect(plan, span, kind);
	case HYPMMU_SPLIT:
		return judge_split(plan, span, kind);
	default: /* MERGE */
		if (span->room && kind == HM_LEAF)
			hm_cursor_merge(&plan->cursor, span->before);
		return 0;
	}
}

/* Books the span, and goes to the first byte after it: of this piece or of the next. */
static void advance(struct hm_plan *plan, const struct hm_span *span)
{
	unsigned shift = hm_level_shift(plan->cursor.geo, span->level);
	hypmmu_va last = span->first + (((hypmmu_va)span->count << shift) - 1);

	if (span->action == HM_FILL)
		hm_cursor_keep(&plan->cursor);
	else if (span->action == HM_ERASE || span->action == HM_DROP)
		hm_cursor_clear(&plan->cursor, span->count);
	if (last < plan->piece.last)
		plan->va = last + 1;
	else
		next_piece(plan, plan->piece.last + 1);
}

/* Leaves the current table. True: there is news of it. */
static bool climb(struct hm_plan *plan, struct hm_span *span)
{
	struct hm_cursor *cursor = &plan->cursor;
	bool fresh = hm_cursor_frame(cursor)->fresh;
	enum hm_verdict verdict = hm_cursor_up(cursor, &span->leaf);

	if (!fresh && verdict == HM_STAYS)
		return false;
	span->action = HM_UP;
	span->verdict = verdict;
	span->level = cursor->level;
	span->index = hm_cursor_index(cursor);
	span->count = 1;
	return true;
}

int hm_plan_next(struct hm_plan *plan, struct hm_span *span)
{
	struct hm_cursor *cursor = &plan->cursor;
	int root = cursor->geo->start_level;

	while (!plan->done || (cursor->pending && cursor->level > root)) {
		int err;

		if (plan->done || !hm_cursor_holds(cursor, plan->va)) {
			if (climb(plan, span))
				return 1;
			continue;
		}
		err = descend(plan, span);
		if (!err)
			err = judge(plan, span);
		if (err)
			return err;
		if (span->action == HM_DOWN)
			return 1;
		advance(plan, span);
		if (span->action != HM_PASS)
			return 1;
	}
	return 0;
}

static void count_span(const struct hm_span *span, struct hypmmu_report *report)
{
	switch (span->action) {
	case HM_DOWN:
		report->tables++;
		break;
	case HM_UP:
		report->freed += span->verdict != HM_STAYS;
		report->leaves += span->verdict == HM_FOLDS;
		break;
	default:
		report->leaves += span->count;
	}
}

int hm_plan_count(struct hm_plan *plan, struct hm_span *span, struct hypmmu_report *report)
{
	int err, spans = 0;

	while ((err = hm_plan_next(plan, span)) > 0) {
		count_span(span, report);
		if (span->action == HM_DOWN)
			hm_cursor_down_fresh(&plan->cursor, span->before, NULL);
		spans += spans < 2; /* the caller cares for one or more */
	}
	if (err)
		*report = (struct hypmmu_report){
			.index = plan->piece.index,
			.other = plan->piece.index,
			.va = plan->va,
			.desc = span->before,
			.level = (int8_t)span->level,
		};
	return err ? err : spans;
}
