/* SPDX-License-Identifier: BSD-2-Clause */
/* The model's view of a list: which change rules where. */
#include "model.h"
#include <stdlib.h>

bool model_crosses(const struct hypmmu_change *earlier, const struct hypmmu_change *later)
{
	uint64_t earlier_last = earlier->va + (earlier->size - 1);
	uint64_t later_last = later->va + (later->size - 1);

	if (later->va > earlier_last || earlier->va > later_last)
		return false;
	return later->va < earlier->va || later_last > earlier_last;
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The last change that covers relative address `at`; n: none. */
static size_t ruler_of(const struct oracle *shape, const struct hypmmu_change *changes, size_t n,
		       uint64_t at)
{
	for (size_t i = n; i-- > 0;) {
		uint64_t first = changes[i].va - oracle_first_va(shape);

		if (first <= at && at - first < changes[i].size)
			return i;
	}
	return n;
}

bool model_wants_new_root(const struct hypmmu_change *changes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (changes[i].flags & HYPMMU_NEW_ROOT)
			return true;
	}
	return false;
}

/* Parts of one change that touch are one piece; so are merges, and may break if all of them may. */
static void add_piece(struct model *model, const struct hypmmu_change *changes,
		      struct model_piece piece)
{
	struct model_piece *last = model->pieces_n ? &model->pieces[model->pieces_n - 1] : NULL;

	if (changes[piece.index].op == HYPMMU_KEEP)
		return;
	if (last && last->end == piece.first &&
	    (last->index == piece.index || (changes[last->index].op == HYPMMU_MERGE &&
					    changes[piece.index].op == HYPMMU_MERGE))) {
		last->end = piece.end;
		last->may_break &= piece.may_break;
	} else {
		model->pieces[model->pieces_n++] = piece;
	}
}

void model_cut(struct model *model, const struct hypmmu_change *changes, size_t n)
{
	uint64_t edges[MODEL_PIECES];

	model->pieces_n = 0;
	for (size_t i = 0; i < n; i++) {
		edges[2 * i] = changes[i].va - oracle_first_va(&model->shape);
		edges[2 * i + 1] = edges[2 * i] + changes[i].size;
	}
	qsort(edges, 2 * n, sizeof edges[0], compare_numbers);
	for (size_t i = 0; i + 1 < 2 * n; i++) {
		size_t ruler = ruler_of(&model->shape, changes, n, edges[i]);

		if (ruler < n && edges[i] < edges[i + 1])
			add_piece(model, changes,
				  (struct model_piece){edges[i], edges[i + 1], ruler,
						       changes[ruler].flags & HYPMMU_MAY_BREAK});
	}
}
