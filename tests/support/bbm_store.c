/* SPDX-License-Identifier: BSD-2-Clause */
/* The judge: may this store be made now? */
#include "bbm_model.h"

struct subject { /* what is being stored, and where */
	struct page *page;
	unsigned index;
	struct place place;
	hypmmu_desc old, value;
};

static void complain_at(struct bbm *bbm, const char *rule, const struct subject *subject)
{
	bbm_complain(bbm, rule, subject->place, bbm_slot_pa_of(subject->page, subject->index),
		     subject->old, subject->value);
}

struct other_leaf {
	struct place place;
	hypmmu_desc leaf;
};

static bool clashes_with(const struct bbm *bbm, const void *ctx, struct place place,
			 hypmmu_desc leaf)
{
	const struct other_leaf *other = ctx;

	return bbm_leaves_clash(bbm, other->place, other->leaf, place, leaf);
}

static bool differs_from(const struct bbm *bbm, const void *ctx, struct place place,
			 hypmmu_desc leaf)
{
	const struct other_leaf *other = ctx;

	return !bbm_leaves_translate_alike(bbm, other->place, other->leaf, place, leaf);
}

/* Is there nothing below the table but what the leaf says, and all of that? */
static bool says_the_same(const struct bbm *bbm, const struct page *table, struct place at,
			  struct place place, hypmmu_desc leaf)
{
	uint64_t size = bbm_slot_size(bbm, at.level + 1);
	struct other_leaf other = {place, leaf};

	if (bbm_any_leaf(bbm, table, at.va, at.va + (bbm_slot_size(bbm, at.level) - 1),
			 differs_from, &other))
		return false;
	for (unsigned i = 0; i < bbm_slots_of(bbm, at.level + 1); i++) {
		struct place below = {at.va + i * size, at.level + 1};
		const struct page *target = bbm_target_of(bbm, below.level, table->slot[i]);

		if (!(table->slot[i] & 1) ||
		    (target && !says_the_same(bbm, target, below, place, leaf)))
			return false;
	}
	return true;
}

/* A valid descriptor over another. */
static void judge_replacement(struct bbm *bbm, const struct subject *s)
{
	int level = s->place.level;
	enum oracle_kind before = bbm_kind_of(bbm, level, s->old);
	enum oracle_kind after = bbm_kind_of(bbm, level, s->value);
	const struct page *old = bbm_target_of(bbm, level, s->old);
	const struct page *table = bbm_target_of(bbm, level, s->value);
	bool legal = false, resize = before != after;

	if (before == ORACLE_LEAF && after == ORACLE_LEAF) {
		legal = !bbm_leaves_clash(bbm, s->place, s->old, s->place, s->value);
		resize = bbm_is_cont(bbm, level, s->old) != bbm_is_cont(bbm, level, s->value);
	} else if (bbm->noabort && before == ORACLE_LEAF && table) {
		legal = says_the_same(bbm, table, s->place, s->place, s->old);
	} else if (bbm->noabort && after == ORACLE_LEAF && old) {
		legal = says_the_same(bbm, old, s->place, s->place, s->value);
	}
	if (!legal)
		complain_at(bbm, bbm->noabort && resize ? "resize-with-change" : "no-break", s);
}

/* What a TLB may hold of a leaf, against what is stored. A table in its place must say the same as
 * soon as it is linked. */
static bool leaf_meets(const struct bbm *bbm, const struct old_entry *entry,
		       const struct subject *s)
{
	const struct page *table = bbm_target_of(bbm, s->place.level, s->value);
	struct other_leaf other = {entry->place, entry->value};
	hypmmu_va first = s->place.va;

	if (!table)
		return bbm_leaves_clash(bbm, entry->place, entry->value, s->place, s->value);
	if (entry->page == s->page && entry->index == s->index)
		return !bbm->noabort ||
		       !says_the_same(bbm, table, s->place, entry->place, entry->value);
	return bbm_any_leaf(bbm, table, first, first + (bbm_slot_size(bbm, s->place.level) - 1),
			    clashes_with, &other);
}

