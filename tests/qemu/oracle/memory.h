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
/* In each of them: tables of trees have the rest. Only scratch memory is stored to by accesses. */
#define MEMORY_GARBAGE	    ((size_t)1 << 20)
#define MEMORY_GARBAGE_SIZE ((size_t)128 << 10)
#define MEMORY_SCRATCH	    ((size_t)3 << 19)
#define MEMORY_SCRATCH_SIZE ((size_t)64 << 10)
#define MEMORY_PAGES	    96 /* of one tree, at most */

extern hypmmu_pa memory_region[MEMORY_REGIONS]; /* in ascending order */

/* All of it in the main memory, which alone has Allocation Tags. */
void memory_keep_to_main(void);

/* Where the host finds it; NULL: not there, or not 8 bytes of it. */
unsigned char *memory_at(hypmmu_pa pa);
/* If it is not memory_at(), nobody knows what is read there. */
bool memory_is_main(hypmmu_pa pa);
bool memory_is_scratch(hypmmu_pa pa);
/* Of Realm state alone, if there is such a thing: every other region, and its GiB. */
bool memory_is_realm(hypmmu_pa pa);
/* All zero, here and in a guest that starts; but scratch memory that is to be sent: no two words of
 * it are alike, and their lower halves are undefined instructions. */
void memory_reset(void);
/* The regions that exist on a CPU with so many address bits. */
unsigned memory_regions_of(unsigned pa_bits);

/* The bytes of [pa, pa + size) that the guest does not have yet go to `put`. */
void memory_send(hypmmu_pa pa, size_t size,
		 void (*put)(void *ctx, hypmmu_pa pa, const void *bytes, size_t size), void *ctx);
/* The guest has stored these 8 bytes. */
void memory_put(hypmmu_pa pa, const unsigned char bytes[8]);

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
