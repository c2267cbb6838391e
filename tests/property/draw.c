/* SPDX-License-Identifier: BSD-2-Clause */
#include "draw.h"

struct range {
	uint64_t at, size;
};

static uint64_t page_size(const struct theme *theme)
{
	return UINT64_C(1) << theme->shape.granule;
}

static uint64_t space_size(const struct theme *theme)
{
	return UINT64_C(1) << theme->shape.ia_bits;
}

/* log2 of a page or, less often, of a block, what a table maps, or a contiguous group. */
static unsigned draw_shift(struct random *random, const struct theme *theme)
{
	static const int levels[] = {3, 3, 3, 2, 2, 2, 1, 1, 0, 0};
	int level = levels[random_below(random, 10)];
	int start = oracle_start_level(&theme->shape);
	unsigned order;

	if (level < start)
		level = start;
	order = oracle_group_order(&theme->shape, level);
	if (!(theme->cfg.use & HYPMMU_USE_CONT) || !random_once_in(random, 3))
		order = 0;
	return oracle_shift(&theme->shape, level) + order;
}

/* Within the space, not empty, in whole pages. */
static struct range clamp(const struct theme *theme, uint64_t at, uint64_t size)
{
	uint64_t space = space_size(theme), page = page_size(theme);

	if (at >= space)
		at = space - page;
	if (size > space - at)
		size = space - at;
	return (struct range){at, size ? size : page};
}

/* Some slots before or after a place, and some pages more. */
static struct range draw_near_place(struct random *random, const struct theme *theme)
{
	uint64_t at = theme->places[random_below(random, 6)], size;
	unsigned shift = draw_shift(random, theme);

	at += (random_below(random, 7) - 3) << shift; /* modulo 2^64: clamped */
	size = random_below(random, 4) << shift;
	if (random_once_in(random, 3))
		at += (random_below(random, 9) - 4) * page_size(theme);
	if (random_once_in(random, 3) || !size)
		size += (1 + random_below(random, 20)) * page_size(theme);
	return clamp(theme, at, size);
}

/* A part of some leaves that lie side by side. */
static struct range draw_mapped(struct random *random, const struct theme *theme,
				const struct model *model)
{
	uint64_t page = page_size(theme), most = 1 + random_below(random, 40), end;
	size_t first = (size_t)random_below(random, model->n), last = first;
	const struct model_leaf *leaf = &model->leaves[first];
	uint64_t size = UINT64_C(1) << oracle_shift(&theme->shape, leaf->level);
	uint64_t skip = random_once_in(random, 2) ? 0 : random_below(random, size / page) * page;

	end = leaf->at + size;
	while (last + 1 < model->n && last - first < most && model->leaves[last + 1].at == end)
		end += UINT64_C(1) << oracle_shift(&theme->shape, model->leaves[++last].level);
	size = end - leaf->at - skip;
	if (random_once_in(random, 2) && size > page)
		size -= random_below(random, size / page < 40 ? size / page : 40) * page;
	return clamp(theme, leaf->at + skip, size);
}

/* Everything that a slot around a leaf maps: what a merge needs. */
static struct range draw_slot(struct random *random, const struct theme *theme,
			      const struct model *model)
{
	const struct model_leaf *leaf = &model->leaves[random_below(random, model->n)];
	uint64_t size = UINT64_C(1) << draw_shift(random, theme);

	return clamp(theme, leaf->at & ~(size - 1), size << random_below(random, 3));
}

static struct range draw_range(struct random *random, const struct theme *theme,
			       const struct model *model, enum hypmmu_op op)
{
	if (!model->n || random_once_in(random, op == HYPMMU_MAP ? 2 : 4))
		return draw_near_place(random, theme);
	if (op == HYPMMU_MERGE && random_once_in(random, 2))
		return clamp(theme, 0, space_size(theme));
	if (op == HYPMMU_MERGE || random_once_in(random, 3))
		return draw_slot(random, theme, model);
	return draw_mapped(random, theme, model);
}

/* One of the theme's offsets, or that of the leaf below. */
static void draw_output(struct random *random, const struct theme *theme, const struct model *model,
			struct hypmmu_change *map)
{
	uint64_t at = map->va - oracle_first_va(&theme->shape);
	uint64_t space = UINT64_C(1) << theme->shape.oa_bits;
	const struct model_leaf *below = model_find(model->leaves, model->n, at);

