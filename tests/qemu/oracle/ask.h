/* SPDX-License-Identifier: BSD-2-Clause */
/* One question: what hypmmu_walk() says of it, corrected by what QEMU is known to do otherwise. */
#ifndef ASK_H
#define ASK_H
#include "batch.h"
#include <hypmmu/hypmmu.h>

/* Of which kind a question is. */
enum kind { BUILT, CORRUPTED, GARBAGE, KINDS };

/* What QEMU does otherwise. The first few: the answer that it gives is expected instead. The rest:
 * not asked. */
enum deviation {
	NO_CONTIGUOUS, /* the output address is the descriptor's own, not that of the group */
	NO_HIGH_CHECK, /* 52-bit layout, PS of at most 48 bits: OA[51:50] (64K: [51:48]) ignored */
	NO_NT,	       /* a block with nT set does not fault */
	DEVIATIONS_EXPECTED,
	HAFDBS = DEVIATIONS_EXPECTED, /* an AT that may or may not set AF, or clear AP[2] */
	SMALL_ROOT,  /* 52-bit TTBR, root of less than 64 bytes: TTBR[5:3] taken for BADDR, too */
	HIGH_ROOT,   /* DS = 1 and PS of at most 48 bits: TTBR[5:2] ignored */
	LARGE_BLOCK, /* a block that is larger than PS: the address size is checked without the VA */
	DEVICE_MEMORY, /* no deviation: a descriptor in memory of which nobody knows the contents */
	DEVIATIONS,
};
extern const char *const deviation_names[DEVIATIONS];

/* TCR_EL2 as it was made, for one half. */
struct half {
	unsigned granule, va_bits, pa_bits; /* log2; of PS, and of the CPU at most */
	bool ds, lpa, ha, hd;
};

enum world { NON_SECURE, SECURE };

struct counts {
	size_t asked[3][3][2], found[3][3][2]; /* by granule, regime, 52-bit addresses */
	size_t kind[KINDS], kind_found[KINDS], deviations[DEVIATIONS], aborts, scenes, trees;
	size_t leaf_level[3][5]; /* answers without a fault by granule, level + 1 */
};

struct scene {
	struct batch *batch;
	struct counts *counts;
	struct hypmmu_machine machine; /* registers and ID values; `read` is ask()'s own */
	enum world world;
	enum kind kind;
	struct half half[2]; /* [1]: through TTBR1_EL2 */
	unsigned granule;    /* what is counted, whatever the halves have */
};

/* The guest gets scene->machine.regs and the world. */
void scene_set_registers(struct scene *scene);
/* The walker's answer in *t; false if it is not asked. The second may be NULL. */
bool ask(struct scene *scene, hypmmu_va va, enum question question, struct hypmmu_translation *t);
enum hypmmu_access access_of(enum question question);
#endif
