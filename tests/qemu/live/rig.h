/* SPDX-License-Identifier: BSD-2-Clause */
/* The program's address space, with an empty arena in it, and the CPUs that run on it. */
#ifndef RIG_H
#define RIG_H
#include <hypmmu/arch.h>

/* What is wrong on purpose, and has to be seen. */
enum trouble {
	NO_TROUBLE,
	FORGETS,   /* maintenance without a TLBI */
	ELSEWHERE, /* the TLBIs are for the page above */
	LOCAL,	   /* HYPMMU_USE_LOCAL_TLBI, which is wrong with two CPUs */
	BREAKS,	   /* what another CPU uses all the time */
};

struct rig {
	struct hypmmu mmu;
	struct hypmmu_pool pool;
	unsigned cpus;
	enum trouble trouble;
	bool by_blocks;	 /* the program is mapped by blocks of level 2, else by pages */
	bool beside;	 /* the second CPU goes on while tables change */
	uint32_t use;	 /* HYPMMU_USE_* */
	uint32_t hw;	 /* HYPMMU_HW_* that ID registers do not tell of */
	unsigned rounds; /* visits so far */
};

/* The blocks that hold code, and what is written to: one each, or more where blocks are small. */
struct hypmmu_change code_blocks(enum hypmmu_granule granule);
struct hypmmu_change data_blocks(enum hypmmu_granule granule);

/* Builds the address space for this CPU. Before the MMU is on. */
bool build_space(struct rig *rig, enum hypmmu_granule granule);

/* The MMU on, on all CPUs. */
bool start_cpus(struct rig *rig);

/* What a call has given; says so if it is an error. */
bool succeeds(const char *call, int err, const struct hypmmu_report *report);
#endif
