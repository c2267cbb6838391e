/* SPDX-License-Identifier: BSD-2-Clause */
/* Page: a change of one page, the commonest of all, without the pipeline. */
#include "page.h"
#include "table.h"

/* Flags that make no difference here. */
#define FLAGS (HYPMMU_PAGES_ONLY | HYPMMU_MAY_BREAK | HYPMMU_SKIP_HOLES)

/* As hm_change_check() but for op and attr; pa counts whatever the operation is. */
static bool is_one_page(const struct hypmmu_geometry *geo, const struct hypmmu_change *change)
{
	return change->size == geo->in_page + UINT64_C(1) && !(change->flags & ~FLAGS) &&
	       !((change->va | change->pa) & geo->in_page) &&
	       !((change->va - geo->va_base) >> geo->va_bits | change->pa >> geo->pa_bits);
}

/* Is a page beside this one mapped by the same table? Then the table stays. */
static bool has_neighbour(const struct hypmmu_geometry *geo, const hypmmu_desc *slot, hypmmu_va va)
{
	unsigned index = hm_slot_index(geo, HM_LAST_LEVEL, va);

	return (index && (hm_load(geo, slot - 1) & HM_VALID)) ||
	       (index + 1 < hm_level_entries(geo, HM_LAST_LEVEL) &&
		(hm_load(geo, slot + 1) & HM_VALID));
}

/* A hole becomes a page, which TLBs do not know, or a page a hole. */
static void store_page(struct hypmmu *mmu, hypmmu_desc *slot, hypmmu_desc desc, hypmmu_va va)
{
	const struct hypmmu_maint *maint = mmu->maint;
	struct hypmmu_stale stale;

	hm_store(&mmu->geo, slot, desc);
	if (!maint)
		return;
	stale.va = va;
	stale.size = mmu->geo.in_page + UINT64_C(1);
	stale.level = HM_LAST_LEVEL;
	stale.walks = false;
	maint->publish(maint->ctx, slot, sizeof(*slot));
	maint->sync(maint->ctx, &mmu->cfg, &stale, !desc);
}

static bool map_page(struct hypmmu *mmu, const struct hypmmu_change *map)
{
	const struct hypmmu_geometry *geo = &mmu->geo;
	hypmmu_desc *slot, before;
	int level;

	if (hm_attr_check(geo, map->attr))
		return false;
	slot = hm_find_slot(mmu, map->va, &level, &before);
	if (!slot || level < HM_LAST_LEVEL || before)
		return false;
	store_page(mmu, slot,
		   hm_leaf_template(geo, map->attr) | hm_leaf_type(HM_LAST_LEVEL) |
			   hm_put_oa(geo, map->pa),
		   map->va);
	return true;
}

/* Is va where the writer sees a table on the way to it? */
static bool is_on_the_way(const struct hypmmu *mmu, hypmmu_va va)
{
	const struct hypmmu_geometry *geo = &mmu->geo;
	hypmmu_desc desc = hm_table_desc(geo, mmu->root);

	for (int level = geo->start_level; hm_desc_kind(geo, level - 1, desc) == HM_TABLE;
	     level++) {
		const hypmmu_desc *table = hm_table_at(&mmu->pages, hm_get_oa(geo, desc));

		if (!table || (uintptr_t)table == va)
			return true;
		desc = hm_load(geo, table + hm_slot_index(geo, level, va));
	}
	return false;
}

static bool unmap_page(struct hypmmu *mmu, hypmmu_va va)
{
	const struct hypmmu_geometry *geo = &mmu->geo;
	hypmmu_desc *slot, before;
	int level;

	slot = hm_find_slot(mmu, va, &level, &before);
	if (!slot || level < HM_LAST_LEVEL || hm_desc_kind(geo, level, before) != HM_LEAF ||
	    (before & HM_CONT) || !has_neighbour(geo, slot, va))
		return false;
	if (mmu->maint && mmu->maint->self && is_on_the_way(mmu, va))
		return false;
	store_page(mmu, slot, 0, va);
	return true;
}

bool hm_apply_page(struct hypmmu *mmu, const struct hypmmu_change *change)
{
	if (mmu->pins || mmu->old_tables || (mmu->cfg.use & HYPMMU_USE_CONT) ||
	    !is_one_page(&mmu->geo, change))
		return false;
	if (change->op == HYPMMU_MAP)
		return map_page(mmu, change);
	return change->op == HYPMMU_UNMAP && unmap_page(mmu, change->va);
}
