/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage: from spans to stores. Tables that hardware walks (live) are told apart from those it does
 * not: these are written in any order, and then linked by one store.
 */
#include "stage.h"
#include "group.h"

static const struct hypmmu_maint *maint_of(const struct hm_stage *stage)
{
	return stage->mmu->maint;
}

/* n slots of the cursor's table were stored. */
static void tell(const struct hm_plan *plan, struct hm_stage *stage, const hypmmu_desc *slot,
		 unsigned n)
{
	if (!hm_plan_is_live(plan))
		return;
	maint_of(stage)->publish(maint_of(stage)->ctx, slot, n * sizeof(*slot));
	stage->stored = true;
}

/* TLBs may hold what was in the slots of the span; level: of the leaves. */
static void queue(const struct hm_plan *plan, struct hm_stage *stage, int level, bool walks)
{
	unsigned shift = hm_level_shift(plan->cursor.geo, plan->cursor.level);

	if (hm_plan_is_live(plan))
		hm_queue_add(&stage->queue, &stage->mmu->cfg, hm_span_first(plan),
			     (uint64_t)plan->span.count << shift, level, walks);
}

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

static bool is_zeroed(const struct hm_stage *stage)
{
	return stage->mmu->pages.flags & HYPMMU_PAGES_ZEROED;
}

/* The slots of the span, ready to be written. */
static hypmmu_desc *open_slots(struct hm_plan *plan, const struct hm_stage *stage)
{
	const struct hm_span *span = &plan->span;
	struct hm_frame *frame = hm_cursor_frame(&plan->cursor);

	if (frame->fresh) {
		fill_gap(&plan->cursor, frame, plan->cursor.level, span->index, is_zeroed(stage));
		frame->next = (uint16_t)(span->index + span->count);
	}
	return frame->table + span->index;
}

/* Hardware may write to this leaf at any time. */
static bool races(const struct hm_stage *stage, hypmmu_desc desc)
{
	return (stage->mmu->cfg.use & HYPMMU_USE_HAFDBS) && (desc & HM_VALID) &&
	       (!(desc & HM_AF) || (desc & HM_DBM));
}

/* A live leaf keeps the bits of `keep`, as they are now, and gets those of `bits`; armed, or left
 * armed if it was. Returns what it was. */
static hypmmu_desc rewrite_slot(const struct hm_stage *stage, hypmmu_desc *slot, uint64_t keep,
				hypmmu_desc bits, bool arm)
{
	const struct hypmmu_geometry *geo = &stage->mmu->geo;
	hypmmu_desc old = hm_load(geo, slot);

	for (;;) {
		hypmmu_desc found = old, desc = (old & keep) | bits;

		if (arm || !(old & HM_VALID))
			desc = hm_desc_arm(desc);
		if (races(stage, old))
			found = hm_exchange(geo, slot, old, desc);
		else
			hm_store(geo, slot, desc);
		if (found == old)
			return old;
		old = found;
	}
}

/* Slots of the span before the first group of it, and in groups, that get the Contiguous hint. */
static unsigned find_groups(const struct hm_plan *plan, unsigned *grouped)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	int level = plan->cursor.level;
	unsigned size = hm_group_size(geo, level), count = plan->span.count;
	unsigned head = (size - plan->span.index % size) % size;

	if (size == 1 || head + size > count || (plan->piece.change->flags & HYPMMU_PAGES_ONLY) ||
	    !is_aligned(plan->va ^ hm_plan_pa(plan), hm_level_shift(geo, level) + geo->cont[level]))
		return 0;
	*grouped = (count - head) & ~(size - 1);
	return head;
}

static void fill_leaves(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	int level = plan->cursor.level;
	uint64_t step = BIT(hm_level_shift(geo, level));
	hypmmu_desc leaf =
		plan->piece.leaf | hm_leaf_type(level) | hm_put_oa(geo, hm_plan_pa(plan));
	unsigned head = 0, grouped = 0, tail;

	if (stage->defer && hm_plan_is_live(plan)) {
		leaf = hm_desc_arm(leaf);
		stage->unsettled = true;
	}
	if (stage->mmu->cfg.use & HYPMMU_USE_CONT)
		head = find_groups(plan, &grouped);
	tail = head + grouped;
	if (grouped) {
		hm_fill(geo, slot, head, leaf, step);
		hm_fill(geo, slot + head, grouped, (leaf + head * step) | HM_CONT, step);
	}
	hm_fill(geo, slot + tail, plan->span.count - tail, leaf + tail * step, step);
	tell(plan, stage, slot, plan->span.count);
}

