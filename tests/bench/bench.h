/* SPDX-License-Identifier: BSD-2-Clause */
/* What the benchmark measures: calls of the library on one tree over one block of memory. */
#ifndef BENCH_H
#define BENCH_H
#include <hypmmu/hypmmu.h>

#define BENCH_POOL_PA UINT64_C(0x80000000)

/* How a workload's tree is set up. */
#define BENCH_CALLBACKS (1u << 0) /* to_pa and to_ptr, no window */
#define BENCH_ZEROED	(1u << 1) /* HYPMMU_PAGES_ZEROED */
#define BENCH_LIVE	(1u << 2) /* the measured calls change live tables */
#define BENCH_RANGES	(1u << 3) /* on a CPU with FEAT_TLBIRANGE */

struct bench;

struct bench_workload {
	const char *name, *what;
	enum hypmmu_granule granule;
	uint64_t leaf, size; /* of each leaf; of all that is mapped, or of the window */
	size_t calls;	     /* random pages or addresses */
	void (*fill_in)(struct bench *bench);
	int (*measured)(struct bench *bench); /* nothing but the calls, and the loop around them */
	unsigned setup;			      /* BENCH_* */
};

struct bench_list {
	struct hypmmu_change *at;
	size_t n;
};

struct bench {
	const struct bench_workload *workload;
	uint64_t size; /* as the workload has it, or less in a small run */
	size_t calls;
	uint32_t hw;			       /* further HYPMMU_HW_* that the CPU has */
	struct bench_list before, work, after; /* mapped already; to be done; what is mapped then */
	hypmmu_va *va;			       /* of each call, if there are many */
	size_t n_va, units;		       /* leaves or calls that a figure is per */
	unsigned char *memory;
	size_t memory_size, stores; /* stores: of the plain loop */
	struct hypmmu_pool pool;
	struct hypmmu mmu;
	struct hypmmu_maint maint;
	size_t syncs, barriers, tlbis; /* live: of the measured part */
	int err;
};

/* workloads.c */
extern const struct bench_workload bench_workloads[];
extern const size_t bench_n_workloads;
void bench_add(struct bench_list *list, struct hypmmu_change change);
/* shift: how far to scale down. Ends the program if there is no memory. */
void bench_open(struct bench *bench, const struct bench_workload *workload, unsigned shift);
/* A fresh tree, in which `before` is mapped. */
int bench_start(struct bench *bench);
void bench_close(struct bench *bench);

/* layout.c: what a hypervisor maps for itself */
void bench_fill_in_hyp_layout(struct bench *bench);

/* live.c: the maintenance of live tables, but for the barriers and the TLBIs themselves */
int bench_go_live(struct bench *bench);

/* measured.c */
int bench_apply(struct bench *bench);
int bench_map_each(struct bench *bench);
int bench_unmap_all(struct bench *bench);
int bench_unmap_each(struct bench *bench);
int bench_protect_all(struct bench *bench);
int bench_query_each(struct bench *bench);
int bench_store_each(struct bench *bench);
/* Calls one of them; the function by whose name an instruction counter is switched on and off. */
void bench_measured(struct bench *bench, int (*measured)(struct bench *bench));

/* verify.c: is the tree exactly as `after` says? NULL, or what is wrong, and where. */
const char *bench_verify(struct bench *bench, hypmmu_va *va);
#endif
