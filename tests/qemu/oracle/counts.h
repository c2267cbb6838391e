/* SPDX-License-Identifier: BSD-2-Clause */
/* What has been asked, and whether that was enough. */
#ifndef COUNTS_H
#define COUNTS_H
#include <hypmmu/hypmmu.h>
#include <stdbool.h>
#include <stddef.h>

/* Of which kind a question is. */
enum kind { BUILT, CORRUPTED, GARBAGE, KINDS };

/* What QEMU does otherwise. The first few: the answer that it gives is expected instead. The rest:
 * not asked. */
enum deviation {
	NO_CONTIGUOUS, /* the output address is the descriptor's own, not that of the group */
	NO_HIGH_CHECK, /* 52-bit layout, PS of at most 48 bits: OA[51:50] (64K: [51:48]) ignored */
	NO_NT,	       /* a block with nT set does not fault */
	NO_WRITABLE_CLEAN, /* HD = 1: to a fetch a leaf with DBM and AP[2] set is read-only */
	DIRTY_BY_DBM,	   /* permission indices: only with bit 51 set does a store clear nDirty */
	DEVIATIONS_EXPECTED,
	HAFDBS = DEVIATIONS_EXPECTED, /* an AT that may or may not set AF, or clear AP[2] */
	NO_NDIRTY,   /* permission indices: AT does not look at nDirty; stores do */
	SMALL_ROOT,  /* 52-bit TTBR, root of less than 64 bytes: TTBR[5:3] taken for BADDR, too */
	HIGH_ROOT,   /* DS = 1 and PS of at most 48 bits: TTBR[5:2] ignored */
	LARGE_BLOCK, /* a block that is larger than PS: the address size is checked without the VA */
	DEVICE_MEMORY, /* no deviation: a descriptor in memory of which nobody knows the contents */
	RESERVED_TYPE, /* QEMU 11, tagged memory: 0xe0 is one to which any access fails */
	RECKLESS,      /* none either: an access that would do something to the machine */
	DEVIATIONS,
};

struct cell { /* questions about one granule, regime and format */
	size_t asked[KINDS], found[KINDS];
	size_t tried; /* of them: real accesses */
};

/* What trees were drawn of, and where their leaves were, by regime: bit n is n, or the n-th. */
struct coverage {
	uint64_t va_bits, pa_bits, byte_orders, leaf_levels;
};

struct counts {
	unsigned granule; /* of the run; garbage has others, too */
	bool realm;
	struct cell cell[3][2]; /* by regime, 52-bit addresses */
	struct coverage coverage[3];
	size_t strays, strays_found; /* with another granule */
	size_t deviations[DEVIATIONS], aborts, trees, probed;
	size_t trials[8], trials_done[8]; /* real accesses, by enum trial; without an MMU fault */
	size_t tags, branches;		  /* tag check and branch target exceptions */
	size_t spaces;			  /* Realm state: granule protection faults */
	size_t indirect;		  /* with permission indices */
	size_t updates, looks;		  /* by hardware; descriptors that were looked at */
	size_t leaf_level[5];		  /* answers without a fault by level + 1 */
};

struct count {
	enum kind kind;
	unsigned granule, regime;
	bool wide, tried;
};
void counts_add(struct counts *c, const struct count *what, const struct hypmmu_translation *t);
void counts_add_tree(struct counts *c, const struct hypmmu_config *cfg);

size_t counts_of_cell(const struct counts *c, unsigned regime, bool wide);
void counts_print(const struct counts *c, const char *title);
/* False, with a message: too few questions in a cell, too few without a fault, or too few of a
 * kind; part of what is legal in configurations never drawn. cpu: what is legal. */
bool counts_suffice(const struct counts *c, const struct hypmmu_config *cpu);
/* Leaves the sum in the file "total". */
bool counts_write(const struct counts *c);
#endif
