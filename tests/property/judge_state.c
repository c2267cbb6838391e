/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge.h"

#define AF  (UINT64_C(1) << 10)
#define AP2 (UINT64_C(1) << 7)

static unsigned char *byte_of(struct run *run, const struct oracle_answer *leaf, uint64_t bit)
{
	unsigned byte = bit == AF ? 1 : 0;

	return arena_poke(&run->arena, leaf->desc_pa) + (run->oracle.big_endian ? 7 - byte : byte);
}

/* What was written before the list to `old`, of which `leaf` maps a part now. */
static void inherit(struct model_leaf *leaf, const struct model_leaf *old, bool here)
{
	uint8_t as_it_is = here ? MODEL_YES : MODEL_MAYBE;

	if (leaf->accessed != MODEL_YES)
		leaf->accessed = as_it_is;
	if ((old->attr & leaf->attr & HYPMMU_DBM) && leaf->dirty != MODEL_YES)
		leaf->dirty = as_it_is;
}

/* All leaves that map to what `old` does, if only in part. */
static void pass_on(struct run *run, const struct model_leaf *old, uint64_t at)
{
	struct model *model = &run->model;
	uint64_t end = model_end(model, old);
	size_t i = 0;

	while (i < model->n && model_end(model, &model->leaves[i]) <= old->at)
		i++;
	for (; i < model->n && model->leaves[i].at < end; i++) {
		struct model_leaf *leaf = &model->leaves[i];

		if (leaf->pa - leaf->at == old->pa - old->at)
			inherit(leaf, old, leaf->at <= at && at < model_end(model, leaf));
	}
}

void write_to(struct run *run, const struct oracle *oracle, const struct model_leaf *leaf,
	      uint64_t at)
{
	struct oracle_answer there = oracle_walk(oracle, oracle_first_va(oracle) + at);

	*byte_of(run, &there, AF) |= AF >> 8;
	if (leaf->attr & HYPMMU_DBM)
		*byte_of(run, &there, AP2) &= (unsigned char)~AP2;
	pass_on(run, leaf, at);
	run->written++;
}

void write_somewhere(struct run *run)
{
	struct model *model = &run->model;
	const struct model_leaf *leaf;

	if (!model->n || !run->oracle.hd)
		return;
	leaf = &model->leaves[random_below(&run->random, model->n)];
	if ((leaf->attr & HYPMMU_DBM) || leaf->accessed == MODEL_NO)
		write_to(run, &run->oracle, leaf, leaf->at);
}

void clear_flags(struct run *run)
{
	struct model *model = &run->model;

	for (size_t i = 0; i < model->n && run->oracle.hd; i++) {
		struct model_leaf *leaf = &model->leaves[i];
		struct oracle_answer there;

		if (!random_once_in(&run->random, 4))
			continue;
		there = oracle_walk(&run->oracle, oracle_first_va(&run->oracle) + leaf->at);
		*byte_of(run, &there, AF) &= (unsigned char)~(AF >> 8);
		leaf->accessed = MODEL_NO;
	}
}