static void erase_leaves(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	hm_fill(plan->cursor.geo, slot, plan->span.count, 0, 0);
	tell(plan, stage, slot, plan->span.count);
	queue(plan, stage, plan->cursor.level, false);
}

/* Leaves that were in a group, or that hardware may write to, or that have to be broken. */
static void label_slots(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot,
			uint64_t keep)
{
	int level = plan->cursor.level;
	hypmmu_desc bits = plan->piece.leaf & ~keep, before = plan->span.before;
	enum hm_transition transition =
		hm_desc_transition(plan->cursor.geo, level, before, (before & keep) | bits);
	bool arm = transition == HM_BREAK;
	bool loose = plan->span.index < hm_cursor_frame(&plan->cursor)->loose;

	if (arm || loose || (stage->mmu->cfg.use & HYPMMU_USE_HAFDBS)) {
		for (unsigned i = 0; i < plan->span.count; i++)
			rewrite_slot(stage, slot + i, keep, bits, arm);
	} else {
		hm_rewrite(plan->cursor.geo, slot, plan->span.count, keep, bits);
	}
	stage->unsettled |= arm;
	tell(plan, stage, slot, plan->span.count);
	if (transition != HM_RELABEL_QUIET)
		queue(plan, stage, level, false);
}

static void label_leaves(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	int level = plan->cursor.level;
	uint64_t keep = hm_relabel_keeps(geo, level, plan->piece.leaf);
	hypmmu_desc bits = plan->piece.leaf & ~keep;

	if (hm_plan_is_live(plan))
		label_slots(plan, stage, slot, keep);
	else if (hm_cursor_frame(&plan->cursor)->fresh)
		hm_fill(geo, slot, plan->span.count, (plan->span.before & keep) | bits,
			BIT(hm_level_shift(geo, level)));
	else
		hm_rewrite(geo, slot, plan->span.count, keep, bits);
}

/* One group, whose leaves, without the hint, are partly there. Where they need not be broken for it
 * and something else is deferred, holes are filled without it. */
static void tighten_group(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	int level = plan->cursor.level;
	bool live = hm_plan_is_live(plan), arm = live && !geo->resize_live, holes = false;
	uint64_t step = BIT(hm_level_shift(geo, level));
	hypmmu_pa pa = hm_plan_pa(plan) - (plan->va - hm_span_first(plan));
	hypmmu_desc leaf = plan->piece.leaf | hm_leaf_type(level) | hm_put_oa(geo, pa);
	bool defer = live && stage->defer && !arm && plan->piece.change->op == HYPMMU_MAP;

	for (unsigned i = 0; i < plan->span.count; i++, leaf += step) {
		if (hm_load(geo, slot + i)) {
			if (!defer)
				rewrite_slot(stage, slot + i, ~UINT64_C(0), HM_CONT, arm);
			continue;
		}
		holes = true;
		hm_store(geo, slot + i,
			 defer ? hm_desc_arm(leaf)
			 : arm ? hm_desc_arm(leaf | HM_CONT)
			       : leaf | HM_CONT);
	}
	stage->unsettled |= arm || (defer && holes);
	tell(plan, stage, slot, plan->span.count);
	if (!defer)
		queue(plan, stage, level, false);
}

static void loosen_group(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	bool arm = hm_plan_is_live(plan) && !stage->resize;

	for (unsigned i = 0; i < plan->span.count; i++)
		rewrite_slot(stage, slot + i, ~HM_CONT, 0, arm);
	stage->unsettled |= arm;
	tell(plan, stage, slot, plan->span.count);
	queue(plan, stage, plan->cursor.level, false);
}

static void give_back(const struct hm_cursor *cursor, hypmmu_desc *table)
{
	cursor->pages->free(cursor->pages->ctx, table);
}

/* A whole sub-tree: one store takes it out of the tree. It is not written any more: a reader may
 * still be in it. */
