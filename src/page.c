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

/* Might the writer, who runs on these tables, see one of them at va? Then count.c finds out. */
static bool might_be_table(const struct hypmmu *mmu, hypmmu_va va)
{
	if (!mmu->maint || !mmu->maint->self)
		return false;
	return !mmu->pages.window || va - (uintptr_t)mmu->pages.window < mmu->pages.window_size;
}

/* Is it a page that can go alone? */
static bool may_clear(const struct hypmmu *mmu, const struct hm_place *page, hypmmu_va va)
{
	return (page->desc & (HM_VALID | HM_TYPE | HM_CONT)) == (HM_VALID | HM_TYPE) &&
	       has_neighbour(&mmu->geo, page->slot, va) && !might_be_table(mmu, va);
}

/* Pages tend to have the attributes of the page before. False: these make no page. */
static bool set_template(struct hypmmu *mmu, hypmmu_attr attr)
{
	if (attr == mmu->attr)
		return attr;
	if (hm_attr_check(&mmu->geo, attr))
		return false;
	mmu->attr = attr;
	mmu->page = hm_leaf_template(&mmu->geo, attr) | hm_leaf_type(HM_LAST_LEVEL);
	return true;
}

bool hm_apply_page(struct hypmmu *mmu, const struct hypmmu_change *change)
{
	struct hm_place page;
	hypmmu_desc desc = 0;
	int level;

	if (mmu->pins || mmu->old_tables || (mmu->cfg.use & HYPMMU_USE_CONT) ||
	    !is_one_page(&mmu->geo, change))
		return false;
	page = hm_find_slot(mmu, change->va, &level);
	if (level < HM_LAST_LEVEL)
		return false;
	if (change->op == HYPMMU_MAP) {
		if (page.desc || !set_template(mmu, change->attr))
			return false;
		desc = mmu->page | hm_put_oa(&mmu->geo, change->pa);
	} else if (change->op != HYPMMU_UNMAP || !may_clear(mmu, &page, change->va)) {
		return false;
	}
	store_page(mmu, page.slot, desc, change->va);
	return true;
}
