/* SPDX-License-Identifier: BSD-2-Clause */
/* A function with a fault that every analyzer must find. */
#include <stddef.h>

int flaw(const int *numbers, size_t n);

int flaw(const int *numbers, size_t n)
{
	const int *found = NULL;

	for (size_t i = 0; i < n; i++) {
		if (numbers[i] > 0)
			found = &numbers[i];
	}
	return *found;
}