static void drop_tables(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	struct hm_cursor *cursor = &plan->cursor;
	bool live = hm_plan_is_live(plan);
	int level = cursor->level;

	hm_store(cursor->geo, slot, live ? hm_desc_gone(plan->span.before, HM_DROP) : 0);
	tell(plan, stage, slot, 1);
	queue(plan, stage, INT8_MAX, true);
	stage->unsettled |= live;
	if (live || plan->copies || hm_cursor_down(cursor, plan->span.before))
		return;
	while (cursor->level > level)
		give_back(cursor, hm_cursor_next_table(cursor));
}

/* Into a new table. The live leaf that it replaces is broken now: hardware has written to it for
 * the last time. */
static int go_down(struct hm_plan *plan, struct hm_stage *stage)
{
	struct hm_cursor *cursor = &plan->cursor;
	hypmmu_desc before = plan->span.before;
	hypmmu_desc *slot = hm_cursor_frame(cursor)->table + plan->span.index;

	if (stage->resize && !(before & HM_VALID)) {
		hm_cursor_down_fresh(cursor, before, NULL);
		return 0;
	}
	if (!stage->spare)
		return HYPMMU_ERR_CORRUPT; /* not the tables that were planned */
	if (!stage->resize && (before & HM_VALID) && hm_plan_is_live(plan)) {
		before = hm_desc_armed(rewrite_slot(stage, slot, ~UINT64_C(0), 0, true));
		tell(plan, stage, slot, 1);
		queue(plan, stage, cursor->level, false);
	}
	hm_cursor_down_fresh(cursor, before, hm_pages_take(&stage->spare));
	return 0;
}

static int copy_table(struct hm_plan *plan, struct hm_stage *stage)
{
	struct hm_cursor *cursor = &plan->cursor;
	const hypmmu_desc *table = hm_cursor_frame(cursor)->table;
	hypmmu_desc *copy;

	if (!stage->spare)
		return HYPMMU_ERR_CORRUPT;
	copy = hm_pages_take(&stage->spare);
	for (unsigned i = 0; i < hm_page_entries(cursor->geo); i++)
		hm_store(cursor->geo, copy + i, hm_load(cursor->geo, table + i));
	hm_cursor_copy(cursor, copy);
	return 0;
}

static void publish_table(const struct hm_stage *stage, const hypmmu_desc *table)
{
	if (maint_of(stage))
		maint_of(stage)->publish(maint_of(stage)->ctx, table,
					 (size_t)BIT(stage->mmu->geo.page_shift));
}

/* A new table, or a copy, is whole before the one store that links it. */
static void link_table(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	struct hm_cursor *cursor = &plan->cursor;
	struct hm_frame *left = hm_cursor_left(cursor);
	hypmmu_desc desc = hm_table_desc(cursor->geo, hm_table_pa(cursor->pages, left->table));
	bool live = hm_plan_is_live(plan);

	if (left->fresh)
		fill_gap(cursor, left, cursor->level + 1, hm_page_entries(cursor->geo),
			 is_zeroed(stage));
	publish_table(stage, left->table);
	if (live && (stage->defer || hm_load(cursor->geo, slot))) {
		desc = hm_desc_arm(desc);
		stage->unsettled = true;
	}
	hm_link(cursor->geo, slot, desc);
}

/* Every leaf below takes over what hardware has written to the leaf that it is a part of. */
static void inherit(struct hm_cursor *cursor, hypmmu_desc table_desc, hypmmu_desc leaf)
{
	const struct hypmmu_geometry *geo = cursor->geo;
	int level = cursor->level;

	if (hm_cursor_down(cursor, table_desc))
		return;
	while (cursor->level > level) {
		hypmmu_desc *table = hm_cursor_next_table(cursor);
		int at = cursor->level + 1;

		for (unsigned i = 0; i < hm_level_entries(geo, at); i++) {
			hypmmu_desc part = hm_load(geo, table + i);

			if (hm_desc_kind(geo, at, part) == HM_LEAF)
				hm_store(geo, table + i, hm_leaf_inherit(part, leaf));
		}
	}
}

