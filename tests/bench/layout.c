/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a hypervisor maps for itself: its image and its CPUs' data at a fixed distance from their
 * PAs, in the half of the address space without the identity page; stacks (each above a page that
 * is left free) and devices below the identity page. As it comes, not sorted.
 */
#include "bench.h"

#define KIB(n)	 (UINT64_C(n) << 10)
#define PAGE	 KIB(4)
#define LINEAR	 (UINT64_C(1) << 47)
#define IDENTITY UINT64_C(0x40a01000)
#define TEXT	 UINT64_C(0x40a10000)
#define RODATA	 (TEXT + KIB(300))
#define BSS	 UINT64_C(0x40d00000)
#define STACKS	 UINT64_C(0x7e000000)
#define CPU_DATA UINT64_C(0x7f000000)
#define DEVICES	 UINT64_C(0x08000000)
#define CPUS	 8
#define N_DEVICE 16

static void add(struct bench *bench, hypmmu_va va, hypmmu_pa pa, uint64_t size, hypmmu_attr attr)
{
	struct hypmmu_change map = {.va = va, .pa = pa, .size = size, .attr = attr};

	bench_add(&bench->work, map);
	bench_add(&bench->after, map);
}

static void add_linear(struct bench *bench, hypmmu_pa pa, uint64_t size, hypmmu_attr attr)
{
	add(bench, LINEAR | pa, pa, size, attr);
}

void bench_fill_in_hyp_layout(struct bench *bench)
{
	hypmmu_va private = IDENTITY;

	add(bench, IDENTITY, IDENTITY, PAGE, HYPMMU_CODE);
	add_linear(bench, TEXT, KIB(300), HYPMMU_CODE);
	add_linear(bench, RODATA, KIB(2048), HYPMMU_RODATA);
	add_linear(bench, BSS, KIB(1024), HYPMMU_DATA);
	for (unsigned cpu = 0; cpu < CPUS; cpu++) {
		private -= 2 * PAGE;
		add(bench, private + PAGE, STACKS + cpu * KIB(64), PAGE, HYPMMU_DATA);
		add_linear(bench, CPU_DATA + cpu * KIB(64), 2 * PAGE, HYPMMU_DATA);
	}
	for (unsigned i = 0; i < N_DEVICE; i++) {
		private -= PAGE;
		add(bench, private, DEVICES + i * KIB(64), PAGE, HYPMMU_MMIO);
	}
}
