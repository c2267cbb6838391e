/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups: which leaves are one, or could be. */
#include "group.h"

bool hm_group_is_whole(const struct hm_cursor *cursor, unsigned index)
{
	const struct hypmmu_geometry *geo = cursor->geo;
	const struct hm_frame *frame = hm_cursor_view(cursor);
	const hypmmu_desc *slot = frame->table + hm_group_first(geo, cursor->level, index);
	unsigned size = hm_group_size(geo, cursor->level);
	uint64_t mask = HM_VALID | HM_TYPE | HM_CONT;

	return size > 1 && hm_run(geo, slot, size, mask,
				  hm_leaf_type(cursor->level) | HM_VALID | HM_CONT) == size;
}

unsigned hm_group_match(const struct hypmmu_geometry *geo, int level, const hypmmu_desc *slot,
			hypmmu_desc leaf, unsigned from, unsigned to)
{
	hypmmu_desc kind = HM_VALID | HM_TYPE | HM_CONT;
	hypmmu_pa pa = hm_leaf_pa(geo, level, leaf), step = BIT(hm_level_shift(geo, level));
	unsigned leaves = 0;

	for (unsigned i = 0; i < hm_group_size(geo, level); i++, pa += step) {
		hypmmu_desc desc = hm_load(geo, slot + i);

		if (!desc && i >= from && i < to)
			continue;
		if (((desc ^ leaf) & kind) || !hm_leaf_maps(geo, level, desc, pa, leaf))
			return 0;
		leaves++;
	}
	return leaves;
}

bool hm_group_might_fold(const struct hm_cursor *cursor)
{
	const struct hypmmu_geometry *geo = cursor->geo;
	const hypmmu_desc *table = hm_cursor_view(cursor)->table;
	unsigned shift = cursor->shift;
	hypmmu_desc one = 0;
	hypmmu_pa pa = 0;

	for (unsigned i = 0; i < hm_level_entries(geo, cursor->level); i++) {
		hypmmu_desc desc = hm_load(geo, table + i);
		enum hm_kind kind = hm_desc_kind(geo, cursor->level, desc);
		hypmmu_pa start = hm_leaf_pa(geo, cursor->level, desc) - ((hypmmu_pa)i << shift);

		if (kind == HM_TABLE || (desc & HM_FOLD))
			continue;
		if (kind != HM_LEAF ||
		    (one && (start != pa || !hm_same_attr(geo, cursor->level, one, desc))))
			return false;
		one = desc;
		pa = start;
	}
	return cursor->level > geo->start_level && cursor->level - 1 >= geo->block_level &&
	       is_aligned(pa, hm_level_shift(geo, cursor->level - 1));
}
