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

size_t model_cut(const struct oracle *shape, const struct hypmmu_change *changes, size_t n,
		 struct model_piece pieces[MODEL_PIECES])
{
	uint64_t edges[MODEL_PIECES];
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		edges[2 * i] = changes[i].va - oracle_first_va(shape);
		edges[2 * i + 1] = edges[2 * i] + changes[i].size;
	}
	qsort(edges, 2 * n, sizeof edges[0], compare_numbers);
	for (size_t i = 0; i + 1 < 2 * n; i++) {
		size_t ruler = ruler_of(shape, changes, n, edges[i]);

		if (ruler == n || edges[i] == edges[i + 1])
			continue;
		if (count && pieces[count - 1].index == ruler && pieces[count - 1].end == edges[i])
			pieces[count - 1].end = edges[i + 1];
		else
			pieces[count++] = (struct model_piece){edges[i], edges[i + 1], ruler};
	}
	return count;
}