/* A table that may still be walked, at or below the slot. */
static bool table_meets(const struct bbm *bbm, const struct old_entry *entry,
			const struct subject *s)
{
	uint64_t size = bbm_slot_size(bbm, s->place.level);

	if (entry->place.level < s->place.level || (entry->place.va ^ s->place.va) >= size ||
	    entry->value == s->value)
		return false;
	if (!bbm->noabort || bbm_kind_of(bbm, s->place.level, s->value) != ORACLE_LEAF)
		return true;
	return !entry->target ||
	       !says_the_same(bbm, entry->target, entry->place, s->place, s->value);
}

static bool conflicts(const struct bbm *bbm, const struct old_entry *entry, const struct subject *s)
{
	if (!entry->cached)
		return false;
	if (bbm_kind_of(bbm, entry->place.level, entry->value) == ORACLE_TABLE)
		return table_meets(bbm, entry, s);
	return leaf_meets(bbm, entry, s);
}

/* The old entries in the hash chain of this place, those of its level. */
static void judge_chunk(struct bbm *bbm, const struct subject *s, struct place place)
{
	const struct old_entry *entry = bbm_entries_at(bbm, place);

	for (; entry; entry = entry->hash_next) {
		if (entry->place.level == place.level && conflicts(bbm, entry, s))
			bbm_complain_of(bbm, entry, s->value);
	}
}

/* The old entries of one level that reach the slot, or that it reaches. */
static void judge_level(struct bbm *bbm, const struct subject *s, int level)
{
	bool cont = bbm->held_cont || bbm_is_cont(bbm, level, s->value);
	unsigned n = cont ? bbm_group_slots(bbm, level) : 1;
	uint64_t size = bbm_slot_size(bbm, level);
	struct place place = {s->place.va & ~(size * n - 1), level};

	for (unsigned i = 0; i < n; i += CHUNK, place.va += CHUNK * size)
		judge_chunk(bbm, s, place);
}

/* All old entries that a new valid descriptor meets: at larger slots that cover its own, in its
 * contiguous group, below it. */
static void judge_meetings(struct bbm *bbm, const struct subject *s)
{
	for (int level = oracle_start_level(&bbm->shape); level <= s->place.level; level++)
		judge_level(bbm, s, level);
	if (!bbm_entries_below(bbm, s->place))
		return;
	for (const struct old_entry *entry = bbm->old; entry; entry = entry->next) {
		if (entry->place.level > s->place.level && conflicts(bbm, entry, s))
			bbm_complain_of(bbm, entry, s->value);
	}
}

/* Compares with one member of its group that has the hint, and with one that has not: the others
 * were compared with these. */
static void judge_group(struct bbm *bbm, const struct subject *s)
{
	unsigned n = bbm_group_slots(bbm, s->place.level), first = s->index & ~(n - 1);
	unsigned leaves = 0, cont = 0, need;

	if (n == 1 || n > bbm_slots_of(bbm, s->place.level) ||
	    bbm_kind_of(bbm, s->place.level, s->value) != ORACLE_LEAF)
		return;
	for (unsigned i = first / CHUNK; i < (first + n) / CHUNK; i++) {
		leaves += s->page->leaves[i];
		cont += s->page->cont[i];
	}
	if (!cont && !bbm_is_cont(bbm, s->place.level, s->value))
		return;
	need = (cont ? 1 : 0) | (leaves > cont ? 2 : 0);
	for (unsigned i = 1; i < n && need; i++) {
		unsigned index = first | ((s->index + n - i) & (n - 1));
		hypmmu_desc leaf = s->page->slot[index];

		if (bbm_kind_of(bbm, s->place.level, leaf) != ORACLE_LEAF)
			continue;
		need &= bbm_is_cont(bbm, s->place.level, leaf) ? ~1u : ~2u;
		if (bbm_leaves_clash(bbm, bbm_place_in(bbm, s->page, index), leaf, s->place,
				     s->value))
			complain_at(bbm, "group-mixed", s);
	}
}

