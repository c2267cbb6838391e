/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Apply: all or nothing.
 *
 *   plan     read-only    every piece legal? how many pages?         may fail: the caller's fault
 *   reserve  page source  take that many, check each, or give back   may fail: no memory
 *   ------------------------------------------------------------- nothing below can fail
 *   stage    slots        fill new tables, then link them; store leaves; unlink tables
 *   prune    page source  free what was unlinked
 *
 * Tables that a CPU may be walking (live) are refused for now: they need two more steps between
 * stage and prune, sync and arm.
 */
#include "apply.h"

struct stage {
	struct hm_plan plan;
	struct hm_page_list spare, parked;
	bool zeroed; /* spare pages are all zero */
};

/* Leaves at pa, pa + size, ... into n slots. The address is a plain sum within a descriptor but for
 * the multiples of 2^48 (64K) or 2^50 (DS), where its folded part steps. */
static void fill_leaves(const struct hypmmu_geometry *geo, int level, hypmmu_desc *slot, size_t n,
			hypmmu_desc attrs, hypmmu_pa pa)
{
	unsigned shift = hm_level_shift(geo, level);
	unsigned fold = geo->ds ? 50 : 48;

	while (n) {
		size_t run = (size_t)min_u64(n, ((last_byte(pa, fold) - pa) >> shift) + 1);

		hm_fill(geo, slot, run, attrs | hm_put_oa(geo, pa), BIT(shift));
		slot += run;
		pa += (hypmmu_pa)run << shift;
		n -= run;
	}
}

/* The slots of a new table up to `to` that no span has written: what they replace goes on there. */
static void fill_gap(const struct stage *stage, struct hm_frame *frame, int level, unsigned to)
{
	const struct hypmmu_geometry *geo = stage->plan.cursor.geo;
	size_t n = to - frame->filled;
	hypmmu_desc part = hm_desc_part(geo, level, frame->whole, frame->filled);
	uint64_t oa = hm_leaf_oa_mask(geo, level);

	if (part)
		fill_leaves(geo, level, frame->table + frame->filled, n, part & ~oa,
			    hm_get_oa(geo, part & oa));
	else if (!stage->zeroed)
		hm_fill(geo, frame->table + frame->filled, n, 0, 0);
	frame->filled = (uint16_t)to;
}

/* The span's slots of the current table, ready to be written. */
static hypmmu_desc *open_slots(struct stage *stage, const struct hm_span *span)
{
	struct hm_cursor *cursor = &stage->plan.cursor;
	struct hm_frame *frame = hm_cursor_frame(cursor);

	if (frame->fresh) {
		fill_gap(stage, frame, cursor->level, span->index);
		frame->filled = (uint16_t)(span->index + span->count);
	}
	return frame->table + span->index;
}

static void stage_leaves(struct stage *stage, const struct hm_span *span)
{
	const struct hm_cursor *cursor = &stage->plan.cursor;
	hypmmu_desc attrs = span->leaf | hm_leaf_type(cursor->level);

	fill_leaves(cursor->geo, cursor->level, open_slots(stage, span), span->count, attrs,
		    span->pa);
}

static void stage_labels(struct stage *stage, const struct hm_span *span)
{
	const struct hypmmu_geometry *geo = stage->plan.cursor.geo;
	bool fresh = hm_cursor_frame(&stage->plan.cursor)->fresh;
	uint64_t keep = hm_relabel_keeps(geo, span->level, span->leaf);
	uint64_t oa = hm_leaf_oa_mask(geo, span->level);
	hypmmu_desc *slot = open_slots(stage, span), bits = span->leaf & ~keep;

	if (fresh)
		fill_leaves(geo, span->level, slot, span->count, (span->before & keep & ~oa) | bits,
			    hm_get_oa(geo, span->before & oa));
	else
		hm_rewrite(geo, slot, span->count, keep, bits);
}

static void stage_erase(struct stage *stage, const struct hm_span *span)
{
	hm_fill(stage->plan.cursor.geo, open_slots(stage, span), span->count, 0, 0);
}

/* A whole sub-tree: one store takes it out of the tree. */
static void stage_drop(struct stage *stage, const struct hm_span *span)
{
	const struct hm_cursor *cursor = &stage->plan.cursor;
	hypmmu_desc *top = hm_table_at(cursor->pages, hm_get_oa(cursor->geo, span->before));
	struct hm_tables tables;
	hypmmu_desc *table;
	int level;

	stage_erase(stage, span);
	hm_tables_init(&tables, cursor->geo, cursor->pages, cursor->level + 1, top);
	while ((table = hm_tables_next(&tables, &level)))
		hm_pages_park(&stage->parked, table);
}

