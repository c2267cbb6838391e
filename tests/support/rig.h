/* SPDX-License-Identifier: BSD-2-Clause */
/* A CPU with a few words of memory, for tests of the golden walker. */
#ifndef RIG_H
#define RIG_H
#include <hypmmu/hypmmu.h>

#define RIG_ROOT       0x80000000 /* TTBR0_EL2, and TTBR1_EL2 is one page above */
#define RIG_WORDS      8
#define RIG_VA	       0x40001234 /* slot 1 of a level 1 table, slot 0 of level 2, slot 1 of level 3 */
#define RIG_UPPER_VA   0xffffff8040001234 /* the same in an upper half of 39 bits */
#define RIG_SLOT       (RIG_ROOT + 8)
#define RIG_UPPER_SLOT (RIG_SLOT + 0x1000)
/* A 1 GiB block at 16 GiB: AF [10], SH [9:8] 11, AP [7:6] 01, AttrIndx [4:2] 0, block [1:0] 01 */
#define RIG_BLOCK      0x400000741

struct rig {
	struct hypmmu_machine machine;
	hypmmu_pa pa[RIG_WORDS];
	hypmmu_desc desc[RIG_WORDS];
	unsigned words, reads;
	bool big_endian; /* the memory holds its words so */
};

/* MMU and caches on, little-endian. 4K granule, 39-bit addresses (start level 1), 48-bit PA. MAIR:
 * 0 write-back, 1 Non-cacheable, 2 Device-nGnRE, 3 write-back inner only. No optional feature. */
void rig_init_el2(struct rig *rig);
void rig_init_el2_0(struct rig *rig); /* E2H = 1; the same in both halves */
void rig_set_t0sz(struct rig *rig, unsigned t0sz);
void rig_put(struct rig *rig, hypmmu_pa pa, hypmmu_desc desc);
/* The walk, into a result that held garbage. */
struct hypmmu_translation rig_walk(struct rig *rig, hypmmu_va va, enum hypmmu_access access);
/* fsc and PAR_EL1 go with the fault. */
void rig_assert_fault(const struct hypmmu_translation *t, enum hypmmu_fault fault, int level,
		      unsigned fsc);
/* A translation fault at level 0, before any memory was read. */
void rig_assert_early(const struct rig *rig, const struct hypmmu_translation *t);
#endif
