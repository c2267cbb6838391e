/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of stores: what a walker that runs beside the library may meet. The library is built
 * into this test with a door that reports every store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "order_door.h"
#include <string.h>

#define PAGES	      12
#define MAX_ENTRIES   8192 /* of a 64K page */
#define TABLES_PA     UINT64_C(0x40000000)
#define TABLE_OR_PAGE 3

enum state {
	UNUSED,
	DETACHED, /* given to the library */
	LINKED,	  /* by the call under way */
	SETTLED,  /* by an earlier call */
};

static _Alignas(1 << 16) hypmmu_desc memory[PAGES * MAX_ENTRIES];
static bool written[PAGES * MAX_ENTRIES]; /* since the page was given */
static enum state states[PAGES];
static size_t entries; /* of a page */
static unsigned links;
static const char *wrong; /* the first thing that was */

static void note(bool bad, const char *what)
{
	if (bad && !wrong)
		wrong = what;
}

/* The page that a descriptor points to, or PAGES. Nothing is ever mapped where the tables are. */
static size_t page_of(hypmmu_desc desc)
{
	uint64_t offset = (desc & UINT64_C(0x0000fffffffff000)) - TABLES_PA;
	bool table = (desc & TABLE_OR_PAGE) == TABLE_OR_PAGE && offset < PAGES * entries * 8;

	return table ? offset / (entries * 8) : PAGES;
}

static void link_page(size_t page)
{
	links++;
	note(states[page] == UNUSED, "linked a page that it does not own");
	for (size_t i = 0; i < entries; i++)
		note(!written[page * entries + i], "linked a table before all of it was written");
	states[page] = LINKED;
}

void order_store(hypmmu_desc *slot, hypmmu_desc desc)
{
	size_t index = (size_t)(slot - memory), page = index / entries;

	note(states[page] == UNUSED, "stored to a page that it does not own");
	note(states[page] == LINKED, "stored to a new table after linking it");
	note(states[page] == DETACHED && written[index], "stored twice to a slot of a new table");
	written[index] = true;
	if (page_of(desc) < PAGES)
		link_page(page_of(desc));
	*slot = desc;
}

static void *give_page(void *ctx)
{
	(void)ctx;
	for (size_t page = 0; page < PAGES; page++) {
		if (states[page] != UNUSED)
			continue;
		states[page] = DETACHED;
		memset(memory + page * entries, 0xa5, entries * 8);
		memset(written + page * entries, 0, entries);
		return memory + page * entries;
	}
	return NULL;
}

/* By a walker, from the root, which is page 0. */
static bool is_reachable(size_t page)
{
	bool reachable = page == 0;

	for (size_t i = 0; i < PAGES * entries && !reachable; i++)
		reachable = states[i / entries] != UNUSED && page_of(memory[i]) == page &&
			    is_reachable(i / entries);
	return reachable;
}

static void take_page_back(void *ctx, void *table)
{
	size_t page = (size_t)((hypmmu_desc *)table - memory) / entries;

	(void)ctx;
	note(states[page] == UNUSED, "freed a page that it does not own");
	note(is_reachable(page), "freed a table that is still linked");
	states[page] = UNUSED;
}

struct space {
	struct hypmmu mmu;
	uint64_t page, block;
};

static void settle(void)
{
	for (size_t page = 0; page < PAGES; page++)
		states[page] = states[page] == UNUSED ? UNUSED : SETTLED;
	links = 0;
}

/* An address space of at least three levels. */
static void begin(struct space *space, enum hypmmu_granule granule)
{
	const struct hypmmu_config cfg = {
		.granule = granule, .regime = HYPMMU_EL2, .va_bits = 48, .pa_bits = 48};
	const struct hypmmu_pages pages = {
		.alloc = give_page,
		.free = take_page_back,
		.window = memory,
		.window_pa = TABLES_PA,
		.window_size = (size_t)PAGES << granule,
	};

	memset(states, 0, sizeof(states));
	entries = ((size_t)1 << granule) / 8;
	wrong = NULL;
	space->page = UINT64_C(1) << granule;
	space->block = space->page * entries;
	assert_int_equal(hypmmu_init(&space->mmu, &cfg, &pages), 0);
	settle();
}

