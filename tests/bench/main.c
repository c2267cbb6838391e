/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *	hypmmu_bench			every workload: verified, then timed
 *	hypmmu_bench --small		every workload at 1/256 of its size: verified, not timed
 *	hypmmu_bench --once <name>	one workload, measured part once: for an instruction counter
 */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SMALL	 8   /* log2 of what a small run divides by */
#define BUDGET	 0.5 /* seconds for each workload */
#define MIN_RUNS 5
#define MAX_RUNS 2000

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double smaller(double a, double b)
{
	return a < b ? a : b;
}

/* What it costs to look at the clock: no part of the calls. */
static double clock_cost(void)
{
	double best = 1;

	for (int i = 0; i < 1000; i++) {
		double start = now();

		best = smaller(best, now() - start);
	}
	return best;
}

static void expect(const struct bench *bench, int err, const char *when)
{
	if (!err)
		return;
	fprintf(stderr, "%s: %s: %s\n", bench->workload->name, when, hypmmu_strerror(err));
	exit(1);
}

static double measure(struct bench *bench, int (*measured)(struct bench *bench))
{
	double start = now(), end;

	bench_measured(bench, measured);
	end = now();
	expect(bench, bench->err, "measured part");
	return end - start;
}

static void verify(struct bench *bench)
{
	hypmmu_va va;
	const char *wrong;

	expect(bench, bench_start(bench), "start");
	measure(bench, bench->workload->measured);
	wrong = bench->workload->measured == bench_store_each ? NULL : bench_verify(bench, &va);
	if (!wrong)
		return;
	fprintf(stderr, "%s: at %#llx: %s\n", bench->workload->name, (unsigned long long)va, wrong);
	exit(1);
}

/* Of one call, on the average; each run of a workload has the same. */
static void print_maintenance(const struct bench *bench)
{
	double calls = bench->n_va ? (double)bench->n_va : 1;

	printf(": sync %.3g, DSB %.3g, TLBI %.3g a call", (double)bench->syncs / calls,
	       (double)bench->barriers / calls, (double)bench->tlbis / calls);
}

/* The best of several, in ns per unit: the calls in a fresh tree, and the loop over its memory. */
static void run(struct bench *bench, double cost)
{
	const struct bench_workload *workload = bench->workload;
	double calls = 1e9, loop = 1e9, end = now() + BUDGET;

	verify(bench);
	for (int i = 0; i < MAX_RUNS && (i < MIN_RUNS || now() < end); i++) {
		expect(bench, bench_start(bench), "start");
		calls = smaller(calls, measure(bench, workload->measured) - cost);
		loop = smaller(loop, measure(bench, bench_store_each) - cost);
	}
	calls *= 1e9 / (double)bench->units;
	loop *= 1e9 / (double)bench->stores;
	printf("%-13s %9zu %9.2f %9.2f %7zu  %s", workload->name, bench->units, calls, loop / calls,
	       bench->pool.peak, workload->what);
	if (workload->setup & BENCH_LIVE)
		print_maintenance(bench);
	putchar('\n');
	fflush(stdout);
}

static const struct bench_workload *find(const char *name)
{
	for (size_t i = 0; i < bench_n_workloads; i++) {
		if (!strcmp(bench_workloads[i].name, name))
			return &bench_workloads[i];
	}
	return NULL;
}

static int run_once(const struct bench_workload *workload)
{
	struct bench bench;

	if (!workload)
		return 2;
	bench_open(&bench, workload, 0);
	expect(&bench, bench_start(&bench), "start");
	measure(&bench, workload->measured);
	bench_close(&bench);
	return 0;
}

int main(int argc, char **argv)
{
	bool small = argc == 2 && !strcmp(argv[1], "--small");
	double cost = clock_cost();

	if (argc == 3 && !strcmp(argv[1], "--once"))
		return run_once(find(argv[2]));
	if (argc > 1 && !small)
		return 2;
	if (!small)
		printf("%-13s %9s %9s %9s %7s  %s\n", "workload", "units", "ns/unit", "loop/it",
		       "tables", "what");
	for (size_t i = 0; i < bench_n_workloads; i++) {
		struct bench bench;

		bench_open(&bench, &bench_workloads[i], small ? SMALL : 0);
		if (small)
			verify(&bench);
		else
			run(&bench, cost);
		bench_close(&bench);
	}
	if (small)
		printf("%zu workloads verified\n", bench_n_workloads);
	return 0;
}
