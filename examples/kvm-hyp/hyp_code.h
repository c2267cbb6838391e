/* SPDX-License-Identifier: BSD-2-Clause */
/* What hyp and the host both see, each at its own addresses. */
#ifndef HYP_CODE_H
#define HYP_CODE_H
#include "calls.h"
#include <hypmmu/arch.h>

/* One for each CPU, in granules of its own; TPIDR_EL2 leads to it. Addresses are hyp VAs, unless
 * they say PA. */
struct hyp_cpu {
	uint64_t handler, stack_top, emergency;
	uint64_t exit, entry; /* hypmmu_arch_cpu_exit() and _entry() in the identity page: VA, PA */
	uint64_t back[2];     /* PAs: the stub's vectors, and where to go on with them */
	uint64_t saved[15];
	uint64_t result[4]; /* x0 to x3 of the call */
	uint64_t index, count;
	uint64_t guard, stack_low; /* the granule below the stack, and its end */
	unsigned char emergency_stack[EMERGENCY_SIZE] __attribute__((aligned(16)));
} __attribute__((aligned(0x10000)));

#define RODATA_WORD	UINT64_C(0x5ead00017ead0002)
#define STACK_WORDS	64
#define STACK_SUM(seed) ((seed)*STACK_WORDS + STACK_WORDS * (STACK_WORDS - 1) / 2)

extern const uint64_t hyp_rodata;

/* The arguments of HYP_INVALIDATE. */
extern struct hyp_request {
	struct hypmmu_config cfg;
	struct hypmmu_stale list[HYPMMU_STALE];
	size_t n;
} hyp_request;

extern const unsigned char hyp_handler[], hyp_ready[], enter_host[];
#endif
