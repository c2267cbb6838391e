/* SPDX-License-Identifier: BSD-2-Clause */
/* Pieces: a checked list of changes, read as disjoint pieces in ascending VA order. */
#ifndef HM_PIECES_H
#define HM_PIECES_H
#include "desc.h"
#include "runs.h"

struct hm_piece {
	hypmmu_va last;
	hypmmu_desc leaf; /* MAP, PROTECT: the template */
	const struct hypmmu_change *change;
	uint32_t flags; /* of the change; of joined merges what all of them have */
};

/* Lists of no more changes than this are put in order, whatever order they come in. */
#define HM_LINKED (HYPMMU_LINKS - 1)

enum hm_pieces_order {
	HM_BY_LINKS, /* a short list, disjoint */
	HM_AS_GIVEN, /* ascending and disjoint already */
	HM_NO_ORDER, /* each piece is looked for among all changes */
	HM_BY_RUNS,  /* one change after the other is made from host memory */
};

struct hm_pieces {
	const struct hypmmu_change *changes;
	size_t n;
	size_t hint; /* in order: changes before this one are done */
	union {
		uint8_t *links; /* by index: the next one up; a ring from HM_LINKED to HM_LINKED */
		struct hm_runs *runs;
	};
	bool disjoint; /* no change lies within another */
	uint8_t order; /* enum hm_pieces_order */
};

/* ARG, ALIGN, RANGE, ATTR. */
int hm_change_check(const struct hypmmu_geometry *geo, const struct hypmmu_change *change);

/* Checks every change, and that any two are disjoint or the later one lies within the earlier one.
 * On error the report, if any, names the change (and the one it crosses) and its va. The caller has
 * set pieces->links: HYPMMU_LINKS bytes to work with, or NULL, and unsorted lists take longer. */
int hm_pieces_init(struct hm_pieces *pieces, const struct hypmmu_geometry *geo,
		   const struct hypmmu_change *changes, size_t n, struct hypmmu_report *report);

/* Host memory in place of a list. runs->change is checked but for its addresses. */
void hm_pieces_of_runs(struct hm_pieces *pieces, struct hm_runs *runs);

/* The change that owns the lowest byte at or above va: of several the latest in the list. */
const struct hypmmu_change *hm_pieces_owner(const struct hm_pieces *pieces, hypmmu_va va);

/* The first piece at or above *va that is no KEEP, cut there: *va becomes its first address. From
 * call to call *va only grows, or starts again at the bottom. False: no more. */
bool hm_pieces_next(struct hm_pieces *pieces, const struct hypmmu_geometry *geo, hypmmu_va *va,
		    struct hm_piece *piece);
#endif
