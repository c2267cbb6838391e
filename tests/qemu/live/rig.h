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
};

struct rig {
	struct hypmmu mmu;
	struct hypmmu_pool pool;
	unsigned cpus;
	enum trouble trouble;
	uint32_t use;	 /* HYPMMU_USE_* */
	unsigned rounds; /* visits so far */
};

/* Builds the address space for this CPU. Before the MMU is on. */
bool build_space(struct rig *rig, enum hypmmu_granule granule);

/* The MMU on, on all CPUs. */
bool start_cpus(struct rig *rig);

/* What a call has given; says so if it is an error. */
bool succeeds(const char *call, int err, const struct hypmmu_report *report);
#endif
