/* SPDX-License-Identifier: BSD-2-Clause */
/* Plan: is it legal, what happens to each slot, how many pages does it take? */
#include "plan.h"

static void next_piece(struct hm_plan *plan, hypmmu_va va)
{
	plan->va = va;
	plan->done = !hm_pieces_next(&plan->pieces, plan->cursor.geo, &plan->va, &plan->piece);
}

void hm_plan_start(struct hm_plan *plan, const struct hypmmu_geometry *geo,
		   const struct hypmmu_pages *pages, hypmmu_desc *root, size_t tables)
{
	hm_cursor_init(&plan->cursor, geo, pages, root);
	plan->span.action = HM_UP;
	plan->left = tables;
	plan->drop = false;
	next_piece(plan, geo->va_base);
}

/* What the cursor's slot holds, and how much of the table from there on lies in the piece. */
static void find_span(struct hm_plan *plan)
{
	const struct hm_piece *piece = &plan->piece;
	struct hm_cursor *cursor = &plan->cursor;
	struct hm_span *span = &plan->span;
	unsigned shift = hm_level_shift(cursor->geo, cursor->level);
	hypmmu_va last = last_byte(plan->va, shift);

	cursor->va = plan->va;
	span->index = (uint16_t)hm_cursor_index(cursor);
	span->before = hm_cursor_load(cursor);
	span->room = 0;
	if (is_aligned(plan->va, shift) && last <= piece->last)
		span->room = (unsigned)min_u64(hm_level_entries(cursor->geo, cursor->level) -
						       span->index,
					       ((piece->last - last) >> shift) + 1);
}

/* Down the tables that are there, to the slot that decides. */
static int descend(struct hm_plan *plan)
{
	struct hm_cursor *cursor = &plan->cursor;
	bool drop = plan->drop && plan->piece.change->op == HYPMMU_UNMAP;

	for (;;) {
		int err;

		find_span(plan);
		if (hm_desc_kind(cursor->geo, cursor->level, plan->span.before) != HM_TABLE ||
		    (drop && plan->span.room))
			return 0;
		err = plan->left ? hm_cursor_down(cursor, plan->span.before) : HYPMMU_ERR_CORRUPT;
		if (err)
			return err;
		plan->left--;
	}
}

/* All slots from the first on that have these bits, too, as far as there is room. */
static void widen(struct hm_plan *plan, uint64_t mask)
{
	struct hm_span *span = &plan->span;

	if (span->room > 1)
		span->count = hm_cursor_run(&plan->cursor, span->room, mask, span->before);
}

/* The block policy: the largest leaf that is legal, aligned, and no larger than what is left. */
static bool may_be_leaf(const struct hm_plan *plan, int level, hypmmu_pa pa)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;

	return is_aligned(pa, hm_level_shift(geo, level)) &&
	       (level == HM_LAST_LEVEL ||
		(level >= geo->block_level && !(plan->piece.change->flags & HYPMMU_PAGES_ONLY)));
}

/* Holes for leaves: up to where the output address stops being a plain sum within a descriptor. */
static void judge_fill(struct hm_plan *plan, hypmmu_pa pa)
{
	const struct hm_cursor *cursor = &plan->cursor;
	unsigned shift = hm_level_shift(cursor->geo, cursor->level);
	hypmmu_pa fold = cursor->geo->oa_low | (BIT(shift) - 1);
	uint64_t left = (fold - (pa & fold)) >> shift;

	plan->span.action = HM_FILL;
	widen(plan, HM_VALID);
	plan->span.count = (unsigned)min_u64(plan->span.count, left + 1);
}

static int judge_map(struct hm_plan *plan)
{
	const struct hm_cursor *cursor = &plan->cursor;
	const struct hypmmu_geometry *geo = cursor->geo;
	hypmmu_desc before = plan->span.before;
	hypmmu_pa pa = hm_plan_pa(plan), offset;

	if (!(before & HM_VALID)) {
		if (plan->span.room && may_be_leaf(plan, cursor->level, pa))
			judge_fill(plan, pa);
		else
			plan->span.action = HM_DOWN;
		return 0;
	}
	offset = plan->va & (BIT(hm_level_shift(geo, cursor->level)) - 1);
	if (hm_get_oa(geo, before & hm_leaf_oa_mask(geo, cursor->level)) + offset != pa ||
	    !hm_same_attr(geo, cursor->level, before, plan->piece.leaf))
		return HYPMMU_ERR_CONFLICT;
	return 0;
}

static int judge_hole(struct hm_plan *plan)
{
	widen(plan, HM_VALID);
	return plan->piece.change->flags & HYPMMU_SKIP_HOLES ? 0 : HYPMMU_ERR_UNMAPPED;
}

static int judge_unmap(struct hm_plan *plan, enum hm_kind kind)
{
	if (kind == HM_HOLE)
		return judge_hole(plan);
	if (!plan->span.room) {
		plan->span.action = HM_DOWN;
	} else if (kind == HM_TABLE) {
		plan->span.action = HM_DROP;
	} else {
		plan->span.action = HM_ERASE;
		widen(plan, HM_VALID | HM_TYPE);
	}
	return 0;
}

