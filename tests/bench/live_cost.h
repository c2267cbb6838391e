/* SPDX-License-Identifier: BSD-2-Clause */
/* What changes of live tables cost: the backend's own sync, on a CPU that counts instructions. */
#ifndef LIVE_COST_H
#define LIVE_COST_H
#include "bench.h"
#include "live_insn.h"

struct live_workload {
	const char *name, *what;
	const char *of; /* one of bench_workloads, with size >> shift; or NULL: */
	unsigned shift;
	const struct bench_workload *own;
	bool is_each; /* a call for each unit, else one call */
	uint32_t hw;
};

extern const struct live_workload live_workloads[];
extern const size_t live_n_workloads;
const struct live_workload *live_find(const char *name);

struct live_cost {
	struct live_counts counts; /* of all calls together */
	size_t calls, pages;	   /* pages: of 4K, that the calls change */
};

#define LIVE_RANGES (HYPMMU_HW_TLBIRANGE | HYPMMU_HW_TTL)

/* Runs it on a CPU that has `hw`, too; further scaled down by shift. NULL, or what is wrong, and
 * where; the tables are compared with what was asked for only if `verify` is set. */
const char *live_run(const struct live_workload *workload, uint32_t hw, unsigned shift, bool verify,
		     struct live_cost *cost, hypmmu_va *va);
#endif
