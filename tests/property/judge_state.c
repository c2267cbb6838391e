/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge.h"

#define AF  (UINT64_C(1) << 10)
#define AP2 (UINT64_C(1) << 7)
#define DBM (UINT64_C(1) << 51)

/* What was written before the list to `old`, of which `leaf` maps a part now. */
static void inherit(struct model_leaf *leaf, const struct model_leaf *old, bool sure)
{
	uint8_t as_it_is = sure ? MODEL_YES : MODEL_MAYBE;

	if (leaf->accessed != MODEL_YES)
		leaf->accessed = as_it_is;
	if ((old->attr & leaf->attr & HYPMMU_DBM) && leaf->dirty != MODEL_YES)
		leaf->dirty = as_it_is;
}

/* All leaves that map to what `old` does, if only in part. */
static void pass_on(struct run *run, const struct model_leaf *old, uint64_t at, bool sure)
{
	struct model *model = &run->model;
	uint64_t end = model_end(model, old);
	size_t i = 0;

	while (i < model->n && model_end(model, &model->leaves[i]) <= old->at)
		i++;
	for (; i < model->n && model->leaves[i].at < end; i++) {
		struct model_leaf *leaf = &model->leaves[i];

		if (leaf->pa - leaf->at == old->pa - old->at)
			inherit(leaf, old, sure && leaf->at <= at && at < model_end(model, leaf));
	}
}

/* False: there is nothing left for hardware to write. */
static bool write_desc(struct run *run, const struct oracle_answer *there)
{
	hypmmu_desc desc = there->desc | AF;

	if (desc & DBM)
		desc &= ~AP2;
	if (desc == there->desc)
		return false;
	machine_store(run, there->desc_pa, desc);
	return true;
}

void write_to(struct run *run, const struct oracle *oracle, const struct model_leaf *leaf,
	      uint64_t at)
{
	struct oracle_answer there = oracle_walk(oracle, oracle_first_va(oracle) + at);

	if (!write_desc(run, &there))
		return;
	pass_on(run, leaf, at, true);
	run->written++;
}

void write_somewhere(struct run *run)
{
	struct model *model = &run->model;
	const struct model_leaf *leaf;

	if (!model->n || !run->oracle.hd)
		return;
	leaf = &model->leaves[random_below(&run->random, model->n)];
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
		machine_store(run, there.desc_pa, there.desc & ~AF);
		leaf->accessed = MODEL_NO;
	}
}

/* ---- In the middle of a change ---- */

/* Where the list changes something, or near it, or anywhere. */
static uint64_t draw_place(struct run *run)
{
	const struct model *model = &run->model;
	const struct model_piece *piece;

	if (!model->pieces_n || random_once_in(&run->random, 4))
		return model->leaves[random_below(&run->random, model->n)].at;
	piece = &model->pieces[random_below(&run->random, model->pieces_n)];
	if (random_once_in(&run->random, 4))
		return piece->first - 1;
	return piece->first + random_below(&run->random, piece->end - piece->first);
}

void strike_leaf(struct run *run, struct oracle_answer *there)
{
	const struct oracle *oracle = &run->oracle;
	struct strike *strike = &run->strikes[run->strikes_n];
	uint64_t size = model_size_at(&run->model, there->level);

	if (!run->model.live || run->strikes_n == MOST_STRIKES || !write_desc(run, there))
		return;
	there->va = (there->va & ~(size - 1)) + random_below(&run->random, size);
	oracle_read_leaf(oracle, there->level, there->desc, 0, there);
	strike->at = there->va - oracle_first_va(oracle);
	strike->leaf = (struct model_leaf){.at = strike->at & ~(size - 1),
					   .pa = there->pa - (strike->at & (size - 1)),
					   .attr = oracle_attr(oracle, there),
					   .level = (int8_t)there->level};
	run->strikes_n++;
	run->struck++;
}

void strike_somewhere(struct run *run)
{
	const struct oracle *oracle = &run->oracle;
	struct oracle_answer there;
	uint64_t at;

	if (!run->model.n)
		return;
	at = draw_place(run) & ((UINT64_C(1) << oracle->ia_bits) - 1);
	there = oracle_walk(oracle, oracle_first_va(oracle) + at);
	if (there.result == ORACLE_OK)
		strike_leaf(run, &there);
}

void pass_on_strikes(struct run *run)
{
	for (size_t i = 0; i < run->strikes_n; i++)
		pass_on(run, &run->strikes[i].leaf, run->strikes[i].at, true);
	run->strikes_n = 0;
}

void show_strikes(struct run *run)
{
	struct model *model = &run->model;

	for (size_t i = 0; i < run->strikes_n; i++) {
		const struct strike *strike = &run->strikes[i];

		inherit(model_find(model->next, model->next_n, strike->at), &strike->leaf, true);
		pass_on(run, &strike->leaf, strike->at, false);
	}
}
