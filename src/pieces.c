/* SPDX-License-Identifier: BSD-2-Clause */
/* Pieces: validation of a list of changes, and its disjoint pieces in ascending order. */
#include "pieces.h"

#define KNOWN_FLAGS (HYPMMU_PAGES_ONLY | HYPMMU_MAY_BREAK | HYPMMU_NEW_ROOT | HYPMMU_SKIP_HOLES)

static hypmmu_va last_of(const struct hypmmu_change *change)
{
	return change->va + (change->size - 1);
}

int hm_change_check(const struct hypmmu_geometry *geo, const struct hypmmu_change *change)
{
	bool map = change->op == HYPMMU_MAP;

	if ((unsigned)change->op > HYPMMU_KEEP || (change->flags & ~KNOWN_FLAGS))
		return HYPMMU_ERR_ARG;
	if (!is_aligned(change->va | change->size | (map ? change->pa : 0), geo->page_shift))
		return HYPMMU_ERR_ALIGN;
	if (!hm_va_range_ok(geo, change->va, change->size) ||
	    (map && !hm_pa_range_ok(geo, change->pa, change->size)))
		return HYPMMU_ERR_RANGE;
	return map || change->op == HYPMMU_PROTECT ? hm_attr_check(geo, change->attr) : 0;
}

/* The first earlier change that this one neither avoids nor lies within; or its own index. */
static size_t find_crossed(struct hm_pieces *pieces, size_t index)
{
	hypmmu_va va = pieces->changes[index].va, last = last_of(&pieces->changes[index]);

	for (size_t i = 0; i < index; i++) {
		const struct hypmmu_change *earlier = &pieces->changes[i];

		if (last < earlier->va || last_of(earlier) < va)
			continue;
		pieces->disjoint = false;
		if (va < earlier->va || last > last_of(earlier))
			return i;
	}
	return index;
}

int hm_pieces_init(struct hm_pieces *pieces, const struct hypmmu_geometry *geo,
		   const struct hypmmu_change *changes, size_t n, struct hypmmu_report *report)
{
	*pieces = (struct hm_pieces){.changes = changes, .n = n, .sorted = true, .disjoint = true};
	if (n && !changes)
		return HYPMMU_ERR_ARG;
	for (size_t i = 0; i < n; i++) {
		int err = hm_change_check(geo, &changes[i]);
		size_t other = i;

		if (i && changes[i].va <= last_of(&changes[i - 1]))
			pieces->sorted = false;
		if (!err && !pieces->sorted)
			other = find_crossed(pieces, i);
		if (other != i)
			err = HYPMMU_ERR_OVERLAP;
		if (err && report) {
			report->index = i;
			report->other = other;
			report->va = changes[i].va;
		}
		if (err)
			return err;
	}
	return 0;
}

/* The change that owns the lowest byte at or above *va, which becomes that byte: of several changes
 * the latest in the list. */
static size_t find_owner(const struct hm_pieces *pieces, hypmmu_va *va)
{
	hypmmu_va from = *va, lowest = UINT64_MAX;
	size_t owner = pieces->n;

	for (size_t i = 0; i < pieces->n; i++) {
		const struct hypmmu_change *change = &pieces->changes[i];

		if (change->va > lowest || last_of(change) < from)
			continue;
		lowest = change->va > from ? change->va : from;
		owner = i;
	}
	*va = lowest;
	return owner;
}

/* The same in a sorted list. */
static size_t find_sorted(struct hm_pieces *pieces, const struct hypmmu_geometry *geo,
			  hypmmu_va *va)
{
	if (*va == geo->va_base)
		pieces->hint = 0;
	for (; pieces->hint < pieces->n; pieces->hint++) {
		const struct hypmmu_change *change = &pieces->changes[pieces->hint];

		if (last_of(change) < *va)
			continue;
		if (change->va > *va)
			*va = change->va;
		break;
	}
	return pieces->hint;
}

/* A piece ends where its change does, or before a later change that lies within it. */
static hypmmu_va find_end(const struct hm_pieces *pieces, size_t owner, hypmmu_va first)
{
	hypmmu_va last = last_of(&pieces->changes[owner]);

	for (size_t i = owner + 1; i < pieces->n && !pieces->disjoint; i++) {
		hypmmu_va va = pieces->changes[i].va;

		if (va > first && va <= last)
			last = va - 1;
	}
	return last;
}

/* The lowest change at or above *va, to its end; the number of changes if there is none. */
static size_t find_next(struct hm_pieces *pieces, const struct hypmmu_geometry *geo, hypmmu_va *va,
			hypmmu_va *last)
{
	size_t owner = pieces->n;

	if (*va >= geo->va_base) /* else past the last byte: wrapped */
		owner = pieces->sorted ? find_sorted(pieces, geo, va) : find_owner(pieces, va);
	if (owner < pieces->n)
		*last = find_end(pieces, owner, *va);
	return owner;
}

/* Merges that touch are one: a leaf may lie across them. */
static void join_merges(struct hm_pieces *pieces, const struct hypmmu_geometry *geo,
			hypmmu_va *last)
{
	for (;;) {
		hypmmu_va va = *last + 1, end = 0;
		size_t owner = find_next(pieces, geo, &va, &end);

		if (owner == pieces->n || va != *last + 1 ||
		    pieces->changes[owner].op != HYPMMU_MERGE)
			return;
		*last = end;
	}
}

bool hm_pieces_next(struct hm_pieces *pieces, const struct hypmmu_geometry *geo, hypmmu_va *va,
		    struct hm_piece *piece)
{
	size_t owner = find_next(pieces, geo, va, &piece->last);

	while (owner < pieces->n && pieces->changes[owner].op == HYPMMU_KEEP) {
		*va = piece->last + 1;
		owner = find_next(pieces, geo, va, &piece->last);
	}
	if (owner == pieces->n)
		return false;
	piece->change = &pieces->changes[owner];
	if (piece->change->op == HYPMMU_MERGE)
		join_merges(pieces, geo, &piece->last);
	else if (piece->change->op == HYPMMU_MAP || piece->change->op == HYPMMU_PROTECT)
		piece->leaf = hm_leaf_template(geo, piece->change->attr);
	return true;
}
