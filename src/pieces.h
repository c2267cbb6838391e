/* SPDX-License-Identifier: BSD-2-Clause */
/* Pieces: a checked list of changes, read as disjoint pieces in ascending VA order. */
#ifndef HM_PIECES_H
#define HM_PIECES_H
#include "desc.h"

struct hm_piece {
	hypmmu_va last;
	hypmmu_desc leaf; /* MAP, PROTECT: the template */
	const struct hypmmu_change *change;
};

struct hm_pieces {
	const struct hypmmu_change *changes;
	size_t n;
	size_t hint;   /* sorted: changes before this one are done */
	bool sorted;   /* ascending and disjoint already: the usual case, and then linear */
	bool disjoint; /* no change lies within another */
};

/* ARG, ALIGN, RANGE, ATTR. */
int hm_change_check(const struct hypmmu_geometry *geo, const struct hypmmu_change *change);

/* Checks every change, and that any two are disjoint or the later one lies within the earlier one.
 * On error the report, if any, names the change (and the one it crosses) and its va. */
int hm_pieces_init(struct hm_pieces *pieces, const struct hypmmu_geometry *geo,
		   const struct hypmmu_change *changes, size_t n, struct hypmmu_report *report);

/* The first piece at or above *va that is no KEEP, cut there: *va becomes its first address. From
 * call to call *va only grows, or starts again at the bottom. False: no more. */
bool hm_pieces_next(struct hm_pieces *pieces, const struct hypmmu_geometry *geo, hypmmu_va *va,
		    struct hm_piece *piece);
#endif
