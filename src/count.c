/* SPDX-License-Identifier: BSD-2-Clause */
/* Count: tables, leaves, breaks; and what must not be broken. */
#include "count.h"
#include "judge.h"

/* Slots that a MAP covers whole and that have to become tables: the sub-trees below them are alike,
 * and are counted without being walked. */
static bool count_subtrees(struct hm_plan *plan, struct hm_count *count)
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
	} while (!hm_judge_leaf(plan, level, hm_plan_pa(plan)));
	span->count = hm_judge_run(plan, HM_VALID);
	span->action = HM_FILL; /* what is left of them for the books */
	count->tables += tables * span->count;
	count->leaves += leaves * span->count;
	return true;
}

static void count_span(const struct hm_span *span, struct hm_count *count)
{
	switch (span->action) {
	case HM_DOWN:
		count->tables++;
		break;
	case HM_COPY: /* the original goes */
		count->tables++;
		count->freed++;
		break;
	case HM_UP:
		count->freed += span->verdict != HM_STAYS;
		count->leaves += span->verdict == HM_FOLDS;
		break;
	case HM_LOOSEN:
		break;
	default:
		count->leaves += span->count;
	}
}

/* What the span, or most of it, is to hardware that walks the table. */
static enum hm_transition span_transition(const struct hm_plan *plan)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	const struct hm_span *span = &plan->span;
	enum hm_transition resize = geo->resize_live ? HM_RESIZE : HM_BREAK;

	switch (span->action) {
	case HM_LABEL:
		return hm_desc_transition(
			geo, plan->cursor.level, span->before,
			hm_relabel(geo, plan->cursor.level, span->before, plan->piece.leaf));
	case HM_ERASE:
	case HM_DROP_TABLE:
		return HM_CLEAR;
	case HM_TIGHTEN:
	case HM_LOOSEN:
		return resize;
	case HM_DOWN:
		return span->before & HM_VALID ? resize : HM_MAKE;
	case HM_UP:
		return span->verdict == HM_FOLDS ? HM_BREAK : HM_MAKE;
	default:
		return HM_MAKE;
	}
}

static struct hm_harm span_range(const struct hm_plan *plan)
{
	unsigned shift = plan->cursor.shift;
	hypmmu_va first = hm_span_first(plan);

	return (struct hm_harm){first, first + (((hypmmu_va)plan->span.count << shift) - 1)};
}

static void add_harm(struct hm_count *count, const struct hm_harm *harm, bool gone)
{
	struct hm_harm *last = count->harm + (count->harms ? count->harms - 1 : 0);

	if (count->harms < HM_HARMS && (!count->harms || harm->first > last->last)) {
		count->gone |= (uint8_t)(gone << count->harms);
		count->harm[count->harms++] = *harm;
		return;
	}
	count->gone |= (uint8_t)(gone << (count->harms - 1));
	last->first = min_u64(last->first, harm->first);
	last->last = harm->last > last->last ? harm->last : last->last;
}

/* The lowest one that the range meets. */
static const struct hypmmu_pinned *find_pin(const struct hypmmu *mmu, const struct hm_harm *harm)
{
	const struct hypmmu_pinned *found = NULL;

	for (unsigned i = 0; i < mmu->pins; i++) {
		const struct hypmmu_pinned *pin = &mmu->pin[i];

		if (pin->va <= harm->last && pin->last >= harm->first &&
		    (!found || pin->va < found->va))
			found = pin;
	}
	return found;
}

/* The writer, or someone else, would miss what the span takes. */
static int harm(struct hm_plan *plan, struct hm_count *count, bool gone)
{
	struct hm_harm range = span_range(plan);
	const struct hypmmu_pinned *pin = find_pin(plan->mmu, &range);

	if (pin) {
		plan->va = pin->va > range.first ? pin->va : range.first;
		return HYPMMU_ERR_PINNED;
	}
	if (plan->live)
		add_harm(count, &range, gone);
	return 0;
}

/* Live tables change without a break or with one that is allowed; pinned ranges stay as good as
 * they are. */
