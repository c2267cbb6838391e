/* SPDX-License-Identifier: BSD-2-Clause */
#include "slots.h"

void hm_slots_stored(const struct hm_plan *plan, struct hm_stage *stage, const hypmmu_desc *slot,
		     unsigned n)
{
	const struct hypmmu_maint *maint = stage->mmu->maint;

	if (!hm_plan_is_live(plan))
		return;
	maint->publish(maint->ctx, slot, n * sizeof(*slot));
	stage->stored = true;
}

void hm_slots_stale(const struct hm_plan *plan, struct hm_stage *stage, int level, bool walks)
{
	unsigned shift = plan->cursor.shift;

	if (hm_plan_is_live(plan))
		hm_queue_add(&stage->mmu->queue, &stage->mmu->cfg, hm_span_first(plan),
			     (uint64_t)plan->span.count << shift, level, walks);
}

void hm_slots_fill(const struct hm_cursor *cursor, const struct hm_stage *stage,
		   struct hm_frame *frame, int level, unsigned to)
{
	hypmmu_desc part;
	uint64_t step;

	if (frame->next == to)
		return;
	part = hm_desc_part(cursor->geo, level, frame->desc, frame->next);
	step = part ? BIT(hm_level_shift(cursor->geo, level)) : 0;
	if (part || !(stage->mmu->pages.flags & HYPMMU_PAGES_ZEROED))
		hm_fill(cursor->geo, frame->table + frame->next, to - frame->next, part, step);
	frame->next = (uint16_t)to;
}

hypmmu_desc *hm_slots_open(struct hm_plan *plan, const struct hm_stage *stage)
{
	const struct hm_span *span = &plan->span;
	struct hm_frame *frame = hm_cursor_frame(&plan->cursor);

	if (frame->origin == HM_FRESH) {
		hm_slots_fill(&plan->cursor, stage, frame, plan->cursor.level, span->index);
		frame->next = (uint16_t)(span->index + span->count);
	}
	return frame->table + span->index;
}

bool hm_slot_races(const struct hm_stage *stage, hypmmu_desc leaf)
{
	return stage->mmu->maint && (stage->mmu->cfg.use & HYPMMU_USE_HAFDBS) &&
	       (leaf & HM_VALID) && (!(leaf & HM_AF) || (leaf & HM_DBM));
}

hypmmu_desc hm_slot_rewrite(const struct hm_stage *stage, hypmmu_desc *slot, uint64_t keep,
			    hypmmu_desc bits, bool arm)
{
	const struct hypmmu_geometry *geo = &stage->mmu->geo;
	hypmmu_desc old = hm_load(geo, slot);

	for (;;) {
		hypmmu_desc found = old, desc = (old & keep) | bits;

		if (arm || !(old & HM_VALID))
			desc = hm_desc_arm(desc);
		if (hm_slot_races(stage, old))
			found = hm_exchange(geo, slot, old, desc);
		else
			hm_store(geo, slot, desc);
		if (found == old)
			return old;
		old = found;
	}
}
