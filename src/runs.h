/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs: a range of host memory as changes, one for each part that is contiguous in PA. */
#ifndef HM_RUNS_H
#define HM_RUNS_H
#include <hypmmu/hyp.h>

struct hm_runs {
	hypmmu_va first, last; /* whole granules */
	uint64_t granule;      /* bytes */
	uintptr_t host;	       /* of first */
	hypmmu_pa (*to_pa)(void *ctx, const void *host);
	void *ctx;
	struct hypmmu_change change; /* the run found last; op, attr and flags are the caller's */
	hypmmu_pa next;		     /* what to_pa said of the granule behind it */
	uint64_t sum;		     /* of all that to_pa has said since the beginning */
};

/* The next run: *va becomes its first address, runs->change the run. *va is where the run before
 * ended, or at most runs->first, and it begins again. to_pa is asked once for each granule. False:
 * no more. */
bool hm_runs_next(struct hm_runs *runs, hypmmu_va *va, hypmmu_va *last);

/* Asks to_pa once for each granule: does it have whole granules below `limit` for all of them? RANGE,
 * ALIGN, UNMAPPED and, in *va, where. When hm_runs_next() has found the last run, runs->sum is the same
 * as it is now, unless an answer was another one. */
int hm_runs_check(struct hm_runs *runs, hypmmu_pa limit, hypmmu_va *va);
#endif
