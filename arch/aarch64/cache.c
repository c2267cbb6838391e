/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data caches, by VA to the Point of Coherency. Stores go around the caches while the MMU (or
 * SCTLR.C) is off: memory is then right, and what a cache holds of it is older.
 */
#include "state.h"

enum line_op { CLEAN, INVALIDATE, FLUSH };

static void maintain_line(enum line_op op, uint64_t at)
{
	switch (op) {
	case CLEAN:
		dc_cvac(at);
		break;
	case INVALIDATE:
		dc_ivac(at);
		break;
	case FLUSH:
		dc_civac(at);
		break;
	}
}

/* All lines that hold a byte of [start, start + size), which may end at the last byte there is. */
static void maintain(enum line_op op, uint64_t start, uint64_t size)
{
	uint64_t line = data_line_size(), last = start + (size - 1);

	dmb_sy(); /* the stores to the range | the maintenance of its lines */
	for (uint64_t at = start & ~(line - 1); size; at += line) {
		maintain_line(op, at);
		if (last - at < line)
			break;
	}
	dsb_sy(); /* the maintenance is complete | a walk, a TLBI, an access of another kind */
}

/* Not cleaned with the MMU off: that would write an old line over the stores. */
void hypmmu_arch_publish(const void *p, size_t size)
{
	maintain(stores_are_cached() ? CLEAN : INVALIDATE, (uintptr_t)p, size);
}

/* Cleaned, for the sake of CPUs whose caches are on and that may have stored to it, too. */
void hm_arch_flush(uint64_t start, uint64_t size)
{
	maintain(FLUSH, start, size);
}
