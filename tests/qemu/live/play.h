/* SPDX-License-Identifier: BSD-2-Clause */
/* Plays scenarios: change, then see what all CPUs make of it. */
#ifndef PLAY_H
#define PLAY_H
#include "rig.h"
#include "scenario.h"

/* Everything is as the scenarios say; with trouble, exactly the CPUs that it is for have missed
 * changes, in every scenario that takes something away. */
bool play(struct rig *rig, const struct list *list);
#endif
