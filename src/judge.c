/* SPDX-License-Identifier: BSD-2-Clause */
/* Judge: one function for each operation; what becomes of contiguous groups. */
#include "judge.h"
#include "group.h"

unsigned hm_judge_run(const struct hm_plan *plan, uint64_t mask)
{
	const struct hm_cursor *cursor = &plan->cursor;
	const struct hm_span *span = &plan->span;

	if (span->room < 2 || span->index < hm_cursor_view(cursor)->loose)
		return 1;
	return hm_cursor_run(cursor, span->room, mask, span->before);
}

bool hm_judge_leaf(const struct hm_plan *plan, int level, hypmmu_pa pa)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;

	return is_aligned(pa, hm_level_shift(geo, level)) &&
	       (level == HM_LAST_LEVEL ||
		(level >= geo->block_level && !(plan->piece.flags & HYPMMU_PAGES_ONLY)));
}

static bool uses_cont(const struct hm_plan *plan)
{
	return plan->mmu && (plan->mmu->cfg.use & HYPMMU_USE_CONT);
}

/* May leaves that are there get the hint now? */
static bool may_tighten(const struct hm_plan *plan)
{
	return !plan->live || plan->cursor.geo->resize_live || plan->may_break;
}

/* `leaves` of the group are there already. */
static void tighten(struct hm_plan *plan, unsigned first, unsigned size, unsigned leaves)
{
	plan->span.action = HM_TIGHTEN;
	plan->span.index = (uint16_t)first;
	plan->span.count = size;
	plan->span.room = leaves;
}

/* May a MAP finish a group that it did not begin? Leaves beyond its ends are only touched if no other
 * piece can meet them, and never broken. */
static bool may_complete(const struct hm_plan *plan, bool whole)
{
	if (hm_cursor_view(&plan->cursor)->origin == HM_FRESH || !may_tighten(plan) ||
	    (plan->piece.flags & HYPMMU_PAGES_ONLY))
		return false;
	return whole || ((!plan->live || plan->cursor.geo->resize_live) && plan->pieces.n == 1 &&
			 plan->pieces.order != HM_BY_RUNS);
}

/* Does the piece fill the last holes of a group whose other leaves are there? That is judged where
 * it enters the group. */
static bool completes_group(struct hm_plan *plan, hypmmu_pa pa)
{
	const struct hm_cursor *cursor = &plan->cursor;
	const struct hypmmu_geometry *geo = cursor->geo;
	const struct hm_span *span = &plan->span;
	unsigned shift = cursor->shift;
	unsigned size = hm_group_size(geo, cursor->level), leaves;
	unsigned first = hm_group_first(geo, cursor->level, span->index);
	hypmmu_desc leaf = plan->piece.leaf | hm_leaf_type(cursor->level);

	if (size == 1 || (span->index != first && plan->va != plan->first) ||
	    !may_complete(plan, span->index == first && span->room >= size))
		return false;
	pa -= (hypmmu_pa)(span->index - first) << shift;
	if (!is_aligned(pa, shift + geo->cont[cursor->level]))
		return false;
	leaves = hm_group_match(geo, cursor->level, hm_cursor_view(cursor)->table + first,
				leaf | hm_put_oa(geo, pa), span->index - first,
				span->index - first + span->room);
	if (!leaves || leaves == size)
		return false;
	tighten(plan, first, size, leaves);
	return true;
}

/* Holes for leaves: up to where the output address stops being a plain sum within a descriptor; with
 * the hint no further than where a last group begins that is not filled whole: others may have the
 * rest of it, before the end of the piece or after. */
static void judge_fill(struct hm_plan *plan, hypmmu_pa pa)
{
	const struct hm_cursor *cursor = &plan->cursor;
	struct hm_span *span = &plan->span;
	unsigned shift = cursor->shift, end;
	hypmmu_pa fold = cursor->geo->oa_low | (BIT(shift) - 1);
	uint64_t left = (fold - (pa & fold)) >> shift;

	span->action = HM_FILL;
	span->count = (unsigned)min_u64(hm_judge_run(plan, HM_VALID), left + 1);
	if (!uses_cont(plan))
		return;
	end = hm_group_first(cursor->geo, cursor->level, span->index + span->count);
	if (end > span->index)
		span->count = end - span->index;
}

static int judge_map(struct hm_plan *plan)
{
	const struct hm_cursor *cursor = &plan->cursor;
	const struct hypmmu_geometry *geo = cursor->geo;
	hypmmu_desc before = plan->span.before;
	hypmmu_pa pa = hm_plan_pa(plan), offset;
	bool leaf = plan->span.room && hm_judge_leaf(plan, cursor->level, pa);

	if (leaf && uses_cont(plan) && completes_group(plan, pa))
		return 0;
	if (!(before & HM_VALID)) {
		if (leaf)
			judge_fill(plan, pa);
		else
			plan->span.action = HM_DOWN;
		return 0;
	}
	offset = plan->va & (BIT(cursor->shift) - 1);
	if (!hm_leaf_maps(geo, cursor->level, before, pa - offset, plan->piece.leaf))
		return HYPMMU_ERR_CONFLICT;
	return 0;
}

static int judge_hole(struct hm_plan *plan)
{
	plan->span.count = hm_judge_run(plan, HM_VALID);
	return plan->piece.flags & HYPMMU_SKIP_HOLES ? 0 : HYPMMU_ERR_UNMAPPED;
}

