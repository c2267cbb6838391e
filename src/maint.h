/* SPDX-License-Identifier: BSD-2-Clause */
/* TLB maintenance as values: the stale ranges of one change, and which TLBIs make them safe. Pure
 * functions. */
#ifndef HM_MAINT_H
#define HM_MAINT_H
#include "geometry.h"

/* Of a queue: few ranges that have all of what was added in them; more is legal, less never is. */
void hm_queue_init(struct hypmmu_queue *queue);

/* Old leaves of this level, or of several (INT8_MAX), are gone from [va, va + size), and with
 * `walks` table descriptors too. Size 0: the whole regime. Ranges may come in any order and may
 * overlap; in ascending order they take the fewest TLBIs. */
void hm_queue_add(struct hypmmu_queue *queue, const struct hypmmu_config *cfg, hypmmu_va va,
		  uint64_t size, int level, bool walks);

/* The range added last had table descriptors above it that went, too. */
void hm_queue_walks(struct hypmmu_queue *queue);

enum hm_tlbi_op {
	HM_ALLE2, /* the regime; no operand */
	HM_VAE2,
	HM_VALE2, /* last level: no table descriptor has changed */
	HM_RVAE2, /* by range */
	HM_RVALE2,
};

struct hm_tlbi {
	enum hm_tlbi_op op;
	uint64_t operand;
};

/* One stale range, in whole leaves, and how TLBIs go through it. */
struct hm_tlbi_run {
	hypmmu_va va, last;	  /* its first and last byte; va moves on */
	uint64_t count;		  /* TLBIs that are left; 0: no number of them will do */
	uint64_t by_va, by_range; /* what operands of either form have beside addresses */
	uint8_t leaf, step;	  /* log2 of the bytes of a leaf; of one TLBI */
	bool walks;
};

/* The TLBIs for a list of stale ranges. */
struct hm_tlbis { /* private */
	struct hypmmu_geometry geo;
	const struct hypmmu_config *cfg;
	const struct hypmmu_stale *list; /* not begun yet */
	size_t n;
	struct hm_tlbi_run run;
	bool whole; /* one ALLE2 instead of all of them */
};

/* More TLBIs than this cost more than the misses that follow ALLE2. */
#define HM_TLBI_MOST 512

/* cfg and the list must stay. */
void hm_tlbis_init(struct hm_tlbis *tlbis, const struct hypmmu_config *cfg,
		   const struct hypmmu_stale *list, size_t n);

/* The next one; false: no more. */
bool hm_tlbis_next(struct hm_tlbis *tlbis, struct hm_tlbi *tlbi);
#endif
