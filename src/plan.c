/* SPDX-License-Identifier: BSD-2-Clause */
/* Plan: from span to span, down and up the tree. */
#include "plan.h"
#include "judge.h"

static void next_piece(struct hm_plan *plan, hypmmu_va va)
{
	plan->va = va;
	plan->done = !hm_pieces_next(&plan->pieces, plan->cursor.geo, &plan->va, &plan->piece);
	plan->first = plan->va;
}

static void start(struct hm_plan *plan, const struct hypmmu_geometry *geo, hypmmu_desc *root)
{
	hm_cursor_init(&plan->cursor, geo, plan->mmu ? &plan->mmu->pages : NULL, root);
	plan->span.action = HM_UP;
	plan->drop = false;
	plan->all = false;
	next_piece(plan, geo->va_base);
}

void hm_plan_start_empty(struct hm_plan *plan, const struct hypmmu_geometry *geo)
{
	plan->mmu = NULL;
	plan->left = 0;
	plan->live = false;
	plan->copies = false;
	start(plan, geo, NULL);
}

static bool wants_new_root(const struct hm_pieces *pieces)
{
	for (size_t i = 0; i < pieces->n; i++) {
		if (pieces->changes[i].flags & HYPMMU_NEW_ROOT)
			return true;
	}
	return false;
}

int hm_plan_start(struct hm_plan *plan, const struct hypmmu *mmu)
{
	hypmmu_desc *root = hm_root(mmu);

	if (!root) /* to the cursor, that is an empty tree */
		return HYPMMU_ERR_CORRUPT;
	plan->mmu = mmu;
	plan->left = mmu->tables;
	plan->copies = mmu->maint && wants_new_root(&plan->pieces);
	plan->live = mmu->maint && !plan->copies;
	start(plan, &mmu->geo, root);
	if (plan->copies)
		hm_cursor_copy(&plan->cursor, root);
	return 0;
}

/* What the cursor's slot holds, and how much of the table from there on lies in the piece. */
static void find_span(struct hm_plan *plan)
{
	const struct hm_piece *piece = &plan->piece;
	struct hm_cursor *cursor = &plan->cursor;
	struct hm_span *span = &plan->span;
	unsigned shift = cursor->shift;
	hypmmu_va last = last_byte(plan->va, shift);

	cursor->va = plan->va;
	span->index = (uint16_t)hm_cursor_index(cursor);
	span->before = hm_cursor_load(cursor);
	span->action = HM_PASS;
	span->count = 1;
	span->room = 0;
	if (is_aligned(plan->va, shift) && last <= piece->last)
		span->room = (unsigned)min_u64(hm_level_entries(cursor->geo, cursor->level) -
						       span->index,
					       ((piece->last - last) >> shift) + 1);
}

/* Down the tables that are there, to the slot that decides; or to one that has to be copied. */
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
		if (!plan->left)
			return HYPMMU_ERR_CORRUPT;
		plan->left--;
		if (plan->copies) {
			plan->span.action = HM_COPY;
			return 0;
		}
		err = hm_cursor_down(cursor, plan->span.before);
		if (err)
			return err;
	}
}

/* Books the span, and goes to the first byte after it: of this piece or of the next. */
static void advance(struct hm_plan *plan)
{
	const struct hm_span *span = &plan->span;
	unsigned shift = plan->cursor.shift;
	unsigned after = span->index + span->count - 1 - hm_cursor_index(&plan->cursor);
	hypmmu_va last = last_byte(plan->va, shift) + ((hypmmu_va)after << shift);

	if (span->action == HM_FILL || span->action == HM_TIGHTEN)
		hm_cursor_keep(&plan->cursor);
	else if (span->action == HM_ERASE || span->action == HM_DROP_TABLE)
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
	const struct hm_frame *frame = hm_cursor_frame(cursor);
	bool is_new = frame->origin != HM_THERE;
	enum hm_verdict verdict = hm_cursor_up(cursor);

	if (!is_new && verdict == HM_STAYS)
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
	struct hm_span *span = &plan->span;

	if (span->action == HM_LOOSEN)
		hm_cursor_frame(cursor)->loose = (uint16_t)(span->index + span->count);
	else if (!plan->done && span->action < HM_LOOSEN)
		advance(plan);
	while (!plan->done || (cursor->pending && cursor->level > cursor->geo->start_level)) {
		int err;

		if (plan->done || !hm_cursor_holds(cursor, plan->va)) {
			if (climb(plan))
				return 1;
			continue;
		}
		err = descend(plan);
		if (!err && span->action != HM_COPY)
			err = hm_judge(plan);
		if (err)
			return err;
		if (span->action != HM_PASS || plan->all)
			return 1;
		advance(plan);
	}
	return 0;
}
