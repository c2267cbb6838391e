/* SPDX-License-Identifier: BSD-2-Clause */
/* TLB maintenance as values: the stale ranges of one change, and which TLBIs make them safe. Pure
 * functions. */
#ifndef HM_MAINT_H
#define HM_MAINT_H
#include "geometry.h"

#define HM_STALE_MOST 8

/* Few ranges that have all of what was added in them; more than that is legal, less never is. */
struct hm_queue {
	struct hypmmu_stale list[HM_STALE_MOST];
	uint8_t n;
};

void hm_queue_init(struct hm_queue *queue);

/* Old leaves of this level, or of several (INT8_MAX), are gone from [va, va + size), and with
 * `walks` table descriptors too. Size 0: the whole regime. Ranges may come in any order and may
 * overlap; in ascending order they take the fewest TLBIs. */
void hm_queue_add(struct hm_queue *queue, const struct hypmmu_config *cfg, hypmmu_va va,
		  uint64_t size, int level, bool walks);

/* The range added last had table descriptors above it that went, too. */
void hm_queue_walks(struct hm_queue *queue);

/* One stale range as TLBIs by VA. */
struct hm_tlbi {
	hypmmu_va va;	   /* of the first one, aligned to step */
	uint64_t step;	   /* the next one's distance */
	uint64_t count;	   /* 0: no number of them will do, it takes the whole regime */
	uint64_t ttl_asid; /* what every operand has beside its address */
	bool last_level;   /* only leaves have changed: VALE2, else VAE2 */
};

/* More TLBIs by VA than this cost more than the misses that follow ALLE2. */
#define HM_TLBI_MOST 512

/* The old leaves decide the step: one TLBI takes out all of a block. It may take out too much,
 * never too little: the ends are widened to whole leaves. */
void hm_tlbi_init(struct hm_tlbi *tlbi, const struct hypmmu_config *cfg,
		  const struct hypmmu_stale *stale);

/* The register of the i-th one: VA[55:12] in [43:0] whatever the granule, TTL in [47:44], ASID in
 * [63:48]. */
uint64_t hm_tlbi_operand(const struct hm_tlbi *tlbi, uint64_t i);

/* Is ALLE2 due, be it for one range of the list or for their number? */
bool hm_tlbi_is_whole(const struct hypmmu_config *cfg, const struct hypmmu_stale *list, size_t n);
#endif
