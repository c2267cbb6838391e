/* SPDX-License-Identifier: BSD-2-Clause */
#include "model.h"

/* ---- What each operation does to one piece; HYPMMU_OK, or an error at *at ---- */

static bool is_hole(struct model *model, uint64_t at)
{
	return !model->stack_n || model_top(model)->at > at;
}

static uint64_t end_of_hole(struct model *model, uint64_t end)
{
	return model->stack_n && model_top(model)->at < end ? model_top(model)->at : end;
}

/* DBM: clean until it is written. */
static enum model_bit is_dirty_at_first(hypmmu_attr attr)
{
	return (attr & (HYPMMU_W | HYPMMU_DBM)) == HYPMMU_W ? MODEL_YES : MODEL_NO;
}

/* The largest leaf for a hole that starts at `at`. */
static struct model_leaf largest_leaf(struct model *model, uint64_t at, uint64_t end,
				      const struct hypmmu_change *map, hypmmu_pa pa)
{
	int level = map->flags & HYPMMU_PAGES_ONLY ? 3 : oracle_start_level(&model->shape);

	for (; level < 3; level++) {
		uint64_t size = model_size_at(model, level);

		if (oracle_is_leaf_level(&model->shape, level) && (at | pa) % size == 0 &&
		    at + size <= end_of_hole(model, end))
			break;
	}
	return (struct model_leaf){.at = at,
				   .pa = pa,
				   .attr = map->attr,
				   .level = (int8_t)level,
				   .dirty = (uint8_t)is_dirty_at_first(map->attr),
				   .accessed = MODEL_YES};
}

static int map_piece(struct model *model, const struct model_piece *piece,
		     const struct hypmmu_change *map, uint64_t *at)
{
	hypmmu_pa delta = map->pa - (map->va - oracle_first_va(&model->shape));

	for (*at = piece->first; *at < piece->end && model->next_n < model->room;) {
		const struct model_leaf *top = model_top(model);

		if (is_hole(model, *at)) {
			struct model_leaf leaf =
				largest_leaf(model, *at, piece->end, map, *at + delta);

			leaf.maker = (uint8_t)(piece - model->pieces + 1);
			model_append(model, leaf);
			model->verdict.leaves++;
			model->verdict.changed = true;
			*at = model_end(model, &leaf);
			continue;
		}
		if (top->pa - top->at != delta || top->attr != map->attr)
			return HYPMMU_ERR_CONFLICT;
		*at = model_end(model, top);
		if (*at <= piece->end)
			model_pass_on(model);
	}
	return HYPMMU_OK;
}

static bool must_split(struct model *model, const struct model_piece *piece,
		       const struct hypmmu_change *change)
{
	const struct model_leaf *top = model_top(model);

	if (change->op == HYPMMU_SPLIT && (change->flags & HYPMMU_PAGES_ONLY) && top->level < 3)
		return true;
	return top->at < piece->first || model_end(model, top) > piece->end;
}

/* The leaf on top leaves its group, and is split. */
static int split(struct model *model, const struct model_piece *piece, uint64_t *at)
{
	struct model_leaf *top = model_top(model);
	struct model_range all = {top->at, model_end(model, top)}, nothing = {0, 0};
	bool is_new = top->part && !model->noabort; /* of what was broken */
	int err = model_loosen(model, piece, nothing, at);

	model->verdict.changed = true;
	if (!err && !is_new)
		err = model_resize(model, piece, all, 1, at);
	if (err)
		return err;
	model_split_top(model);
	model_pass_on_below(model, *at);
	return HYPMMU_OK;
}

static void relabel_top(struct model *model, hypmmu_attr attr)
{
	struct model_leaf *top = model_top(model);

	if (!(attr & HYPMMU_DBM)) /* else what was written stays so */
		top->dirty = (uint8_t)is_dirty_at_first(attr);
	top->attr = attr;
}

