/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Geometry: what a configuration means for the tables, as data. struct hypmmu_geometry is in the
 * public header only because struct hypmmu holds one.
 */
#ifndef HM_GEOMETRY_H
#define HM_GEOMETRY_H
#include "bits.h"
#include <hypmmu/hypmmu.h>

#define HM_LAST_LEVEL 3
#define HM_LEVELS     5 /* -1 to 3: arrays over levels are indexed by level + 1 */

/* TCR_EL2.DS: 4K and 16K tables take the 52-bit layout as soon as either address needs it. */
static inline bool hm_config_ds(const struct hypmmu_config *cfg)
{
	return cfg->granule != HYPMMU_64K && (cfg->va_bits > 48 || cfg->pa_bits > 48);
}

/* TCR_EL2.PS; also the least ID_AA64MMFR0_EL1.PARange of a CPU that has so many. */
static inline unsigned hm_config_ps(const struct hypmmu_config *cfg)
{
	static const uint8_t sizes[] = {32, 36, 40, 42, 44, 48, 52};
	unsigned code = 0;

	while (code < sizeof(sizes) - 1 && sizes[code] < cfg->pa_bits)
		code++;
	return code;
}

/* cfg must have passed hypmmu_config_check(). */
void hm_geometry_init(struct hypmmu_geometry *geo, const struct hypmmu_config *cfg);

/* log2 of the bytes that one slot of a table at this level translates. */
static inline unsigned hm_level_shift(const struct hypmmu_geometry *geo, int level)
{
	return geo->shift[level + 1];
}

static inline unsigned hm_level_entries(const struct hypmmu_geometry *geo, int level)
{
	return geo->last_slot[level + 1] + 1u;
}

/* Descriptors in one page. A small root uses only the first ones; the others stay 0. */
static inline unsigned hm_page_entries(const struct hypmmu_geometry *geo)
{
	return 1u << (geo->page_shift - 3);
}

/* Which slot of a table at this level translates va. */
static inline unsigned hm_slot_index(const struct hypmmu_geometry *geo, int level, hypmmu_va va)
{
	return (unsigned)(va >> geo->shift[level + 1]) & geo->last_slot[level + 1];
}

/* The last address of the regime's range; the first is geo->va_base. */
static inline hypmmu_va hm_va_last(const struct hypmmu_geometry *geo)
{
	return last_byte(geo->va_base, geo->va_bits);
}

/* An output address as a descriptor (of a leaf or of a table) holds it, and back. */
static inline hypmmu_desc hm_put_oa(const struct hypmmu_geometry *geo, hypmmu_pa pa)
{
	return (pa & geo->oa_low) | (pa >> geo->oa_fold & geo->oa_high);
}

static inline hypmmu_pa hm_get_oa(const struct hypmmu_geometry *geo, hypmmu_desc desc)
{
	return (desc & geo->oa_low) | (desc & geo->oa_high) << geo->oa_fold;
}

/* Is [first, first + size) not empty, and below 2^bits? bits is at most 62: no sum of the two wraps
 * unless one is too large itself. */
static inline bool hm_range_ok(uint64_t first, uint64_t size, unsigned bits)
{
	return !((first | (size - 1) | (first + (size - 1))) >> bits);
}

/* [va, va + size) is not empty, does not wrap, and lies in the regime's range. */
static inline bool hm_va_range_ok(const struct hypmmu_geometry *geo, hypmmu_va va, uint64_t size)
{
	return hm_range_ok(va - geo->va_base, size, geo->va_bits);
}

static inline bool hm_pa_range_ok(const struct hypmmu_geometry *geo, hypmmu_pa pa, uint64_t size)
{
	return hm_range_ok(pa, size, geo->pa_bits);
}
#endif
