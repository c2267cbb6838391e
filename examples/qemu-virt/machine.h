/* SPDX-License-Identifier: BSD-2-Clause */
/* This CPU and its memory, for hypmmu_walk(). */
#ifndef MACHINE_H
#define MACHINE_H
#include <hypmmu/hypmmu.h>

/* The registers that say what the MMU does, as they are now. */
struct hypmmu_regs read_registers(void);

bool same_registers(const struct hypmmu_regs *a, const struct hypmmu_regs *b);

/* The registers as they are now, and memory that holds tables. */
struct hypmmu_machine this_machine(void);
#endif
