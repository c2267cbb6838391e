/* SPDX-License-Identifier: BSD-2-Clause */
/* Bits, fields and ranges. Every field in the tree is one BITS() with the Arm manual's numbers. */
#ifndef HM_BITS_H
#define HM_BITS_H
#include <stdbool.h>
#include <stdint.h>

#define BIT(n)	     (UINT64_C(1) << (n))
#define BITS(hi, lo) ((~UINT64_C(0) >> (63 - (hi))) & ~(BIT(lo) - 1))

static inline uint64_t put(uint64_t field, uint64_t value)
{
	return (value * (field & (~field + 1))) & field;
}

static inline uint64_t get(uint64_t field, uint64_t word)
{
	return (word & field) / (field & (~field + 1));
}

/* What a field of `word` is in another place: put(to, get(from, word)) for fields of one width. */
static inline uint64_t move(uint64_t word, uint64_t from, uint64_t to)
{
	uint64_t low_from = from & (~from + 1), low_to = to & (~to + 1);

	word &= from;
	return low_to >= low_from ? word * (low_to / low_from) : word / (low_from / low_to);
}

/* Is the value a multiple of 2^shift? */
static inline bool is_aligned(uint64_t value, unsigned shift)
{
	return !(value & (BIT(shift) - 1));
}

/* The last byte of the aligned 2^shift bytes that hold addr; no overflow at the top of the
 * space. */
static inline uint64_t last_byte(uint64_t addr, unsigned shift)
{
	return addr | (BIT(shift) - 1);
}

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}
#endif
