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
	hypmmu_desc *root, *list;
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
	const hypmmu_desc *root;
	int err = hm_mmu_check(mmu);

	if (err)
		return err;
	err = pages ? hm_pages_check(pages, &mmu->cfg) : HYPMMU_ERR_ARG;
	if (err)
		return err;
	mmu->busy = true;
	root = hm_table_at(pages, mmu->root);
	if (root && hm_page_is_good(root, pages, &mmu->geo))
		mmu->pages = *pages;
	else
		err = HYPMMU_ERR_PAGES;
	mmu->busy = false;
	return err;
}

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
