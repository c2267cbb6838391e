/* SPDX-License-Identifier: BSD-2-Clause */
/* The judge: one event after the other. */
#include "bbm_model.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct bbm *bbm_new(void)
{
	return calloc(1, sizeof(struct bbm));
}

void bbm_delete(struct bbm *bbm)
{
	if (!bbm)
		return;
	while (bbm->old)
		bbm_end_entry(bbm, bbm->old);
	while (bbm->spare) {
		struct old_entry *entry = bbm->spare;

		bbm->spare = entry->next;
		free(entry);
	}
	for (size_t i = 0; i < bbm->page_count; i++)
		free(bbm->listed[i]);
	free(bbm->listed);
	free(bbm->staged.list);
	free(bbm->groups.list);
	free(bbm->lost.list);
	free(bbm);
}

void bbm_complain(struct bbm *bbm, const char *rule, struct place place, hypmmu_pa slot_pa,
		  hypmmu_desc old, hypmmu_desc value)
{
	if (bbm->fault.rule)
		return;
	bbm->fault = (struct bbm_fault){
		.rule = rule,
		.va = place.va,
		.level = place.level,
		.slot_pa = slot_pa,
		.old = old,
		.value = value,
		.event = bbm->event->number,
	};
}

void bbm_add_note(struct notes *notes, const struct note *note)
{
	if (notes->n == notes->room) {
		notes->room = notes->room ? 2 * notes->room : 64;
		notes->list = realloc(notes->list, notes->room * sizeof(*notes->list));
		if (!notes->list)
			abort();
	}
	notes->list[notes->n++] = *note;
}

static void take_regs(struct bbm *bbm, const struct trace_event *event)
{
	bbm->regs = *event->regs;
	oracle_init(&bbm->shape, &bbm->regs.cfg, event->pa, NULL, NULL);
	bbm->all = (unsigned char)((1u << bbm->regs.pes) - 1);
	bbm->noabort = bbm->regs.cfg.hw & HYPMMU_HW_BBM_NOABORT;
	bbm->hardware = bbm->regs.cfg.use & HYPMMU_USE_HAFDBS;
}

/* All PEs walk it from now on: complete, published, and certain to be seen. */
static void take_on(struct bbm *bbm)
{
	struct place place = {oracle_first_va(&bbm->shape), oracle_start_level(&bbm->shape)};
	struct page *root = bbm_find_page(bbm, bbm->shape.root);

	if (!root) {
		bbm_complain(bbm, "link-garbage", place, bbm->shape.root, 0, 0);
		return;
	}
	for (unsigned i = 0; i < bbm->regs.pes; i++)
		bbm->root_of[i] = root->pa;
	bbm->on = true;
	bbm_link_page(bbm, root, place, false);
}

static void take_off(struct bbm *bbm)
{
	struct page *root = bbm_find_page(bbm, bbm->root_of[0]);

	while (bbm->old)
		bbm_end_entry(bbm, bbm->old);
	if (bbm->on && root)
		bbm_unlink_page(bbm, root, NULL);
	bbm->on = false;
}

static bool is_in_use(const struct bbm *bbm, hypmmu_pa root)
{
	for (unsigned i = 0; i < bbm->regs.pes; i++) {
		if (bbm->root_of[i] == root)
			return true;
	}
	return false;
}

/* The PE forgets all that it holds. */
static void take_switch(struct bbm *bbm, unsigned pe, hypmmu_pa root)
{
	struct place place = {oracle_first_va(&bbm->shape), oracle_start_level(&bbm->shape)};
	struct page *before = bbm_find_page(bbm, bbm->root_of[pe]);
	struct page *after = bbm_find_page(bbm, root);
	struct old_entry *entry, *next;

	if (!after) {
		bbm_complain(bbm, "link-garbage", place, root, 0, 0);
		return;
	}
	if (!is_in_use(bbm, root))
		bbm_link_page(bbm, after, place, false);
	bbm->root_of[pe] = root;
	if (before && !is_in_use(bbm, before->pa))
		bbm_unlink_page(bbm, before, NULL);
	for (entry = bbm->old; entry; entry = next) {
		next = entry->next;
		entry->visible &= (unsigned char)~(1u << pe);
		bbm_keep_cached(bbm, entry, ~(1u << pe));
		if (!entry->visible && !entry->cached)
			bbm_end_entry(bbm, entry);
	}
}

static void take_alloc(struct bbm *bbm, hypmmu_pa pa, bool zeroed)
{
	struct page *page = bbm_make_page(bbm, pa);

	page->allocated = true;
	page->last_store = bbm->event->number;
	for (unsigned i = 0; i < 1u << (bbm->shape.granule - 3); i++) {
		page->slot[i] = 0;
		page->state[i] = zeroed ? SLOT_WRITTEN | SLOT_UNCLEAN : 0;
	}
}

