/* SPDX-License-Identifier: BSD-2-Clause */
/* The arrays of leaves. */
#include "model.h"
#include <stdlib.h>

uint64_t model_size_at(const struct model *model, int level)
{
	return UINT64_C(1) << oracle_shift(&model->shape, level);
}

uint64_t model_end(const struct model *model, const struct model_leaf *leaf)
{
	return leaf->at + model_size_at(model, leaf->level);
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

struct model_leaf *model_top(struct model *model)
{
	return model->stack_n ? &model->stack[model->stack_n - 1] : NULL;
}

void model_append(struct model *model, struct model_leaf leaf)
{
	if (model->next_n < model->room)
		model->next[model->next_n++] = leaf;
}

void model_pass_on(struct model *model)
{
	model_append(model, *model_top(model));
	model->stack_n--;
}

void model_pass_on_below(struct model *model, uint64_t at)
{
	while (model->stack_n && model_end(model, model_top(model)) <= at)
		model_pass_on(model);
}

/* Leaves one level down take the place of the one on top. */
void model_split_top(struct model *model)
{
	struct model_leaf block = *model_top(model);
	uint64_t slots = UINT64_C(1) << (model->shape.granule - 3);
	uint64_t size = model_size_at(model, block.level + 1);

	model->stack_n--;
	if (model->splits_n < model->room)
		model->splits[model->splits_n++] = (struct model_split){block.at, block.level};
	block.level++;
	block.part = true;
	for (uint64_t i = slots; i-- > 0 && model->stack_n < model->room;) {
		struct model_leaf *leaf = &model->stack[model->stack_n++];

		*leaf = block;
		leaf->at += i * size;
		leaf->pa += i * size;
	}
}

void model_commit(struct model *model)
{
	struct model_leaf *old = model->leaves;
	size_t n = model->n;

	model->leaves = model->next;
	model->n = model->next_n;
	model->next = old;
	model->next_n = n;
	for (size_t i = 0; i < model->n; i++) {
		struct model_leaf *leaf = &model->leaves[i];

		leaf->maker = 0;
		leaf->part = leaf->folded = false;
	}
}

struct model_leaf *model_find(struct model_leaf *leaves, size_t n, uint64_t at)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (leaves[middle].at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &leaves[low - 1] : NULL;
}
