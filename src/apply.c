/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Apply: all or nothing; on live tables, break before make.
 *
 *   plan     read-only     every piece legal? how many pages? what breaks?   may fail: the caller's fault
 *   reserve  page source   take that many, check each, or give back          may fail: no memory
 *   -------------------------------------------------------------------- nothing below can fail
 *   resize   slots, sync   live, BBM_NOABORT: split and dissolve, all else as it was
 *   stage    slots         fill new tables, link them; store, relabel, clear; break; unlink tables
 *   sync     hardware      live: stores are visible, then TLBIs, then these are complete
 *   settle   slots         live: what was broken or deferred becomes valid; unlinked tables are freed
 *   sync     hardware      live: what became valid is visible
 */
#include "apply.h"
#include "settle.h"
#include "stage.h"

int hm_plan_change(struct hm_plan *plan, struct hm_count *count, const struct hypmmu *mmu,
		   struct hypmmu_report *report)
{
	int err;

	if (mmu->old_tables)
		return HYPMMU_ERR_STATE;
	err = hm_plan_start(plan, mmu);
	if (!err && plan->copies && (mmu->cfg.use & HYPMMU_USE_CNP))
		err = HYPMMU_ERR_UNSUPPORTED; /* CPUs with CnP stay on one root */
	if (!err)
		err = hm_count(plan, count, report);
	if (err || !count->harms || !mmu->maint->self)
		return err;
	err = hm_plan_start(plan, mmu);
	return err ? err : hm_count_reach(plan, count, report);
}

/* Would the writer lose sight of a page that it is about to fill? */
static int check_reach(const struct hm_stage *stage, const struct hm_count *count,
		       struct hypmmu_report *report)
{
	const hypmmu_desc *page = stage->spare;

	if (!count->harms || !stage->mmu->maint->self)
		return 0;
	for (; page; page = hm_pages_next(page)) {
		if (!hm_count_harms(count, &stage->mmu->geo, page, true))
			continue;
		if (report)
			report->va = (uintptr_t)page;
		return HYPMMU_ERR_PINNED;
	}
	return 0;
}

static void sync(struct hm_stage *stage)
{
	const struct hypmmu_maint *maint = stage->mmu->maint;

	if (stage->stored)
		maint->sync(maint->ctx, &stage->mmu->cfg, stage->mmu->queue.list,
			    stage->mmu->queue.n);
	hm_queue_init(&stage->mmu->queue);
	stage->stored = false;
}

static int stage_live(struct hm_plan *plan, const struct hm_count *count, struct hm_stage *stage)
{
	int err = 0;

	if (count->resizes) {
		stage->resize = true;
		err = hm_stage(plan, stage);
		stage->resize = false;
		sync(stage);
	}
	if (!err)
		err = hm_stage(plan, stage);
	if (stage->mmu->queue.n)
		sync(stage);
	if (stage->unsettled && hm_settle(plan, stage->mmu))
		stage->stored = true;
	sync(stage);
	return err;
}

int hm_carry_out(struct hm_plan *plan, const struct hm_count *count, struct hypmmu *mmu,
		 struct hypmmu_report *report)
{
	struct hm_stage stage = {.mmu = mmu, .root = mmu->root, .defer = count->stale};
	size_t taken = (size_t)count->tables;
	int err =
		taken == count->tables ? 0 : HYPMMU_ERR_NOMEM; /* more than the host can address */

	if (!err)
		err = hm_pages_reserve(&stage.spare, taken, &mmu->pages, &mmu->geo);
	if (err)
		return err;
	err = check_reach(&stage, count, report);
	if (!err) {
		/* Some of them may be entered after the resize pass. */
		hm_mmu_set_tables(mmu, mmu->tables + taken);
		err = mmu->maint ? stage_live(plan, count, &stage) : hm_stage(plan, &stage);
		hm_mmu_set_tables(mmu, mmu->tables - (size_t)count->freed);
	}
	hm_pages_release(&stage.spare, &mmu->pages);
	if (!err && stage.root != mmu->root) {
		mmu->old_root = mmu->root;
		mmu->old_tables = mmu->tables - (size_t)(count->tables - count->freed);
		/* A reader that finds the new root finds all of what it leads to. */
		__atomic_store_n(&mmu->root, stage.root, __ATOMIC_RELEASE);
	}
	return err;
}
