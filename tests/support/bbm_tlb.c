/* SPDX-License-Identifier: BSD-2-Clause */
/* The judge: what barriers make certain, and what TLBIs make forget. Operands are decoded from the
 * manual's words alone. */
#include "bbm_model.h"

#define WRITER	1  /* the PE that issues them, as a bit */
#define ANY	-9 /* level */
#define NONE	-8 /* a level that nothing has */
#define VA_BITS ((UINT64_C(1) << 56) - 1)

struct tlbi { /* what an instruction and its operand say */
	bool whole, local, last_level, foreign, bad_granule;
	uint64_t first, last; /* VA[55:0] */
	int level;
	uint64_t asid;
};

static uint64_t field(uint64_t word, unsigned hi, unsigned lo)
{
	return word >> lo & (~UINT64_C(0) >> (63 - (hi - lo)));
}

/* TG: 1 4K, 2 16K, 3 64K */
static bool is_granule(const struct bbm *bbm, uint64_t tg)
{
	return bbm->shape.granule == 10 + 2 * tg && tg;
}

/* Can the leaf of an address be at this level? Other hints are reserved. */
static int level_hint(const struct bbm *bbm, uint64_t level)
{
	return oracle_is_leaf_level(&bbm->shape, (int)level) ? (int)level : NONE;
}

/* [43:0] VA[55:12], [45:44] level, [47:46] granule or 0 for no hint, [63:48] ASID. */
static void decode_by_va(const struct bbm *bbm, uint64_t operand, struct tlbi *tlbi)
{
	uint64_t tg = field(operand, 47, 46);
	unsigned granule = bbm->shape.granule;

	tlbi->first = (field(operand, 43, 0) << 12 & VA_BITS) >> granule << granule;
	tlbi->last = tlbi->first + ((UINT64_C(1) << granule) - 1);
	tlbi->asid = field(operand, 63, 48);
	tlbi->level = ANY;
	if (field(operand, 47, 44) && !(bbm->regs.cfg.hw & HYPMMU_HW_TTL))
		tlbi->level = NONE; /* RES0 */
	else if (tg)
		tlbi->level = is_granule(bbm, tg) ? level_hint(bbm, field(operand, 45, 44)) : NONE;
	else if (field(operand, 45, 44))
		tlbi->level = NONE; /* reserved */
}

/* [36:0] base, [38:37] level, [43:39] NUM, [45:44] SCALE, [47:46] granule, [63:48] ASID. */
static void decode_range(const struct bbm *bbm, uint64_t operand, struct tlbi *tlbi)
{
	unsigned granule = bbm->shape.granule;
	unsigned unit = bbm->shape.ds ? 16 : granule;
	uint64_t base = field(operand, 36, 0) << unit, level = field(operand, 38, 37);
	unsigned scale = (unsigned)field(operand, 45, 44);
	uint64_t granules = (field(operand, 43, 39) + 1) << (5 * scale + 1);

	if (base >> (36 + unit) & 1)
		base |= ~UINT64_C(0) << (36 + unit);
	tlbi->first = base & VA_BITS;
	tlbi->last = tlbi->first + ((granules << granule) - 1);
	if (tlbi->last > VA_BITS)
		tlbi->last = VA_BITS;
	tlbi->asid = field(operand, 63, 48);
	tlbi->bad_granule = !is_granule(bbm, field(operand, 47, 46));
	tlbi->level = level ? level_hint(bbm, level) : ANY;
	if (tlbi->level >= 0 && (base & (bbm_slot_size(bbm, tlbi->level) - 1)))
		tlbi->level = NONE; /* a base that is not aligned to it: nothing is promised */
}

static struct tlbi decode(const struct bbm *bbm, enum trace_tlbi op, uint64_t operand)
{
	struct tlbi tlbi = {.last = VA_BITS, .level = ANY, .foreign = op >= TRACE_VAE1};

	tlbi.local = op == TRACE_ALLE2 || op == TRACE_VAE2 || op == TRACE_VALE2 ||
		     op == TRACE_RVAE2 || op == TRACE_RVALE2 || op == TRACE_VAE1;
	tlbi.whole = op == TRACE_ALLE2 || op == TRACE_ALLE2IS || op == TRACE_VMALLE1IS;
	tlbi.last_level = op == TRACE_VALE2 || op == TRACE_VALE2IS || op == TRACE_RVALE2 ||
			  op == TRACE_RVALE2IS || op == TRACE_VALE1IS;
	if (op >= TRACE_RVAE2 && op <= TRACE_RVALE2IS)
		decode_range(bbm, operand, &tlbi);
	else if (!tlbi.whole)
		decode_by_va(bbm, operand, &tlbi);
	return tlbi;
}

static bool meets(const struct bbm *bbm, const struct tlbi *tlbi, struct place place)
{
	uint64_t first = place.va & VA_BITS;
	uint64_t last = first + (bbm_slot_size(bbm, place.level) - 1);

	return first <= tlbi->last && tlbi->first <= last;
}

static bool asid_matches(const struct bbm *bbm, const struct tlbi *tlbi,
			 const struct old_entry *entry)
{
	if (bbm->regs.cfg.regime == HYPMMU_EL2)
		return tlbi->asid == 0;			 /* RES0 */
	if (!entry->target && !(entry->value >> 11 & 1)) /* global */
		return true;
	return tlbi->asid == bbm->regs.cfg.asid;
}

