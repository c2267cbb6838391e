/* SPDX-License-Identifier: BSD-2-Clause */
/* The judge: old entries, which TLBs, walk caches and walkers may still hold. */
#include "bbm_model.h"
#include <stdlib.h>

enum unit { OF_SLOT = 0, OF_CHUNK = 4 }; /* log2 of the slots */

static size_t hash_of(const struct bbm *bbm, struct place place, enum unit unit)
{
	uint64_t key = place.va >> (oracle_shift(&bbm->shape, place.level) + unit);

	key = key * 8 + (uint64_t)(place.level + 1);
	return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 52) % ENTRY_HEADS;
}

struct old_entry *bbm_entries_at(const struct bbm *bbm, struct place place)
{
	return bbm->chunk[hash_of(bbm, place, OF_CHUNK)];
}

unsigned bbm_entries_below(const struct bbm *bbm, struct place place)
{
	return bbm->below[hash_of(bbm, place, OF_SLOT)];
}

static void count_below(struct bbm *bbm, struct place place, unsigned n)
{
	while (--place.level >= oracle_start_level(&bbm->shape))
		bbm->below[hash_of(bbm, place, OF_SLOT)] += n;
}

static struct old_entry *new_entry(struct bbm *bbm)
{
	struct old_entry *entry = bbm->spare;

	if (entry)
		bbm->spare = entry->next;
	else
		entry = malloc(sizeof(*entry));
	if (!entry)
		abort();
	*entry = (struct old_entry){.id = ++bbm->next_id, .next = bbm->old};
	if (bbm->old)
		bbm->old->prev = entry;
	bbm->old = entry;
	bbm->old_count++;
	return entry;
}

static void hash_entry(struct bbm *bbm, struct old_entry *entry)
{
	struct old_entry **head = &bbm->chunk[hash_of(bbm, entry->place, OF_CHUNK)];

	entry->hash_next = *head;
	entry->link = head;
	if (*head)
		(*head)->link = &entry->hash_next;
	*head = entry;
	count_below(bbm, entry->place, 1);
}

/* May a TLB or walk cache hold it at all? Not what faults: invalid, or AF = 0; but hardware may
 * still set AF in an old table. */
static bool is_cacheable(const struct bbm *bbm, int level, hypmmu_desc value, bool in_old_table)
{
	enum oracle_kind kind = bbm_kind_of(bbm, level, value);

	if (kind == ORACLE_LEAF)
		return (value >> 10 & 1) || (in_old_table && bbm->hardware);
	return kind == ORACLE_TABLE;
}

static void note_loss(struct bbm *bbm, const struct old_entry *entry)
{
	struct note note = {entry->page, entry->index, entry->place, entry->value,
			    bbm->event->number};

	if (bbm->hardware && bbm_kind_of(bbm, entry->place.level, entry->value) == ORACLE_LEAF)
		bbm_add_note(&bbm->lost, &note);
}

/* n: 1 or -1 */
static void count_held(struct bbm *bbm, const struct old_entry *entry, size_t n)
{
	bbm->held += n;
	if (entry->harm)
		bbm->harms += n;
	if (!entry->target && bbm_is_cont(bbm, entry->place.level, entry->value))
		bbm->held_cont += n;
}

void bbm_leave_entry(struct bbm *bbm, struct page *page, unsigned index, hypmmu_desc value,
		     hypmmu_desc value_after, const struct old_entry *via)
{
	struct old_entry *entry = new_entry(bbm);
	struct place place = bbm_place_in(bbm, page, index);

	entry->page = page;
	entry->index = index;
	entry->place = place;
	entry->value = value;
	entry->value_after = value_after;
	entry->target = bbm_target_of(bbm, place.level, value);
	entry->born = bbm->event->number;
	entry->tlbis = bbm->tlbis;
	entry->via = via;
	entry->via_id = via ? via->id : 0;
	if (!via)
		entry->visible = bbm->all;
	if (is_cacheable(bbm, place.level, value, via) &&
	    (via || !bbm_same_to_hardware(bbm, place.level, value, value_after)))
		entry->cached = bbm->all;
	entry->harm = via ? via->harm : bbm_takes_away(bbm, place.level, value, value_after);
	if (entry->cached)
		count_held(bbm, entry, 1);
	hash_entry(bbm, entry);
	note_loss(bbm, entry);
	if (entry->target) {
		entry->target->old_links++;
		bbm_unlink_page(bbm, entry->target, entry);
	}
}

void bbm_keep_cached(struct bbm *bbm, struct old_entry *entry, unsigned pes)
{
	bool held = entry->cached;

	entry->cached &= (unsigned char)pes;
	entry->pending &= (unsigned char)pes;
	if (held && !entry->cached)
		count_held(bbm, entry, (size_t)-1);
}

void bbm_end_entry(struct bbm *bbm, struct old_entry *entry)
{
	if (entry->target)
		entry->target->old_links--;
	bbm_keep_cached(bbm, entry, 0);
	if (entry->prev)
		entry->prev->next = entry->next;
	else
		bbm->old = entry->next;
	if (entry->next)
		entry->next->prev = entry->prev;
	*entry->link = entry->hash_next;
	if (entry->hash_next)
		entry->hash_next->link = entry->link;
	count_below(bbm, entry->place, ~0u);
	entry->id = 0;
	entry->next = bbm->spare;
	bbm->spare = entry;
	bbm->old_count--;
}

void bbm_drop_entries_of(struct bbm *bbm, const struct page *page, unsigned index,
			 hypmmu_desc value)
{
	struct old_entry *entry = bbm_entries_at(bbm, bbm_place_in(bbm, page, index)), *next;

	for (; entry; entry = next) {
		next = entry->hash_next;
		if (entry->page == page && entry->index == index && entry->value == value)
			bbm_end_entry(bbm, entry);
	}
}

static const char *why_visible(const struct bbm *bbm, const struct old_entry *entry)
{
	if (bbm->regs.no_snoop && !entry->clean)
		return "unpublished";
	return entry->visible == bbm->all ? "not-visible" : "dsb-scope";
}

const char *bbm_why_still_there(const struct bbm *bbm, const struct old_entry *entry)
{
	static const char *const missed[] = {
		"tlbi-before-dsb", "dsb-scope",	 "tlbi-scope", "tlbi-regime",
		"tlbi-last-level", "tlbi-level", "tlbi-asid",  "tlbi-granule",
	};

	if (bbm->regs.no_snoop && entry->visible && !entry->clean)
		return "unpublished";
	if (entry->cached & entry->pending)
		return "tlbi-incomplete";
	for (unsigned i = 0; i < sizeof(missed) / sizeof(missed[0]); i++) {
		if (entry->cached && (entry->missed >> i & 1))
			return missed[i];
	}
	if (entry->visible)
		return why_visible(bbm, entry);
	return bbm->tlbis > entry->tlbis ? "tlbi-address" : "no-tlbi";
}

void bbm_complain_of(struct bbm *bbm, const struct old_entry *entry, hypmmu_desc value)
{
	bbm_complain(bbm, bbm_why_still_there(bbm, entry), entry->place,
		     bbm_slot_pa_of(entry->page, entry->index), entry->value, value);
}
