/* SPDX-License-Identifier: BSD-2-Clause */
#include "judge.h"
#include "machine.h"

static struct {
	struct arena arena;
	struct hypmmu mmu;
} plain;

bool machine_start(struct run *run, const struct arena *memory)
{
	plain.arena = *memory;
	run->arena = &plain.arena;
	run->mmu = &plain.mmu;
	return arena_init(run->arena) &&
	       hypmmu_init(run->mmu, &run->theme.cfg, &run->arena->pages) == HYPMMU_OK;
}

void machine_end(struct run *run)
{
	arena_destroy(run->arena);
}

int machine_go_live(struct run *run)
{
	return hypmmu_set_live(run->mmu, &run->maint);
}

int machine_stop(struct run *run)
{
	return hypmmu_set_live(run->mmu, NULL);
}

void machine_publish(struct run *run, const void *p, size_t size)
{
	(void)run;
	(void)p;
	(void)size;
}

void machine_sync(struct run *run, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		  size_t n)
{
	(void)run;
	(void)cfg;
	(void)list;
	(void)n;
}

void machine_switch(struct run *run)
{
	(void)run;
}

void machine_call(struct run *run)
{
	(void)run;
}

void machine_return(struct run *run)
{
	(void)run;
}

void machine_unleash(struct run *run)
{
	(void)run;
}

size_t machine_stores(const struct run *run)
{
	(void)run;
	return 0;
}

const char *machine_fault(struct run *run)
{
	(void)run;
	return NULL;
}

void machine_store(struct run *run, hypmmu_pa slot, hypmmu_desc desc)
{
	unsigned char *bytes = arena_poke(run->arena, slot);

	for (unsigned i = 0; i < 8; i++)
		bytes[run->oracle.big_endian ? 7 - i : i] = (unsigned char)(desc >> 8 * i);
}
