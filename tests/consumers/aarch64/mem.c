/* SPDX-License-Identifier: BSD-2-Clause */
/* The vendor's: all that the library needs from outside. Byte by byte, and the compiler must not
 * make calls of the loops. */
#include <stddef.h>

void *memset(void *to, int value, size_t size);
void *memcpy(void *restrict to, const void *restrict from, size_t size);

void *memset(void *to, int value, size_t size)
{
	for (volatile unsigned char *at = to; size; size--)
		*at++ = (unsigned char)value;
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	volatile unsigned char *at = to;

	for (const unsigned char *byte = from; size; size--)
		*at++ = *byte++;
	return to;
}
