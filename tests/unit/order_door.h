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

static inline void hm_fill(const struct hypmmu_geometry *geo, hypmmu_desc *slot, size_t n,
			   hypmmu_desc desc, uint64_t step)
{
	for (; n; n--, slot++, desc += step)
		hm_store(geo, slot, desc);
}

static inline void hm_rewrite(const struct hypmmu_geometry *geo, hypmmu_desc *slot, size_t n,
			      uint64_t keep, hypmmu_desc bits)
{
	for (; n; n--, slot++)
		hm_store(geo, slot, (*slot & keep) | bits);
}

static inline unsigned hm_run(const struct hypmmu_geometry *geo, const hypmmu_desc *slot,
			      unsigned n, uint64_t mask, hypmmu_desc value)
{
	unsigned run = 0;

	while (run < n && !((hm_load(geo, slot + run) ^ value) & mask))
		run++;
	return run;
}
#endif