static int judge_unmap(struct hm_plan *plan, enum hm_kind kind)
{
	const struct hm_cursor *cursor = &plan->cursor;
	bool whole = plan->span.room == hm_level_entries(cursor->geo, cursor->level);
	uint64_t hint = whole ? 0 : HM_CONT; /* groups cannot be cut by the end of a table */

	if (kind == HM_HOLE)
		return judge_hole(plan);
	if (!plan->span.room) {
		plan->span.action = HM_DOWN;
	} else if (kind == HM_TABLE) {
		plan->span.action = HM_DROP_TABLE;
	} else {
		plan->span.action = HM_ERASE;
		plan->span.count = hm_judge_run(plan, HM_VALID | HM_TYPE | hint);
	}
	return 0;
}

static int judge_protect(struct hm_plan *plan, enum hm_kind kind)
{
	const struct hm_cursor *cursor = &plan->cursor;
	hypmmu_desc before = plan->span.before, state = HM_AF;

	if (kind == HM_HOLE)
		return judge_hole(plan);
	if (!hm_same_attr(cursor->geo, cursor->level, before, plan->piece.leaf))
		plan->span.action = plan->span.room ? HM_LABEL : HM_DOWN;
	if (before & HM_DBM)
		state |= HM_AP2;
	plan->span.count =
		hm_judge_run(plan, ~(hm_leaf_oa_mask(cursor->geo, cursor->level) | state));
	return 0;
}

static int judge_split(struct hm_plan *plan, enum hm_kind kind)
{
	const struct hm_cursor *cursor = &plan->cursor;
	bool pages = plan->piece.flags & HYPMMU_PAGES_ONLY;
	unsigned first = hm_group_first(cursor->geo, cursor->level, plan->span.index);
	unsigned size = hm_group_size(cursor->geo, cursor->level);

	if (kind != HM_LEAF)
		return 0;
	if (cursor->level < HM_LAST_LEVEL && (pages || !plan->span.room))
		plan->span.action = HM_DOWN;
	else if ((plan->span.before & HM_CONT) &&
		 (pages || first != plan->span.index || plan->span.room < size))
		plan->span.action = HM_LOOSEN;
	else if (plan->span.before & HM_CONT)
		plan->span.count = size;
	return 0;
}

/* Does all of the cursor's table lie in the piece? */
static bool covers_table(const struct hm_plan *plan)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	unsigned shift = plan->cursor.shift;
	uint64_t before = (uint64_t)plan->span.index << shift;
	unsigned entries = hm_level_entries(geo, plan->cursor.level);

	return plan->va - plan->first >= before && plan->span.index + plan->span.room == entries;
}

/* Does a group of leaves without the hint begin here? Not if they may become one leaf, in place of
 * their table. */
static bool begins_group(const struct hm_plan *plan, hypmmu_desc leaf)
{
	const struct hm_cursor *cursor = &plan->cursor;
	const struct hypmmu_geometry *geo = cursor->geo;
	unsigned index = plan->span.index, size = hm_group_size(geo, cursor->level);
	hypmmu_pa pa = hm_leaf_pa(geo, cursor->level, leaf);

	if (!uses_cont(plan) || size == 1 || (leaf & HM_CONT) || index % size ||
	    plan->span.room < size || !may_tighten(plan) ||
	    hm_cursor_view(cursor)->origin == HM_FRESH ||
	    !is_aligned(pa, cursor->shift + geo->cont[cursor->level]) ||
	    (covers_table(plan) && hm_group_might_fold(cursor)))
		return false;
	return hm_group_match(geo, cursor->level, hm_cursor_view(cursor)->table + index, leaf, 0,
			      0) == size;
}

static int judge_merge(struct hm_plan *plan, enum hm_kind kind)
{
	unsigned size = hm_group_size(plan->cursor.geo, plan->cursor.level);

	if (!plan->span.room || kind != HM_LEAF)
		return 0;
	if (begins_group(plan, plan->span.before))
		tighten(plan, plan->span.index, size, size);
	else
		hm_cursor_merge(&plan->cursor, plan->span.before);
	return 0;
}

/* Members of a group that are changed, but not all of them alike, leave it first. */
static int keep_groups(struct hm_plan *plan)
{
	const struct hm_cursor *cursor = &plan->cursor;
	struct hm_span *span = &plan->span;
	unsigned size = hm_group_size(cursor->geo, cursor->level);
	unsigned first = hm_group_first(cursor->geo, cursor->level, span->index);

	if (span->action == HM_PASS || span->action == HM_TIGHTEN || !(span->before & HM_CONT) ||
	    hm_cursor_view(cursor)->origin == HM_FRESH)
		return 0;
	if (!hm_group_is_whole(cursor, span->index))
		return HYPMMU_ERR_CORRUPT;
	if (span->action < HM_LOOSEN && first == span->index && span->count >= size) {
		span->count &= ~(size - 1);
		return 0;
	}
	span->action = HM_LOOSEN;
	span->index = (uint16_t)first;
	span->count = size;
	return 0;
}

/* CORRUPT for what no table of ours holds; else the verdict of the piece's operation. */
static int judge_op(struct hm_plan *plan)
{
	enum hm_kind kind = hm_desc_kind(plan->cursor.geo, plan->cursor.level, plan->span.before);

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
	default:
		return judge_merge(plan, kind);
	}
}

int hm_judge(struct hm_plan *plan)
{
	int err;

	plan->may_break = plan->piece.flags & HYPMMU_MAY_BREAK;
	err = judge_op(plan);
	return err || !(plan->span.before & HM_CONT) ? err : keep_groups(plan);
}
