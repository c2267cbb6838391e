/* SPDX-License-Identifier: BSD-2-Clause */
/* Contiguous groups: when they are dissolved, when they come to be. */
#include "model.h"

static uint64_t group_size(const struct model *model, int level)
{
	return model_size_at(model, level) << oracle_group_order(&model->shape, level);
}

static struct model_range group_of(const struct model *model, const struct model_leaf *leaf)
{
	uint64_t size = group_size(model, leaf->level), first = leaf->at & ~(size - 1);

	return (struct model_range){first, first + size};
}

/* Its leaves are the last in `next`, and the first on the stack. */
static void take_hints(struct model *model, struct model_range group)
{
	for (size_t i = model->next_n; i-- > 0 && model->next[i].at >= group.first;)
		model->next[i].hint = MODEL_NO;
	for (size_t i = model->stack_n; i-- > 0 && model->stack[i].at < group.end;)
		model->stack[i].hint = MODEL_NO;
}

int model_loosen(struct model *model, const struct model_piece *piece, struct model_range range,
		 uint64_t *at)
{
	const struct model_leaf *top = model_top(model);
	struct model_range group = group_of(model, top);

	if (!top->hint || (range.first <= group.first && group.end <= range.end))
		return HYPMMU_OK;
	take_hints(model, group);
	model->verdict.grouped = true;
	return model_resize(model, piece, group,
			    (size_t)1 << oracle_group_order(&model->shape, top->level), at);
}

/* ---- Groups that come to be ---- */

static bool follows(const struct model *model, const struct model_leaf *a,
		    const struct model_leaf *b)
{
	uint64_t size = model_size_at(model, a->level);

	return b->level == a->level && b->attr == a->attr && b->at == a->at + size &&
	       b->pa == a->pa + size && !b->hint;
}

/* The leaves from `first` on, if they could be a group; 0. */
static size_t count_group(const struct model *model, const struct model_leaf *first)
{
	unsigned order = oracle_group_order(&model->shape, first->level);
	size_t n = (size_t)1 << order, left = model->next_n - (size_t)(first - model->next);

	if (!order || first->hint || n > left || n > oracle_slots(&model->shape, first->level) ||
	    (first->at | first->pa) & (group_size(model, first->level) - 1))
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (!follows(model, &first[i - 1], &first[i]))
			return 0;
	}
	return n;
}

/* Who made these leaves, or merges them? */
struct makers {
	const struct model_piece *piece; /* the first; NULL: none */
	size_t old;			 /* leaves that no MAP has made */
	bool wanted;			 /* by one of the changes */
	bool merge;			 /* one of them is a MERGE */
	bool one;			 /* there is no other piece */
	bool odd;			 /* some leaves came of a split or a merge */
};

/* The MERGE that a part of a split leaf lies in, or what has made or merged it; NULL. */
static const struct model_piece *find_maker(const struct model *model,
					    const struct hypmmu_change *changes,
					    const struct model_leaf *leaf)
{
	if (leaf->maker)
		return &model->pieces[leaf->maker - 1];
	for (size_t i = 0; i < model->pieces_n && leaf->part; i++) {
		const struct model_piece *piece = &model->pieces[i];

		if (changes[piece->index].op == HYPMMU_MERGE && piece->first <= leaf->at &&
		    leaf->at < piece->end)
			return piece;
	}
	return NULL;
}

static struct makers find_makers(const struct model *model, const struct hypmmu_change *changes,
				 const struct model_leaf *first, size_t n)
{
	struct makers makers = {.one = true};

	for (size_t i = 0; i < n; i++) {
		const struct model_piece *piece = find_maker(model, changes, &first[i]);
		const struct hypmmu_change *change;

		makers.odd |= first[i].part || first[i].folded;
		makers.old += !piece;
		if (!piece)
			continue;
		change = &changes[piece->index];
		makers.old += change->op == HYPMMU_MERGE;
		makers.merge |= change->op == HYPMMU_MERGE;
		makers.wanted |= change->op == HYPMMU_MERGE || !(change->flags & HYPMMU_PAGES_ONLY);
		if (!makers.piece)
			makers.piece = piece;
		makers.one &= piece == makers.piece;
	}
	return makers;
}

/* Leaves of a table that are one, but for tables below, stay as they are if these do not fold. */
static bool might_fold(const struct model *model, const struct model_leaf *leaf)
{
	uint64_t slot = model_size_at(model, leaf->level);
	uint64_t size = slot << (model->shape.granule - 3), at = leaf->at & ~(size - 1);
	uint64_t end = at + size;
	const struct model_leaf *last = model->next + model->next_n, *next = leaf;

	if (leaf->level == 3 || leaf->level == oracle_start_level(&model->shape))
		return false;
	while (next > model->next && next[-1].at >= at)
		next--;
	for (; next < last && next->at < end; next++) {
		bool is_leaf = next->level == leaf->level && !next->folded;

		if (is_leaf &&
		    (next->pa - next->at != leaf->pa - leaf->at || next->attr != leaf->attr))
			return false;
		if ((next->at & ~(slot - 1)) > at) /* a hole */
			return false;
		at = (next->at & ~(slot - 1)) + slot;
	}
	return at == end;
}

/* The hint that the group gets. Leaves that are there already get it if they need not be broken;
 * or may be, and lie in the range. */
static enum model_bit judge_group(const struct model *model, const struct makers *makers,
				  const struct model_leaf *first)
{
	struct model_range group = group_of(model, first);
	const struct model_piece *piece = makers->piece;
	bool in_piece;

	if (!makers->wanted)
		return MODEL_NO;
	if (!makers->old && makers->one)
		return MODEL_YES;
	in_piece = piece->first <= group.first && group.end <= piece->end;
	if (makers->one && makers->merge && !in_piece)
		return MODEL_NO;
	if (model->walked && !model->noabort && !(piece->may_break && in_piece))
		return MODEL_NO;
	if (makers->merge && might_fold(model, first))
		return MODEL_MAYBE;
	if (makers->odd || !makers->one)
		return MODEL_MAYBE;
	/* In a list, what has to be gone first may take the sync that the hint would need. */
	if (!makers->merge && !model->lone && (!in_piece || (model->walked && model->noabort)))
		return MODEL_MAYBE;
	return MODEL_YES;
}

int model_tighten(struct model *model, const struct hypmmu_change *changes, uint64_t *at,
		  size_t *index)
{
	for (size_t i = 0, n; i < model->next_n; i += n ? n : 1) {
		struct model_leaf *first = &model->next[i];
		struct model_range group = group_of(model, first);
		struct makers makers;
		enum model_bit hint;
		int err = HYPMMU_OK;

		n = count_group(model, first);
		if (!n)
			continue;
		makers = find_makers(model, changes, first, n);
		hint = judge_group(model, &makers, first);
		for (size_t k = 0; k < n; k++)
			first[k].hint = (uint8_t)hint;
		if (!makers.old || hint == MODEL_NO)
			continue;
		model->verdict.grouped = true;
		model->verdict.unsure |= hint == MODEL_MAYBE;
		*at = group.first;
		*index = makers.piece->index;
		if (hint == MODEL_YES)
			err = model_resize(model, makers.piece, group, makers.old, at);
		if (err)
			return err;
	}
	return HYPMMU_OK;
}
