/* SPDX-License-Identifier: BSD-2-Clause */
/* Count: reads a whole plan. Is it legal, what does it take, what does it do to those who run on
 * these tables? */
#ifndef HM_COUNT_H
#define HM_COUNT_H
#include "plan.h"

/* Where access is lost, for good or for a moment, in ascending order. More than these are taken for
 * one from the last one on. */
#define HM_HARMS 4

struct hm_harm {
	hypmmu_va first, last;
};

struct hm_count {
	uint64_t tables, freed, leaves, breaks; /* as in struct hypmmu_report */
	bool stale;				/* TLBs may hold what goes or changes */
	bool resizes; /* something changes its size, or Contiguous, before all else */
	uint8_t harms;
	uint8_t gone; /* bit i: harm[i] is no mapping at all, if only for a moment */
	struct hm_harm harm[HM_HARMS];
};

/* Reads all spans of a plan that has been started, and counts. On error (CORRUPT, too, when more
 * tables are met than there are) fills in the report, if any. */
int hm_count(struct hm_plan *plan, struct hm_count *count, struct hypmmu_report *report);

/* What a successful call reports; errors have been reported where they were found. */
void hm_count_report(const struct hm_count *count, struct hypmmu_report *report);

/* PINNED: a table that the plan, counted before, has to read or write would be out of reach of the
 * writer, who runs on these tables. */
int hm_count_reach(struct hm_plan *plan, const struct hm_count *count,
		   struct hypmmu_report *report);

/* Is the page, where the writer sees it, among what is harmed? If it is only read, what is not
 * writable does not count. */
bool hm_count_harms(const struct hm_count *count, const struct hypmmu_geometry *geo,
		    const hypmmu_desc *page, bool write);
#endif
