/* SPDX-License-Identifier: BSD-2-Clause */
/* The judge: table pages, and which of them walkers can get to. */
#include "bbm_model.h"
#include <stdlib.h>
#include <string.h>

static struct page **head_of(const struct bbm *bbm, hypmmu_pa pa)
{
	return (struct page **)&bbm->pages[(pa >> bbm->shape.granule) % PAGE_HEADS];
}

struct page *bbm_find_page(const struct bbm *bbm, hypmmu_pa pa)
{
	hypmmu_pa base = pa >> bbm->shape.granule << bbm->shape.granule;
	struct page *page = *head_of(bbm, pa);

	while (page && page->pa != base)
		page = page->next;
	return page;
}

static void list_page(struct bbm *bbm, struct page *page)
{
	if (bbm->page_count == bbm->page_room) {
		bbm->page_room = bbm->page_room ? 2 * bbm->page_room : 64;
		bbm->listed = realloc(bbm->listed, bbm->page_room * sizeof(struct page *));
		if (!bbm->listed)
			abort();
	}
	bbm->listed[bbm->page_count++] = page;
}

struct page *bbm_make_page(struct bbm *bbm, hypmmu_pa pa)
{
	size_t slots = (size_t)1 << (bbm->shape.granule - 3);
	struct page *page = bbm_find_page(bbm, pa);

	if (page)
		return page;
	page = calloc(1, sizeof(*page) + slots * 10);
	if (!page)
		abort();
	page->slot = (hypmmu_desc *)(void *)(page + 1);
	page->state = (unsigned char *)(page->slot + slots);
	page->leaves = page->state + slots;
	page->cont = page->leaves + slots / 2;
	page->pa = pa;
	page->next = *head_of(bbm, pa);
	*head_of(bbm, pa) = page;
	list_page(bbm, page);
	return page;
}

bool bbm_can_be_walked(const struct page *page)
{
	return page->links || page->old_links;
}

struct place bbm_place_in(const struct bbm *bbm, const struct page *page, unsigned index)
{
	int level = page->place.level;

	return (struct place){page->place.va + index * bbm_slot_size(bbm, level), level};
}

hypmmu_pa bbm_slot_pa_of(const struct page *page, unsigned index)
{
	return page->pa + 8 * (hypmmu_pa)index;
}

struct page *bbm_target_of(const struct bbm *bbm, int level, hypmmu_desc desc)
{
	if (bbm_kind_of(bbm, level, desc) != ORACLE_TABLE)
		return NULL;
	return bbm_find_page(bbm, oracle_next_table(&bbm->shape, desc));
}

void bbm_count_leaf(struct bbm *bbm, struct page *page, unsigned index, hypmmu_desc old,
		    hypmmu_desc value)
{
	int level = page->place.level;

	if (bbm_kind_of(bbm, level, old) == ORACLE_LEAF) {
		page->leaves[index / CHUNK]--;
		page->cont[index / CHUNK] -= bbm_is_cont(bbm, level, old);
	}
	if (bbm_kind_of(bbm, level, value) == ORACLE_LEAF) {
		page->leaves[index / CHUNK]++;
		page->cont[index / CHUNK] += bbm_is_cont(bbm, level, value);
	}
}

static void link_slot(struct bbm *bbm, struct page *page, unsigned index, bool ordered)
{
	struct place place = bbm_place_in(bbm, page, index);
	hypmmu_desc value = page->slot[index];
	struct note note = {page, index, place, value, bbm->event->number};
	struct page *target = bbm_target_of(bbm, place.level, value);

	bbm_count_leaf(bbm, page, index, 0, value);
	if (page->old_links)
		bbm_drop_entries_of(bbm, page, index, value);
	switch (bbm_kind_of(bbm, place.level, value)) {
	case ORACLE_INVALID:
		if (value)
			bbm_add_note(&bbm->staged, &note);
		break;
	case ORACLE_LEAF:
		if (bbm_is_cont(bbm, place.level, value))
			bbm_add_note(&bbm->groups, &note);
		break;
	case ORACLE_TABLE:
		place.level++;
		if (target)
			bbm_link_page(bbm, target, place, ordered);
		else
			bbm_complain(bbm, "link-garbage", place, bbm_slot_pa_of(page, index), 0,
				     value);
		break;
	}
}

/* Is the page ready to be walked? */
static void check_contents(struct bbm *bbm, struct page *page, bool ordered)
{
	unsigned slots = bbm_slots_of(bbm, page->place.level);
	const char *rule = NULL;
	unsigned i;

	if (!page->allocated)
		rule = "link-garbage";
	else if (!ordered && page->last_store > bbm->ordered)
		rule = "link-before-contents";
	if (rule) {
		bbm_complain(bbm, rule, page->place, page->pa, 0, page->slot[0]);
		return;
	}
	for (i = 0; i < slots && !rule; i++) {
		if (!(page->state[i] & SLOT_WRITTEN))
			rule = "link-garbage";
		else if (bbm->regs.no_snoop && (page->state[i] & SLOT_UNCLEAN))
			rule = "link-unpublished";
	}
	if (rule)
		bbm_complain(bbm, rule, bbm_place_in(bbm, page, i - 1), bbm_slot_pa_of(page, i - 1),
			     0, page->slot[i - 1]);
}

void bbm_link_page(struct bbm *bbm, struct page *page, struct place place, bool ordered)
{
	unsigned slots = bbm_slots_of(bbm, place.level);

	if ((page->links || page->old_links) &&
	    (page->place.va != place.va || page->place.level != place.level)) {
		bbm_complain(bbm, "linked-elsewhere", place, page->pa, 0, page->slot[0]);
		return;
	}
	if (page->links++)
		return;
	page->place = place;
	check_contents(bbm, page, ordered);
	memset(page->leaves, 0, (size_t)1 << (bbm->shape.granule - 3));
	for (unsigned i = 0; i < slots && !bbm->fault.rule; i++)
		link_slot(bbm, page, i, ordered);
}

void bbm_unlink_page(struct bbm *bbm, struct page *page, const struct old_entry *entry)
{
	unsigned slots = bbm_slots_of(bbm, page->place.level);

	if (--page->links)
		return;
	for (unsigned i = 0; i < slots; i++) {
		hypmmu_desc value = page->slot[i];
		struct page *target;

		if (!(value & 1))
			continue;
		if (entry) {
			bbm_leave_entry(bbm, page, i, value, 0, entry);
			continue;
		}
		target = bbm_target_of(bbm, page->place.level, value);
		if (target)
			bbm_unlink_page(bbm, target, NULL);
	}
}

bool bbm_any_leaf(const struct bbm *bbm, const struct page *page, hypmmu_va first, hypmmu_va last,
		  bool (*visit)(const struct bbm *bbm, const void *ctx, struct place place,
				hypmmu_desc leaf),
		  const void *ctx)
{
	unsigned slots = bbm_slots_of(bbm, page->place.level);
	uint64_t size = bbm_slot_size(bbm, page->place.level);

	for (unsigned i = first > page->place.va ? (unsigned)((first - page->place.va) / size) : 0;
	     i < slots; i++) {
		struct place place = bbm_place_in(bbm, page, i);
		const struct page *target = bbm_target_of(bbm, place.level, page->slot[i]);

		if (place.va > last)
			return false;
		if (target && bbm_any_leaf(bbm, target, first, last, visit, ctx))
			return true;
		if (bbm_kind_of(bbm, place.level, page->slot[i]) == ORACLE_LEAF &&
		    visit(bbm, ctx, place, page->slot[i]))
			return true;
	}
	return false;
}
