/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the address space of a run lives on: memory, CPUs. Of two kinds, one for each program:
 * machine_plain.c has memory alone; on machine_recorded.c every access is an event for the judge of
 * live changes (support/bbm.h), and hardware writes at any time.
 */
#ifndef MACHINE_H
#define MACHINE_H
#include "draw.h"

struct run;

/* Memory like this, and in it hypmmu_init(): run->arena, run->mmu. False: either failed. */
bool machine_start(struct run *run, const struct arena *memory);
void machine_end(struct run *run); /* after hypmmu_destroy() */

/* hypmmu_set_live() with run->maint, or NULL. */
int machine_go_live(struct run *run);
int machine_stop(struct run *run);
/* run->maint is told so. */
void machine_publish(struct run *run, const void *p, size_t size);
void machine_sync(struct run *run, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		  size_t n);
/* All CPUs go over to the new root. */
void machine_switch(struct run *run);

/* Around a call that changes something. */
void machine_call(struct run *run);
void machine_return(struct run *run);
/* From here on, to the end of the call, hardware writes at any time. */
void machine_unleash(struct run *run);
/* Stores to tables since the call began; 0 if nobody counts. */
size_t machine_stores(const struct run *run);
/* NULL: no rule is broken. */
const char *machine_fault(struct run *run);

/* Hardware, or not live software, writes a descriptor. */
void machine_store(struct run *run, hypmmu_pa slot, hypmmu_desc desc);
#endif
