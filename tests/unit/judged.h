/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address space under the judge, of BLOCKS blocks from its lowest address on, beside a model of what
 * each page of it should be. va is counted from there, and pa is the same number.
 */
#ifndef JUDGED_H
#define JUDGED_H
#include "support/recorder.h"
#include "support/subject.h"

#define BLOCKS 4
#define NC     (HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_NC)
#define BREAK  HYPMMU_MAY_BREAK

struct cell { /* a page of the space; attr 0: a hole */
	hypmmu_attr attr;
	hypmmu_pa pa;
};

struct world {
	struct recorder rec;
	struct random random;
	uint64_t page, block, group;
	hypmmu_va base;
	hypmmu_attr data;
	bool live;
	struct cell *cells; /* as they should be */
	size_t seen;
};

struct hypmmu_change world_change(const struct world *w, enum hypmmu_op op, uint64_t va,
				  uint64_t size, hypmmu_attr attr, uint32_t flags);

/* The model alone. */
void world_expect(struct world *w, const struct hypmmu_change *change);
/* The judge is content, and every address translates to what the model says. */
void world_assert(struct world *w);

/* Carries it out, in the model, too; world_assert(). All but map have MAY_BREAK, unmap and protect
 * SKIP_HOLES. */
void world_apply(struct world *w, const struct hypmmu_change *changes, size_t n);
void world_map(struct world *w, uint64_t va, uint64_t size, hypmmu_attr attr, uint32_t flags);
void world_unmap(struct world *w, uint64_t va, uint64_t size);
void world_protect(struct world *w, uint64_t va, uint64_t size, hypmmu_attr attr);
void world_merge(struct world *w, uint64_t va, uint64_t size);
void world_split(struct world *w, uint64_t va, uint64_t size, uint32_t flags);

/* On each kind of CPU, with each of subject_configs; after the scenario everything is unmapped, and
 * nothing may be left but the root. */
void world_over_cpus(void (*scenario)(struct world *w));
#endif
