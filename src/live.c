/* SPDX-License-Identifier: BSD-2-Clause */
/* Live: hardware walks the tables from here on, or no more. */
#include "cursor.h"

static void publish_tables(struct hypmmu *mmu, const struct hypmmu_maint *maint, hypmmu_desc *root)
{
	struct hm_cursor cursor;
	size_t left = mmu->tables;

	hm_cursor_init(&cursor, &mmu->geo, &mmu->pages, root);
	for (; left && cursor.level >= mmu->geo.start_level; left--)
		maint->publish(maint->ctx, hm_cursor_next_table(&cursor),
			       (size_t)BIT(mmu->geo.page_shift));
	maint->sync(maint->ctx, &mmu->cfg, NULL, 0);
}

int hypmmu_set_live(struct hypmmu *mmu, const struct hypmmu_maint *maint)
{
	hypmmu_desc *root;
	int err = hm_mmu_check(mmu);

	if (err)
		return err;
	if (maint && (!maint->publish || !maint->sync))
		return HYPMMU_ERR_ARG;
	mmu->busy = true;
	root = hm_root(mmu);
	if (!root)
		err = HYPMMU_ERR_CORRUPT;
	else if (maint)
		publish_tables(mmu, maint, root);
	if (!err)
		mmu->maint = maint;
	mmu->busy = false;
	return err;
}
