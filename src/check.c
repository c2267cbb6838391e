/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Check: the invariants, on tables that may hold anything.
 *
 * I1 every table descriptor points to a page of the page source, each reachable once: each is
 *    compared with those before it, and no more are entered than there are.
 * I2 no table but the root is empty.
 * I3 every invalid descriptor is 0.
 * I4 no leaf above the highest block level; output addresses are aligned to the leaf and below
 *    1 << pa_bits.
 * I5 never W with X; Device is never X.
 * I6 contiguous groups are whole, aligned, and uniform but for AF and dirty state.
 */
#include "check.h"
#include "group.h"

/* I6: the group that the leaf, which has the hint, is in. */
static bool group_is_good(const struct hypmmu_geometry *geo, int level, const hypmmu_desc *table,
			  unsigned index)
{
	unsigned size = hm_group_size(geo, level);
	const hypmmu_desc *slot = table + hm_group_first(geo, level, index);
	hypmmu_desc leaf = hm_load(geo, slot);

	return size > 1 && (leaf & HM_CONT) &&
	       is_aligned(hm_leaf_pa(geo, level, leaf),
			  hm_level_shift(geo, level) + geo->cont[level]) &&
	       hm_group_match(geo, level, slot, leaf, 0, 0) == size;
}

/* A leaf says nothing that its attributes and output address do not say: I4 and I5. */
static bool leaf_is_good(const struct hypmmu_geometry *geo, int level, hypmmu_desc leaf)
{
	hypmmu_attr attr = hm_leaf_attr(geo, leaf);
	hypmmu_pa pa = hm_leaf_pa(geo, level, leaf);
	hypmmu_desc state = HM_AF | HM_CONT | ((attr & HYPMMU_DBM) ? HM_AP2 : 0);
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

static bool slot_is_good(const struct hypmmu *mmu, int level, const hypmmu_desc *table,
			 unsigned index, hypmmu_desc desc)
{
	switch (hm_desc_kind(&mmu->geo, level, desc)) {
	case HM_HOLE:
		return !desc; /* I3 */
	case HM_TABLE:
		return table_desc_is_good(mmu, desc);
	case HM_LEAF:
		return leaf_is_good(&mmu->geo, level, desc) &&
		       (!(desc & HM_CONT) || group_is_good(&mmu->geo, level, table, index));
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
		if (i < used ? !slot_is_good(mmu, level, table, i, *desc) : *desc != 0)
			return i;
	}
	*desc = 0;
	if (level > geo->start_level && hm_run(geo, table, slots, HM_VALID, 0) == slots)
		return 0; /* I2 */
	return slots;
}

/* Is it one of the first n tables of the walk? */
static bool was_entered(const struct hypmmu *mmu, const hypmmu_desc *table, size_t n)
{
	struct hm_cursor cursor;

	hm_cursor_init(&cursor, &mmu->geo, &mmu->pages, hm_root(mmu));
	for (; n; n--) {
		if (hm_cursor_next_table(&cursor) == table)
			return true;
	}
	return false;
}

int hm_check_tables(const struct hypmmu *mmu, size_t *tables, struct hypmmu_report *report)
{
	hypmmu_desc *root = hm_root(mmu), desc = 0;
	unsigned bad, slots = hm_page_entries(&mmu->geo);
	struct hm_cursor cursor;
	size_t entered = 0;

	if (!root || !hm_page_is_good(root, &mmu->pages, &mmu->geo) ||
	    hm_table_pa(&mmu->pages, root) != mmu->root)
		return HYPMMU_ERR_CORRUPT;
	hm_cursor_init(&cursor, &mmu->geo, &mmu->pages, root);
	do {
		hypmmu_desc *table = hm_cursor_next_table(&cursor);

		bad = find_bad_slot(mmu, table, cursor.level + 1, &desc);
		if (bad == slots && (entered == *tables || was_entered(mmu, table, entered)))
			bad = 0; /* I1 */
		entered++;
	} while (bad == slots && cursor.level >= mmu->geo.start_level);
	if (bad == slots) {
		*tables = entered;
		return 0;
	}
	if (report) {
		unsigned shift = hm_level_shift(&mmu->geo, cursor.level + 1);

		report->va = hm_cursor_table_va(&cursor) + ((hypmmu_va)bad << shift);
		report->desc = desc;
		report->level = (int8_t)(cursor.level + 1);
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
