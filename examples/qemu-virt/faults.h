/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses that are meant to fault, and what the CPU says of them. */
#ifndef FAULTS_H
#define FAULTS_H
#include <hypmmu/hypmmu.h>

/* Every access of the list in faults.c faults as hypmmu_translate() says, and others do not. */
bool faults_are_as_predicted(const struct hypmmu *mmu);
#endif
