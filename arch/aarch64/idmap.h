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
#define HM_REGS_TTBR1 24
#define HM_REGS_SCTLR 32
#define HM_REGS_HCR   40
#define HM_ERR_STATE  (-43)

/* struct hypmmu_cpu_params and enum hypmmu_cpu_stage; cpu.c holds these to the header. */
#define HM_CPU_SP	  80
#define HM_CPU_VBAR	  88
#define HM_CPU_ENTRY	  96
#define HM_CPU_ARG	  104
#define HM_CPU_TPIDR	  112
#define HM_CPU_HCR	  120
#define HM_CPU_HCR_KEEP	  128
#define HM_CPU_GRANULE	  136
#define HM_CPU_GRANULE1	  152
#define HM_CPU_PA	  168
#define HM_CPU_VA	  184
#define HM_CPU_VA1	  200
#define HM_CPU_VH	  216
#define HM_CPU_E2H0	  232
#define HM_CPU_STAGE	  256
#define HM_CPU_ENTERED	  1
#define HM_CPU_CHECKED	  2
#define HM_CPU_SWITCHING  3
#define HM_CPU_NOT_EL2	  16
#define HM_CPU_NO_GRANULE 17
#define HM_CPU_NO_PA	  18
#define HM_CPU_NO_VA	  19
#define HM_CPU_E2H_STUCK  20
#define HM_CPU_NO_E2H	  21
#define HM_HCR_E2H	  34

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
