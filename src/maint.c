/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue of stale ranges. TLBI operands. FEAT_TTL: a hint of 0 means any level; a wrong hint
 * invalidates nothing. */
#include "maint.h"

/* By VA: a page number of 4K whatever the granule. */
#define TLBI_VA	   BITS(43, 0)
#define TLBI_LEVEL BITS(45, 44) /* TTL[1:0] */
/* By range: (NUM + 1) << (5 * SCALE + 1) granules from BaseADDR on. */
#define TLBI_BASE  BITS(36, 0)
#define TLBI_TTL   BITS(38, 37)
#define TLBI_NUM   BITS(43, 39)
#define TLBI_SCALE BITS(45, 44)
/* Both; by VA TG is TTL[3:2]. */
#define TLBI_TG	   BITS(47, 46)
#define TLBI_ASID  BITS(63, 48)

#define VA_PAGE_NUMBER BITS(55, 12)

#define RANGE_SHIFT 21 /* log2 of the granules that NUM and SCALE reach to */

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

/* The last range takes in those before it that it touches; with `mixed`, as TLBIs by range do, even
 * if their leaves are of other sizes. */
static void join_last(struct hypmmu_queue *queue, bool mixed)
{
	for (; queue->n >= 2; queue->n--) {
		struct hypmmu_stale *last = &queue->list[queue->n - 1];

		if (have_gap(last - 1, last) || (!mixed && !are_alike(last - 1, last)))
			break;
		join(last - 1, last);
	}
}

void hm_queue_init(struct hypmmu_queue *queue)
{
	queue->n = 0;
}

static bool holds_whole(const struct hypmmu_queue *queue)
{
	return queue->n && !queue->list[0].size;
}

/* Field by field: no byte of a struct hypmmu is ever undefined. */
static void put_range(struct hypmmu_stale *to, const struct hypmmu_stale *from)
{
	to->va = from->va;
	to->size = from->size;
	to->level = from->level;
	to->walks = from->walks;
}

void hm_queue_add(struct hypmmu_queue *queue, const struct hypmmu_config *cfg, hypmmu_va va,
		  uint64_t size, int level, bool walks)
{
	bool mixed = cfg->hw & HYPMMU_HW_TLBIRANGE;
	struct hypmmu_stale range = {
		.va = va, .size = size, .level = (int8_t)level, .walks = walks};
	struct hypmmu_stale *last = queue->n ? &queue->list[queue->n - 1] : NULL;

	if (holds_whole(queue))
		return;
	if (!size) {
		put_range(&queue->list[0], &range);
		queue->n = 1;
		return;
	}
	if (last && (queue->n == HYPMMU_STALE ||
		     (!have_gap(last, &range) && (mixed || are_alike(last, &range)))))
		join(last, &range);
	else
		put_range(&queue->list[queue->n++], &range);
	join_last(queue, mixed);
}

void hm_queue_walks(struct hypmmu_queue *queue)
{
	if (!queue->n)
		return;
	queue->list[queue->n - 1].walks = true;
	join_last(queue, false);
}

static uint64_t tg_code(enum hypmmu_granule granule)
{
	return granule == HYPMMU_4K ? 1 : granule == HYPMMU_16K ? 2 : 3;
}

/* BaseADDR counts granules, but 64K with TCR_EL2.DS. */
static unsigned base_shift(const struct hypmmu_geometry *geo)
{
	return geo->ds ? 16 : geo->page_shift;
}

/* Level 0 has a code of its own only by VA, with FEAT_LPA2 and 4K: nowhere else can it hold leaves. */
static bool has_leaves(const struct hypmmu_geometry *geo, int level)
{
	return level >= geo->block_level && level >= geo->start_level && level <= HM_LAST_LEVEL;
}

/* TLBIs by range where one of them does for several leaves, and there are several. */
static bool takes_ranges(const struct hm_tlbis *tlbis, const struct hm_tlbi_run *run)
{
	return (tlbis->cfg->hw & HYPMMU_HW_TLBIRANGE) && (run->last - run->va) >> run->leaf &&
	       run->leaf < tlbis->geo.page_shift + RANGE_SHIFT;
}

static void set_operands(const struct hm_tlbis *tlbis, struct hm_tlbi_run *run, int level)
{
	const struct hypmmu_config *cfg = tlbis->cfg;
	uint64_t asid = cfg->regime != HYPMMU_EL2 ? put(TLBI_ASID, cfg->asid) : 0;
	uint64_t tg = put(TLBI_TG, tg_code(cfg->granule));

	run->by_va = asid;
	run->by_range = asid | tg;
	if (!(cfg->hw & HYPMMU_HW_TTL) || run->walks || !has_leaves(&tlbis->geo, level))
		return;
	run->by_va |= tg | put(TLBI_LEVEL, (uint64_t)level);
	run->by_range |= put(TLBI_TTL, (uint64_t)level);
}

