/* SPDX-License-Identifier: BSD-2-Clause */
/* Change: lists and plans. */
#include "apply.h"
#include "page.h"

/* What a successful call reports; errors have been reported where they were found. */
static void report_counts(const struct hm_count *count, struct hypmmu_report *report)
{
	report->tables = (size_t)count->tables;
	report->freed = (size_t)count->freed;
	report->leaves = (size_t)count->leaves;
	report->breaks = (size_t)count->breaks;
}

/* The links that pieces work with are zero between calls: a call that fails changes no object. */
static void clear_links(struct hypmmu *mmu)
{
	for (size_t i = 0; i < HYPMMU_LINKS; i++)
		mmu->links[i] = 0;
}

/* The pipeline; the call ends with it. Not inline: a lone page needs nothing of this on the stack. */
__attribute__((noinline)) static int apply_list(struct hypmmu *mmu,
						const struct hypmmu_change *changes, size_t n,
						struct hypmmu_report *report)
{
	struct hm_count count;
	struct hm_plan plan;
	int err;

	plan.pieces.links = mmu->links;
	err = hm_pieces_init(&plan.pieces, &mmu->geo, changes, n, report);
	if (!err)
		err = hm_plan_change(&plan, &count, mmu, report);
	if (!err)
		err = hm_carry_out(&plan, &count, mmu, report);
	if (!err && report)
		report_counts(&count, report);
	clear_links(mmu);
	mmu->busy = false;
	return err;
}

int hypmmu_apply(struct hypmmu *mmu, const struct hypmmu_change *changes, size_t n,
		 struct hypmmu_report *report)
{
	int err = hm_mmu_check(mmu);

	if (report)
		*report = (struct hypmmu_report){0};
	if (err)
		return err;
	mmu->busy = true;
	if (n != 1 || !changes || !hm_apply_page(mmu, changes))
		return apply_list(mmu, changes, n, report);
	if (report)
		report->leaves = 1;
	mmu->busy = false;
	return 0;
}

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
		report_counts(&count, report);
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
	report_counts(&count, report);
	report->tables++; /* the root */
	return 0;
}
