/* SPDX-License-Identifier: BSD-2-Clause */
/* Geometry: start level, shifts, legal leaf levels, address layouts. */
#include "geometry.h"

/* Where bits of the output address stand in a descriptor. With 64K and FEAT_LPA the layout does not
 * depend on the address size: OA[51:48] are descriptor[15:12] even when they have to be zero. */
static void set_address_layout(struct hypmmu_geometry *geo, const struct hypmmu_config *cfg)
{
	geo->oa_low = BITS(47, 0) & ~(BIT(cfg->granule) - 1);
	geo->oa_high = 0;
	geo->oa_fold = 0;
	if (geo->ds) {
		geo->oa_low |= BITS(49, 48);
		geo->oa_high = BITS(9, 8); /* OA[51:50] */
		geo->oa_fold = 50 - 8;
	} else if (cfg->granule == HYPMMU_64K && (cfg->hw & HYPMMU_HW_LPA)) {
		geo->oa_high = BITS(15, 12); /* OA[51:48] */
		geo->oa_fold = 48 - 12;
	}
}

/* Blocks: 4K 2M, 1G (512G with DS); 16K 32M (64G with DS); 64K 512M (4T with FEAT_LPA, whatever
 * TCR_EL2.PS). */
static int8_t highest_block_level(const struct hypmmu_config *cfg, bool ds)
{
	switch (cfg->granule) {
	case HYPMMU_4K:
		return ds ? 0 : 1;
	case HYPMMU_16K:
		return ds ? 1 : 2;
	default:
		return cfg->hw & HYPMMU_HW_LPA ? 1 : 2;
	}
}

/* log2 of the descriptors in a contiguous group; 0 where the bit is ignored. */
static unsigned cont_shift(enum hypmmu_granule granule, int level)
{
	if (granule == HYPMMU_4K)
		return level >= 1 ? 4 : 0;
	if (level < 2)
		return 0;
	return granule == HYPMMU_16K && level == 3 ? 7 : 5;
}

/* A group wider than its table or the address range would be a misprogrammed Contiguous bit. */
static void set_contiguous(struct hypmmu_geometry *geo, enum hypmmu_granule granule)
{
	for (int level = 0; level <= HM_LAST_LEVEL; level++) {
		unsigned shift = cont_shift(granule, level);

		if (level < geo->block_level || level < geo->start_level ||
		    BIT(shift) > hm_level_entries(geo, level))
			shift = 0;
		geo->cont[level] = (uint8_t)shift;
	}
}

static hypmmu_attr regime_attrs(const struct hypmmu_config *cfg)
{
	hypmmu_attr mask =
		HYPMMU_R | HYPMMU_W | HYPMMU_X | HYPMMU_DEVICE_GRE | HYPMMU_NS | HYPMMU_SW(15);

	if (cfg->regime != HYPMMU_EL2)
		mask |= HYPMMU_USER | HYPMMU_NG;
	if (cfg->hw & HYPMMU_HW_BTI)
		mask |= HYPMMU_GUARDED;
	if (cfg->use & HYPMMU_USE_HAFDBS)
		mask |= HYPMMU_DBM;
	return mask;
}

static bool host_is_big_endian(void)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return true;
#else
	return false;
#endif
}

/* Every level resolves page_shift - 3 bits, for descriptors of 8 bytes; the root what is left. */
static void set_levels(struct hypmmu_geometry *geo)
{
	unsigned stride = geo->stride, shift = geo->page_shift;
	int level = HM_LAST_LEVEL;

	for (; shift + stride < geo->va_bits; level--) {
		geo->shift[level + 1] = (uint8_t)shift;
		geo->last_slot[level + 1] = (uint16_t)(BIT(stride) - 1);
		shift += stride;
	}
	geo->shift[level + 1] = (uint8_t)shift;
	geo->last_slot[level + 1] = (uint16_t)(BIT(geo->va_bits - shift) - 1);
	geo->start_level = (int8_t)level;
	geo->root_turn = (3u - shift) & 63;
}

void hm_geometry_init(struct hypmmu_geometry *geo, const struct hypmmu_config *cfg)
{
	*geo = (struct hypmmu_geometry){
		.page_shift = (uint8_t)cfg->granule,
		.stride = (uint8_t)(cfg->granule - 3),
		.in_page = (uint16_t)(BIT(cfg->granule) - 1),
		.va_bits = cfg->va_bits,
		.pa_bits = cfg->pa_bits,
		.ds = hm_config_ds(cfg),
		.two_privileges = cfg->regime != HYPMMU_EL2,
		.indirect = (cfg->use & HYPMMU_USE_S1PIE) != 0,
		.attr_mask = regime_attrs(cfg),
		.tagged = (cfg->hw & HYPMMU_HW_MTE) != 0,
		.resize_live = (cfg->hw & HYPMMU_HW_BBM_NOABORT) != 0,
		.swap = ((cfg->use & HYPMMU_USE_BIG_ENDIAN) != 0) != host_is_big_endian(),
	};
	if (cfg->regime == HYPMMU_EL2_0_UPPER)
		geo->va_base = ~UINT64_C(0) << cfg->va_bits;
	set_levels(geo);
	geo->block_level = highest_block_level(cfg, geo->ds);
	set_address_layout(geo, cfg);
	set_contiguous(geo, cfg->granule);
}
