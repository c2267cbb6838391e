/* SPDX-License-Identifier: BSD-2-Clause */
/* Settle: arm and prune. */
#include "settle.h"
#include "group.h"

/* All leaves below the slot as one. Hardware has written to them for the last time. */
static hypmmu_desc fold_leaves(struct hm_cursor *cursor, hypmmu_desc staged)
{
	const struct hypmmu_geometry *geo = cursor->geo;
	int level = cursor->level;
	uint64_t size = hm_leaf_oa_mask(geo, HM_LAST_LEVEL) & ~hm_leaf_oa_mask(geo, level);
	hypmmu_desc folded = 0;

	if (hm_cursor_down(cursor, staged))
		return 0;
	while (cursor->level > level) {
		const hypmmu_desc *table = hm_cursor_next_table(cursor);
		unsigned entries = hm_level_entries(geo, cursor->level + 1);

		for (unsigned i = 0; i < entries; i++) {
			hypmmu_desc leaf = hm_load(geo, table + i);

			if (!(leaf & HM_VALID)) /* a table that folds, and was read before */
				continue;
			if (!folded)
				folded = leaf & ~(HM_CONT | HM_TYPE | size);
			folded = hm_leaf_inherit(folded, leaf);
		}
	}
	return folded;
}

static void free_tables(struct hm_cursor *cursor, hypmmu_desc staged)
{
	int level = cursor->level;

	if (hm_cursor_down(cursor, staged))
		return;
	while (cursor->level > level)
		cursor->pages->free(cursor->pages->ctx, hm_cursor_next_table(cursor));
}

/* True: the slot has become valid. */
static bool settle_slot(struct hm_cursor *cursor, const struct hypmmu *mmu, hypmmu_desc *slot)
{
	hypmmu_desc staged = hm_load(cursor->geo, slot), desc = 0;

	if ((staged & HM_VALID) || !staged)
		return false;
	if (staged & HM_ARM)
		desc = hm_desc_armed(staged);
	else if (staged & HM_FOLD)
		desc = fold_leaves(cursor, staged);
	hm_store(cursor->geo, slot, desc);
	mmu->maint->publish(mmu->maint->ctx, slot, sizeof(*slot));
	if (!(staged & HM_ARM))
		free_tables(cursor, staged);
	return desc;
}

/* A group that was dissolved, or made, reaches beyond the ends of the piece. */
static bool settle_group(struct hm_cursor *cursor, const struct hypmmu *mmu)
{
	unsigned size = hm_group_size(cursor->geo, cursor->level);
	unsigned first = hm_group_first(cursor->geo, cursor->level, hm_cursor_index(cursor));
	hypmmu_desc *slot = hm_cursor_frame(cursor)->table + first;
	bool stored = false;

	for (unsigned i = 0; i < size; i++)
		stored |= settle_slot(cursor, mmu, slot + i);
	return stored;
}

/* To the slot that decides about va. */
static void seek(struct hm_cursor *cursor, hypmmu_va va)
{
	hypmmu_desc desc;

	while (!hm_cursor_holds(cursor, va))
		hm_cursor_leave(cursor);
	cursor->va = va;
	do
		desc = hm_cursor_load(cursor);
	while (hm_desc_kind(cursor->geo, cursor->level, desc) == HM_TABLE &&
	       !hm_cursor_down(cursor, desc));
}

static bool settle_piece(struct hm_cursor *cursor, const struct hypmmu *mmu, hypmmu_va first,
			 hypmmu_va last)
{
	hypmmu_va va = first, end;
	bool stored = false;

	for (;; va = end + 1) {
		seek(cursor, va);
		end = last_byte(va, cursor->shift);
		if (va == first || end >= last)
			stored |= settle_group(cursor, mmu);
		else
			stored |= settle_slot(cursor, mmu,
					      hm_cursor_frame(cursor)->table +
						      hm_cursor_index(cursor));
		if (end >= last)
			return stored;
	}
}

bool hm_settle(struct hm_plan *plan, const struct hypmmu *mmu)
{
	const struct hypmmu_geometry *geo = &mmu->geo;
	hypmmu_desc *root = hm_root(mmu);
	hypmmu_va va = geo->va_base;
	bool stored = false;

	if (!root)
		return false;
	hm_cursor_init(&plan->cursor, geo, &mmu->pages, root);
	plan->cursor.staged = true;
	while (hm_pieces_next(&plan->pieces, geo, &va, &plan->piece)) {
		stored |= settle_piece(&plan->cursor, mmu, va, plan->piece.last);
		va = plan->piece.last + 1;
	}
	return stored;
}
