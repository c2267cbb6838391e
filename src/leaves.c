/* SPDX-License-Identifier: BSD-2-Clause */
#include "leaves.h"
#include "group.h"

/* Slots of the span before the first group of it, and in groups, that get the Contiguous hint. */
static unsigned find_groups(const struct hm_plan *plan, unsigned *grouped)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	int level = plan->cursor.level;
	unsigned size = hm_group_size(geo, level), count = plan->span.count;
	unsigned head = (size - plan->span.index % size) % size;

	if (size == 1 || head + size > count || (plan->piece.flags & HYPMMU_PAGES_ONLY) ||
	    !is_aligned(plan->va ^ hm_plan_pa(plan), hm_level_shift(geo, level) + geo->cont[level]))
		return 0;
	*grouped = (count - head) & ~(size - 1);
	return head;
}

void hm_leaves_fill(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
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
	hm_slots_stored(plan, stage, slot, plan->span.count);
}

void hm_leaves_erase(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	hm_fill(plan->cursor.geo, slot, plan->span.count, 0, 0);
	hm_slots_stored(plan, stage, slot, plan->span.count);
	hm_slots_stale(plan, stage, plan->cursor.level, false);
}

/* One by one: leaves that were in a group, or that hardware may write to, or that have to be broken. */
void hm_leaves_label(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	const struct hypmmu_geometry *geo = plan->cursor.geo;
	const struct hm_frame *frame = hm_cursor_frame(&plan->cursor);
	int level = plan->cursor.level;
	uint64_t keep = hm_relabel_keeps(geo, level, plan->piece.leaf);
	hypmmu_desc bits = plan->piece.leaf & ~keep, before = plan->span.before;
	hypmmu_desc after = (before & keep) | bits;
	enum hm_transition transition = hm_desc_transition(geo, level, before, after);
	bool arm = hm_plan_is_live(plan) && transition == HM_BREAK;

	if (frame->origin == HM_FRESH) {
		hm_fill(geo, slot, plan->span.count, after, BIT(plan->cursor.shift));
	} else if (arm || plan->span.index < frame->loose ||
		   (stage->mmu->cfg.use & HYPMMU_USE_HAFDBS)) {
		for (unsigned i = 0; i < plan->span.count; i++)
			hm_slot_rewrite(stage, slot + i, keep, bits, arm);
	} else {
		hm_rewrite(geo, slot, plan->span.count, keep, bits);
	}
	stage->unsettled |= arm;
	hm_slots_stored(plan, stage, slot, plan->span.count);
	if (transition != HM_RELABEL_QUIET)
		hm_slots_stale(plan, stage, level, false);
}

/* One group, whose leaves, without the hint, are partly there. Where they need not be broken for it
 * and something else is deferred, holes are filled without it. */
void hm_leaves_tighten(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
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
				hm_slot_rewrite(stage, slot + i, ~UINT64_C(0), HM_CONT, arm);
			continue;
		}
		holes = true;
		hm_store(geo, slot + i,
			 defer ? hm_desc_arm(leaf)
			 : arm ? hm_desc_arm(leaf | HM_CONT)
			       : leaf | HM_CONT);
	}
	stage->unsettled |= arm || (defer && holes);
	hm_slots_stored(plan, stage, slot, plan->span.count);
	if (!defer)
		hm_slots_stale(plan, stage, level, false);
}

void hm_leaves_loosen(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot)
{
	bool arm = hm_plan_is_live(plan) && !stage->resize;

	for (unsigned i = 0; i < plan->span.count; i++)
		hm_slot_rewrite(stage, slot + i, ~HM_CONT, 0, arm);
	stage->unsettled |= arm;
	hm_slots_stored(plan, stage, slot, plan->span.count);
	hm_slots_stale(plan, stage, plan->cursor.level, false);
}
