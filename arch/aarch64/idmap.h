/* SPDX-License-Identifier: BSD-2-Clause */
/* What assembly and C say to each other. */
#ifndef HM_IDMAP_H
#define HM_IDMAP_H

/* The section must be mapped at VA = PA whenever the MMU goes on or off, and is smaller than the
 * smallest granule. A build may give it the name that its linker script knows. */
#ifndef HYPMMU_IDMAP_SECTION
#define HYPMMU_IDMAP_SECTION .hypmmu.idmap.text
#endif

/* struct hypmmu_regs and enum hypmmu_err; mmu.c holds these to the header. */
#define HM_REGS_MAIR  0
#define HM_REGS_TCR   8
#define HM_REGS_TTBR0 16
#define HM_REGS_SCTLR 32
#define HM_ERR_STATE  (-43)

#ifndef __ASSEMBLER__
#include <hypmmu/hypmmu.h>

/* First byte of the section's code, and the byte after its last. */
extern const unsigned char hm_arch_idmap_start[], hm_arch_idmap_end[];

/* Both touch no memory once the MMU is off, neither has a frame, and both know values only. */

/* Off to on, sctlr_off = 0; on to off to on: what SCTLR_EL2 shall hold in between. */
void hm_arch_load_regs(const struct hypmmu_regs *regs, uint64_t sctlr_off);
/* On to off: cleans and invalidates `lines` data cache lines (1 or more), then SCTLR_EL2. */
void hm_arch_unload(uint64_t first_line, uint64_t lines, uint64_t line_size, uint64_t sctlr_off);
#endif
#endif
