/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"
#include "protocol.h"
#include "support/random.h"
#include <string.h>

#define LINE 64 /* bytes that are sent or not */

hypmmu_pa memory_region[MEMORY_REGIONS] = {
	TABLES_AT,	    0x00000000d5400000, 0x0000000969800000, 0x000000a53c400000,
	0x000002c3a5a00000, 0x0000096a5c200000, 0x00005a6900000000, 0x0000c396ff600000,
	0x00015a3c00400000, 0x0002a5c369800000, 0x0004800000200000, 0x00077fffffe00000,
	0x0008000000000000, 0x0009c3a55a600000, 0x000c3c5aa5800000, 0x000eaaa555a00000,
};

static _Alignas(65536) unsigned char here[MEMORY_REGIONS][MEMORY_REGION_SIZE];
static unsigned char there[MEMORY_REGIONS][MEMORY_REGION_SIZE];

void memory_keep_to_main(void)
{
	hypmmu_pa step = (GUEST_RAM_END - TABLES_AT) / MEMORY_REGIONS;

	for (unsigned i = 0; i < MEMORY_REGIONS; i++)
		memory_region[i] = TABLES_AT + i * step;
}

static unsigned region_of(hypmmu_pa pa)
{
	unsigned i = 0;

	while (i < MEMORY_REGIONS && pa - memory_region[i] >= MEMORY_REGION_SIZE)
		i++;
	return i;
}

unsigned char *memory_at(hypmmu_pa pa)
{
	unsigned i = region_of(pa);

	return i < MEMORY_REGIONS && !(pa & 7) ? &here[i][pa - memory_region[i]] : NULL;
}

bool memory_is_main(hypmmu_pa pa)
{
	return pa < GUEST_RAM_END;
}

bool memory_is_scratch(hypmmu_pa pa)
{
	unsigned i = region_of(pa);

	return i < MEMORY_REGIONS && pa - memory_region[i] - MEMORY_SCRATCH < MEMORY_SCRATCH_SIZE;
}

bool memory_is_realm(hypmmu_pa pa)
{
	for (unsigned i = 1; i < MEMORY_REGIONS; i += 2) {
		if (pa >> GPT_BLOCK_LSB == memory_region[i] >> GPT_BLOCK_LSB)
			return true;
	}
	return false;
}

static void fill_scratch(unsigned region)
{
	for (size_t at = 0; at < MEMORY_SCRATCH_SIZE; at += 8) {
		uint64_t word = (region + UINT64_C(1)) << 40 | at >> 3;

		for (unsigned k = 0; k < 8; k++)
			here[region][MEMORY_SCRATCH + at + k] = (unsigned char)(word >> 8 * k);
	}
}

void memory_reset(void)
{
	memset(here, 0, sizeof here);
	memset(there, 0, sizeof there);
	for (unsigned i = 0; i < MEMORY_REGIONS; i++)
		fill_scratch(i);
}

unsigned memory_regions_of(unsigned pa_bits)
{
	unsigned n = 0;

	while (n < MEMORY_REGIONS && !(memory_region[n] >> pa_bits))
		n++;
	return n;
}

void memory_send(hypmmu_pa pa, size_t size,
		 void (*put)(void *ctx, hypmmu_pa pa, const void *bytes, size_t size), void *ctx)
{
	unsigned i = region_of(pa);
	size_t at = pa - memory_region[i], end = at + size;

	while (at < end) {
		size_t from = at;

		while (at < end && memcmp(&here[i][at], &there[i][at], LINE))
			at += LINE;
		if (at > from) {
			put(ctx, memory_region[i] + from, &here[i][from], at - from);
			memcpy(&there[i][from], &here[i][from], at - from);
		}
		at += LINE;
	}
}

void memory_put(hypmmu_pa pa, const unsigned char bytes[8])
{
	unsigned i = region_of(pa);
	size_t at = pa - memory_region[i];

	memcpy(&here[i][at], bytes, 8);
	memcpy(&there[i][at], bytes, 8);
}

/* ---- Pages of a tree ---- */

static void *take_page(void *ctx)
{
	struct table_pages *source = ctx;
	size_t slots = MEMORY_GARBAGE >> source->granule;
	bool is_free = false;
	hypmmu_pa pa = 0;

	if (source->n == MEMORY_PAGES || source->n >= source->regions * slots / 2)
		return NULL;
	while (!is_free) {
		pa = memory_region[random_below(source->random, source->regions)] +
		     (random_below(source->random, slots) << source->granule);
		is_free = true;
		for (size_t i = 0; i < source->n; i++)
			is_free &= source->taken[i] != pa;
	}
	source->taken[source->n++] = pa;
	return memory_at(pa);
}

/* As the guest has it: it never gets what was in a page that is given back. */
static void give_page(void *ctx, void *table)
{
	struct table_pages *source = ctx;
	size_t at = (size_t)((unsigned char *)table - here[0]);

	memcpy(table, there[0] + at, (size_t)1 << source->granule);
	for (size_t i = 0; i < source->n; i++) {
		if (memory_at(source->taken[i]) == table)
			source->taken[i] = source->taken[--source->n];
	}
}

static hypmmu_pa pa_of(void *ctx, const void *table)
{
	size_t at = (size_t)((const unsigned char *)table - here[0]);

	(void)ctx;
	return memory_region[at / MEMORY_REGION_SIZE] + at % MEMORY_REGION_SIZE;
}

static void *pointer_to(void *ctx, hypmmu_pa pa)
{
	(void)ctx;
	return memory_at(pa);
}

void table_pages_init(struct table_pages *source, struct random *random, unsigned granule,
		      unsigned pa_bits)
{
	*source = (struct table_pages){
		.pages = {take_page, give_page, pa_of, pointer_to, source, NULL, 0, 0, 0},
		.random = random,
		.granule = granule,
		.regions = memory_regions_of(pa_bits)};
}
