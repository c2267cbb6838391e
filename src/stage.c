/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage: each span to its stores. */
#include "stage.h"
#include "leaves.h"
#include "tables.h"

/* The one pass before the others: what is resized on a CPU that allows it live, to tables that say
 * exactly what the leaves said. */
static void resize_span(struct hm_plan *plan, struct hm_stage *stage)
{
	const struct hm_frame *left = hm_cursor_left(&plan->cursor);

	if (plan->span.action == HM_LOOSEN)
		hm_leaves_loosen(plan, stage, hm_slots_open(plan, stage));
	else if (plan->span.action == HM_UP && left->origin == HM_FRESH && left->table)
		hm_tables_resize(plan, stage, hm_slots_open(plan, stage));
}

static void write_span(struct hm_plan *plan, struct hm_stage *stage)
{
	hypmmu_desc *slot = hm_slots_open(plan, stage);

	switch (plan->span.action) {
	case HM_FILL:
		hm_leaves_fill(plan, stage, slot);
		break;
	case HM_ERASE:
		hm_leaves_erase(plan, stage, slot);
		break;
	case HM_LABEL:
		hm_leaves_label(plan, stage, slot);
		break;
	case HM_DROP_TABLE:
		hm_tables_drop(plan, stage, slot);
		break;
	case HM_TIGHTEN:
		hm_leaves_tighten(plan, stage, slot);
		break;
	case HM_LOOSEN:
		hm_leaves_loosen(plan, stage, slot);
		break;
	default:
		hm_tables_finish(plan, stage, slot);
	}
}

/* Not inline: what it needs on the stack is not needed while the next span is looked for. */
__attribute__((noinline)) static int stage_span(struct hm_plan *plan, struct hm_stage *stage)
{
	int err;

	if (plan->span.action == HM_DOWN)
		return hm_tables_enter(plan, stage);
	if (plan->span.action == HM_COPY) {
		err = hm_cursor_down(&plan->cursor, plan->span.before);
		return err ? err : hm_tables_copy(plan, stage);
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
		err = hm_tables_copy(plan, stage);
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

		hm_tables_publish(stage, root);
		stage->root = hm_table_pa(&stage->mmu->pages, root);
		stage->stored = true;
	}
	return err;
}
