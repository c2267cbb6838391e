/* SPDX-License-Identifier: BSD-2-Clause */
/* Query: one leaf, the next leaf, and whether ranges are mapped as they must be. */
#include "query.h"

static inline void describe_leaf(const struct hypmmu_geometry *geo, hypmmu_desc desc,
				 struct hypmmu_leaf *leaf)
{
	leaf->pa = hm_get_oa(geo, desc) & ~(leaf->size - 1);
	leaf->attr = hm_leaf_attr(geo, desc);
	leaf->contiguous = (desc & HM_CONT) != 0;
	leaf->accessed = (desc & HM_AF) != 0;
	leaf->dirty = hm_leaf_dirty(desc);
}

/* The slot as a leaf; or as a hole (UNMAPPED), or as what no table of ours holds (CORRUPT), without
 * attributes. */
static inline int describe(const struct hypmmu_geometry *geo, hypmmu_va va, int level,
			   hypmmu_desc desc, struct hypmmu_leaf *leaf)
{
	enum hm_kind kind = hm_desc_kind(geo, level, desc);

	leaf->size = BIT(hm_level_shift(geo, level));
	leaf->va = va & ~(leaf->size - 1);
	leaf->level = (int8_t)level;
	leaf->desc = desc;
	if (kind == HM_LEAF) {
		describe_leaf(geo, desc, leaf);
		return 0;
	}
	leaf->pa = 0;
	leaf->attr = 0;
	leaf->contiguous = leaf->accessed = leaf->dirty = false;
	return kind == HM_HOLE ? HYPMMU_ERR_UNMAPPED : HYPMMU_ERR_CORRUPT;
}

/* As hm_mmu_check(), but readers may run while a change is under way. */
static int check_reader(const struct hypmmu *mmu, const void *result)
{
	if (!mmu || !result)
		return HYPMMU_ERR_ARG;
	return hm_mmu_tables(mmu) ? 0 : HYPMMU_ERR_STATE;
}

int hypmmu_query(const struct hypmmu *mmu, hypmmu_va va, struct hypmmu_leaf *leaf)
{
	int level, err = check_reader(mmu, leaf);
	struct hm_place place;

	if (err)
		return err;
	err = HYPMMU_ERR_RANGE;
	if (hm_va_range_ok(&mmu->geo, va, 1)) {
		place = hm_find_slot(mmu, va, &level);
		if (place.slot)
			return describe(&mmu->geo, va, level, place.desc, leaf);
		err = HYPMMU_ERR_CORRUPT;
	}
	*leaf = (struct hypmmu_leaf){.va = va};
	return err;
}

int hm_next_place(const struct hypmmu *mmu, hypmmu_va va, struct hypmmu_leaf *leaf)
{
	const struct hypmmu_geometry *geo = &mmu->geo;
	int err = HYPMMU_ERR_UNMAPPED;

	while (err == HYPMMU_ERR_UNMAPPED && hm_va_range_ok(geo, va, 1)) {
		int level;
		struct hm_place place = hm_find_slot(mmu, va, &level);
		unsigned shift, index, run;

		if (!place.slot)
			break;
		err = describe(geo, va, level, place.desc, leaf);
		shift = hm_level_shift(geo, level);
		index = hm_slot_index(geo, level, va);
		run = hm_run(geo, place.slot, hm_level_entries(geo, level) - index, HM_VALID, 0);
		va = leaf->va + ((hypmmu_va)run << shift);
	}
	return err;
}

bool hypmmu_next_leaf(const struct hypmmu *mmu, struct hypmmu_leaf *leaf)
{
	int err = HYPMMU_ERR_CORRUPT;

	if (check_reader(mmu, leaf))
		return false;
	while (err == HYPMMU_ERR_CORRUPT) {
		hypmmu_va va = leaf->size ? leaf->va + leaf->size : mmu->geo.va_base;

		err = va >= mmu->geo.va_base ? hm_next_place(mmu, va, leaf) : HYPMMU_ERR_UNMAPPED;
	}
	return !err;
}

/* The first address in [va, last] that is not mapped to pa onwards with attr; else `last`, and 0.
 */
static int expect_range(const struct hypmmu *mmu, const struct hypmmu_change *map,
			struct hypmmu_leaf *leaf, hypmmu_va *at)
{
	hypmmu_va last = map->va + (map->size - 1);
	int err = hm_va_range_ok(&mmu->geo, map->va, map->size) ? 0 : HYPMMU_ERR_RANGE;

	for (*at = map->va; !err;) {
		err = hypmmu_query(mmu, *at, leaf);
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
