/* SPDX-License-Identifier: BSD-2-Clause */
/* Preview: what a list would come to. */
#include "apply.h"

int hypmmu_plan(const struct hypmmu *mmu, const struct hypmmu_change *changes, size_t n,
		struct hypmmu_report *report)
{
	struct hm_count count;
	struct hm_plan plan;
	int err = hm_mmu_check(mmu);

	plan.pieces.links = NULL;
	if (report)
		*report = (struct hypmmu_report){0};
	if (!err)
		err = hm_pieces_init(&plan.pieces, &mmu->geo, changes, n, report);
	if (!err)
		err = hm_plan_change(&plan, &count, mmu, report);
	if (!err && report)
		hm_count_report(&count, report);
	return err;
}

int hypmmu_tables_needed(const struct hypmmu_config *cfg, const struct hypmmu_change *changes,
			 size_t n, struct hypmmu_report *report)
{
	struct hypmmu_geometry geo;
	struct hm_count count;
	struct hm_plan plan;
	int err;

	if (!report)
		return HYPMMU_ERR_ARG;
	plan.pieces.links = NULL;
	*report = (struct hypmmu_report){0};
	err = hypmmu_config_check(cfg);
	if (err)
		return err;
	hm_geometry_init(&geo, cfg);
	err = hm_pieces_init(&plan.pieces, &geo, changes, n, report);
	if (err)
		return err;
	hm_plan_start_empty(&plan, &geo);
	err = hm_count(&plan, &count, report);
	if (err)
		return err;
	hm_count_report(&count, report);
	report->tables++; /* the root */
	return 0;
}
