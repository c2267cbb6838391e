/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The physical memory that tables are in, as the guest has it and as the host believes it to be:
 * 2 MiB here and there, so that every address bit of the 52-bit layouts counts. What is nowhere
 * here is an external abort, but for the parts of the machine that are not for tables.
 */
#ifndef MEMORY_H
#define MEMORY_H
#include <hypmmu/hypmmu.h>

#define MEMORY_REGIONS	    16
#define MEMORY_REGION_SIZE  ((size_t)2 << 20)
/* In each of them: trees have the rest. */
#define MEMORY_GARBAGE	    ((size_t)1 << 20)
#define MEMORY_GARBAGE_SIZE ((size_t)128 << 10)
#define MEMORY_PAGES	    96 /* of one tree, at most */

extern const hypmmu_pa memory_region[MEMORY_REGIONS]; /* in ascending order */

/* Where the host finds it; NULL: not there, or not 8 bytes of it. */
unsigned char *memory_at(hypmmu_pa pa);
/* Nobody knows what is read there. */
bool memory_is_device(hypmmu_pa pa);
/* All zero, here and in a guest that starts. */
void memory_reset(void);
/* The regions that exist on a CPU with so many address bits. */
unsigned memory_regions_of(unsigned pa_bits);

/* The bytes of [pa, pa + size) that the guest does not have yet go to `put`. */
void memory_send(hypmmu_pa pa, size_t size,
		 void (*put)(void *ctx, hypmmu_pa pa, const void *bytes, size_t size), void *ctx);
/* The guest's bytes there may be others by now. */
void memory_forget(hypmmu_pa pa, size_t size);

/* Pages for one tree, in any of the regions below 1 << pa_bits. */
struct random;
struct table_pages {
	struct hypmmu_pages pages; /* ctx is this struct */
	struct random *random;
	unsigned granule, regions;
	size_t n;
	hypmmu_pa taken[MEMORY_PAGES];
};
void table_pages_init(struct table_pages *source, struct random *random, unsigned granule,
		      unsigned pa_bits);
#endif