/* Something new: nothing may be cached any more of what lost a right elsewhere in this call. */
static void judge_order(struct bbm *bbm, const struct subject *s)
{
	if (!(s->old & 1) && bbm->harms && !bbm->regs.new_first)
		complain_at(bbm, "new-before-old", s);
}

static void judge_new(struct bbm *bbm, const struct subject *s)
{
	if (s->old & 1)
		judge_replacement(bbm, s);
	if (bbm->held)
		judge_meetings(bbm, s);
	judge_group(bbm, s);
	judge_order(bbm, s);
}

static void note_store(struct bbm *bbm, const struct subject *s)
{
	struct note note = {s->page, s->index, s->place, s->value, bbm->event->number};
	int level = s->place.level;

	if (!(s->value & 1) && s->value)
		bbm_add_note(&bbm->staged, &note);
	if ((bbm_kind_of(bbm, level, s->old) == ORACLE_LEAF && bbm_is_cont(bbm, level, s->old)) ||
	    (bbm_kind_of(bbm, level, s->value) == ORACLE_LEAF && bbm_is_cont(bbm, level, s->value)))
		bbm_add_note(&bbm->groups, &note);
}

/* A store to a table that is linked. */
static void store_live(struct bbm *bbm, const struct subject *s, bool release)
{
	struct page *table = bbm_target_of(bbm, s->place.level, s->value);
	struct place below = {s->place.va, s->place.level + 1};
	bool is_table = bbm_kind_of(bbm, s->place.level, s->value) == ORACLE_TABLE;

	if (table && s->value != s->old)
		bbm_link_page(bbm, table, below, release);
	else if (is_table && !table)
		complain_at(bbm, "link-garbage", s);
	if (bbm->fault.rule || s->value == s->old)
		return;
	if (s->value & 1)
		judge_new(bbm, s);
	if (bbm->fault.rule)
		return;
	bbm_count_leaf(bbm, s->page, s->index, s->old, s->value);
	bbm_drop_entries_of(bbm, s->page, s->index, s->value);
	if ((s->old | s->value) & 1) /* else whichever a walker sees, it faults */
		bbm_leave_entry(bbm, s->page, s->index, s->old, s->value, NULL);
	note_store(bbm, s);
}

/* A walker's own update; what other TLBs hold of it stays right. */
static void store_by_hardware(struct bbm *bbm, const struct subject *s)
{
	struct note note = {s->page, s->index, s->place, s->value, bbm->event->number};
	struct old_entry *entry;

	if (!bbm->hardware || !bbm_can_be_walked(s->page))
		return;
	bbm_add_note(&bbm->lost, &note);
	for (entry = bbm_entries_at(bbm, s->place); entry; entry = entry->hash_next) {
		if (entry->page == s->page && entry->index == s->index && entry->value == s->old)
			entry->value = s->value;
	}
}

void bbm_take_store(struct bbm *bbm, const struct trace_event *event)
{
	struct page *page = bbm_find_page(bbm, event->pa);
	struct subject s = {.page = page, .old = event->old, .value = event->value};
	bool release = event->kind == TRACE_RELEASE || event->kind == TRACE_EXCHANGE;

	bbm->counts.stores++;
	if (!page || !page->allocated) {
		bbm_complain(bbm, "written-while-free", (struct place){0, 0}, event->pa, s.old,
			     s.value);
		return;
	}
	s.index = (unsigned)(event->pa - page->pa) / 8;
	if (bbm_can_be_walked(page))
		s.place = bbm_place_in(bbm, page, s.index);
	if ((page->state[s.index] & SLOT_WRITTEN) && page->slot[s.index] != s.old)
		complain_at(bbm, "unseen-store", &s);
	else if (event->kind == TRACE_HARDWARE)
		store_by_hardware(bbm, &s);
	else if (page->links && s.index < bbm_slots_of(bbm, page->place.level))
		store_live(bbm, &s, release);
	else if (!page->links && bbm_can_be_walked(page))
		complain_at(bbm, "written-while-walked", &s);
	page->slot[s.index] = s.value;
	page->state[s.index] = SLOT_WRITTEN | SLOT_UNCLEAN;
	page->last_store = event->number;
}
