/* SPDX-License-Identifier: BSD-2-Clause */
#include "model.h"
#include <stdlib.h>
#include <string.h>

static uint64_t size_at(const struct model *model, int level)
{
	return UINT64_C(1) << oracle_shift(&model->shape, level);
}

static uint64_t end_of(const struct model *model, const struct model_leaf *leaf)
{
	return leaf->at + size_at(model, leaf->level);
}

bool model_init(struct model *model, const struct oracle *shape, size_t limit)
{
	/* a split may put three tables of leaves above the limit before that is noticed */
	size_t room = limit + 4 * ((size_t)1 << (shape->granule - 3)) + 16;

	*model = (struct model){.shape = *shape, .limit = limit, .room = room};
	model->leaves = malloc(room * sizeof model->leaves[0]);
	model->next = malloc(room * sizeof model->next[0]);
	model->stack = malloc(room * sizeof model->stack[0]);
	model->splits = malloc(room * sizeof model->splits[0]);
	return model->leaves && model->next && model->stack && model->splits;
}

void model_destroy(struct model *model)
{
	free(model->leaves);
	free(model->next);
	free(model->stack);
	free(model->splits);
	*model = (struct model){.n = 0};
}

/* ---- The stack holds what is still to be looked at, the lowest on top ---- */

static struct model_leaf *top_of(struct model *model)
{
	return model->stack_n ? &model->stack[model->stack_n - 1] : NULL;
}

static void append(struct model *model, struct model_leaf leaf)
{
	if (model->next_n < model->room)
		model->next[model->next_n++] = leaf;
}

static void pass_on(struct model *model)
{
	append(model, *top_of(model));
	model->stack_n--;
}

static void pass_on_below(struct model *model, uint64_t at)
{
	while (model->stack_n && end_of(model, top_of(model)) <= at)
		pass_on(model);
}

/* Leaves one level down take the place of the one on top. */
static void split_top(struct model *model)
{
	struct model_leaf block = *top_of(model);
	uint64_t slots = UINT64_C(1) << (model->shape.granule - 3);
	uint64_t size = size_at(model, block.level + 1);

	model->stack_n--;
	if (model->splits_n < model->room)
		model->splits[model->splits_n++] = (struct model_split){block.at, block.level};
	for (uint64_t i = slots; i-- > 0 && model->stack_n < model->room;)
		model->stack[model->stack_n++] =
			(struct model_leaf){block.at + i * size, block.pa + i * size, block.attr,
					    block.level + 1, block.dirty};
}

/* ---- What each operation does to one piece; HYPMMU_OK, or an error at *at ---- */

static bool is_hole(struct model *model, uint64_t at)
{
	return !model->stack_n || top_of(model)->at > at;
}

static uint64_t end_of_hole(struct model *model, uint64_t end)
{
	return model->stack_n && top_of(model)->at < end ? top_of(model)->at : end;
}

/* DBM: clean until it is written. */
static bool is_dirty_at_first(hypmmu_attr attr)
{
	return (attr & (HYPMMU_W | HYPMMU_DBM)) == HYPMMU_W;
}

/* The largest leaf for a hole that starts at `at`. */
static struct model_leaf largest_leaf(struct model *model, uint64_t at, uint64_t end,
				      const struct hypmmu_change *map, hypmmu_pa pa)
{
	int level = map->flags & HYPMMU_PAGES_ONLY ? 3 : oracle_start_level(&model->shape);

	for (; level < 3; level++) {
		uint64_t size = size_at(model, level);

		if (oracle_is_leaf_level(&model->shape, level) && (at | pa) % size == 0 &&
		    at + size <= end_of_hole(model, end))
			break;
	}
	return (struct model_leaf){at, pa, map->attr, level, is_dirty_at_first(map->attr)};
}

static int map_piece(struct model *model, const struct model_piece *piece,
		     const struct hypmmu_change *map, uint64_t *at)
{
	hypmmu_pa delta = map->pa - (map->va - oracle_first_va(&model->shape));

	for (*at = piece->first; *at < piece->end && model->next_n < model->room;) {
		const struct model_leaf *top = top_of(model);

		if (is_hole(model, *at)) {
			append(model, largest_leaf(model, *at, piece->end, map, *at + delta));
			model->touched++;
			*at = end_of(model, &model->next[model->next_n - 1]);
			continue;
		}
		if (top->pa - top->at != delta || top->attr != map->attr)
			return HYPMMU_ERR_CONFLICT;
		*at = end_of(model, top);
		if (*at <= piece->end)
			pass_on(model);
	}
	return HYPMMU_OK;
}

static bool must_split(struct model *model, const struct model_piece *piece,
		       const struct hypmmu_change *change)
{
	const struct model_leaf *top = top_of(model);

	if (change->op == HYPMMU_SPLIT && (change->flags & HYPMMU_PAGES_ONLY) && top->level < 3)
		return true;
	return top->at < piece->first || end_of(model, top) > piece->end;
}

