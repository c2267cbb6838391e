/* SPDX-License-Identifier: BSD-2-Clause */
/* Adopt: tables that are there already, and tables seen through other pointers. */
#include "check.h"
#include "init.h"

int hypmmu_adopt(struct hypmmu *mmu, const struct hypmmu_config *cfg,
		 const struct hypmmu_pages *pages, hypmmu_pa root, size_t max_tables)
{
	int err = hm_init_begin(mmu, cfg, pages);

	if (err)
		return err;
	mmu->root = root;
	mmu->tables = max_tables;
	return hm_init_end(mmu, hm_check_tables(mmu, &mmu->tables, NULL));
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
