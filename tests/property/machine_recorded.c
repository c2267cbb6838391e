/* SPDX-License-Identifier: BSD-2-Clause */
#include "judge.h"
#include "machine.h"
#include "support/recorder.h"

static struct recorder rec;
static struct hypmmu_maint inner; /* the recorder's own */

/* Before an access of the library: now and then hardware is faster, there or elsewhere. */
static void strike(struct recorder *recorder, void *ctx)
{
	struct run *run = ctx;
	struct oracle_answer there = {.desc_pa = recorder->accessed};

	if (!run->oracle.hd || !random_once_in(&run->random, 16))
		return;
	if (random_once_in(&run->random, 2))
		strike_somewhere(run);
	else if (bbm_hardware_may_write(recorder->bbm, there.desc_pa, &there.desc) &&
		 bbm_find_slot(recorder->bbm, there.desc_pa, &there.va, &there.level))
		strike_leaf(run, &there);
}

bool machine_start(struct run *run, const struct arena *memory)
{
	rec = (struct recorder){.cfg = run->theme.cfg,
				.capacity = memory->capacity,
				.base_pa = memory->base_pa,
				.pa_step = memory->pa_step,
				.window = memory->window,
				.zeroed = memory->zeroed,
				.no_snoop = random_once_in(&run->random, 2)};
	run->arena = &rec.arena;
	run->mmu = &rec.mmu;
	if (!recorder_init(&rec))
		return false;
	rec.arena.trick_pa_bits = memory->trick_pa_bits;
	rec.hook_ctx = run;
	inner = rec.maint;
	return true;
}

void machine_end(struct run *run)
{
	(void)run;
	recorder_end(&rec);
}

int machine_go_live(struct run *run)
{
	rec.maint = run->maint;
	return recorder_set_live(&rec);
}

int machine_stop(struct run *run)
{
	(void)run;
	recorder_set_off(&rec);
	return rec.mmu.maint ? HYPMMU_ERR_STATE : HYPMMU_OK;
}

void machine_publish(struct run *run, const void *p, size_t size)
{
	(void)run;
	inner.publish(inner.ctx, p, size);
}

void machine_sync(struct run *run, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		  size_t n)
{
	(void)run;
	inner.sync(inner.ctx, cfg, list, n);
}

void machine_switch(struct run *run)
{
	(void)run;
	recorder_switch_all(&rec);
}

void machine_call(struct run *run)
{
	(void)run;
	recorder_call(&rec);
}

void machine_return(struct run *run)
{
	(void)run;
	rec.hook = NULL;
	recorder_return(&rec);
}

void machine_unleash(struct run *run)
{
	(void)run;
	rec.hook = strike;
}

size_t machine_stores(const struct run *run)
{
	(void)run;
	return bbm_counts(rec.bbm).stores;
}

const char *machine_fault(struct run *run)
{
	(void)run;
	return judge_fault(&rec);
}

void machine_store(struct run *run, hypmmu_pa slot, hypmmu_desc desc)
{
	unsigned char *bytes = arena_poke(run->arena, slot);
	hypmmu_desc old = oracle_load(&run->oracle, bytes);

	trace_store(&rec.trace, run->model.live ? TRACE_HARDWARE : TRACE_STORE, slot, old, desc);
	for (unsigned i = 0; i < 8; i++)
		bytes[run->oracle.big_endian ? 7 - i : i] = (unsigned char)(desc >> 8 * i);
}
