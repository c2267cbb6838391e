/* SPDX-License-Identifier: BSD-2-Clause */
/* Merges: whole tables of leaves that are one leaf. */
#include "model.h"

static size_t slots_of(const struct model *model)
{
	return (size_t)1 << (model->shape.granule - 3);
}

/* Are these leaves, a table of them, one leaf of the level above, in the piece? */
static bool is_one_leaf(const struct model *model, const struct model_leaf *first, uint64_t from)
{
	uint64_t size = model_size_at(model, first->level);
	size_t slots = slots_of(model);

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

/* The last leaves become one, if they are one: always by a break. */
static int fold(struct model *model, const struct model_piece *piece, bool *again, uint64_t *at)
{
	size_t slots = slots_of(model);
	struct model_leaf *first = model->next + model->next_n - slots;

	*again = model->next_n >= slots && is_one_leaf(model, first, piece->first);
	if (!*again)
		return HYPMMU_OK;
	for (size_t i = 1; i < slots; i++) {
		first->dirty |= first[i].dirty;
		first->accessed |= first[i].accessed;
	}
	first->level--;
	first->hint = MODEL_NO;
	first->folded = true;
	model->next_n -= slots - 1;
	model->folded++;
	model->verdict.changed = true;
	*at = first->at;
	return model_break(model, piece, (struct model_range){first->at, model_end(model, first)},
			   1, at);
}

int model_merge(struct model *model, const struct model_piece *piece, uint64_t *at)
{
	int err = HYPMMU_OK;

	while (!err && model->stack_n && model_end(model, model_top(model)) <= piece->end) {
		bool again = true;

		model_top(model)->maker = (uint8_t)(piece - model->pieces + 1);
		model_pass_on(model);
		while (!err && again)
			err = fold(model, piece, &again, at);
	}
	return err;
}
