/* SPDX-License-Identifier: BSD-2-Clause */
/* Start and stop: init, adopt, set_pages, destroy, set_live. */
#include "check.h"

static int set_up(struct hypmmu *mmu, const struct hypmmu_config *cfg,
		  const struct hypmmu_pages *pages)
{
	int err;

	if (!mmu || !cfg || !pages)
		return HYPMMU_ERR_ARG;
	err = hypmmu_config_check(cfg);
	if (!err)
		err = hm_pages_check(pages, cfg);
	if (err)
		return err;
	*mmu = (struct hypmmu){.cfg = *cfg, .pages = *pages, .busy = true};
	hm_geometry_init(&mmu->geo, cfg);
	return 0;
}

/* What set_up() began: ready for use, or all zero. */
static int finish(struct hypmmu *mmu, int err)
{
	mmu->busy = false;
	if (err)
		*mmu = (struct hypmmu){0};
	return err;
}

int hypmmu_init(struct hypmmu *mmu, const struct hypmmu_config *cfg,
		const struct hypmmu_pages *pages)
{
	hypmmu_desc *root;
	void *list;
	int err = set_up(mmu, cfg, pages);

	if (err)
		return err;
	err = hm_pages_reserve(&list, 1, &mmu->pages, &mmu->geo);
	if (!err) {
		root = hm_pages_take(&list);
		hm_fill(&mmu->geo, root, hm_page_entries(&mmu->geo), 0, 0);
		mmu->root = hm_table_pa(&mmu->pages, root);
		mmu->tables = 1;
	}
	return finish(mmu, err);
}

int hypmmu_adopt(struct hypmmu *mmu, const struct hypmmu_config *cfg,
		 const struct hypmmu_pages *pages, hypmmu_pa root, size_t max_tables)
{
	int err = set_up(mmu, cfg, pages);

	if (err)
		return err;
	mmu->root = root;
	mmu->tables = max_tables;
	return finish(mmu, hm_check_tables(mmu, &mmu->tables, NULL));
}

int hypmmu_set_pages(struct hypmmu *mmu, const struct hypmmu_pages *pages)
{
	int err = hm_mmu_check(mmu);

	if (err)
		return err;
	if (!pages)
		return HYPMMU_ERR_ARG;
	err = hm_pages_check(pages, &mmu->cfg);
	if (err)
		return err;
	if (!hm_table_at(pages, mmu->root))
		return HYPMMU_ERR_PAGES;
	mmu->pages = *pages;
	return 0;
}

int hypmmu_destroy(struct hypmmu *mmu)
{
	struct hm_cursor cursor;
	void *list = NULL;
	int err = hm_mmu_check(mmu);

	if (err)
		return err;
	if (mmu->maint)
		return HYPMMU_ERR_STATE;
	if (!hm_root(mmu))
		return HYPMMU_ERR_CORRUPT;
	mmu->busy = true; /* a callback must not start a change */
	hm_cursor_init(&cursor, &mmu->geo, &mmu->pages, hm_root(mmu));
	for (; mmu->tables && cursor.level >= mmu->geo.start_level; mmu->tables--)
		hm_pages_park(&list, hm_cursor_next_table(&cursor));
	if (mmu->tables || cursor.level >= mmu->geo.start_level)
		err = HYPMMU_ERR_CORRUPT;
	hm_pages_release(&list, &mmu->pages);
	*mmu = (struct hypmmu){0};
	return err;
}

int hypmmu_set_live(struct hypmmu *mmu, const struct hypmmu_maint *maint)
{
	struct hm_cursor cursor;
	size_t left;
	int err = hm_mmu_check(mmu);

	if (err)
		return err;
	if (maint && (!maint->publish || !maint->sync))
		return HYPMMU_ERR_ARG;
	if (!hm_root(mmu))
		return HYPMMU_ERR_CORRUPT;
	mmu->busy = true;
	hm_cursor_init(&cursor, &mmu->geo, &mmu->pages, hm_root(mmu));
	for (left = mmu->tables; maint && left && cursor.level >= mmu->geo.start_level; left--)
		maint->publish(maint->ctx, hm_cursor_next_table(&cursor),
			       (size_t)BIT(mmu->geo.page_shift));
	if (maint)
		maint->sync(maint->ctx, &mmu->cfg, NULL, 0);
	mmu->busy = false;
	mmu->maint = maint;
	return 0;
}
