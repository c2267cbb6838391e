/* SPDX-License-Identifier: BSD-2-Clause */
/* Random draws that can be repeated: splitmix64 from a seed that is printed. */
#ifndef RANDOM_H
#define RANDOM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

/* HYPMMU_TEST_SEED, or a fixed one. Prints it. */
uint64_t random_seed(void);
/* n times HYPMMU_TEST_SCALE, at least 1. */
size_t random_scaled(size_t n);
uint64_t random_next(struct random *random);
/* 0 to n - 1; n is not 0. */
uint64_t random_below(struct random *random, uint64_t n);
/* True once in n. */
bool random_once_in(struct random *random, uint64_t n);
#endif