/* UNMAP, PROTECT, SPLIT of the leaf on top, which holds *at. */
static void change_top(struct model *model, const struct model_piece *piece,
		       const struct hypmmu_change *change, uint64_t *at)
{
	struct model_leaf *top = top_of(model);

	if (change->op == HYPMMU_PROTECT && top->attr == change->attr) {
		*at = end_of(model, top);
		if (*at <= piece->end)
			pass_on(model);
		return;
	}
	if (must_split(model, piece, change)) {
		split_top(model);
		pass_on_below(model, *at);
		return;
	}
	*at = end_of(model, top);
	model->touched += change->op != HYPMMU_SPLIT;
	if (change->op == HYPMMU_PROTECT) {
		if (!(change->attr & HYPMMU_DBM)) /* else what was written stays so */
			top->dirty = is_dirty_at_first(change->attr);
		top->attr = change->attr;
	}
	if (change->op == HYPMMU_UNMAP)
		model->stack_n--;
	else
		pass_on(model);
}

static int change_piece(struct model *model, const struct model_piece *piece,
			const struct hypmmu_change *change, uint64_t *at)
{
	bool holes = change->op == HYPMMU_SPLIT || (change->flags & HYPMMU_SKIP_HOLES);

	for (*at = piece->first; *at < piece->end && model->next_n < model->room;) {
		if (!is_hole(model, *at))
			change_top(model, piece, change, at);
		else if (holes)
			*at = end_of_hole(model, piece->end);
		else
			return HYPMMU_ERR_UNMAPPED;
	}
	return HYPMMU_OK;
}

/* Are these leaves, a table of them, one leaf of the level above, in the piece? */
static bool is_one_leaf(const struct model *model, const struct model_leaf *first, size_t slots,
			uint64_t from)
{
	uint64_t size = size_at(model, first->level);

	if (first->level == oracle_start_level(&model->shape) ||
	    !oracle_is_leaf_level(&model->shape, first->level - 1))
		return false;
	if (first->at < from || (first->at | first->pa) % (size * slots))
		return false;
	for (size_t i = 1; i < slots; i++) {
		if (first[i].level != first->level || first[i].attr != first->attr ||
		    first[i].at != first->at + i * size || first[i].pa != first->pa + i * size)
			return false;
	}
	return true;
}

/* The last leaves become one, if they are one. */
static bool fold(struct model *model, const struct model_piece *piece)
{
	size_t slots = (size_t)1 << (model->shape.granule - 3);
	struct model_leaf *first = model->next + model->next_n - slots;

	if (model->next_n < slots || !is_one_leaf(model, first, slots, piece->first))
		return false;
	for (size_t i = 1; i < slots; i++)
		first->dirty |= first[i].dirty;
	first->level--;
	model->next_n -= slots - 1;
	model->folded++;
	return true;
}

static void merge_piece(struct model *model, const struct model_piece *piece)
{
	while (model->stack_n && end_of(model, top_of(model)) <= piece->end) {
		pass_on(model);
		while (fold(model, piece))
			;
	}
}

static int do_piece(struct model *model, const struct model_piece *piece,
		    const struct hypmmu_change *change, uint64_t *at)
{
	pass_on_below(model, piece->first);
	switch (change->op) {
	case HYPMMU_MAP:
		return map_piece(model, piece, change, at);
	case HYPMMU_MERGE:
		merge_piece(model, piece);
		return HYPMMU_OK;
	case HYPMMU_KEEP:
		return HYPMMU_OK;
	default:
		return change_piece(model, piece, change, at);
	}
}

struct model_verdict model_try(struct model *model, const struct hypmmu_change *changes, size_t n)
{
	struct model_piece pieces[MODEL_PIECES];
	size_t count = model_cut(&model->shape, changes, n, pieces);
	struct model_verdict verdict = {.err = HYPMMU_OK};

	model->next_n = model->splits_n = model->touched = model->folded = 0;
	for (model->stack_n = 0; model->stack_n < model->n; model->stack_n++)
		model->stack[model->stack_n] = model->leaves[model->n - 1 - model->stack_n];
	for (size_t i = 0; i < count && !verdict.err; i++) {
		verdict.index = pieces[i].index;
		verdict.err = do_piece(model, &pieces[i], &changes[pieces[i].index], &verdict.at);
	}
	while (!verdict.err && model->stack_n && model->next_n < model->room)
		pass_on(model);
	verdict.leaves = model->touched;
	verdict.resized = model->splits_n || model->folded;
	verdict.too_big = model->next_n > model->limit;
	if (verdict.err || verdict.too_big)
		return verdict;
	model_count_tables(model, &verdict);
	return verdict;
}

void model_commit(struct model *model)
{
	struct model_leaf *old = model->leaves;

	model->leaves = model->next;
	model->n = model->next_n;
	model->next = old;
}

void model_write(struct model *model, size_t leaf)
{
	model->leaves[leaf].dirty = true;
}
