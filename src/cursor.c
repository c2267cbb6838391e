/* SPDX-License-Identifier: BSD-2-Clause */
/* The cursor: down, step, up, and the books that it keeps on the way. */
#include "cursor.h"

static void enter(struct hm_cursor *cursor, int level, hypmmu_desc *table, enum hm_origin origin)
{
	cursor->level = (int8_t)level;
	cursor->shift = (uint8_t)hm_level_shift(cursor->geo, level);
	cursor->frame = &cursor->path[level + 1];
	*cursor->frame = (struct hm_frame){.table = table, .origin = (uint8_t)origin};
}

void hm_cursor_leave(struct hm_cursor *cursor)
{
	if (cursor->level-- == cursor->geo->start_level)
		return;
	cursor->shift = (uint8_t)hm_level_shift(cursor->geo, cursor->level);
	cursor->frame--;
}

void hm_cursor_init(struct hm_cursor *cursor, const struct hypmmu_geometry *geo,
		    const struct hypmmu_pages *pages, hypmmu_desc *root)
{
	cursor->geo = geo;
	cursor->pages = pages;
	cursor->va = geo->va_base;
	cursor->pending = false;
	cursor->staged = false;
	enter(cursor, geo->start_level, root, root ? HM_THERE : HM_FRESH);
}

hypmmu_desc hm_cursor_load(const struct hm_cursor *cursor)
{
	const struct hm_frame *frame = hm_cursor_view(cursor);
	unsigned index = hm_cursor_index(cursor);
	hypmmu_desc desc;

	if (frame->origin == HM_FRESH)
		return hm_desc_part(cursor->geo, cursor->level, frame->desc, index);
	desc = hm_load(cursor->geo, frame->table + index);
	return index < frame->loose ? hm_desc_armed(desc & ~HM_CONT) : desc;
}

unsigned hm_cursor_run(const struct hm_cursor *cursor, unsigned n, uint64_t mask, hypmmu_desc value)
{
	const struct hm_frame *frame = hm_cursor_view(cursor);

	if (frame->origin == HM_FRESH) /* its slots differ in their output addresses alone */
		return n;
	return hm_run(cursor->geo, frame->table + hm_cursor_index(cursor), n, mask, value);
}

int hm_cursor_down(struct hm_cursor *cursor, hypmmu_desc desc)
{
	hypmmu_desc *table = hm_table_at(cursor->pages, hm_get_oa(cursor->geo, desc));

	if (!table)
		return HYPMMU_ERR_CORRUPT;
	enter(cursor, cursor->level + 1, table, HM_THERE);
	return 0;
}

void hm_cursor_copy(struct hm_cursor *cursor, hypmmu_desc *copy)
{
	struct hm_frame *frame = hm_cursor_frame(cursor);

	cursor->pending = true;
	frame->origin = HM_COPIED;
	frame->table = copy;
}

void hm_cursor_down_fresh(struct hm_cursor *cursor, hypmmu_desc desc, hypmmu_desc *table)
{
	cursor->pending = true;
	enter(cursor, cursor->level + 1, table, HM_FRESH);
	cursor->frame->desc = desc;
}

/* Does a slot in [frame->seen, to) hold something that no change has touched? Neighbours of what
 * was cleared come first: the first slot is one, and so is the last. */
static bool any_left(const struct hm_cursor *cursor, const struct hm_frame *frame, unsigned to)
{
	unsigned n = to - frame->seen;
	const hypmmu_desc *slot;

	if (!n)
		return false;
	if (frame->origin == HM_FRESH)
		return frame->desc & HM_VALID;
	slot = frame->table + frame->seen;
	return (hm_load(cursor->geo, slot + n - 1) & (HM_VALID | HM_ARM)) ||
	       hm_run(cursor->geo, slot, n, HM_VALID | HM_ARM, 0) < n;
}

void hm_cursor_keep(struct hm_cursor *cursor)
{
	hm_cursor_frame(cursor)->book = HM_KEPT;
}