/* The table says what the leaf said: no break. Hardware may write to the leaf to the last. */
static void link_resized(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	struct hm_cursor *cursor = &plan->cursor;
	struct hm_frame *left = hm_cursor_left(cursor);
	hypmmu_desc *table = left->table, before = left->desc, found = before;
	hypmmu_desc desc = hm_table_desc(cursor->geo, hm_table_pa(cursor->pages, table));

	fill_gap(cursor, left, cursor->level + 1, hm_page_entries(cursor->geo), is_zeroed(stage));
	for (;;) {
		publish_table(stage, table);
		if (!hm_plan_is_live(plan) || !races(stage, before)) {
			hm_link(cursor->geo, slot, desc);
			break;
		}
		found = hm_exchange(cursor->geo, slot, before, desc);
		if (found == before)
			break;
		inherit(cursor, desc, found);
		before = found;
	}
	tell(plan, stage, slot, 1);
	queue(plan, stage, cursor->level, false);
}

/* The cursor has left a table: link it, or put in its place what is left of it. */
static void finish_table(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	struct hm_cursor *cursor = &plan->cursor;
	struct hm_frame *left = hm_cursor_left(cursor);
	bool folds = plan->span.verdict == HM_FOLDS;

	if (plan->span.verdict == HM_STAYS) {
		link_table(plan, stage, slot);
	} else if (!hm_plan_is_live(plan) || left->fresh) {
		hm_link(cursor->geo, slot, folds ? hm_cursor_fold(cursor) : 0);
		give_back(cursor, left->table);
	} else {
		hypmmu_desc table = hm_load(cursor->geo, slot);

		hm_store(cursor->geo, slot, hm_desc_gone(table, folds ? HM_FOLD : HM_DROP));
		stage->unsettled = true;
		if (folds)
			queue(plan, stage, cursor->level + 1, true);
		else /* what was cleared below is in the queue already */
			hm_queue_walks(&stage->queue);
	}
	tell(plan, stage, slot, 1);
}

/* The one pass before the others: what is resized on a CPU that allows it live, to tables that say
 * exactly what the leaves said. */
static void resize_span(struct hm_plan *plan, struct hm_stage *stage)
{
	const struct hm_frame *left = hm_cursor_left(&plan->cursor);

	if (plan->span.action == HM_LOOSEN)
		loosen_group(plan, stage, open_slots(plan, stage));
	else if (plan->span.action == HM_UP && left->fresh && left->table)
		link_resized(plan, stage, open_slots(plan, stage));
}

static void write_span(struct hm_plan *plan, struct hm_stage *stage)
{
	hypmmu_desc *slot = open_slots(plan, stage);

	switch (plan->span.action) {
	case HM_FILL:
		fill_leaves(plan, stage, slot);
		break;
	case HM_ERASE:
		erase_leaves(plan, stage, slot);
		break;
	case HM_LABEL:
		label_leaves(plan, stage, slot);
		break;
	case HM_DROP_TABLE:
		drop_tables(plan, stage, slot);
		break;
	case HM_TIGHTEN:
		tighten_group(plan, stage, slot);
		break;
	case HM_LOOSEN:
		loosen_group(plan, stage, slot);
		break;
	default:
		finish_table(plan, stage, slot);
	}
}

/* Not inline: what it needs on the stack is not needed while the next span is looked for. */
__attribute__((noinline)) static int stage_span(struct hm_plan *plan, struct hm_stage *stage)
{
	int err;

	if (plan->span.action == HM_DOWN)
		return go_down(plan, stage);
	if (plan->span.action == HM_COPY) {
		err = hm_cursor_down(&plan->cursor, plan->span.before);
		return err ? err : copy_table(plan, stage);
	}
	if (stage->resize)
		resize_span(plan, stage);
	else
		write_span(plan, stage);
	return 0;
}

int hm_stage(struct hm_plan *plan, struct hm_stage *stage)
{
	int err = hm_plan_start(plan, stage->mmu);

	if (!err && plan->copies)
		err = copy_table(plan, stage);
	plan->drop = true;
	while (!err) {
		err = hm_plan_next(plan);
		if (err <= 0)
			break;
		err = stage_span(plan, stage);
	}
	if (!err && plan->copies) {
		const hypmmu_desc *root =
			plan->cursor.path[plan->cursor.geo->start_level + 1].table;

		publish_table(stage, root);
		stage->root = hm_table_pa(&stage->mmu->pages, root);
		stage->stored = true;
	}
	return err;
}
