/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reclaim: gives back the tables that only the old root leads to. They are found by walking both
 * trees at once: frame->desc is what the new tree has in place of the table of the old one.
 */
#include "cursor.h"

/* What stands in the new tree for this slot of the old table: 0, a leaf or a table. */
static hypmmu_desc find_twin(const struct hm_cursor *cursor, const struct hm_frame *frame,
			     unsigned index)
{
	const hypmmu_desc *table;

	if (hm_desc_kind(cursor->geo, cursor->level - 1, frame->desc) != HM_TABLE)
		return 0;
	table = hm_table_at(cursor->pages, hm_get_oa(cursor->geo, frame->desc));
	return table ? hm_load(cursor->geo, table + index) : 0;
}

/* Hardware may be writing to the new leaf as well; if it does not walk, there may be no exclusive
 * monitor either. */
static void inherit_state(const struct hypmmu *mmu, hypmmu_desc *slot, hypmmu_desc leaf,
			  hypmmu_desc old, bool *stored)
{
	const struct hypmmu_maint *maint = mmu->maint;
	bool dirty = (old & HM_DBM) && (leaf & HM_DBM);
	hypmmu_desc found = leaf;

	do {
		hypmmu_desc desc;

		leaf = found;
		desc = hm_leaf_inherit(leaf, dirty ? old : old | HM_AP2);
		if (desc == leaf)
			return;
		if (maint)
			found = hm_exchange(&mmu->geo, slot, leaf, desc);
		else
			hm_store(&mmu->geo, slot, desc);
	} while (found != leaf);
	if (maint)
		maint->publish(maint->ctx, slot, sizeof(*slot));
	*stored = maint;
}

/* The new leaves that map what the old one did take over its AF and dirty state. */
static void pass_on(const struct hypmmu *mmu, const struct hm_cursor *cursor, hypmmu_desc old,
		    bool *stored)
{
	const struct hypmmu_geometry *geo = &mmu->geo;
	unsigned shift = cursor->shift;
	hypmmu_va first = hm_cursor_table_va(cursor); /* of the slot: find_replaced() is past it */
	hypmmu_va va = first, last = last_byte(first, shift);
	hypmmu_pa pa = hm_leaf_pa(geo, cursor->level, old);

	for (;;) {
		int level;
		struct hm_place new = hm_find_slot(mmu, va, &level);
		hypmmu_va end;

		if (!new.slot)
			return;
		end = last_byte(va, hm_level_shift(geo, level));
		if (hm_desc_kind(geo, level, new.desc) == HM_LEAF &&
		    hm_leaf_pa(geo, level, new.desc) +
				    (va & (BIT(hm_level_shift(geo, level)) - 1)) ==
			    pa + (va - first))
			inherit_state(mmu, new.slot, new.desc, old, stored);
		if (end >= last)
			return;
		va = end + 1;
	}
}

/* Down to the next table below the current one that the new tree does not have. */
static bool find_replaced(const struct hypmmu *mmu, struct hm_cursor *cursor, bool *stored)
{
	const struct hypmmu_geometry *geo = cursor->geo;
	struct hm_frame *frame = hm_cursor_frame(cursor);

	while (frame->next < hm_level_entries(geo, cursor->level)) {
		unsigned index = frame->next++;
		hypmmu_desc old = hm_load(geo, frame->table + index);
		hypmmu_desc twin = find_twin(cursor, frame, index);
		enum hm_kind kind = hm_desc_kind(geo, cursor->level, old);

		if (kind == HM_LEAF && (mmu->cfg.use & HYPMMU_USE_HAFDBS))
			pass_on(mmu, cursor, old, stored);
		if (kind != HM_TABLE || old == twin || hm_cursor_down(cursor, old))
			continue;
		hm_cursor_frame(cursor)->desc = twin;
		return true;
	}
	return false;
}

static int free_replaced(struct hypmmu *mmu)
{
	hypmmu_desc *root = hm_table_at(&mmu->pages, mmu->old_root);
	size_t left = mmu->old_tables;
	struct hm_cursor cursor;
	bool stored = false;

	if (!root)
		return HYPMMU_ERR_CORRUPT;
	hm_cursor_init(&cursor, &mmu->geo, &mmu->pages, root);
	hm_cursor_frame(&cursor)->desc = hm_table_desc(&mmu->geo, mmu->root);
	for (; left && cursor.level >= mmu->geo.start_level; left--) {
		while (find_replaced(mmu, &cursor, &stored))
			;
		mmu->pages.free(mmu->pages.ctx, hm_cursor_frame(&cursor)->table);
		hm_cursor_leave(&cursor);
	}
	if (stored)
		mmu->maint->sync(mmu->maint->ctx, &mmu->cfg, NULL, 0);
	return cursor.level >= mmu->geo.start_level ? HYPMMU_ERR_CORRUPT : 0;
}

int hypmmu_reclaim(struct hypmmu *mmu)
{
	int err = hm_mmu_check(mmu);

	if (err)
		return err;
	if (!mmu->old_tables)
		return HYPMMU_ERR_STATE;
	mmu->busy = true;
	err = free_replaced(mmu);
	mmu->old_tables = 0;
	mmu->busy = false;
	return err;
}
