/* SPDX-License-Identifier: BSD-2-Clause */
/* The cursor: down, step, up, and the books that it keeps on the way. */
#include "cursor.h"

void hm_cursor_init(struct hm_cursor *cursor, const struct hypmmu_geometry *geo,
		    const struct hypmmu_pages *pages, hypmmu_desc *root)
{
	cursor->geo = geo;
	cursor->pages = pages;
	cursor->va = geo->va_base;
	cursor->level = geo->start_level;
	cursor->pending = false;
	*hm_cursor_frame(cursor) = (struct hm_frame){.table = root, .fresh = !root};
}

unsigned hm_cursor_run(struct hm_cursor *cursor, unsigned n, uint64_t mask, hypmmu_desc value)
{
	const struct hm_frame *frame = hm_cursor_frame(cursor);

	if (frame->fresh) /* its slots differ in their output addresses alone */
		return n;
	return (unsigned)hm_run(cursor->geo, frame->table + hm_cursor_index(cursor), n, mask,
				value);
}

int hm_cursor_down(struct hm_cursor *cursor, hypmmu_desc desc)
{
	hypmmu_desc *table = hm_table_at(cursor->pages, hm_get_oa(cursor->geo, desc));

	if (!table)
		return HYPMMU_ERR_CORRUPT;
	cursor->level++;
	*hm_cursor_frame(cursor) = (struct hm_frame){.table = table};
	return 0;
}

void hm_cursor_down_fresh(struct hm_cursor *cursor, hypmmu_desc whole, hypmmu_desc *table)
{
	cursor->level++;
	cursor->pending = true;
	*hm_cursor_frame(cursor) = (struct hm_frame){
		.table = table,
		.whole = whole,
		.fresh = true,
	};
}

/* Does a slot in [from, to) hold something that no change has touched? Neighbours of what was
 * cleared come first: `from` is one, and so is `to` - 1. */
static bool any_left(struct hm_cursor *cursor, unsigned from, unsigned to)
{
	const struct hm_frame *frame = hm_cursor_frame(cursor);

	if (from >= to)
		return false;
	if (frame->fresh)
		return frame->whole & HM_VALID;
	return (hm_load(cursor->geo, frame->table + to - 1) & HM_VALID) ||
	       hm_run(cursor->geo, frame->table + from, to - from, HM_VALID, 0) < to - from;
}

void hm_cursor_keep(struct hm_cursor *cursor)
{
	hm_cursor_frame(cursor)->kept = true;
}

void hm_cursor_clear(struct hm_cursor *cursor, unsigned n)
{
	struct hm_frame *frame = hm_cursor_frame(cursor);
	unsigned index = hm_cursor_index(cursor);

	cursor->pending = true;
	frame->cleared = true;
	frame->kept = frame->kept || any_left(cursor, frame->seen, index);
	frame->seen = (uint16_t)(index + n);
}

/* AF and dirty of one leaf are those of any of its parts. */
static hypmmu_desc join_state(hypmmu_desc run, hypmmu_desc leaf)
{
	run |= leaf & HM_AF;
	return leaf & HM_AP2 ? run : run & ~HM_AP2;
}

void hm_cursor_merge(struct hm_cursor *cursor, hypmmu_desc leaf)
{
	const struct hypmmu_geometry *geo = cursor->geo;
	struct hm_frame *frame = hm_cursor_frame(cursor);
	unsigned index = hm_cursor_index(cursor);
	hypmmu_pa offset = (hypmmu_pa)index << hm_level_shift(geo, cursor->level);

	cursor->pending = true;
	frame->kept = true;
	if (index != frame->run_next)
		return;
	if (!index)
		frame->run = leaf;
	else if (!hm_same_attr(geo, cursor->level, frame->run, leaf) ||
		 hm_get_oa(geo, leaf) != hm_get_oa(geo, frame->run) + offset)
		return;
	frame->run = join_state(frame->run, leaf);
	frame->run_next++;
}

static bool folds(const struct hypmmu_geometry *geo, int level, const struct hm_frame *frame)
{
	return frame->run_next == hm_level_entries(geo, level) && level - 1 >= geo->block_level &&
	       is_aligned(hm_get_oa(geo, frame->run), hm_level_shift(geo, level - 1));
}

enum hm_verdict hm_cursor_up(struct hm_cursor *cursor, hypmmu_desc *leaf)
{
	const struct hm_frame *frame = hm_cursor_frame(cursor);
	unsigned entries = hm_level_entries(cursor->geo, cursor->level);
	bool empty = frame->cleared && !frame->kept && !any_left(cursor, frame->seen, entries);

	cursor->level--;
	if (empty) {
		hm_cursor_clear(cursor, 1);
		return HM_EMPTY;
	}
	if (!folds(cursor->geo, cursor->level + 1, frame)) {
		hm_cursor_keep(cursor);
		return HM_STAYS;
	}
	*leaf = frame->run & ~(HM_CONT | HM_TYPE);
	hm_cursor_merge(cursor, *leaf);
	return HM_FOLDS;
}

void hm_tables_init(struct hm_tables *tables, const struct hypmmu_geometry *geo,
		    const struct hypmmu_pages *pages, int level, hypmmu_desc *table)
{
	tables->geo = geo;
	tables->pages = pages;
	tables->top = level;
	tables->level = level;
	tables->corrupt = false;
	tables->table[level + 1] = table;
	tables->next[level + 1] = 0;
}

/* The next child of the current table, or NULL. */
static hypmmu_desc *next_child(struct hm_tables *tables)
{
	const struct hypmmu_geometry *geo = tables->geo;
	uint16_t *next = &tables->next[tables->level + 1];

	if (tables->level == HM_LAST_LEVEL)
		return NULL;
	while (*next < hm_level_entries(geo, tables->level)) {
		hypmmu_desc desc = hm_load(geo, tables->table[tables->level + 1] + (*next)++);
		hypmmu_desc *child;

		if (hm_desc_kind(geo, tables->level, desc) != HM_TABLE)
			continue;
		child = hm_table_at(tables->pages, hm_get_oa(geo, desc));
		if (child)
			return child;
		tables->corrupt = true;
	}
	return NULL;
}

hypmmu_desc *hm_tables_next(struct hm_tables *tables, int *level)
{
	hypmmu_desc *child;

	if (tables->level < tables->top)
		return NULL;
	while ((child = next_child(tables))) {
		tables->level++;
		tables->table[tables->level + 1] = child;
		tables->next[tables->level + 1] = 0;
	}
	*level = tables->level;
	return tables->table[tables->level-- + 1];
}

hypmmu_va hm_tables_va(const struct hm_tables *tables)
{
	hypmmu_va va = tables->geo->va_base;

	for (int level = tables->top; level <= tables->level; level++)
		va += (hypmmu_va)(tables->next[level + 1] - 1u)
		      << hm_level_shift(tables->geo, level);
	return va;
}