static int permit(struct hm_plan *plan, struct hm_count *count)
{
	const struct hm_span *span = &plan->span;
	enum hm_transition transition = span_transition(plan);
	bool live = hm_plan_is_live(plan) || (plan->live && plan->cursor.geo->resize_live);
	bool breaks = transition == HM_BREAK && live; /* what is resized is linked by then */
	bool gone = breaks || transition == HM_CLEAR;
	bool weakens = span->action == HM_LABEL &&
		       hm_leaf_weakens(plan->cursor.geo, span->before, plan->piece.leaf);

	if (breaks && !plan->may_break) {
		if (span->action == HM_UP)
			plan->va = hm_span_first(plan);
		return HYPMMU_ERR_BREAK;
	}
	if (breaks)
		count->breaks += span->action == HM_TIGHTEN ? span->room : span->count;
	if (plan->live && transition == HM_RESIZE && span->action != HM_TIGHTEN)
		count->resizes = true;
	if (plan->live && (gone || transition == HM_RELABEL))
		count->stale = true;
	return gone || weakens ? harm(plan, count, gone) : 0;
}

/* What is there, not what was planned around it. */
static void report_fault(const struct hm_plan *plan, struct hypmmu_report *report)
{
	const struct hypmmu_change *change = plan->piece.change;
	int level = plan->cursor.level;
	hypmmu_desc desc = plan->span.before;

	if (plan->span.action == HM_UP) /* a table that folds: the plan may be at the next piece */
		change = hm_pieces_owner(&plan->pieces, plan->va);
	if (plan->mmu)
		desc = hm_find_slot(plan->mmu, plan->va, &level).desc;
	report->index = (size_t)(change - plan->pieces.changes);
	report->other = report->index;
	report->va = plan->va;
	report->desc = desc;
	report->level = (int8_t)level;
}

/* Where the caller of hm_plan_next() goes down. */
static int follow(struct hm_plan *plan)
{
	struct hm_cursor *cursor = &plan->cursor;
	int err = 0;

	if (plan->span.action == HM_DOWN)
		hm_cursor_down_fresh(cursor, plan->span.before, NULL);
	else if (plan->span.action == HM_COPY && !(err = hm_cursor_down(cursor, plan->span.before)))
		hm_cursor_copy(cursor, hm_cursor_frame(cursor)->table);
	return err;
}

int hm_count(struct hm_plan *plan, struct hm_count *count, struct hypmmu_report *report)
{
	bool watch = plan->mmu && (plan->mmu->maint || plan->mmu->pins);
	int err;

	*count = (struct hm_count){.tables = plan->copies, .freed = plan->copies};
	while ((err = hm_plan_next(plan)) > 0) {
		if (plan->span.action == HM_DOWN && count_subtrees(plan, count))
			continue;
		count_span(&plan->span, count);
		err = watch ? permit(plan, count) : 0;
		if (!err)
			err = follow(plan);
		if (err)
			break;
	}
	if (err && report)
		report_fault(plan, report);
	return err;
}

void hm_count_report(const struct hm_count *count, struct hypmmu_report *report)
{
	report->tables = (size_t)count->tables;
	report->freed = (size_t)count->freed;
	report->leaves = (size_t)count->leaves;
	report->breaks = (size_t)count->breaks;
}

bool hm_count_harms(const struct hm_count *count, const struct hypmmu_geometry *geo,
		    const hypmmu_desc *page, bool write)
{
	hypmmu_va first = (uintptr_t)page, last = last_byte(first, geo->page_shift);

	for (unsigned i = 0; i < count->harms; i++) {
		if (count->harm[i].first <= last && count->harm[i].last >= first &&
		    (write || (count->gone & BIT(i))))
			return true;
	}
	return false;
}

/* Tables on the way are read again and again, to the end; the span's own is written. */
static bool is_out_of_reach(struct hm_plan *plan, const struct hm_count *count)
{
	struct hm_cursor *cursor = &plan->cursor;
	const struct hm_span *span = &plan->span;
	bool folds = span->action == HM_UP && span->verdict == HM_FOLDS; /* the table is read */

	for (int level = cursor->geo->start_level; level <= cursor->level + folds; level++) {
		const hypmmu_desc *table = cursor->path[level + 1].table;
		bool write = level == cursor->level && span->action != HM_PASS;

		if (table && hm_count_harms(count, cursor->geo, table, write))
			return true;
	}
	return false;
}

int hm_count_reach(struct hm_plan *plan, const struct hm_count *count, struct hypmmu_report *report)
{
	int err;

	plan->all = true;
	while ((err = hm_plan_next(plan)) > 0) {
		err = is_out_of_reach(plan, count) ? HYPMMU_ERR_PINNED : follow(plan);
		if (err)
			break;
	}
	if (err && report)
		report_fault(plan, report);
	return err;
}
