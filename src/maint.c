/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue of stale ranges. TLBI operands. FEAT_TTL: a hint of 0 means any level; a wrong hint
 * invalidates nothing. */
#include "maint.h"

static hypmmu_va last_of(const struct hypmmu_stale *range)
{
	return range->va + (range->size - 1);
}

/* Is there a byte between `last` and va? */
static bool is_beyond(hypmmu_va va, hypmmu_va last)
{
	return va > last && va - last > 1;
}

static bool have_gap(const struct hypmmu_stale *a, const struct hypmmu_stale *b)
{
	return is_beyond(a->va, last_of(b)) || is_beyond(b->va, last_of(a));
}

static bool are_alike(const struct hypmmu_stale *a, const struct hypmmu_stale *b)
{
	return a->level == b->level && a->walks == b->walks;
}

/* *a becomes both, and what lies between. */
static void join(struct hypmmu_stale *a, const struct hypmmu_stale *b)
{
	hypmmu_va last = last_of(a) > last_of(b) ? last_of(a) : last_of(b);

	a->va = min_u64(a->va, b->va);
	a->size = last - a->va + 1;
	if (a->level != b->level)
		a->level = INT8_MAX;
	a->walks |= b->walks;
}

/* The last range reaches those before it: one TLBI of a range does for leaves of any size, TLBIs by
 * VA for leaves of one. */
static void join_last(struct hm_queue *queue, bool alike)
{
	for (; queue->n >= 2; queue->n--) {
		struct hypmmu_stale *last = &queue->list[queue->n - 1];

		if (have_gap(last - 1, last) || (!alike && !are_alike(last - 1, last)))
			break;
		join(last - 1, last);
	}
}

void hm_queue_init(struct hm_queue *queue)
{
	queue->n = 0;
}

static bool is_whole(const struct hm_queue *queue)
{
	return queue->n && !queue->list[0].size;
}

void hm_queue_add(struct hm_queue *queue, const struct hypmmu_config *cfg, hypmmu_va va,
		  uint64_t size, int level, bool walks)
{
	bool alike = cfg->hw & HYPMMU_HW_TLBIRANGE;
	struct hypmmu_stale range = {
		.va = va, .size = size, .level = (int8_t)level, .walks = walks};
	struct hypmmu_stale *last = queue->n ? &queue->list[queue->n - 1] : NULL;

	if (is_whole(queue))
		return;
	if (!size) {
		queue->list[0] = range;
		queue->n = 1;
		return;
	}
	if (last && (queue->n == HM_STALE_MOST ||
		     (!have_gap(last, &range) && (alike || are_alike(last, &range)))))
		join(last, &range);
	else
		queue->list[queue->n++] = range;
	join_last(queue, alike);
}

void hm_queue_walks(struct hm_queue *queue)
{
	if (!queue->n)
		return;
	queue->list[queue->n - 1].walks = true;
	if (!is_whole(queue))
		join_last(queue, false);
}

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
