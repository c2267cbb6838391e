/* SPDX-License-Identifier: BSD-2-Clause */
/* Destroy. */
#include "cursor.h"

/* Gives back all that can be found, and says whether that was all. */
static int release_tables(struct hypmmu *mmu, hypmmu_desc *root)
{
	struct hm_cursor cursor;
	size_t left = mmu->tables;

	hm_cursor_init(&cursor, &mmu->geo, &mmu->pages, root);
	for (; left && cursor.level >= mmu->geo.start_level; left--)
		mmu->pages.free(mmu->pages.ctx, hm_cursor_next_table(&cursor));
	return left || cursor.level >= mmu->geo.start_level ? HYPMMU_ERR_CORRUPT : 0;
}

int hypmmu_destroy(struct hypmmu *mmu)
{
	hypmmu_desc *root;
	int err = hm_mmu_check(mmu);

	if (err)
		return err;
	if (mmu->maint)
		return HYPMMU_ERR_STATE;
	if (mmu->old_tables)
		err = hypmmu_reclaim(mmu);
	mmu->busy = true;
	root = hm_root(mmu);
	if (!root || release_tables(mmu, root))
		err = HYPMMU_ERR_CORRUPT;
	*mmu = (struct hypmmu){0};
	return err;
}
