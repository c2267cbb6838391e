/* SPDX-License-Identifier: BSD-2-Clause */
/* The MMU's own answers, by AT S1E2R and AT S1E2W, against hypmmu_walk(). */
#ifndef AGREE_H
#define AGREE_H
#include <hypmmu/hypmmu.h>

/* All addresses that one table translates: 1 << bits of them from `first` on. Many are mapped in the
 * `busy_size` from `busy` on. */
struct half {
	const char *name;
	uint64_t first, busy, busy_size;
	unsigned bits;
};

/* Asks about the first and the last byte of every leaf and of every hole, and about addresses drawn
 * at random, within the half and beyond; prints how many of each kind there were. */
bool mmu_agrees(const struct hypmmu_machine *machine, const struct half *half);
#endif
