/* SPDX-License-Identifier: BSD-2-Clause */
/* Page: a change of one page, the commonest of all, without the pipeline. */
#include "page.h"
#include "pieces.h"
#include "table.h"

/* Is a page beside this one mapped by the same table? Then the table stays. */
static bool has_neighbour(const struct hypmmu_geometry *geo, const hypmmu_desc *slot, hypmmu_va va)
{
	unsigned index = hm_slot_index(geo, HM_LAST_LEVEL, va);

	return (index && (hm_load(geo, slot - 1) & HM_VALID)) ||
	       (index + 1 < hm_level_entries(geo, HM_LAST_LEVEL) &&
		(hm_load(geo, slot + 1) & HM_VALID));
}

bool hm_apply_page(struct hypmmu *mmu, const struct hypmmu_change *change)
{
	const struct hypmmu_geometry *geo = &mmu->geo;
	hypmmu_desc *slot, before, desc = 0;
	int level;

	if (change->size != BIT(geo->page_shift) || mmu->maint || mmu->pins || mmu->old_tables ||
	    hm_change_check(geo, change))
		return false;
	slot = hm_find_slot(mmu, change->va, &level, &before);
	if (!slot || level < HM_LAST_LEVEL)
		return false;
	if (change->op == HYPMMU_MAP && !before)
		desc = hm_leaf_template(geo, change->attr) | hm_leaf_type(HM_LAST_LEVEL) |
		       hm_put_oa(geo, change->pa);
	else if (change->op != HYPMMU_UNMAP || hm_desc_kind(geo, level, before) != HM_LEAF ||
		 (before & HM_CONT) || !has_neighbour(geo, slot, change->va))
		return false;
	hm_store(geo, slot, desc);
	return true;
}