/* The old leaves decide the step: one TLBI by VA takes out all of a block. The ends are widened to
 * whole leaves, and the first one to what BaseADDR can say. */
static void start_run(const struct hm_tlbis *tlbis, struct hm_tlbi_run *run,
		      const struct hypmmu_stale *stale)
{
	const struct hypmmu_geometry *geo = &tlbis->geo;
	int level = has_leaves(geo, stale->level) ? stale->level : HM_LAST_LEVEL;
	hypmmu_va last = last_of(stale);

	run->leaf = (uint8_t)hm_level_shift(geo, level);
	run->step = run->leaf;
	run->va = stale->va & ~(BIT(run->leaf) - 1);
	run->last = last_byte(last, run->leaf);
	run->walks = stale->walks;
	set_operands(tlbis, run, stale->level);
	if (takes_ranges(tlbis, run)) {
		run->va &= ~(BIT(base_shift(geo)) - 1);
		run->step = (uint8_t)(geo->page_shift + RANGE_SHIFT);
	}
	run->count =
		stale->size && last >= stale->va ? ((run->last - run->va) >> run->step) + 1 : 0;
}

static bool is_whole(const struct hm_tlbis *tlbis)
{
	uint64_t left = HM_TLBI_MOST;

	for (size_t i = 0; i < tlbis->n; i++) {
		struct hm_tlbi_run run;

		start_run(tlbis, &run, &tlbis->list[i]);
		if (!run.count || run.count > left)
			return true;
		left -= run.count;
	}
	return false;
}

void hm_tlbis_init(struct hm_tlbis *tlbis, const struct hypmmu_config *cfg,
		   const struct hypmmu_stale *list, size_t n)
{
	*tlbis = (struct hm_tlbis){.cfg = cfg, .list = list, .n = n};
	hm_geometry_init(&tlbis->geo, cfg);
	tlbis->whole = is_whole(tlbis);
	if (tlbis->whole)
		tlbis->n = 0;
}

/* From run->va to `last`: the smallest SCALE that reaches so far, and NUM rounded up. It never goes
 * beyond the last address: rather it begins lower, at what BaseADDR can say and at a leaf. */
static uint64_t range_operand(const struct hypmmu_geometry *geo, const struct hm_tlbi_run *run,
			      hypmmu_va last)
{
	unsigned scale = 0, unit = geo->page_shift + 1u, align = base_shift(geo);
	hypmmu_va first = run->va, top = hm_va_last(geo);
	uint64_t reach;

	for (; (last - first) >> unit > 31; unit += 5)
		scale++;
	reach = last_byte(last - first, unit);
	if (reach > top - first) {
		first = (top - reach) & ~(BIT(align > run->leaf ? align : run->leaf) - 1);
		reach = top - first;
	}
	return put(TLBI_SCALE, scale) | put(TLBI_NUM, reach >> unit) |
	       put(TLBI_BASE, first >> align) | run->by_range;
}

/* The run from va up to `last`, a step of it. */
static struct hm_tlbi tlbi_of(const struct hypmmu_geometry *geo, const struct hm_tlbi_run *run,
			      hypmmu_va last)
{
	if (!((last - run->va) >> run->leaf))
		return (struct hm_tlbi){
			.op = run->walks ? HM_VAE2 : HM_VALE2,
			.operand = put(TLBI_VA, get(VA_PAGE_NUMBER, run->va)) | run->by_va,
		};
	return (struct hm_tlbi){
		.op = run->walks ? HM_RVAE2 : HM_RVALE2,
		.operand = range_operand(geo, run, last),
	};
}

bool hm_tlbis_next(struct hm_tlbis *tlbis, struct hm_tlbi *tlbi)
{
	struct hm_tlbi_run *run = &tlbis->run;
	hypmmu_va last;

	if (tlbis->whole) {
		*tlbi = (struct hm_tlbi){.op = HM_ALLE2};
		tlbis->whole = false;
		return true;
	}
	if (!run->count) {
		if (!tlbis->n)
			return false;
		start_run(tlbis, run, tlbis->list++);
		tlbis->n--;
	}
	last = run->va + min_u64(run->last - run->va, BIT(run->step) - 1);
	*tlbi = tlbi_of(&tlbis->geo, run, last);
	run->va = last + 1;
	run->count--;
	return true;
}
