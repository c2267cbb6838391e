/* SPDX-License-Identifier: BSD-2-Clause */
/* Change: lists. */
#include "apply.h"
#include "page.h"

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
		hm_count_report(&count, report);
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
