/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *	hypmmu_bench_live			every live workload, with range TLBIs and without:
 *						verified, barriers and TLBIs counted
 *	hypmmu_bench_live --small		the same at 1/256 of the size
 *	hypmmu_bench_live --once <name> <cpu>	one workload, not verified: for an instruction
 *						counter; cpu: ranges or plain
 */
#include "live_cost.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALL 8 /* log2 of what a small run divides by */

static const struct cpu {
	const char *name;
	uint32_t hw;
} cpus[] = {{"ranges", LIVE_RANGES}, {"plain", 0}};

static const struct cpu *find_cpu(const char *name)
{
	return !strcmp(name, cpus[0].name) ? &cpus[0] : &cpus[1];
}

static struct live_cost run(const struct live_workload *workload, const struct cpu *cpu,
			    unsigned shift, bool verify)
{
	struct live_cost cost;
	hypmmu_va va;
	const char *wrong = live_run(workload, cpu->hw, shift, verify, &cost, &va);

	if (!wrong)
		return cost;
	fprintf(stderr, "%s: at %#llx: %s\n", workload->name, (unsigned long long)va, wrong);
	exit(1);
}

static void print_head(void)
{
	printf("%-13s %-6s %7s %7s %7s %5s %5s %5s %5s %9s %9s  %s\n", "live", "cpu", "calls",
	       "pages", "publish", "sync", "dsb", "isb", "tlbi", "barr/page", "tlbi/page", "what");
	printf("%-13s %-6s %7s %7s %7s %5s %5s %5s %5s %9s %9s  %s\n", "existing code", "-", "-",
	       "-", "-", "-", "-", "-", "-", "3", "1", "unmap or protect, page by page");
}

static void print(const struct live_workload *workload, const struct cpu *cpu,
		  const struct live_cost *cost)
{
	const struct live_counts *counts = &cost->counts;
	double calls = (double)cost->calls, pages = (double)cost->pages;

	printf("%-13s %-6s %7zu %7zu %7.6g %5.4g %5.4g %5.4g %5.4g %9.2g %9.2g  %s\n",
	       workload->name, cpu->name, cost->calls, cost->pages,
	       (double)counts->publishes / calls, (double)counts->syncs / calls,
	       (double)counts->dsbs / calls, (double)counts->isbs / calls,
	       (double)counts->tlbis / calls, (double)(counts->dsbs + counts->isbs) / pages,
	       (double)counts->tlbis / pages, workload->what);
}

int main(int argc, char **argv)
{
	unsigned shift = argc == 2 && !strcmp(argv[1], "--small") ? SMALL : 0;

	if (argc == 4 && !strcmp(argv[1], "--once") && live_find(argv[2])) {
		run(live_find(argv[2]), find_cpu(argv[3]), 0, false);
		return 0;
	}
	if (argc > 1 && !shift)
		return 2;
	print_head();
	for (size_t i = 0; i < 2 * live_n_workloads; i++) {
		const struct live_workload *workload = &live_workloads[i / 2];
		struct live_cost cost = run(workload, &cpus[i % 2], shift, true);

		print(workload, &cpus[i % 2], &cost);
	}
	return 0;
}
