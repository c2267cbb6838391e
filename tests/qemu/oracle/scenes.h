/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked about: tables that the library built, the same corrupted, and garbage. */
#ifndef SCENES_H
#define SCENES_H
#include "ask.h"
#include "property/draw.h"

/* What all scenes of a run have in common. */
struct setting {
	struct random random;
	struct hypmmu_id id;
	struct hypmmu_config cpu; /* hypmmu_config_from_id(): the best for this granule */
	enum world world;
	struct batch *batch;
	struct counts *counts;
	bool garbage_big_endian;
	size_t wrong; /* found by the host alone: the library against what it was asked to map */
};

/* Reads more often than writes, EL2 more often than EL0. */
enum question draw_question(struct random *random, bool e2h);

/* Other memory types and permissions, by TCR2_EL2, if the CPU has it. */
void draw_indirection(struct setting *setting, struct scene *scene);

/* A tree, its questions and accesses, and more of them after random changes of its descriptors.
 * wide: in a layout of 52-bit addresses. */
void ask_about_tree(struct setting *setting, enum hypmmu_regime regime, bool wide);

/* Fills some memory with garbage, for the batch; */
void make_garbage(struct setting *setting, bool wide);
/* registers that lead there, and questions. */
void ask_about_garbage(struct setting *setting, enum hypmmu_regime regime, bool wide);
#endif
