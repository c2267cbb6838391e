/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups of leaves that the Contiguous hint makes one TLB entry. Nothing here writes. */
#ifndef HM_GROUP_H
#define HM_GROUP_H
#include "cursor.h"

/* Slots of a group at this level; 1: there are no groups. */
static inline unsigned hm_group_size(const struct hypmmu_geometry *geo, int level)
{
	return level < 0 ? 1 : 1u << geo->cont[level];
}

/* Where the group of a slot begins. */
static inline unsigned hm_group_first(const struct hypmmu_geometry *geo, int level, unsigned index)
{
	return index & ~(hm_group_size(geo, level) - 1);
}

/* Does each slot of the group that `index`, which has the hint, is in have it? */
bool hm_group_is_whole(const struct hm_cursor *cursor, unsigned index);

/* The slots of a group, of a table at this level: how many hold the parts of what begins with `leaf`
 * in the first one, with the hint or without as that, if those in [from, to) may be holes as well?
 * 0: something is different. */
unsigned hm_group_match(const struct hypmmu_geometry *geo, int level, const hypmmu_desc *slot,
			hypmmu_desc leaf, unsigned from, unsigned to);
/* Do the leaves in the cursor's table follow each other, with or without the hint, so that all of it
 * is one leaf if the tables below are, too? */
bool hm_group_might_fold(const struct hm_cursor *cursor);
#endif
