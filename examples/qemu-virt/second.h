/* SPDX-License-Identifier: BSD-2-Clause */
/* A second CPU that comes to the upper half by hypmmu_arch_cpu_entry(), and goes. */
#ifndef SECOND_H
#define SECOND_H

#define PSCI_CPU_OFF 0x84000002

/* struct seen */
#define SEEN_WORD 0
#define SEEN_HCR  8
#define SEEN_SP	  24

#ifndef __ASSEMBLER__
#include <hypmmu/hypmmu.h>

/* From reset by PSCI, with HCR_EL2 as reset leaves it but for E2H; and off again. */
bool second_cpu_comes(const struct hypmmu *lower, const struct hypmmu *upper);
#endif
#endif
