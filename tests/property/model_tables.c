/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables that follow from leaves. */
#include "model.h"

/* The first leaf from i that lies in a table of that level. */
static size_t find_in_table(const struct model_leaf *leaves, size_t n, size_t i, int level)
{
	while (i < n && leaves[i].level < level)
		i++;
	return i;
}

/* Past the leaves of the same table. */
static size_t skip_table(const struct model_leaf *leaves, size_t n, size_t i, unsigned shift)
{
	uint64_t table = leaves[i].at >> shift;

	while (i < n && leaves[i].at >> shift == table)
		i++;
	return i;
}

/* Tables of a level that only one of the two arrays has. */
static void compare_level(const struct model *model, int level, struct model_verdict *verdict)
{
	unsigned shift = oracle_shift(&model->shape, level - 1);
	size_t i = 0, k = 0;

	for (;;) {
		i = find_in_table(model->leaves, model->n, i, level);
		k = find_in_table(model->next, model->next_n, k, level);
		uint64_t old = i < model->n ? model->leaves[i].at >> shift : UINT64_MAX;
		uint64_t new = k < model->next_n ? model->next[k].at >> shift : UINT64_MAX;

		if (old == UINT64_MAX && new == UINT64_MAX)
			return;
		verdict->freed += old < new;
		verdict->tables += new < old;
		if (old <= new)
			i = skip_table(model->leaves, model->n, i, shift);
		if (new <= old)
			k = skip_table(model->next, model->next_n, k, shift);
	}
}

/* Changes that meet within a block split it, even if they leave nothing of it: its table is taken
 * and given back. */
static void count_transient(const struct model *model, struct model_verdict *verdict)
{
	for (size_t i = 0; i < model->splits_n; i++) {
		const struct model_split *split = &model->splits[i];
		size_t low = 0, high = model->next_n;

		while (low < high) {
			size_t middle = (low + high) / 2;

			if (model->next[middle].at < split->at)
				low = middle + 1;
			else
				high = middle;
		}
		if (low < model->next_n &&
		    (model->next[low].at - split->at) >>
				    oracle_shift(&model->shape, split->level) ==
			    0)
			continue;
		verdict->tables++;
		verdict->freed++;
	}
}

static bool meets_piece(const struct model *model, uint64_t first, uint64_t end)
{
	for (size_t i = 0; i < model->pieces_n; i++) {
		if (model->pieces[i].first < end && model->pieces[i].end > first)
			return true;
	}
	return false;
}

/* Tables of a level that changes lead to. */
static size_t count_on_the_way(const struct model *model, int level)
{
	unsigned shift = oracle_shift(&model->shape, level - 1);
	size_t i = 0, count = 0;

	while ((i = find_in_table(model->leaves, model->n, i, level)) < model->n) {
		uint64_t table = model->leaves[i].at >> shift;

		count += meets_piece(model, table << shift, (table + 1) << shift);
		i = skip_table(model->leaves, model->n, i, shift);
	}
	return count;
}

void model_count_tables(struct model *model, bool new_root)
{
	struct model_verdict *verdict = &model->verdict;
	int start = oracle_start_level(&model->shape);

	for (int level = start + 1; level <= 3; level++)
		compare_level(model, level, verdict);
	count_transient(model, verdict);
	if (!new_root)
		return;
	verdict->copied = 1;
	for (int level = start + 1; level <= 3; level++)
		verdict->copied += count_on_the_way(model, level);
	verdict->tables += verdict->copied;
	verdict->freed += verdict->copied;
}

/* Spans of 1 << shift that meet the range, and those that lie in it. */
static void count_spans(uint64_t first, uint64_t end, unsigned shift, uint64_t *met,
			uint64_t *inside)
{
	uint64_t low = (first + ((UINT64_C(1) << shift) - 1)) >> shift, high = end >> shift;

	*met = ((end - 1) >> shift) - (first >> shift) + 1;
	*inside = high > low ? high - low : 0;
}

size_t model_tables_of_one(const struct oracle *shape, const struct hypmmu_change *map)
{
	uint64_t first = map->va - oracle_first_va(shape), met, inside;
	size_t tables = 1;

	for (int level = oracle_start_level(shape) + 1; level <= 3; level++) {
		unsigned shift = oracle_shift(shape, level - 1);
		bool block = oracle_is_leaf_level(shape, level - 1) &&
			     !(map->flags & HYPMMU_PAGES_ONLY) &&
			     ((first ^ map->pa) & ((UINT64_C(1) << shift) - 1)) == 0;

		count_spans(first, first + map->size, shift, &met, &inside);
		tables += (size_t)(block ? met - inside : met);
	}
	return tables;
}
