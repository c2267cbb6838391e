/* SPDX-License-Identifier: BSD-2-Clause */
/* TLBI operands. FEAT_TTL: a hint of 0 means any level; a wrong hint invalidates nothing. */
#include "maint.h"

#define TLBI_VA	   BITS(43, 0) /* VA[55:12] */
#define TLBI_LEVEL BITS(45, 44)
#define TLBI_TG	   BITS(47, 46)
#define TLBI_ASID  BITS(63, 48)

#define VA_PAGE_NUMBER BITS(55, 12)

static uint64_t ttl_granule(enum hypmmu_granule granule)
{
	return granule == HYPMMU_4K ? 1 : granule == HYPMMU_16K ? 2 : 3;
}

/* Level 0 has a code of its own only with FEAT_LPA2 and 4K: nowhere else can it hold leaves. */
static bool has_leaves(const struct hypmmu_geometry *geo, int level)
{
	return level >= geo->block_level && level <= HM_LAST_LEVEL;
}

void hm_tlbi_init(struct hm_tlbi *tlbi, const struct hypmmu_config *cfg,
		  const struct hypmmu_stale *stale)
{
	hypmmu_va last = stale->va + (stale->size - 1);
	struct hypmmu_geometry geo;
	unsigned shift;
	bool uniform;

	hm_geometry_init(&geo, cfg);
	uniform = has_leaves(&geo, stale->level);
	shift = hm_level_shift(&geo, uniform ? stale->level : HM_LAST_LEVEL);
	*tlbi = (struct hm_tlbi){
		.va = stale->va & ~(BIT(shift) - 1),
		.step = BIT(shift),
		.count = stale->size ? (last >> shift) - (stale->va >> shift) + 1 : 0,
		.last_level = !stale->walks,
	};
	if ((cfg->hw & HYPMMU_HW_TTL) && uniform && !stale->walks)
		tlbi->ttl_asid = put(TLBI_TG, ttl_granule(cfg->granule)) |
				 put(TLBI_LEVEL, (uint64_t)stale->level);
	if (cfg->regime != HYPMMU_EL2)
		tlbi->ttl_asid |= put(TLBI_ASID, cfg->asid);
}

uint64_t hm_tlbi_operand(const struct hm_tlbi *tlbi, uint64_t i)
{
	return put(TLBI_VA, get(VA_PAGE_NUMBER, tlbi->va + i * tlbi->step)) | tlbi->ttl_asid;
}

bool hm_tlbi_is_whole(const struct hypmmu_config *cfg, const struct hypmmu_stale *list, size_t n)
{
	uint64_t left = HM_TLBI_MOST;

	for (size_t i = 0; i < n; i++) {
		struct hm_tlbi tlbi;

		hm_tlbi_init(&tlbi, cfg, &list[i]);
		if (!tlbi.count || tlbi.count > left)
			return true;
		left -= tlbi.count;
	}
	return false;
}
