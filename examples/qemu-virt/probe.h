/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses that may fault, and what the CPU says of them. Of two CPUs at most. */
#ifndef PROBE_H
#define PROBE_H
#include <hypmmu/hypmmu.h>

/* From here on any exception that nobody has asked for ends the program with a message. Each CPU
 * has vectors of its own to install. */
void install_vectors(void);

struct outcome {
	bool faulted;
	uint32_t esr;
	uint64_t far;
	uint64_t value; /* what was read; x0 of the code that was called */
};

/* Reads or writes (0) one byte, or calls code that is there. */
struct outcome try_byte(uint64_t va, enum hypmmu_access access);

/* The same with eight bytes: reads, writes the value, or calls code with it in x0. */
struct outcome try_word(uint64_t va, enum hypmmu_access access, uint64_t value);

/* Is it this fault (ESR_ELx.FSC) of this access at va: EC, WnR, FSC and FAR_EL2? */
bool is_fault(const struct outcome *outcome, uint64_t va, enum hypmmu_access access, unsigned fsc);
#endif
