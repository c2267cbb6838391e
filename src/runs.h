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
};

/* The run at or above *va, cut there: *va becomes its first address, runs->change the run. False: no
 * more. */
bool hm_runs_next(struct hm_runs *runs, hypmmu_va *va, hypmmu_va *last);

/* Does to_pa have whole granules below `limit` for all of it? RANGE, ALIGN, UNMAPPED and, in *va,
 * where; *sum changes when any answer does. */
int hm_runs_check(const struct hm_runs *runs, hypmmu_pa limit, uint64_t *sum, hypmmu_va *va);
#endif
