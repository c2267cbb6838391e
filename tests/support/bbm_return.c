/* SPDX-License-Identifier: BSD-2-Clause */
/* The judge: what must hold when a call ends. */
#include "bbm_model.h"

static void complain_of_note(struct bbm *bbm, const char *rule, const struct note *note,
			     hypmmu_desc now)
{
	bbm_complain(bbm, rule, note->place, bbm_slot_pa_of(note->page, note->index), note->value,
		     now);
	bbm->fault.event = note->event;
}

static void check_staged(struct bbm *bbm)
{
	for (size_t i = 0; i < bbm->staged.n; i++) {
		const struct note *note = &bbm->staged.list[i];
		hypmmu_desc now = note->page->slot[note->index];

		if (note->page->links && now && !(now & 1))
			complain_of_note(bbm, "staged-left", note, now);
	}
}

static bool has_hint(const struct page *page, unsigned first, unsigned n)
{
	for (unsigned i = first / CHUNK; i < (first + n + CHUNK - 1) / CHUNK; i++) {
		if (page->cont[i])
			return true;
	}
	return false;
}

static void check_groups(struct bbm *bbm)
{
	const struct page *done = NULL;
	unsigned done_first = 0;

	for (size_t i = 0; i < bbm->groups.n; i++) {
		const struct note *note = &bbm->groups.list[i];
		unsigned n = bbm_group_slots(bbm, note->place.level);
		unsigned first = note->index & ~(n - 1);

		if (!note->page->links || (note->page == done && first == done_first))
			continue;
		done = note->page;
		done_first = first;
		if (has_hint(note->page, first, n) && !bbm_group_is_good(bbm, note->page, first))
			complain_of_note(bbm, "group-broken", note, note->page->slot[note->index]);
	}
}

enum { AF_BIT = 10, AP2_BIT = 7, DBM_BIT = 51 };

static bool has(hypmmu_desc leaf, unsigned bit)
{
	return leaf >> bit & 1;
}

struct loss {
	const struct note *note;
	const char **rule;
};

/* Where the byte at the first address that both have goes. */
static bool same_output(const struct bbm *bbm, struct place a, hypmmu_desc x, struct place b,
			hypmmu_desc y)
{
	return bbm_leaf_pa(bbm, a.level, x) - a.va == bbm_leaf_pa(bbm, b.level, y) - b.va;
}

/* What hardware wrote to the old leaf is in the new one, if that is the same memory and has a place
 * for it. */
static bool lost_by(const struct bbm *bbm, const void *ctx, struct place place, hypmmu_desc leaf)
{
	const struct loss *loss = ctx;
	hypmmu_desc was = loss->note->value;

	if (!same_output(bbm, loss->note->place, was, place, leaf))
		return false;
	if (has(was, AF_BIT) && !has(leaf, AF_BIT))
		*loss->rule = "af-lost";
	else if (has(was & leaf, DBM_BIT) && !has(was, AP2_BIT) && has(leaf, AP2_BIT))
		*loss->rule = "dirty-lost";
	return *loss->rule;
}

static void check_lost(struct bbm *bbm)
{
	const struct page *root = bbm_find_page(bbm, bbm->root_of[0]);

	for (size_t i = 0; i < bbm->lost.n && root; i++) {
		const struct note *note = &bbm->lost.list[i];
		const char *rule = NULL;
		struct loss loss = {note, &rule};
		hypmmu_va first = note->place.va;

		bbm_any_leaf(bbm, root, first, first + (bbm_slot_size(bbm, note->place.level) - 1),
			     lost_by, &loss);
		if (rule)
			complain_of_note(bbm, rule, note, note->page->slot[note->index]);
	}
}

/* A table that is held explains what is held of its contents. */
static void check_old(struct bbm *bbm)
{
	const struct old_entry *worst = bbm->old;

	for (const struct old_entry *entry = worst; entry; entry = entry->next) {
		if (entry->born < worst->born ||
		    (entry->born == worst->born && entry->place.level < worst->place.level))
			worst = entry;
	}
	if (worst)
		bbm_complain_of(bbm, worst, worst->value_after);
}

void bbm_take_return(struct bbm *bbm)
{
	check_old(bbm);
	if (bbm->retired > bbm->isb)
		bbm_complain(bbm, "no-isb", (struct place){0, 0}, 0, 0, 0);
	check_staged(bbm);
	check_groups(bbm);
	check_lost(bbm);
	bbm->staged.n = bbm->groups.n = bbm->lost.n = 0;
}
