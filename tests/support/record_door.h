/* SPDX-License-Identifier: BSD-2-Clause */
/* A door to table memory that the recorder looks through. A word as it lies in memory is "raw". */
#ifndef RECORD_DOOR_H
#define RECORD_DOOR_H
#include "record_memory.h"
#include <stddef.h>

static inline hypmmu_desc hm_order(const struct hypmmu_geometry *geo, hypmmu_desc desc)
{
	return geo->swap ? __builtin_bswap64(desc) : desc;
}

static inline hypmmu_desc hm_load(const struct hypmmu_geometry *geo, const hypmmu_desc *slot)
{
	return hm_order(geo, record_load(slot));
}

static inline void hm_store(const struct hypmmu_geometry *geo, hypmmu_desc *slot, hypmmu_desc desc)
{
	record_store(slot, hm_order(geo, desc));
}

static inline void hm_link(const struct hypmmu_geometry *geo, hypmmu_desc *slot, hypmmu_desc desc)
{
	record_release(slot, hm_order(geo, desc));
}

static inline hypmmu_desc hm_exchange(const struct hypmmu_geometry *geo, hypmmu_desc *slot,
				      hypmmu_desc expected, hypmmu_desc desc)
{
	return hm_order(geo, record_exchange(slot, hm_order(geo, expected), hm_order(geo, desc)));
}

#include "door_loops.h"
#endif