static int judge_protect(struct hm_plan *plan, enum hm_kind kind)
{
	const struct hm_cursor *cursor = &plan->cursor;

	if (kind == HM_HOLE)
		return judge_hole(plan);
	if (!hm_same_attr(cursor->geo, cursor->level, plan->span.before, plan->piece.leaf))
		plan->span.action = plan->span.room ? HM_LABEL : HM_DOWN;
	widen(plan, ~hm_leaf_oa_mask(cursor->geo, cursor->level));
	return 0;
}

static int judge_split(struct hm_plan *plan, enum hm_kind kind)
{
	bool pages = plan->piece.change->flags & HYPMMU_PAGES_ONLY;

	if (kind == HM_LEAF && plan->cursor.level < HM_LAST_LEVEL && (pages || !plan->span.room))
		plan->span.action = HM_DOWN;
	return 0;
}

/* CORRUPT for what no table of ours holds; else the verdict of the piece's operation. */
static int judge(struct hm_plan *plan)
{
	struct hm_span *span = &plan->span;
	enum hm_kind kind = hm_desc_kind(plan->cursor.geo, plan->cursor.level, span->before);

	span->action = HM_PASS;
	span->count = 1;
	if (kind == HM_RESERVED)
		return HYPMMU_ERR_CORRUPT;
	switch (plan->piece.change->op) {
	case HYPMMU_MAP:
		return judge_map(plan);
	case HYPMMU_UNMAP:
		return judge_unmap(plan, kind);
	case HYPMMU_PROTECT:
		return judge_protect(plan, kind);
	case HYPMMU_SPLIT:
		return judge_split(plan, kind);
	default: /* MERGE */
		if (span->room && kind == HM_LEAF)
			hm_cursor_merge(&plan->cursor, span->before);
		return 0;
	}
}

/* Books the span, and goes to the first byte after it: of this piece or of the next. */
static void advance(struct hm_plan *plan)
{
	const struct hm_span *span = &plan->span;
	unsigned shift = hm_level_shift(plan->cursor.geo, plan->cursor.level);
	hypmmu_va last = last_byte(plan->va, shift) + ((hypmmu_va)(span->count - 1) << shift);

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
static bool climb(struct hm_plan *plan)
{
	struct hm_cursor *cursor = &plan->cursor;
	bool fresh = hm_cursor_frame(cursor)->fresh;
	enum hm_verdict verdict = hm_cursor_up(cursor);

	if (!fresh && verdict == HM_STAYS)
		return false;
	plan->span = (struct hm_span){
		.count = 1,
		.index = (uint16_t)hm_cursor_index(cursor),
		.action = HM_UP,
		.verdict = (uint8_t)verdict,
	};
	return true;
}

int hm_plan_next(struct hm_plan *plan)
{
	struct hm_cursor *cursor = &plan->cursor;

	if (!plan->done && plan->span.action < HM_DOWN)
		advance(plan);
	while (!plan->done || (cursor->pending && cursor->level > cursor->geo->start_level)) {
		int err;

		if (plan->done || !hm_cursor_holds(cursor, plan->va)) {
			if (climb(plan))
				return 1;
			continue;
		}
		err = descend(plan);
		if (!err)
			err = judge(plan);
		if (err)
			return err;
		if (plan->span.action != HM_PASS)
			return 1;
		advance(plan);
	}
	return 0;
}

/* Slots that a MAP covers whole and that have to become tables: the sub-trees below them are alike,
 * and are counted without being walked. */
static bool count_subtrees(struct hm_plan *plan)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	struct hm_span *span = &plan->span;
	uint64_t tables = 0, leaves = 1;
	int level = plan->cursor.level;

	if (plan->piece.change->op != HYPMMU_MAP || !span->room || span->before)
		return false;
	do {
		tables += leaves;
		leaves *= hm_level_entries(geo, ++level);
	} while (!may_be_leaf(plan, level, hm_plan_pa(plan)));
	widen(plan, HM_VALID);
	span->action = HM_FILL; /* what is left of them for the books */
	plan->tables += tables * span->count;
	plan->leaves += leaves * span->count;
	return true;
}

static void count_span(struct hm_plan *plan)
{
	const struct hm_span *span = &plan->span;

	if (span->action == HM_DOWN) {
		plan->tables++;
	} else if (span->action == HM_UP) {
		plan->freed += span->verdict != HM_STAYS;
		plan->leaves += span->verdict == HM_FOLDS;
	} else {
		plan->leaves += span->count;
	}
}

/* What is there, not what was planned around it. */
static void report_fault(const struct hm_plan *plan, const struct hypmmu *mmu,
			 struct hypmmu_report *report)
{
	int level = plan->cursor.level;
	hypmmu_desc desc = plan->span.before;

	if (mmu)
		(void)hm_find_slot(mmu, plan->va, &level, &desc);
	report->index = (size_t)(plan->piece.change - plan->pieces.changes);
	report->other = report->index;
	report->va = plan->va;
	report->desc = desc;
	report->level = (int8_t)level;
}

int hm_plan_count(struct hm_plan *plan, const struct hypmmu *mmu, struct hypmmu_report *report)
{
	int err;

	plan->tables = 0;
	plan->freed = 0;
	plan->leaves = 0;
	while ((err = hm_plan_next(plan)) > 0) {
		if (plan->span.action == HM_DOWN && count_subtrees(plan))
			continue;
		count_span(plan);
		if (plan->span.action == HM_DOWN)
			hm_cursor_down_fresh(&plan->cursor, plan->span.before, NULL);
	}
	if (err && report)
		report_fault(plan, mmu, report);
	return err;
}
