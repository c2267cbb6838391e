/* SPDX-License-Identifier: BSD-2-Clause */
/* Query: one leaf, the next leaf, and whether ranges are mapped as they must be. */
#include "desc.h"
#include "table.h"

struct place { /* a slot that holds no table */
	const hypmmu_desc *table;
	unsigned index;
	int level;
	hypmmu_desc desc;
};

/* 0, or CORRUPT: the slot's table cannot be read. Readers may run beside the writer: each slot is
 * loaded once. */
static int find_place(const struct hypmmu *mmu, hypmmu_va va, struct place *place)
{
	const struct hypmmu_geometry *geo = &mmu->geo;

	place->table = hm_root(mmu);
	for (place->level = geo->start_level; place->table; place->level++) {
		place->index = hm_slot_index(geo, place->level, va);
		place->desc = hm_load(geo, place->table + place->index);
		if (hm_desc_kind(geo, place->level, place->desc) != HM_TABLE)
			return 0;
		place->table = hm_table_at(&mmu->pages, hm_get_oa(geo, place->desc));
	}
	return HYPMMU_ERR_CORRUPT;
}

/* The leaf there; or the slot as a hole (UNMAPPED) or as what no table of ours holds (CORRUPT). */
static int describe(const struct hypmmu_geometry *geo, const struct place *place, hypmmu_va va,
		    struct hypmmu_leaf *leaf)
{
	unsigned shift = hm_level_shift(geo, place->level);

	*leaf = (struct hypmmu_leaf){
		.va = va & ~(BIT(shift) - 1),
		.size = BIT(shift),
		.level = (int8_t)place->level,
		.desc = place->desc,
	};
	switch (hm_desc_kind(geo, place->level, place->desc)) {
	case HM_HOLE:
		return HYPMMU_ERR_UNMAPPED;
	case HM_LEAF:
		leaf->pa = hm_get_oa(geo, place->desc & hm_leaf_oa_mask(geo, place->level));
		leaf->attr = hm_leaf_attr(geo, place->desc);
		leaf->contiguous = place->desc & HM_CONT;
		leaf->accessed = place->desc & HM_AF;
		leaf->dirty = hm_leaf_dirty(place->desc);
		return 0;
	default:
		return HYPMMU_ERR_CORRUPT;
	}
}

static int find_leaf(const struct hypmmu *mmu, hypmmu_va va, struct hypmmu_leaf *leaf)
{
	struct place place;

	*leaf = (struct hypmmu_leaf){.va = va};
	if (!hm_va_range_ok(&mmu->geo, va, 1))
		return HYPMMU_ERR_RANGE;
	if (find_place(mmu, va, &place))
		return HYPMMU_ERR_CORRUPT;
	return describe(&mmu->geo, &place, va, leaf);
}

/* As hm_mmu_check(), but readers may run while a change is under way. */
static int check_reader(const struct hypmmu *mmu, const void *result)
{
	if (!mmu || !result)
		return HYPMMU_ERR_ARG;
	return mmu->tables ? 0 : HYPMMU_ERR_STATE;
}

int hypmmu_query(const struct hypmmu *mmu, hypmmu_va va, struct hypmmu_leaf *leaf)
{
	int err = check_reader(mmu, leaf);

	return err ? err : find_leaf(mmu, va, leaf);
}

bool hypmmu_next_leaf(const struct hypmmu *mmu, struct hypmmu_leaf *leaf)
{
	const struct hypmmu_geometry *geo;
	struct place place;
	hypmmu_va va;

	if (check_reader(mmu, leaf))
		return false;
	geo = &mmu->geo;
	va = leaf->size ? leaf->va + leaf->size : geo->va_base;
	while (hm_va_range_ok(geo, va, 1) && !find_place(mmu, va, &place)) {
		unsigned shift = hm_level_shift(geo, place.level);
		unsigned room = hm_level_entries(geo, place.level) - place.index;
		size_t run;

		if (!describe(geo, &place, va, leaf))
			return true;
		run = hm_run(geo, place.table + place.index, room, HM_VALID, 0);
		va = (va & ~(BIT(shift) - 1)) + ((hypmmu_va)(run ? run : 1) << shift);
	}
	return false;
}

/* The first address in [va, last] that is not mapped to pa onwards with attr; else `last`, and 0.
 */
static int expect_range(const struct hypmmu *mmu, const struct hypmmu_change *map,
			struct hypmmu_leaf *leaf, hypmmu_va *at)
{
	hypmmu_va last = map->va + (map->size - 1);
	int err = hm_va_range_ok(&mmu->geo, map->va, map->size) ? 0 : HYPMMU_ERR_RANGE;

	for (*at = map->va; !err;) {
		err = find_leaf(mmu, *at, leaf);
		if (!err && (leaf->pa + (*at - leaf->va) != map->pa + (*at - map->va) ||
			     leaf->attr != map->attr))
			err = HYPMMU_ERR_CONFLICT;
		if (err || last - leaf->va < leaf->size)
			break;
		*at = leaf->va + leaf->size;
	}
	return err;
}

int hypmmu_expect(const struct hypmmu *mmu, const struct hypmmu_change *maps, size_t n,
		  struct hypmmu_report *report)
{
	struct hypmmu_report unseen;
	int err = hm_mmu_check(mmu);

	if (!report)
		report = &unseen;
	*report = (struct hypmmu_report){0};
	if (!err && n && !maps)
		err = HYPMMU_ERR_ARG;
	for (size_t i = 0; !err && i < n; i++) {
		struct hypmmu_leaf leaf = {0};

		err = expect_range(mmu, &maps[i], &leaf, &report->va);
		report->index = i;
		report->other = i;
		report->desc = leaf.desc;
		report->level = leaf.level;
	}
	if (!err)
		*report = (struct hypmmu_report){0};
	return err;
}
