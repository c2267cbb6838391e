/* SPDX-License-Identifier: BSD-2-Clause */
/* What vectors.S saves and probe.c reads: registers that a call may change, and the syndrome. */
#ifndef FRAME_H
#define FRAME_H

#define FRAME_X18  144
#define FRAME_ELR  160
#define FRAME_ESR  176
#define FRAME_SIZE 192

/* Number of the vector for a synchronous exception from EL2 itself, on its own stack pointer. */
#define VECTOR_EL2_SYNC 4

#ifndef __ASSEMBLER__
#include <stdint.h>

struct frame {
	uint64_t x0_17[18];
	uint64_t x18, x30;
	uint64_t elr, spsr;
	uint64_t esr, far;
};
#endif
#endif
