/* SPDX-License-Identifier: BSD-2-Clause */
/* Draws configurations, page sources and changes: mostly legal ones, often about the same
 * memory. */
#ifndef DRAW_H
#define DRAW_H
#include "model.h"
#include "support/arena.h"
#include "support/random.h"

#define DRAW_MOST 6 /* changes in a list */

/* What a round of changes is about. */
struct theme {
	struct hypmmu_config cfg;
	struct oracle shape;
	hypmmu_attr attrs[4];
	uint64_t places[6];   /* relative VA */
	hypmmu_pa offsets[4]; /* PA less relative VA, modulo the PA space */
};

/* A configuration that the architecture has, whose root is at that level. */
struct theme draw_theme(struct random *random, enum hypmmu_granule granule, int start_level);
/* Its page source, anywhere in the PA space; to be given to arena_init(). */
struct arena draw_arena(struct random *random, const struct hypmmu_config *cfg);
/* 1 to DRAW_MOST changes; the model says what is mapped. */
size_t draw_changes(struct random *random, const struct theme *theme, const struct model *model,
		    struct hypmmu_change changes[DRAW_MOST]);
/* 1 to DRAW_MOST mappings. */
size_t draw_maps(struct random *random, const struct theme *theme, const struct model *model,
		 struct hypmmu_change changes[DRAW_MOST]);
#endif
