/* SPDX-License-Identifier: BSD-2-Clause */
/* The MMU's own answers, by AT S1E2R and AT S1E2W, against hypmmu_translate(). */
#ifndef AGREE_H
#define AGREE_H
#include <hypmmu/hypmmu.h>

/* Asks about the first and the last byte of every leaf and of every hole, and about addresses drawn
 * at random, within the address space and beyond; prints how many of each kind there were. */
bool mmu_agrees(const struct hypmmu *mmu);
#endif
