/* SPDX-License-Identifier: BSD-2-Clause */
/* What a door to table memory has besides hm_load() and hm_store(), made of these two. */
#ifndef DOOR_LOOPS_H
#define DOOR_LOOPS_H

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
		hm_store(geo, slot, (hm_load(geo, slot) & keep) | bits);
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
