/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The matrix of configurations: what the Arm manual says about each, and what the library makes of
 * it. Nothing here is asked of the library but what it is to be judged by. The functions that end
 * in _wrong give NULL, or what is wrong.
 */
#ifndef MATRIX_H
#define MATRIX_H
#include "support/oracle.h"

#define MATRIX_LEVELS 5 /* -1 to 3 */

/* The verdict on the sizes: 0 or HYPMMU_ERR_CONFIG. */
int matrix_verdict(const struct hypmmu_config *cfg);

/* For a legal configuration: */
bool matrix_has_ds(const struct hypmmu_config *cfg); /* it needs TCR_EL2.DS */
int matrix_start_level(const struct hypmmu_config *cfg);
unsigned matrix_shift(const struct hypmmu_config *cfg, int level); /* log2 of a slot; 0: none */
/* The highest level that may hold leaves, whatever the sizes of the addresses. */
int matrix_block_level(const struct hypmmu_config *cfg);
/* May the tables hold leaves there, and is there an output address for them? */
bool matrix_is_leaf_level(const struct hypmmu_config *cfg, int level);

const char *matrix_regs_wrong(const struct hypmmu_config *cfg);
/* Reads the registers as a CPU with cfg->hw does; at and ctx are left alone. */
void matrix_read_regs(struct oracle *oracle, const struct hypmmu_regs *regs,
		      const struct hypmmu_config *cfg);

struct matrix_trees {
	size_t trees, leaves, walks;
	size_t leaves_at[MATRIX_LEVELS]; /* by level + 1 */
	size_t starts_at[MATRIX_LEVELS];
};

/* Builds, walks and takes down trees of the configuration. */
const char *matrix_tree_wrong(const struct hypmmu_config *cfg, struct matrix_trees *count);
#endif
