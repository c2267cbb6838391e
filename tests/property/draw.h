/* SPDX-License-Identifier: BSD-2-Clause */
/* Draws configurations, page sources and changes: mostly legal ones, often about the same
 * memory. */
#ifndef DRAW_H
#define DRAW_H
#include "model.h"
#include "support/arena.h"
#include "support/random.h"

#define DRAW_MOST 6 /* changes in a list */

/* What a round of changes is to be about. */
struct wish {
	enum hypmmu_granule granule;
	enum hypmmu_regime regime; /* 0: any */
	int start_level;
};

struct theme {
	struct hypmmu_config cfg;
	struct oracle shape;
	unsigned breaks; /* of 4 changes so many may break */
	hypmmu_attr attrs[4];
	uint64_t places[6];   /* relative VA */
	hypmmu_pa offsets[4]; /* PA less relative VA, modulo the PA space */
};

/* A configuration that the architecture has, whose root is at that level. */
struct theme draw_theme(struct random *random, const struct wish *wish);
/* The rest of a theme about this configuration. */
struct theme draw_theme_of(struct random *random, const struct hypmmu_config *cfg);
/* Its page source, anywhere in the PA space; to be given to arena_init(). */
struct arena draw_arena(struct random *random, const struct hypmmu_config *cfg);
/* 1 to DRAW_MOST changes; the model says what is mapped. */
size_t draw_changes(struct random *random, const struct theme *theme, const struct model *model,
		    struct hypmmu_change changes[DRAW_MOST]);
/* Some bytes of what is mapped; there is something. */
struct model_range draw_pin(struct random *random, const struct theme *theme,
			    const struct model *model);
/* 1 to DRAW_MOST mappings. */
size_t draw_maps(struct random *random, const struct theme *theme, const struct model *model,
		 struct hypmmu_change changes[DRAW_MOST]);
#endif
