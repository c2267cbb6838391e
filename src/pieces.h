/* SPDX-License-Identifier: BSD-2-Clause */
/* Pieces: a checked list of changes, read as disjoint pieces in ascending VA order. */
#ifndef HM_PIECES_H
#define HM_PIECES_H
#include "desc.h"

struct hm_piece {
	hypmmu_va first, last;
	hypmmu_pa pa;	  /* MAP: of first */
	hypmmu_desc leaf; /* MAP, PROTECT: the template */
	enum hypmmu_op op;
	uint32_t flags;
	size_t index; /* of the change */
};

/* Restartable: plan and stage read the same list. */
struct hm_pieces {
	const struct hypmmu_geometry *geo;
	const struct hypmmu_change *changes;
	size_t n;
	bool sorted;  /* ascending and disjoint already: the usual case, and then linear */
	size_t hint;  /* sorted: changes before this one are done */
	size_t known; /* the change whose template is: */
	hypmmu_desc template;
};

/* Checks every change, and that any two are disjoint or the later one lies within the earlier one.
 * On error the report names the change (and the one it crosses) and its va. */
int hm_pieces_init(struct hm_pieces *pieces, const struct hypmmu_geometry *geo,
		   const struct hypmmu_change *changes, size_t n, struct hypmmu_report *report);
void hm_pieces_rewind(struct hm_pieces *pieces);

/* The first piece at or above `from`, cut there. False: no more. */
bool hm_pieces_next(struct hm_pieces *pieces, hypmmu_va from, struct hm_piece *piece);
#endif