/* The cursor stands on the slot whose table it has left: link it, or put in its place what is left
 * of it. A new table is whole before the one store that links it. */
static void stage_up(struct stage *stage, const struct hm_span *span)
{
	const struct hm_cursor *cursor = &stage->plan.cursor;
	struct hm_frame *child = &stage->plan.cursor.path[cursor->level + 2];
	hypmmu_desc *slot = open_slots(stage, span);
	hypmmu_desc desc = 0;

	if (span->verdict == HM_STAYS) {
		fill_gap(stage, child, cursor->level + 1, hm_page_entries(cursor->geo));
		desc = hm_table_desc(cursor->geo, hm_table_pa(cursor->pages, child->table));
	} else if (span->verdict == HM_FOLDS) {
		desc = span->leaf;
	}
	hm_link(cursor->geo, slot, desc);
	if (span->verdict != HM_STAYS)
		hm_pages_park(&stage->parked, child->table);
}

static void stage_span(struct stage *stage, const struct hm_span *span)
{
	switch (span->action) {
	case HM_FILL:
		stage_leaves(stage, span);
		break;
	case HM_ERASE:
		stage_erase(stage, span);
		break;
	case HM_LABEL:
		stage_labels(stage, span);
		break;
	case HM_DROP:
		stage_drop(stage, span);
		break;
	case HM_DOWN:
		hm_cursor_down_fresh(&stage->plan.cursor, span->before,
				     hm_pages_take(&stage->spare));
		break;
	default:
		stage_up(stage, span);
	}
}

/* The tree is complete in the tables of stage->plan; *span is the last span of several. */
static int plan_all(const struct hypmmu *mmu, struct hm_plan *plan, struct hm_pieces *pieces,
		    struct hm_span *span, struct hypmmu_report *report)
{
	hypmmu_desc *root = hm_root(mmu);
	int spans;

	if (mmu->maint)
		return HYPMMU_ERR_STATE;
	if (!root)
		return HYPMMU_ERR_CORRUPT;
	hm_plan_init(plan, &mmu->geo, &mmu->pages, root, pieces);
	spans = hm_plan_count(plan, span, report);
	if (spans < 0 || report->freed < mmu->tables + report->tables)
		return spans;
	*report = (struct hypmmu_report){0};
	return HYPMMU_ERR_CORRUPT; /* some table was met twice */
}

int hm_plan(const struct hypmmu *mmu, struct hm_pieces *pieces, struct hypmmu_report *report)
{
	struct hm_plan plan;
	struct hm_span span;
	int spans = plan_all(mmu, &plan, pieces, &span, report);

	return spans < 0 ? spans : 0;
}

static int stage_all(struct stage *stage, const struct hypmmu *mmu, struct hm_pieces *pieces,
		     struct hm_span *span)
{
	int err;

	hm_plan_init(&stage->plan, &mmu->geo, &mmu->pages, hm_root(mmu), pieces);
	stage->plan.drop = true;
	while ((err = hm_plan_next(&stage->plan, span)) > 0) {
		if (span->action == HM_DOWN && !stage->spare.count)
			return HYPMMU_ERR_CORRUPT; /* not the tables that were planned */
		stage_span(stage, span);
	}
	return err;
}

int hm_apply(struct hypmmu *mmu, struct hm_pieces *pieces, struct hypmmu_report *report)
{
	struct stage stage;
	struct hm_span span;
	int err = 0, spans = plan_all(mmu, &stage.plan, pieces, &span, report);

	if (spans < 0)
		return spans;
	if (spans == 1 && span.action != HM_UP) {
		stage.plan.cursor.level = span.level; /* it is carried out where plan found it */
		stage_span(&stage, &span);
		return 0;
	}
	err = hm_pages_reserve(&stage.spare, report->tables, &mmu->pages, &mmu->geo);
	if (err) {
		*report = (struct hypmmu_report){0};
		return err;
	}
	stage.parked = (struct hm_page_list){0};
	stage.zeroed = mmu->pages.flags & HYPMMU_PAGES_ZEROED;
	err = stage_all(&stage, mmu, pieces, &span);
	mmu->tables += report->tables - report->freed;
	hm_pages_release(&stage.spare, &mmu->pages);
	hm_pages_release(&stage.parked, &mmu->pages);
	return err;
}
