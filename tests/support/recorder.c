/* SPDX-License-Identifier: BSD-2-Clause */
#include "recorder.h"
#include "casemate.h"
#include <hypmmu/arch.h>
#include <inttypes.h>
#include <stdio.h>

struct recorder *recorder_now;

hypmmu_pa recorder_pa_of(const struct recorder *rec, const void *p)
{
	size_t offset = (size_t)((const unsigned char *)p - rec->arena.memory);
	size_t page = offset / rec->arena.page_size;

	return arena_pa(&rec->arena, page) + offset % rec->arena.page_size;
}

/* For walkers that do not snoop. The barriers of the real one are its own business: a DSB in it must
 * not stand in for one that is missing in the sync that follows. */
static void publish(void *ctx, const void *p, size_t size)
{
	struct recorder *rec = ctx;

	trace_publish(&rec->trace, recorder_pa_of(rec, p), size);
}

/* tlb.c wants it. */
void hypmmu_arch_publish(const void *p, size_t size)
{
	publish(recorder_now, p, size);
}

static void *alloc_page(void *ctx)
{
	struct recorder *rec = ctx;
	void *page = rec->arena.pages.alloc(&rec->arena);

	if (page)
		trace_alloc(&rec->trace, recorder_pa_of(rec, page), rec->zeroed);
	return page;
}

static void free_page(void *ctx, void *page)
{
	struct recorder *rec = ctx;

	trace_free(&rec->trace, recorder_pa_of(rec, page));
	rec->arena.pages.free(&rec->arena, page);
}

static hypmmu_pa to_pa(void *ctx, const void *page)
{
	struct recorder *rec = ctx;

	return rec->arena.pages.to_pa(&rec->arena, page);
}

static void *to_ptr(void *ctx, hypmmu_pa pa)
{
	struct recorder *rec = ctx;

	return rec->arena.pages.to_ptr(&rec->arena, pa);
}

static bool set_up_arena(struct recorder *rec)
{
	rec->arena = (struct arena){.granule = rec->cfg.granule,
				    .capacity = rec->capacity,
				    .base_pa = rec->base_pa ? rec->base_pa : 0x80000000,
				    .pa_step = rec->pa_step,
				    .window = rec->window,
				    .zeroed = rec->zeroed};
	if (!arena_init(&rec->arena))
		return false;
	rec->pages = rec->arena.pages;
	rec->pages.ctx = rec;
	rec->pages.alloc = alloc_page;
	rec->pages.free = free_page;
	if (!rec->window) {
		rec->pages.to_pa = to_pa;
		rec->pages.to_ptr = to_ptr;
	}
	return true;
}

static void judge_event(void *ctx, const struct trace_event *event)
{
	struct recorder *rec = ctx;

	bbm_take(rec->bbm, event);
	if (bbm_fault(rec->bbm))
		rec->trace.frozen = true;
}

static bool set_up_trace(struct recorder *rec)
{
	rec->bbm = bbm_new();
	if (!rec->bbm)
		return false;
	if (!rec->pes)
		rec->pes = rec->cfg.use & HYPMMU_USE_LOCAL_TLBI ? 1 : 2;
	rec->regs = (struct trace_regs){.cfg = rec->cfg,
					.pes = rec->pes,
					.no_snoop = rec->no_snoop,
					.new_first = rec->new_first};
	trace_init(&rec->trace);
	trace_add_sink(&rec->trace, judge_event, rec);
	rec->casemate = casemate_open(&rec->cfg);
	if (rec->casemate)
		trace_add_sink(&rec->trace, casemate_take, rec->casemate);
	trace_regs(&rec->trace, &rec->regs, 0);
	return true;
}

bool recorder_init(struct recorder *rec)
{
	recorder_now = rec;
	if (!set_up_arena(rec))
		return false;
	if (set_up_trace(rec) && !hypmmu_init(&rec->mmu, &rec->cfg, &rec->pages)) {
		rec->maint = hypmmu_arch_maint;
		rec->maint.publish = publish;
		rec->maint.ctx = rec;
		rec->maint.self = false;
		return true;
	}
	recorder_end(rec);
	return false;
}

void recorder_end(struct recorder *rec)
{
	bbm_delete(rec->bbm);
	casemate_close(rec->casemate);
	arena_destroy(&rec->arena);
	rec->bbm = NULL;
	rec->casemate = NULL;
}

int recorder_set_live(struct recorder *rec)
{
	int err;

	recorder_call(rec);
	err = hypmmu_set_live(&rec->mmu, &rec->maint);
	if (!err) {
		trace_regs(&rec->trace, &rec->regs, rec->mmu.root);
		trace_simple(&rec->trace, TRACE_ON);
	}
	recorder_return(rec);
	return err;
}

void recorder_set_off(struct recorder *rec)
{
	trace_simple(&rec->trace, TRACE_OFF);
	if (hypmmu_set_live(&rec->mmu, NULL))
		rec->arena.wrong = "set_live(NULL) failed";
}

void recorder_call(struct recorder *rec)
{
	trace_simple(&rec->trace, TRACE_CALL);
}

void recorder_return(struct recorder *rec)
{
	trace_simple(&rec->trace, TRACE_RETURN);
}

int recorder_apply(struct recorder *rec, const struct hypmmu_change *changes, size_t n,
		   struct hypmmu_report *report)
{
	int err;

	recorder_call(rec);
	err = hypmmu_apply(&rec->mmu, changes, n, report);
	recorder_return(rec);
	return err;
}

void recorder_switch(struct recorder *rec, unsigned pe)
{
	trace_switch(&rec->trace, pe, rec->mmu.root);
}

void recorder_switch_all(struct recorder *rec)
{
	for (unsigned pe = 0; pe < rec->pes; pe++)
		recorder_switch(rec, pe);
}

const char *judge_fault(struct recorder *rec)
{
	const struct bbm_fault *fault = bbm_fault(rec->bbm);

	if (!fault)
		return rec->arena.wrong;
	snprintf(rec->text, sizeof(rec->text),
		 "%s: va %#" PRIx64 ", level %d, slot at %#" PRIx64 ", old %#" PRIx64
		 ", new %#" PRIx64 ", event %lu",
		 fault->rule, fault->va, fault->level, fault->slot_pa, fault->old, fault->value,
		 fault->event);
	return rec->text;
}
