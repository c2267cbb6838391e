/* SPDX-License-Identifier: BSD-2-Clause */
/* A door to table memory that tells test_link_order.c of every store before it is made. */
#ifndef ORDER_DOOR_H
#define ORDER_DOOR_H
#include <hypmmu/hypmmu.h>
#include <stddef.h>

void order_store(hypmmu_desc *slot, hypmmu_desc desc);

static inline hypmmu_desc hm_load(const struct hypmmu_geometry *geo, const hypmmu_desc *slot)
{
	(void)geo;
	return *slot;
}

static inline void hm_store(const struct hypmmu_geometry *geo, hypmmu_desc *slot, hypmmu_desc desc)
{
	(void)geo;
	order_store(slot, desc);
}

static inline void hm_link(const struct hypmmu_geometry *geo, hypmmu_desc *slot, hypmmu_desc desc)
{
	hm_store(geo, slot, desc);
}

static inline hypmmu_desc hm_exchange(const struct hypmmu_geometry *geo, hypmmu_desc *slot,
				      hypmmu_desc expected, hypmmu_desc desc)
{
	hypmmu_desc found = hm_load(geo, slot);

	if (found == expected)
		hm_store(geo, slot, desc);
	return found;
}

#include "support/door_loops.h"
#endif