	map->pa = (at + theme->offsets[random_below(random, 4)]) & (space - 1);
	map->attr = theme->attrs[random_below(random, 4)];
	if (below && random_once_in(random, 2)) {
		map->pa = (below->pa + (at - below->at)) & (space - 1);
		map->attr = below->attr;
	}
	if (random_once_in(random, 8)) /* across where OA[51:48] or OA[51:50] change */
		map->pa = ((1 + random_below(random, 15)) << 48 & (space - 1)) -
			  random_below(random, 64) * page_size(theme);
	if (map->size > space)
		map->size = page_size(theme);
	if (map->pa >= space || map->size > space - map->pa)
		map->pa = space - map->size;
}

static uint32_t draw_flags(struct random *random, const struct theme *theme, enum hypmmu_op op)
{
	uint32_t flags = random_below(random, 4) < theme->breaks ? HYPMMU_MAY_BREAK : 0;

	if ((op == HYPMMU_MAP || op == HYPMMU_SPLIT) && random_once_in(random, 3))
		flags |= HYPMMU_PAGES_ONLY;
	if ((op == HYPMMU_UNMAP || op == HYPMMU_PROTECT) && random_once_in(random, 2))
		flags |= HYPMMU_SKIP_HOLES;
	return flags;
}

static struct hypmmu_change draw_change(struct random *random, const struct theme *theme,
					const struct model *model, enum hypmmu_op op)
{
	struct range range = draw_range(random, theme, model, op);
	struct hypmmu_change change = {.op = op,
				       .va = oracle_first_va(&theme->shape) + range.at,
				       .size = range.size,
				       .flags = draw_flags(random, theme, op)};

	if (op == HYPMMU_MAP)
		draw_output(random, theme, model, &change);
	if (op == HYPMMU_PROTECT)
		change.attr = theme->attrs[random_below(random, 4)];
	return change;
}

/* Moves a change to a part of an earlier one, which it then replaces there. */
static void nest(struct random *random, const struct theme *theme,
		 const struct hypmmu_change *earlier, struct hypmmu_change *change)
{
	uint64_t pages = earlier->size >> theme->shape.granule, skip = random_below(random, pages);
	uint64_t at = skip << theme->shape.granule;

	change->va = earlier->va + at;
	change->size = (1 + random_below(random, pages - skip)) << theme->shape.granule;
	if (change->op == HYPMMU_MAP && earlier->op == HYPMMU_MAP)
		change->pa = earlier->pa + at;
	else if (change->op == HYPMMU_MAP)
		change->pa = 0;
	if (change->op == HYPMMU_MAP && change->size > (UINT64_C(1) << theme->shape.oa_bits))
		change->size = page_size(theme);
}

static bool crosses_any(const struct hypmmu_change *changes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (model_crosses(&changes[i], &changes[n]))
			return true;
	}
	return false;
}

static size_t draw_list(struct random *random, const struct theme *theme, const struct model *model,
			bool maps_only, struct hypmmu_change changes[DRAW_MOST])
{
	static const enum hypmmu_op ops[] = {
		HYPMMU_MAP,	HYPMMU_MAP,   HYPMMU_MAP,     HYPMMU_UNMAP, HYPMMU_UNMAP,
		HYPMMU_PROTECT, HYPMMU_SPLIT, HYPMMU_PROTECT, HYPMMU_MERGE, HYPMMU_KEEP};
	size_t wanted = random_once_in(random, 2) ? 1 : 1 + random_below(random, DRAW_MOST);
	size_t n = 0;

	for (size_t tries = 0; n < wanted && tries < 3 * DRAW_MOST; tries++) {
		enum hypmmu_op op = maps_only ? HYPMMU_MAP : ops[random_below(random, 10)];

		changes[n] = draw_change(random, theme, model, op);
		if (n && random_once_in(random, 3))
			nest(random, theme, &changes[random_below(random, n)], &changes[n]);
		if (!crosses_any(changes, n) || random_once_in(random, 64))
			n++;
	}
	if (random_once_in(random, 16))
		changes[random_below(random, n)].flags |= HYPMMU_NEW_ROOT;
	return n;
}

struct model_range draw_pin(struct random *random, const struct theme *theme,
			    const struct model *model)
{
	struct range range = draw_mapped(random, theme, model);
	uint64_t skip = random_below(random, range.size), size = range.size - skip;

	if (size > 3 * page_size(theme))
		size = random_below(random, 3 * page_size(theme)) + 1;
	return (struct model_range){range.at + skip, range.at + skip + size};
}

size_t draw_changes(struct random *random, const struct theme *theme, const struct model *model,
		    struct hypmmu_change changes[DRAW_MOST])
{
	return draw_list(random, theme, model, false, changes);
}

size_t draw_maps(struct random *random, const struct theme *theme, const struct model *model,
		 struct hypmmu_change changes[DRAW_MOST])
{
	return draw_list(random, theme, model, true, changes);
}