static void take_free(struct bbm *bbm, hypmmu_pa pa)
{
	struct page *page = bbm_find_page(bbm, pa);

	if (!page || !page->allocated)
		return;
	if (bbm_can_be_walked(page))
		bbm_complain(bbm, "freed-while-walked", page->place, pa, 0, page->slot[0]);
	page->allocated = false;
}

static void take_call(struct bbm *bbm)
{
	bbm->counts = (struct bbm_counts){.stores = 0};
	bbm->staged.n = bbm->groups.n = bbm->lost.n = 0;
}

/* A barrier for one PE alone does not order for the others. */
static bool orders(const struct bbm *bbm, enum trace_barrier barrier)
{
	return bbm->regs.pes == 1 || (barrier != TRACE_NSH && barrier != TRACE_NSHST);
}

void bbm_take(void *ctx, const struct trace_event *event)
{
	struct bbm *bbm = ctx;

	if (bbm->fault.rule)
		return;
	bbm->event = event;
	switch (event->kind) {
	case TRACE_REGS:
		take_regs(bbm, event);
		break;
	case TRACE_ON:
		take_on(bbm);
		break;
	case TRACE_OFF:
		take_off(bbm);
		break;
	case TRACE_SWITCH:
		take_switch(bbm, event->pe, event->pa);
		break;
	case TRACE_CALL:
		take_call(bbm);
		break;
	case TRACE_RETURN:
		bbm_take_return(bbm);
		break;
	case TRACE_ALLOC:
		take_alloc(bbm, event->pa, event->value);
		break;
	case TRACE_FREE:
		take_free(bbm, event->pa);
		break;
	case TRACE_PUBLISH:
		bbm_take_publish(bbm, event->pa, event->size);
		break;
	case TRACE_DSB:
		bbm->counts.dsbs++;
		bbm_take_dsb(bbm, event->barrier);
		if (orders(bbm, event->barrier))
			bbm->ordered = event->number;
		break;
	case TRACE_DMB:
		if (orders(bbm, event->barrier))
			bbm->ordered = event->number;
		break;
	case TRACE_ISB:
		bbm->counts.isbs++;
		bbm->isb = event->number;
		break;
	case TRACE_TLBI:
		bbm_take_tlbi(bbm, event->tlbi, event->value);
		break;
	default:
		bbm_take_store(bbm, event);
	}
}

const struct bbm_fault *bbm_fault(const struct bbm *bbm)
{
	return bbm->fault.rule ? &bbm->fault : NULL;
}

struct bbm_counts bbm_counts(const struct bbm *bbm)
{
	return bbm->counts;
}

void bbm_print(const struct bbm_fault *fault)
{
	printf("%s: va %#" PRIx64 ", level %d, slot at %#" PRIx64 ", old %#" PRIx64
	       ", new %#" PRIx64 ", event %lu\n",
	       fault->rule, fault->va, fault->level, fault->slot_pa, fault->old, fault->value,
	       fault->event);
}

bool bbm_hardware_may_write(const struct bbm *bbm, hypmmu_pa slot, hypmmu_desc *leaf)
{
	const hypmmu_desc af = UINT64_C(1) << 10, clean = UINT64_C(1) << 51 | UINT64_C(1) << 7;
	const struct page *page = bbm_find_page(bbm, slot);
	unsigned index;

	if (!bbm->hardware || !page || !bbm_can_be_walked(page))
		return false;
	index = (unsigned)(slot - page->pa) / 8;
	*leaf = page->slot[index];
	return index < bbm_slots_of(bbm, page->place.level) &&
	       bbm_kind_of(bbm, page->place.level, *leaf) == ORACLE_LEAF &&
	       (!(*leaf & af) || (*leaf & clean) == clean);
}

bool bbm_find_slot(const struct bbm *bbm, hypmmu_pa slot, hypmmu_va *va, int *level)
{
	const struct page *page = bbm_find_page(bbm, slot);
	struct place place;

	if (!page || !bbm_can_be_walked(page))
		return false;
	place = bbm_place_in(bbm, page, (unsigned)(slot - page->pa) / 8);
	*va = place.va;
	*level = place.level;
	return true;
}

bool bbm_pick_leaf(const struct bbm *bbm, uint64_t random, hypmmu_pa *slot, hypmmu_desc *leaf)
{
	unsigned slots = 1u << (bbm->shape.granule - 3), first = (unsigned)(random >> 32) % slots;
	const struct page *page;

	if (!bbm->hardware || !bbm->page_count)
		return false;
	page = bbm->listed[random % bbm->page_count];
	for (unsigned i = 0; i < 64 && bbm_can_be_walked(page); i++) {
		*slot = bbm_slot_pa_of(page, (first + i) % slots);
		if (bbm_hardware_may_write(bbm, *slot, leaf))
			return true;
	}
	return false;
}
