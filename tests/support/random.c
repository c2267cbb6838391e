/* SPDX-License-Identifier: BSD-2-Clause */
#include "random.h"
#include <stdio.h>
#include <stdlib.h>

uint64_t random_seed(void)
{
	const char *text = getenv("HYPMMU_TEST_SEED");
	uint64_t seed = text ? strtoull(text, NULL, 0) : 0x68797061;

	printf("HYPMMU_TEST_SEED=%#llx\n", (unsigned long long)seed);
	return seed;
}

size_t random_scaled(size_t n)
{
	const char *text = getenv("HYPMMU_TEST_SCALE");
	double scaled = (double)n * (text ? strtod(text, NULL) : 1);

	return scaled < 1 ? 1 : (size_t)scaled;
}

uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint64_t random_below(struct random *random, uint64_t n)
{
	return random_next(random) % n;
}

bool random_once_in(struct random *random, uint64_t n)
{
	return random_below(random, n) == 0;
}