void hm_cursor_clear(struct hm_cursor *cursor, unsigned n)
{
	struct hm_frame *frame = hm_cursor_frame(cursor);
	unsigned index = hm_cursor_index(cursor);

	cursor->pending = true;
	if (frame->book != HM_KEPT)
		frame->book = any_left(cursor, frame, index) ? HM_KEPT : HM_CLEARED;
	frame->seen = (uint16_t)(index + n);
}

static bool continues_run(const struct hm_cursor *cursor, const struct hm_frame *frame,
			  unsigned index, hypmmu_desc leaf)
{
	hypmmu_pa offset = (hypmmu_pa)index << cursor->shift;

	return hm_leaf_maps(cursor->geo, cursor->level, leaf,
			    hm_leaf_pa(cursor->geo, cursor->level, frame->desc) + offset,
			    frame->desc);
}

void hm_cursor_merge(struct hm_cursor *cursor, hypmmu_desc leaf)
{
	struct hm_frame *frame = hm_cursor_frame(cursor);
	unsigned index = hm_cursor_index(cursor);

	cursor->pending = true;
	frame->book = HM_KEPT;
	if (frame->origin == HM_FRESH || index != frame->next)
		return;
	if (!index)
		frame->desc = leaf;
	else if (!continues_run(cursor, frame, index, leaf))
		return;
	/* AF and dirty of one leaf are those of any of its parts. */
	frame->desc = hm_leaf_inherit(frame->desc, leaf);
	frame->next++;
}

static bool folds(const struct hypmmu_geometry *geo, int level, const struct hm_frame *frame)
{
	return frame->origin != HM_FRESH && frame->next == hm_level_entries(geo, level) &&
	       level - 1 >= geo->block_level &&
	       is_aligned(hm_get_oa(geo, frame->desc), hm_level_shift(geo, level - 1));
}

enum hm_verdict hm_cursor_up(struct hm_cursor *cursor)
{
	const struct hm_frame *frame = hm_cursor_frame(cursor);
	unsigned entries = hm_level_entries(cursor->geo, cursor->level);

	hm_cursor_leave(cursor);
	if (frame->book == HM_CLEARED && !any_left(cursor, frame, entries)) {
		hm_cursor_clear(cursor, 1);
		return HM_EMPTY;
	}
	if (!folds(cursor->geo, cursor->level + 1, frame)) {
		hm_cursor_keep(cursor);
		return HM_STAYS;
	}
	hm_cursor_merge(cursor, hm_cursor_fold(cursor));
	return HM_FOLDS;
}

/* Down to the next table below the current one. */
static bool find_child(struct hm_cursor *cursor)
{
	const struct hypmmu_geometry *geo = cursor->geo;
	struct hm_frame *frame = hm_cursor_frame(cursor);

	if (cursor->level == HM_LAST_LEVEL)
		return false;
	while (frame->next < hm_level_entries(geo, cursor->level)) {
		hypmmu_desc desc = hm_load(geo, frame->table + frame->next++);

		if (cursor->staged && (desc & (HM_DROP | HM_FOLD)))
			desc |= HM_VALID;
		if (hm_desc_kind(geo, cursor->level, desc) == HM_TABLE &&
		    !hm_cursor_down(cursor, desc))
			return true;
	}
	return false;
}

hypmmu_desc *hm_cursor_next_table(struct hm_cursor *cursor)
{
	hypmmu_desc *table;

	while (find_child(cursor))
		;
	table = hm_cursor_frame(cursor)->table;
	hm_cursor_leave(cursor);
	return table;
}

hypmmu_va hm_cursor_table_va(const struct hm_cursor *cursor)
{
	hypmmu_va va = cursor->geo->va_base;

	for (int level = cursor->geo->start_level; level <= cursor->level; level++)
		va += (hypmmu_va)(cursor->path[level + 1].next - 1u)
		      << hm_level_shift(cursor->geo, level);
	return va;
}