/* All of the leaf on top. */
static int change_whole(struct model *model, const struct model_piece *piece,
			const struct hypmmu_change *change, uint64_t *at)
{
	struct model_range range = {piece->first, piece->end};
	bool pages = change->op == HYPMMU_SPLIT && (change->flags & HYPMMU_PAGES_ONLY);
	uint64_t end = model_end(model, model_top(model));
	int err;

	if (pages)
		range.end = range.first;
	err = model_loosen(model, piece, range, at);
	if (!err && change->op == HYPMMU_UNMAP)
		err = model_remove(model, model_top(model), at);
	if (!err && change->op == HYPMMU_PROTECT)
		err = model_relabel(model, piece, model_top(model), change->attr, at);
	if (err)
		return err;
	model->verdict.leaves += change->op != HYPMMU_SPLIT;
	if (change->op == HYPMMU_PROTECT)
		relabel_top(model, change->attr);
	if (change->op == HYPMMU_UNMAP)
		model->stack_n--;
	else
		model_pass_on(model);
	*at = end;
	return HYPMMU_OK;
}

/* UNMAP, PROTECT, SPLIT of the leaf on top, which holds *at. */
static int change_top(struct model *model, const struct model_piece *piece,
		      const struct hypmmu_change *change, uint64_t *at)
{
	const struct model_leaf *top = model_top(model);

	if (change->op == HYPMMU_PROTECT && top->attr == change->attr) {
		*at = model_end(model, top);
		if (*at <= piece->end)
			model_pass_on(model);
		return HYPMMU_OK;
	}
	if (must_split(model, piece, change))
		return split(model, piece, at);
	return change_whole(model, piece, change, at);
}

static int change_piece(struct model *model, const struct model_piece *piece,
			const struct hypmmu_change *change, uint64_t *at)
{
	bool holes = change->op == HYPMMU_SPLIT || (change->flags & HYPMMU_SKIP_HOLES);

	int err = HYPMMU_OK;

	for (*at = piece->first; !err && *at < piece->end && model->next_n < model->room;) {
		if (!is_hole(model, *at))
			err = change_top(model, piece, change, at);
		else if (holes)
			*at = end_of_hole(model, piece->end);
		else
			err = HYPMMU_ERR_UNMAPPED;
	}
	return err;
}

static int do_piece(struct model *model, const struct model_piece *piece,
		    const struct hypmmu_change *change, uint64_t *at)
{
	model_pass_on_below(model, piece->first);
	switch (change->op) {
	case HYPMMU_MAP:
		return map_piece(model, piece, change, at);
	case HYPMMU_MERGE:
		return model_merge(model, piece, at);
	default:
		return change_piece(model, piece, change, at);
	}
}

static void start(struct model *model, const struct hypmmu_change *changes, size_t n)
{
	model_cut(model, changes, n);
	model->verdict = (struct model_verdict){.err = HYPMMU_OK};
	model->walked = model->live && !model_wants_new_root(changes, n);
	model->lone = n == 1;
	model->next_n = model->splits_n = model->folded = 0;
	for (model->stack_n = 0; model->stack_n < model->n; model->stack_n++)
		model->stack[model->stack_n] = model->leaves[model->n - 1 - model->stack_n];
}

static void do_pieces(struct model *model, const struct hypmmu_change *changes)
{
	struct model_verdict *verdict = &model->verdict;

	for (size_t i = 0; i < model->pieces_n && !verdict->err; i++) {
		const struct model_piece *piece = &model->pieces[i];

		verdict->index = piece->index;
		verdict->err = do_piece(model, piece, &changes[piece->index], &verdict->at);
	}
	while (!verdict->err && model->stack_n && model->next_n < model->room)
		model_pass_on(model);
}

struct model_verdict model_try(struct model *model, const struct hypmmu_change *changes, size_t n)
{
	struct model_verdict *verdict = &model->verdict;
	uint64_t at = 0;
	size_t index = 0;
	int err;

	start(model, changes, n);
	do_pieces(model, changes);
	verdict->resized = model->splits_n || model->folded;
	verdict->too_big = model->next_n > model->limit;
	if (verdict->too_big)
		return *verdict;
	err = model->cont ? model_tighten(model, changes, &at, &index) : HYPMMU_OK;
	if (err) {
		verdict->err = err;
		verdict->at = at;
		verdict->index = index;
	}
	if (!verdict->err)
		model_count_tables(model, model->live && !model->walked);
	return *verdict;
}
