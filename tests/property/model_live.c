/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the architecture asks of a change while the tables are walked: break-before-make for another
 * size, hint, memory type, output (NS is part of it), and for what becomes global. Checked or
 * unchecked tags are no other type. All else may be stored over what is there.
 */
#include "model.h"

#define TYPE   HYPMMU_DEVICE_GRE
#define RIGHTS (HYPMMU_W | HYPMMU_X)
#define SW     HYPMMU_SW(15)

static bool is_tagging(hypmmu_attr a, hypmmu_attr b)
{
	return ((a & TYPE) == HYPMMU_NORMAL && (b & TYPE) == HYPMMU_NORMAL_TAGGED) ||
	       ((b & TYPE) == HYPMMU_NORMAL && (a & TYPE) == HYPMMU_NORMAL_TAGGED);
}

static bool needs_break(hypmmu_attr before, hypmmu_attr after)
{
	if (((before ^ after) & TYPE) && !is_tagging(before, after))
		return true;
	return ((before ^ after) & HYPMMU_NS) || (before & ~after & HYPMMU_NG);
}

static bool is_weaker(hypmmu_attr before, hypmmu_attr after)
{
	return (before & ~after & RIGHTS) || ((before ^ after) & ~(RIGHTS | SW));
}

/* The lowest pinned byte of the range is at fault, if there is one. */
static int keep_pins(const struct model *model, struct model_range range, uint64_t *at)
{
	uint64_t lowest = UINT64_MAX;

	for (size_t i = 0; i < model->pins_n; i++) {
		const struct model_range *pin = &model->pins[i];
		uint64_t first = pin->first > range.first ? pin->first : range.first;

		if (pin->first < range.end && pin->end > range.first && first < lowest)
			lowest = first;
	}
	if (lowest == UINT64_MAX)
		return HYPMMU_OK;
	*at = lowest;
	return HYPMMU_ERR_PINNED;
}

int model_break(struct model *model, const struct model_piece *piece, struct model_range range,
		size_t slots, uint64_t *at)
{
	if (!model->walked)
		return HYPMMU_OK;
	if (!piece->may_break)
		return HYPMMU_ERR_BREAK;
	model->verdict.breaks += slots;
	model->verdict.stale = true;
	return keep_pins(model, range, at);
}

int model_resize(struct model *model, const struct model_piece *piece, struct model_range range,
		 size_t slots, uint64_t *at)
{
	if (!model->noabort)
		return model_break(model, piece, range, slots, at);
	model->verdict.stale |= model->walked;
	return HYPMMU_OK;
}

static struct model_range range_of(const struct model *model, const struct model_leaf *leaf)
{
	return (struct model_range){leaf->at, model_end(model, leaf)};
}

int model_remove(struct model *model, const struct model_leaf *leaf, uint64_t *at)
{
	model->verdict.changed = true;
	model->verdict.stale |= model->walked;
	return keep_pins(model, range_of(model, leaf), at);
}

/* Of a leaf that was split by a break, the parts are new. */
int model_relabel(struct model *model, const struct model_piece *piece,
		  const struct model_leaf *leaf, hypmmu_attr attr, uint64_t *at)
{
	struct model_range range = range_of(model, leaf);
	bool is_new = leaf->part && !model->noabort;
	int err = HYPMMU_OK;

	model->verdict.changed = true;
	if ((leaf->attr ^ attr) & ~SW)
		model->verdict.stale |= model->walked;
	if (needs_break(leaf->attr, attr) && !is_new)
		err = model_break(model, piece, range, 1, at);
	if (!err && is_weaker(leaf->attr, attr))
		err = keep_pins(model, range, at);
	return err;
}
