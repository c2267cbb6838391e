/* SPDX-License-Identifier: BSD-2-Clause */
/* What the scenarios mean in bytes, and what an address in the arena then is. */
#ifndef STATE_H
#define STATE_H
#include "scenario.h"

/* The list for hypmmu_apply(), of at most OPS changes; how many there are. */
size_t to_changes(const struct step *step, enum hypmmu_granule granule,
		  struct hypmmu_change *changes);

struct state {
	bool mapped;
	hypmmu_pa pa;
	hypmmu_attr attr;
};

bool is_for(const struct scenario *scenario, enum hypmmu_granule granule);

uint64_t to_bytes(enum hypmmu_granule granule, amount of);

/* Of the address ARENA_BASE + va after that many steps. */
struct state state_after(const struct scenario *scenario, enum hypmmu_granule granule,
			 unsigned steps, amount va);

bool is_allowed(const struct state *state, enum hypmmu_access access);
#endif
