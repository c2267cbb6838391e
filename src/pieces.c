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
	if ((change->va | change->size | (map ? change->pa : 0)) & geo->in_page)
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

/* Puts a change where it belongs in the ring of links. False: it meets one that is there. Lists
 * tend to come in runs, up or down: it starts at the change before, or at the bottom. */
static bool link_change(struct hm_pieces *pieces, size_t index)
{
	const struct hypmmu_change *changes = pieces->changes, *change = &changes[index];
	uint8_t *next = pieces->links;
	size_t at = HM_LINKED, above;

	if (index && changes[index - 1].va < change->va)
		at = index - 1;
	while ((above = next[at]) != HM_LINKED && changes[above].va < change->va)
		at = above;
	if ((at != HM_LINKED && last_of(&changes[at]) >= change->va) ||
	    (above != HM_LINKED && changes[above].va <= last_of(change)))
		return false;
	next[index] = (uint8_t)above;
	next[at] = (uint8_t)index;
	return true;
}

/* The first earlier change that this one crosses; or its own index. */
static size_t place_change(struct hm_pieces *pieces, size_t index)
{
	const struct hypmmu_change *change = &pieces->changes[index];

	if (pieces->order == HM_BY_LINKS && link_change(pieces, index))
		return index;
	if (pieces->order == HM_AS_GIVEN && (!index || change->va > last_of(change - 1)))
		return index;
	pieces->order = HM_NO_ORDER;
	return find_crossed(pieces, index);
}

int hm_pieces_init(struct hm_pieces *pieces, const struct hypmmu_geometry *geo,
		   const struct hypmmu_change *changes, size_t n, struct hypmmu_report *report)
{
	pieces->changes = changes;
	pieces->n = n;
	pieces->disjoint = true;
	pieces->order = pieces->links && n <= HM_LINKED ? HM_BY_LINKS : HM_AS_GIVEN;
	if (pieces->links)
		pieces->links[HM_LINKED] = HM_LINKED;
	if (n && !changes)
		return HYPMMU_ERR_ARG;
	for (size_t i = 0; i < n; i++) {
		int err = hm_change_check(geo, &changes[i]);
		size_t other = err ? i : place_change(pieces, i);

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

void hm_pieces_of_runs(struct hm_pieces *pieces, struct hm_runs *runs)
{
	*pieces = (struct hm_pieces){
		.changes = &runs->change,
		.n = 1,
		.runs = runs,
		.disjoint = true,
		.order = HM_BY_RUNS,
	};
}

const struct hypmmu_change *hm_pieces_owner(const struct hm_pieces *pieces, hypmmu_va va)
{
	const struct hypmmu_change *owner = NULL;
	hypmmu_va lowest = UINT64_MAX;

	for (size_t i = 0; i < pieces->n; i++) {
		const struct hypmmu_change *change = &pieces->changes[i];

		if (change->va > lowest || last_of(change) < va)
			continue;
		lowest = change->va > va ? change->va : va;
		owner = change;
	}
	return owner;
}

/* The same in a list that is in order. */
static const struct hypmmu_change *find_in_order(struct hm_pieces *pieces,
						 const struct hypmmu_geometry *geo, hypmmu_va va)
{
	bool linked = pieces->order == HM_BY_LINKS;
	size_t at = pieces->hint, end = linked ? HM_LINKED : pieces->n;

	if (va == geo->va_base)
		at = linked ? pieces->links[HM_LINKED] : 0;
	while (at != end && last_of(&pieces->changes[at]) < va)
		at = linked ? pieces->links[at] : at + 1;
	pieces->hint = at;
	return at == end ? NULL : &pieces->changes[at];
}

/* A piece ends where its change does, or before a later change that lies within it. */
static hypmmu_va find_end(const struct hm_pieces *pieces, const struct hypmmu_change *owner,
			  hypmmu_va first)
{
	const struct hypmmu_change *end = pieces->changes + pieces->n;
	hypmmu_va last = last_of(owner);

	if (pieces->disjoint)
		return last;
	while (++owner < end) {
		if (owner->va > first && owner->va <= last)
			last = owner->va - 1;
	}
	return last;
}

/* The lowest change at or above *va, which becomes its first byte there, to its end; or NULL. */
static const struct hypmmu_change *find_next(struct hm_pieces *pieces,
					     const struct hypmmu_geometry *geo, hypmmu_va *va,
					     hypmmu_va *last)
{
	const struct hypmmu_change *owner;

	if (*va < geo->va_base) /* past the last byte: wrapped */
		return NULL;
	if (pieces->order == HM_BY_RUNS)
		return hm_runs_next(pieces->runs, va, last) ? pieces->changes : NULL;
	owner = pieces->order == HM_NO_ORDER ? hm_pieces_owner(pieces, *va)
					     : find_in_order(pieces, geo, *va);
	if (!owner)
		return NULL;
	if (owner->va > *va)
		*va = owner->va;
	*last = find_end(pieces, owner, *va);
	return owner;
}

/* Merges that touch are one: a leaf may lie across them. */
static void join_merges(struct hm_pieces *pieces, const struct hypmmu_geometry *geo,
			struct hm_piece *piece)
{
	for (;;) {
		hypmmu_va va = piece->last + 1, end = 0;
		const struct hypmmu_change *owner = find_next(pieces, geo, &va, &end);

		if (!owner || va != piece->last + 1 || owner->op != HYPMMU_MERGE)
			return;
		piece->last = end;
		piece->flags &= owner->flags;
	}
}

bool hm_pieces_next(struct hm_pieces *pieces, const struct hypmmu_geometry *geo, hypmmu_va *va,
		    struct hm_piece *piece)
{
	const struct hypmmu_change *owner;

	while ((owner = find_next(pieces, geo, va, &piece->last)) && owner->op == HYPMMU_KEEP)
		*va = piece->last + 1;
	if (!owner)
		return false;
	piece->change = owner;
	piece->flags = owner->flags;
	if (owner->op == HYPMMU_MERGE)
		join_merges(pieces, geo, piece);
	else if (owner->op == HYPMMU_MAP || owner->op == HYPMMU_PROTECT)
		piece->leaf = hm_leaf_template(geo, owner->attr);
	return true;
}
