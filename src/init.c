/* SPDX-License-Identifier: BSD-2-Clause */
/* Init: an address space of its own. */
#include "init.h"
#include "table.h"

int hm_init_begin(struct hypmmu *mmu, const struct hypmmu_config *cfg,
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

int hm_init_end(struct hypmmu *mmu, int err)
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
	int err = hm_init_begin(mmu, cfg, pages);

	if (err)
		return err;
	err = hm_pages_reserve(&list, 1, &mmu->pages, &mmu->geo);
	if (!err) {
		root = hm_pages_take(&list);
		hm_fill(&mmu->geo, root, hm_page_entries(&mmu->geo), 0, 0);
		mmu->root = hm_table_pa(&mmu->pages, root);
		mmu->tables = 1;
	}
	return hm_init_end(mmu, err);
}