/* 0: it matches. */
static unsigned mismatch(const struct bbm *bbm, const struct tlbi *tlbi,
			 const struct old_entry *entry)
{
	bool table = bbm_kind_of(bbm, entry->place.level, entry->value) == ORACLE_TABLE;

	if (tlbi->foreign)
		return MISS_REGIME;
	if (tlbi->whole)
		return 0;
	if (tlbi->bad_granule)
		return MISS_GRANULE;
	if (table && tlbi->last_level)
		return MISS_LAST_LEVEL;
	if (tlbi->level != ANY && (table || tlbi->level != entry->place.level))
		return MISS_LEVEL;
	return asid_matches(bbm, tlbi, entry) ? 0 : MISS_ASID;
}

/* The PEs that could read it again after this TLBI: from its slot, or through the old table that it
 * is in, if that is not forgotten by the very same TLBI. */
static unsigned readable(const struct bbm *bbm, const struct tlbi *tlbi,
			 const struct old_entry *entry)
{
	const struct old_entry *via = entry->via;
	unsigned pes = entry->visible;

	if (!via || via->id != entry->via_id)
		return pes;
	pes |= via->visible | via->cached;
	if (meets(bbm, tlbi, via->place) && !mismatch(bbm, tlbi, via))
		return entry->visible | readable(bbm, tlbi, via);
	return pes;
}

static void invalidate(struct bbm *bbm, const struct tlbi *tlbi, struct old_entry *entry)
{
	unsigned scope = tlbi->local ? WRITER : bbm->all, again, why;

	if (!entry->cached || !meets(bbm, tlbi, entry->place))
		return;
	why = mismatch(bbm, tlbi, entry);
	entry->missed |= why;
	if (why)
		return;
	again = readable(bbm, tlbi, entry);
	if (entry->cached & ~scope)
		entry->missed |= MISS_SCOPE;
	if (entry->cached & scope & again)
		entry->missed |= again == bbm->all ? MISS_BEFORE_DSB : MISS_DSB_SCOPE;
	entry->pending |= (unsigned char)(entry->cached & scope & ~again);
}

void bbm_take_tlbi(struct bbm *bbm, enum trace_tlbi op, uint64_t operand)
{
	struct tlbi tlbi = decode(bbm, op, operand);
	struct old_entry *entry, *next;
	struct place place;

	bbm->tlbis++;
	bbm->counts.tlbis++;
	if (op >= TRACE_RVAE2 && op <= TRACE_RVALE2IS &&
	    !(bbm->regs.cfg.hw & HYPMMU_HW_TLBIRANGE)) {
		bbm_complain(bbm, "tlbi-undefined", (struct place){tlbi.first, 0}, 0, 0, operand);
		return;
	}
	if (tlbi.last - tlbi.first >= bbm_slot_size(bbm, 3)) {
		for (entry = bbm->old; entry; entry = entry->next)
			invalidate(bbm, &tlbi, entry);
		return;
	}
	place.va = (hypmmu_va)((int64_t)(tlbi.first << 8) >> 8);
	for (place.level = oracle_start_level(&bbm->shape); place.level <= 3; place.level++) {
		for (entry = bbm_entries_at(bbm, place); entry; entry = next) {
			next = entry->hash_next;
			if (entry->place.level == place.level)
				invalidate(bbm, &tlbi, entry);
		}
	}
}

/* Certain to be seen, waited for; what is neither visible nor cached any more ends. */
static void settle(struct bbm *bbm, struct old_entry *entry, unsigned pes, bool tlbis)
{
	unsigned done = tlbis ? entry->pending & pes : 0;

	if (!bbm->regs.no_snoop || entry->clean)
		entry->visible &= (unsigned char)~pes;
	bbm_keep_cached(bbm, entry, ~done);
	if (entry->visible || entry->cached)
		return;
	bbm->retired = bbm->event->number;
	bbm_end_entry(bbm, entry);
}

void bbm_take_dsb(struct bbm *bbm, enum trace_barrier barrier)
{
	bool local = barrier == TRACE_NSH || barrier == TRACE_NSHST;
	bool tlbis = barrier != TRACE_NSHST && barrier != TRACE_ISHST;
	struct old_entry *entry, *next;

	for (entry = bbm->old; entry; entry = next) {
		next = entry->next;
		settle(bbm, entry, local ? WRITER : bbm->all, tlbis);
	}
}

static void publish_slots(struct bbm *bbm, struct page *page, unsigned first, unsigned end)
{
	for (unsigned i = first; i < end; i++)
		page->state[i] &= (unsigned char)~SLOT_UNCLEAN;
	if (!page->links)
		return;
	for (unsigned i = first; i < end; i = (i / CHUNK + 1) * CHUNK) {
		struct old_entry *entry = bbm_entries_at(bbm, bbm_place_in(bbm, page, i));

		for (; entry; entry = entry->hash_next) {
			if (entry->page == page && entry->index >= first && entry->index < end)
				entry->clean = true;
		}
	}
}

void bbm_take_publish(struct bbm *bbm, hypmmu_pa pa, uint64_t size)
{
	hypmmu_pa end = pa + size, granule = (hypmmu_pa)1 << bbm->shape.granule;

	bbm->counts.publishes++;
	while (pa < end) {
		struct page *page = bbm_find_page(bbm, pa);
		hypmmu_pa stop = (pa | (granule - 1)) + 1 < end ? (pa | (granule - 1)) + 1 : end;

		if (page)
			publish_slots(bbm, page, (unsigned)(pa - page->pa) / 8,
				      (unsigned)(stop - page->pa + 7) / 8);
		pa = stop;
	}
}
