/* SPDX-License-Identifier: BSD-2-Clause */
/* One question: what hypmmu_walk() says of it, corrected by what QEMU is known to do otherwise. */
#ifndef ASK_H
#define ASK_H
#include "scene.h"

/* An AT. The walker's answer in *t; false if it is not asked. */
bool ask(struct scene *scene, hypmmu_va va, enum question question, struct hypmmu_translation *t);
enum hypmmu_access access_of(enum question question);

/* The same for an access that is really made, where scene->may_run; and for the descriptor after
 * it. */
bool try_access(struct scene *scene, hypmmu_va va, enum trial trial, struct hypmmu_translation *t);
enum hypmmu_access access_of_trial(enum trial trial);
#endif
