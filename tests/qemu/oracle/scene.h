/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers and memory as hypmmu_walk() sees them, and what QEMU is known to do otherwise. */
#ifndef SCENE_H
#define SCENE_H
#include "batch.h"
#include "counts.h"
#include <hypmmu/hypmmu.h>

/* TCR_EL2 as it was made, for one half. */
struct half {
	unsigned granule, va_bits, pa_bits; /* log2; of PS, and of the CPU at most */
	bool ds, lpa, ha, hd, pie;
};

enum world { NON_SECURE, SECURE, REALM };

struct scene {
	struct batch *batch;
	struct counts *counts;
	struct hypmmu_machine machine; /* registers and ID values; `read` is scene_walk()'s own */
	enum world world;
	enum kind kind;
	struct half half[2];  /* [1]: through TTBR1_EL2 */
	hypmmu_va probes[2];  /* of PROBE_AT, for EL2 and EL0 */
	bool mapped, may_run; /* they are there; and accesses that need them come back */
};

/* A walk, as memory answered it. */
struct reading {
	const struct half *half;
	bool big_endian, fetch;
	bool corrected; /* QEMU's deviations are asked for */
	bool device, altered[DEVIATIONS_EXPECTED];
	hypmmu_pa path[5]; /* of the descriptors that were read */
	unsigned depth;
	uint64_t tables; /* all descriptors but the last, ORed */
	uint64_t last;
};

/* The guest gets scene->machine.regs and the world. */
void scene_set_registers(struct scene *scene);
/* The same for the probes, if they may run. */
void scene_set_probes(struct scene *scene);
bool scene_is_upper(const struct scene *scene, hypmmu_va va);
/* What the walker says that QEMU says. */
struct reading scene_walk(struct scene *scene, hypmmu_va va, enum hypmmu_access access,
			  struct hypmmu_translation *t);
/* Secure and Realm state: does the leaf lead to the Non-secure address space? */
bool scene_is_to_non_secure(const struct scene *scene, const struct reading *reading);
/* Why that is not asked; DEVIATIONS: it is. */
enum deviation scene_objection(const struct scene *scene, hypmmu_va va,
			       const struct reading *reading, const struct hypmmu_translation *t);
/* Would the access set AF or clear AP[2]? */
bool scene_is_update(const struct half *half, const struct hypmmu_translation *t, bool write);
/* Does a store leave nDirty as it is: DIRTY_BY_DBM? */
bool scene_stays_clean(const struct half *half, const struct hypmmu_translation *t);
/* It has, here and in the guest. */
void scene_update(struct scene *scene, const struct half *half, const struct hypmmu_translation *t,
		  bool write);
/* The answer to one question. */
void scene_count(struct scene *scene, hypmmu_va va, const struct reading *reading, bool tried,
		 const struct hypmmu_translation *t);
#endif