static void change(struct space *space, const struct hypmmu_change *change)
{
	settle();
	assert_int_equal(hypmmu_apply(&space->mmu, change, 1, NULL), 0);
	if (wrong)
		fail_msg("granule 2^%d: %s", space->mmu.cfg.granule, wrong);
}

/* A page below a block, the block, and a page above it. */
static struct hypmmu_change ragged(const struct space *space)
{
	return (struct hypmmu_change){
		.va = space->block - space->page,
		.pa = UINT64_C(1) << 40 | (space->block - space->page),
		.size = space->block + 2 * space->page,
		.attr = HYPMMU_DATA,
	};
}

static void over_granules(void (*scenario)(struct space *space))
{
	static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};

	for (size_t i = 0; i < 3; i++) {
		struct space space;

		begin(&space, granules[i]);
		scenario(&space);
	}
}

static void map_ragged(struct space *space)
{
	struct hypmmu_change map = ragged(space);

	change(space, &map);
	assert_int_equal(links, space->mmu.tables - 1);
	assert_true(links >= 3);
}

static void new_tables_are_whole_before_they_are_linked(void **state)
{
	(void)state;
	over_granules(map_ragged);
}

static void protect_one_page_of_the_block(struct space *space)
{
	map_ragged(space);
	change(space, &(struct hypmmu_change){.op = HYPMMU_PROTECT,
					      .va = space->block + 3 * space->page,
					      .size = space->page,
					      .attr = HYPMMU_RODATA});
	assert_int_equal(links, 1);
}

static void a_split_block_is_whole_before_it_is_linked(void **state)
{
	(void)state;
	over_granules(protect_one_page_of_the_block);
}

static void unmap_piecemeal(struct space *space)
{
	struct hypmmu_change unmap;

	protect_one_page_of_the_block(space);
	unmap = ragged(space);
	unmap.op = HYPMMU_UNMAP;
	change(space, &unmap);
	assert_int_equal(space->mmu.tables, 1);
}

static void empty_tables_are_unlinked_before_they_are_freed(void **state)
{
	(void)state;
	over_granules(unmap_piecemeal);
}

/* All that the tables of level 3 and their parent translate. */
static void unmap_whole_tables(struct space *space)
{
	protect_one_page_of_the_block(space);
	change(space, &(struct hypmmu_change){.op = HYPMMU_UNMAP,
					      .size = space->block * entries,
					      .flags = HYPMMU_SKIP_HOLES});
	assert_in_range(space->mmu.tables, 1, 2);
}

static void a_tree_is_unlinked_before_any_of_it_is_freed(void **state)
{
	(void)state;
	over_granules(unmap_whole_tables);
}

static void merge_the_block(struct space *space)
{
	size_t tables;

	protect_one_page_of_the_block(space);
	change(space, &(struct hypmmu_change){.op = HYPMMU_PROTECT,
					      .va = space->block,
					      .size = space->block,
					      .attr = HYPMMU_RODATA});
	tables = space->mmu.tables;
	change(space, &(struct hypmmu_change){
			      .op = HYPMMU_MERGE, .va = space->block, .size = space->block});
	assert_int_equal(space->mmu.tables, tables - 1);
}

static void merged_tables_are_replaced_before_they_are_freed(void **state)
{
	(void)state;
	over_granules(merge_the_block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_tables_are_whole_before_they_are_linked),
		cmocka_unit_test(a_split_block_is_whole_before_it_is_linked),
		cmocka_unit_test(empty_tables_are_unlinked_before_they_are_freed),
		cmocka_unit_test(a_tree_is_unlinked_before_any_of_it_is_freed),
		cmocka_unit_test(merged_tables_are_replaced_before_they_are_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
