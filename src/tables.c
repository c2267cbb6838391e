/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables that hardware walks (live) are told apart from those that it does not: these are written in
 * any order, and then linked by one store.
 */
#include "tables.h"

static void give_back(const struct hm_cursor *cursor, hypmmu_desc *table)
{
	cursor->pages->free(cursor->pages->ctx, table);
}

/* A whole sub-tree: one store takes it out of the tree. It is not written any more: a reader may
 * still be in it. */
void hm_tables_drop(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	struct hm_cursor *cursor = &plan->cursor;
	bool live = hm_plan_is_live(plan);
	int level = cursor->level;

	hm_store(cursor->geo, slot, live ? hm_desc_gone(plan->span.before, HM_DROP) : 0);
	hm_slots_stored(plan, stage, slot, 1);
	hm_slots_stale(plan, stage, INT8_MAX, true);
	stage->unsettled |= live;
	if (live || plan->copies || hm_cursor_down(cursor, plan->span.before))
		return;
	while (cursor->level > level)
		give_back(cursor, hm_cursor_next_table(cursor));
}

/* Into a new table. The live leaf that it replaces is broken now: hardware has written to it for
 * the last time. hm_tables_finish() stores to its slot again, and publishes it. */
int hm_tables_enter(struct hm_plan *plan, struct hm_stage *stage)
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
		before = hm_desc_armed(hm_slot_rewrite(stage, slot, ~UINT64_C(0), 0, true));
		hm_slots_stale(plan, stage, cursor->level, false);
	}
	hm_cursor_down_fresh(cursor, before, hm_pages_take(&stage->spare));
	return 0;
}

int hm_tables_copy(struct hm_plan *plan, struct hm_stage *stage)
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

void hm_tables_publish(const struct hm_stage *stage, const hypmmu_desc *table)
{
	if (stage->mmu->maint)
		stage->mmu->maint->publish(stage->mmu->maint->ctx, table,
					   (size_t)BIT(stage->mmu->geo.page_shift));
}

/* A new table, or a copy, is whole before the one store that links it. */
static void link_table(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	struct hm_cursor *cursor = &plan->cursor;
	struct hm_frame *left = hm_cursor_left(cursor);
	hypmmu_desc desc = hm_table_desc(cursor->geo, hm_table_pa(cursor->pages, left->table));
	bool live = hm_plan_is_live(plan);

	if (left->origin == HM_FRESH)
		hm_slots_fill(cursor, stage, left, cursor->level + 1, hm_page_entries(cursor->geo));
	hm_tables_publish(stage, left->table);
	if (live && (stage->defer || hm_load(cursor->geo, slot))) {
		desc = hm_desc_arm(desc);
		stage->unsettled = true;
	}
	hm_link(cursor->geo, slot, desc);
}

/* Every leaf below takes over what hardware has written to the leaf that it is a part of. */
static void inherit(const struct hm_stage *stage, struct hm_cursor *cursor, hypmmu_desc table_desc,
		    hypmmu_desc leaf)
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
		hm_tables_publish(stage, table);
	}
}

/* The table says what the leaf said: no break. Hardware may write to the leaf to the last. */
void hm_tables_resize(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	struct hm_cursor *cursor = &plan->cursor;
	struct hm_frame *left = hm_cursor_left(cursor);
	hypmmu_desc *table = left->table, before = left->desc;
	hypmmu_desc desc = hm_table_desc(cursor->geo, hm_table_pa(cursor->pages, table));

	hm_slots_fill(cursor, stage, left, cursor->level + 1, hm_page_entries(cursor->geo));
	hm_tables_publish(stage, table);
	for (;;) {
		hypmmu_desc found;

		if (!hm_plan_is_live(plan) || !hm_slot_races(stage, before)) {
			hm_link(cursor->geo, slot, desc);
			break;
		}
		found = hm_exchange(cursor->geo, slot, before, desc);
		if (found == before)
			break;
		inherit(stage, cursor, desc, found);
		before = found;
	}
	hm_slots_stored(plan, stage, slot, 1);
	hm_slots_stale(plan, stage, cursor->level, false);
}

/* The cursor has left a table: link it, or put in its place what is left of it. */
void hm_tables_finish(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	struct hm_cursor *cursor = &plan->cursor;
	struct hm_frame *left = hm_cursor_left(cursor);
	bool folds = plan->span.verdict == HM_FOLDS;

	if (plan->span.verdict == HM_STAYS) {
		link_table(plan, stage, slot);
	} else if (!hm_plan_is_live(plan) || left->origin == HM_FRESH) {
		hm_store(cursor->geo, slot, folds ? hm_cursor_fold(cursor) : 0);
		give_back(cursor, left->table);
	} else {
		hypmmu_desc table = hm_load(cursor->geo, slot);

		hm_store(cursor->geo, slot, hm_desc_gone(table, folds ? HM_FOLD : HM_DROP));
		stage->unsettled = true;
		if (folds)
			hm_slots_stale(plan, stage, cursor->level + 1, true);
		else /* what was cleared below is in the queue already */
			hm_queue_walks(&stage->mmu->queue);
	}
	hm_slots_stored(plan, stage, slot, 1);
}
