/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"
#include "protocol.h"
#include "support/random.h"
#include <string.h>

#define LINE 64 /* bytes that are sent or not */

const hypmmu_pa memory_region[MEMORY_REGIONS] = {
	TABLES_AT,	    0x00000000d5400000, 0x0000000969800000, 0x000000a53c400000,
	0x000002c3a5a00000, 0x0000096a5c200000, 0x00005a6900000000, 0x0000c396ff600000,
	0x00015a3c00400000, 0x0002a5c369800000, 0x0004800000200000, 0x00077fffffe00000,
	0x0008000000000000, 0x0009c3a55a600000, 0x000c3c5aa5800000, 0x000eaaa555a00000,
};

static _Alignas(65536) unsigned char here[MEMORY_REGIONS][MEMORY_REGION_SIZE];
static unsigned char there[MEMORY_REGIONS][MEMORY_REGION_SIZE];

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

bool memory_is_device(hypmmu_pa pa)
{
	return pa < GUEST_RAM_END;
}

void memory_reset(void)
{
	memset(here, 0, sizeof here);
	memset(there, 0, sizeof there);
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

void memory_forget(hypmmu_pa pa, size_t size)
{
	unsigned i = region_of(pa);
	size_t at = pa - memory_region[i];

	for (size_t k = at; k < at + size; k++)
		there[i][k] = (unsigned char)~here[i][k];
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

static void give_page(void *ctx, void *table)
{
	struct table_pages *source = ctx;

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
