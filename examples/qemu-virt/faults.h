/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses that are meant to fault, and what the CPU says of them. */
#ifndef FAULTS_H
#define FAULTS_H
#include <hypmmu/hypmmu.h>

/* Every access of the list in faults.c faults as hypmmu_walk() says, and others do not. */
bool faults_are_as_predicted(const struct hypmmu_machine *machine, const struct hypmmu *lower);

/* The same, of addresses in the upper half. */
bool upper_faults_are_as_predicted(const struct hypmmu_machine *machine);
#endif
