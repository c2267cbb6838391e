/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Check: the invariants, on tables that may hold anything.
 *
 * I1 every table descriptor points to a page of the page source, each reachable once: entering more
 *    tables than there are is an error, so that no loop is followed for long. I2 no table but the
 *    root is empty. I3 every invalid descriptor is 0. I4 no leaf above the highest block level;
 *    output addresses are aligned to the leaf and below 1 << pa_bits. I5 never W with X; Device is
 *    never X.
 */
#include "check.h"

/* A leaf says nothing that its attributes and output address do not say: I4 and I5. */
static bool leaf_is_good(const struct hypmmu_geometry *geo, int level, hypmmu_desc leaf)
{
	hypmmu_attr attr = hm_leaf_attr(geo, leaf);
	hypmmu_pa pa = hm_get_oa(geo, leaf & hm_leaf_oa_mask(geo, level));
	hypmmu_desc state = HM_AF | ((attr & HYPMMU_DBM) ? HM_AP2 : 0);
	hypmmu_desc expected = hm_leaf_template(geo, attr) | hm_leaf_type(level);

	return !hm_attr_check(geo, attr) && !((leaf ^ (expected | hm_put_oa(geo, pa))) & ~state) &&
	       hm_pa_range_ok(geo, pa, BIT(hm_level_shift(geo, level)));
}

static bool table_desc_is_good(const struct hypmmu *mmu, hypmmu_desc desc)
{
	hypmmu_pa pa = hm_get_oa(&mmu->geo, desc);

	return desc == hm_table_desc(&mmu->geo, pa) && hm_pa_range_ok(&mmu->geo, pa, 1) &&
	       hm_table_at(&mmu->pages, pa);
}

static bool desc_is_good(const struct hypmmu *mmu, int level, hypmmu_desc desc)
{
	switch (hm_desc_kind(&mmu->geo, level, desc)) {
	case HM_HOLE:
		return !desc; /* I3 */
	case HM_TABLE:
		return table_desc_is_good(mmu, desc);
	case HM_LEAF:
		return leaf_is_good(&mmu->geo, level, desc);
	default:
		return false;
	}
}

/* The index of the first bad slot, or the number of slots. The part of the root's page that its
 * few slots leave unused must be zero. */
static unsigned find_bad_slot(const struct hypmmu *mmu, const hypmmu_desc *table, int level,
			      hypmmu_desc *desc)
{
	const struct hypmmu_geometry *geo = &mmu->geo;
	unsigned slots = hm_page_entries(geo), used = hm_level_entries(geo, level);

	for (unsigned i = 0; i < slots; i++) {
		*desc = hm_load(geo, table + i);
		if (i < used ? !desc_is_good(mmu, level, *desc) : *desc != 0)
			return i;
	}
	*desc = 0;
	if (level > geo->start_level && hm_run(geo, table, slots, HM_VALID, 0) == slots)
		return 0; /* I2 */
	return slots;
}

int hm_check_tables(const struct hypmmu *mmu, size_t *tables, struct hypmmu_report *report)
{
	hypmmu_desc *table = hm_root(mmu), desc = 0;
	struct hm_tables iter;
	size_t entered = 0;
	unsigned bad = 0;
	int level = mmu->geo.start_level;

	if (!table || !is_aligned(mmu->root, mmu->geo.page_shift))
		return HYPMMU_ERR_CORRUPT;
	hm_tables_init(&iter, &mmu->geo, &mmu->pages, level, table);
	while ((table = hm_tables_next(&iter, &level))) {
		bad = find_bad_slot(mmu, table, level, &desc);
		if (++entered > *tables || bad < hm_page_entries(&mmu->geo))
			break;
	}
	*tables = entered;
	if (!table)
		return 0;
	if (report) {
		report->va =
			hm_tables_va(&iter) + ((hypmmu_va)bad << hm_level_shift(&mmu->geo, level));
		report->desc = desc;
		report->level = (int8_t)level;
	}
	return HYPMMU_ERR_CORRUPT;
}

int hypmmu_check(const struct hypmmu *mmu, struct hypmmu_report *report)
{
	size_t tables;
	int err = hm_mmu_check(mmu);

	if (report)
		*report = (struct hypmmu_report){0};
	if (err)
		return err;
	tables = mmu->tables;
	err = hm_check_tables(mmu, &tables, report);
	return !err && tables != mmu->tables ? HYPMMU_ERR_CORRUPT : err;
}
