/* SPDX-License-Identifier: BSD-2-Clause */
/* An address space with something in it, and proof that a call left all of it alone. */
#ifndef SUBJECT_H
#define SUBJECT_H
#include "arena.h"
#include "oracle.h"

#define SUBJECTS 5

struct subject {
	struct arena arena;
	struct hypmmu mmu;
	struct hypmmu_config cfg;
	hypmmu_va base;	      /* the first address of the space */
	uint64_t page, block; /* sizes; block: what one slot of level 2 maps */
	uint64_t space;	      /* of virtual addresses */
	hypmmu_pa pa_end;     /* the first that does not exist */
	struct hypmmu saved;
};

/* Configurations that differ in all that counts: granule, regime, layout. */
extern const struct hypmmu_config subject_configs[SUBJECTS];

/* Mapped are, with HYPMMU_DATA: pages 0 to 3 of the first block, at PA = offset; the whole second
 * block, likewise. The rest of the first and all of the third block are holes. */
void subject_init(struct subject *subject, const struct hypmmu_config *cfg);
void subject_init_with(struct subject *subject, const struct hypmmu_config *cfg, size_t pages);
/* Destroys it; the page source has nothing to complain of. */
void subject_end(struct subject *subject);

void subject_save(struct subject *subject);
void subject_assert_untouched(struct subject *subject);

/* hypmmu_apply() and hypmmu_plan() both give the error, the same report, and change nothing. */
struct hypmmu_report subject_refuses(struct subject *subject, int err,
				     const struct hypmmu_change *changes, size_t n);
/* hypmmu_apply() does it; the oracle finds the tree sound. */
struct hypmmu_report subject_accepts(struct subject *subject, const struct hypmmu_change *changes,
				     size_t n);
/* The oracle's word about one address. */
struct oracle_answer subject_at(struct subject *subject, hypmmu_va va);
#endif
