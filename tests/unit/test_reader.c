/* SPDX-License-Identifier: BSD-2-Clause */
/* A reader beside the writer: while hypmmu_query() stands between two levels, the tables change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <hypmmu/hypmmu.h>
#include <string.h>

#define PAGES	  12
#define TABLES_PA UINT64_C(0x40000000)
#define PA	  UINT64_C(0x8000000000) /* of what is mapped, and its VA */

static _Alignas(1 << 16) unsigned char memory[PAGES << 16];
static unsigned char when_freed[sizeof(memory)];

/* Pages that the library is done with are kept, as long as a reader may be in them. */
struct world {
	struct hypmmu mmu;
	size_t page_size, given;
	unsigned char kept[PAGES]; /* by page */
	/* When the reader asks for the table of its n-th step, the writer carries out the change first. */
	unsigned step, at;
	const struct hypmmu_change *change;
};

static void *give_page(void *ctx)
{
	struct world *world = ctx;

	if (world->given == PAGES)
		return NULL;
	memset(memory + world->given * world->page_size, 0xa7, world->page_size);
	return memory + world->given++ * world->page_size;
}

static void keep_page(void *ctx, void *table)
{
	struct world *world = ctx;
	size_t page = (size_t)((unsigned char *)table - memory) / world->page_size;

	assert_true(page < world->given);
	assert_int_equal(world->kept[page]++, 0);
	memcpy(when_freed + page * world->page_size, table, world->page_size);
}

static hypmmu_pa to_pa(void *ctx, const void *table)
{
	(void)ctx;
	return TABLES_PA + (hypmmu_pa)((const unsigned char *)table - memory);
}

static void *to_ptr(void *ctx, hypmmu_pa pa)
{
	struct world *world = ctx;

	if (world->change && world->step++ == world->at) {
		const struct hypmmu_change *change = world->change;

		world->change = NULL;
		assert_int_equal(hypmmu_apply(&world->mmu, change, 1, NULL), 0);
	}
	if (pa < TABLES_PA || pa - TABLES_PA >= world->given * world->page_size)
		return NULL;
	return memory + (pa - TABLES_PA);
}

static void begin(struct world *world, enum hypmmu_granule granule)
{
	const struct hypmmu_config cfg = {
		.granule = granule, .regime = HYPMMU_EL2, .va_bits = 48, .pa_bits = 48};
	const struct hypmmu_pages pages = {
		.alloc = give_page,
		.free = keep_page,
		.to_pa = to_pa,
		.to_ptr = to_ptr,
		.ctx = world,
	};

	memset(world, 0, sizeof(*world));
	world->page_size = (size_t)1 << granule;
	assert_int_equal(hypmmu_init(&world->mmu, &cfg, &pages), 0);
}

struct sight {
	int err;
	struct hypmmu_leaf leaf;
};

static struct sight look(const struct world *world, hypmmu_va va)
{
	struct sight sight;

	memset(&sight, 0, sizeof(sight));
	sight.err = hypmmu_query(&world->mmu, va, &sight.leaf);
	return sight;
}

/* Holes are alike: while tables go, one may be found at any level of them. */
static bool is_like(const struct sight *a, const struct sight *b)
{
	if (a->err == HYPMMU_ERR_UNMAPPED && b->err == HYPMMU_ERR_UNMAPPED)
		return !a->leaf.desc && !b->leaf.desc;
	return a->err == b->err && a->leaf.va == b->leaf.va && a->leaf.pa == b->leaf.pa &&
	       a->leaf.size == b->leaf.size && a->leaf.attr == b->leaf.attr &&
	       a->leaf.level == b->leaf.level && a->leaf.desc == b->leaf.desc;
}

struct scenario {
	struct hypmmu_change before[2]; /* in blocks and pages: see scale() */
	size_t n;
	struct hypmmu_change change;
	bool hole; /* after the change */
};

/* The place of everything is one block at PA; sizes are given in pages, 0 for a block. */
static struct hypmmu_change scale(const struct world *world, struct hypmmu_change change)
{
	uint64_t page = world->page_size, block = page * (page / 8);

	change.va = PA + change.va * page;
	change.pa = change.va;
	change.size = change.size ? change.size * page : block;
	return change;
}

static void prepare(struct world *world, enum hypmmu_granule granule,
		    const struct scenario *scenario)
{
	begin(world, granule);
	for (size_t i = 0; i < scenario->n; i++) {
		struct hypmmu_change change = scale(world, scenario->before[i]);

		assert_int_equal(hypmmu_apply(&world->mmu, &change, 1, NULL), 0);
	}
}

/* A look at va while the change is carried out before step `at`. False: there is no such step. */
static bool race(enum hypmmu_granule granule, const struct scenario *scenario, hypmmu_va offset,
		 unsigned at, unsigned seen[2])
{
	struct world world;
	struct hypmmu_change change;
	struct sight old, seen_now, new;
	hypmmu_va va;

	prepare(&world, granule, scenario);
	change = scale(&world, scenario->change);
	va = PA + offset * world.page_size;
	old = look(&world, va);
	world.at = at;
	world.change = &change;

	seen_now = look(&world, va);

	if (world.change)
		return false;
	new = look(&world, va);
	assert_int_equal(old.err, 0);
	assert_int_equal(new.err, scenario->hole ? HYPMMU_ERR_UNMAPPED : 0);
	assert_false(is_like(&old, &new));
	if (!is_like(&seen_now, &old) && !is_like(&seen_now, &new))
		fail_msg("2^%d, page %u, step %u: %d, desc 0x%llx", (int)granule, (unsigned)offset,
			 at, seen_now.err, (unsigned long long)seen_now.leaf.desc);
	seen[0] += is_like(&seen_now, &old);
	seen[1] += is_like(&seen_now, &new);
	return true;
}

/* Each step of the query, for pages at both ends of the table and within. both: the reader may find
 * what was there before, too. */
static void race_all(const struct scenario *scenario, const hypmmu_va *offsets, size_t n, bool both)
{
	static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};

	for (size_t g = 0; g < 3; g++) {
		unsigned seen[2] = {0, 0}, steps = 0;

		for (size_t i = 0; i < n; i++) {
			for (unsigned at = 0; race(granules[g], scenario, offsets[i], at, seen);
			     at++)
				steps++;
		}
		assert_true(steps >= 2 * n);
		assert_int_equal(seen[0] > 0, both);
		assert_true(seen[1] > 0);
	}
}

#define MAP_PAGES                                                                                  \
	{                                                                                          \
		.op = HYPMMU_MAP, .attr = HYPMMU_DATA, .flags = HYPMMU_PAGES_ONLY                  \
	}
#define MAP_BLOCK                                                                                  \
	{                                                                                          \
		.op = HYPMMU_MAP, .attr = HYPMMU_DATA                                              \
	}

static const hypmmu_va ends[] = {0, 1, 2, 255, 511};

static void a_merge_shows_the_page_or_the_block(void **state)
{
	static const struct scenario scenario = {
		.before = {MAP_PAGES}, .n = 1, .change = {.op = HYPMMU_MERGE}};

	(void)state;
	race_all(&scenario, ends, 5, true);
}

static void an_unmap_of_a_whole_table_shows_the_page_or_a_hole(void **state)
{
	static const struct scenario scenario = {
		.before = {MAP_PAGES}, .n = 1, .change = {.op = HYPMMU_UNMAP}, .hole = true};

	(void)state;
	race_all(&scenario, ends, 5, true);
}

/* The table ends empty: it goes as its last pages do. */
static void an_unmap_of_what_a_table_still_holds_shows_the_page_or_a_hole(void **state)
{
	static const struct scenario scenario = {
		.before = {MAP_PAGES, {.op = HYPMMU_UNMAP, .va = 3, .size = 7}},
		.n = 2,
		.change = {.op = HYPMMU_UNMAP, .flags = HYPMMU_SKIP_HOLES},
		.hole = true};

	(void)state;
	race_all(&scenario, ends, 5, true);
}

static void an_unmap_of_a_page_shows_the_page_or_a_hole(void **state)
{
	static const struct scenario scenario = {.before = {MAP_PAGES},
						 .n = 1,
						 .change = {.op = HYPMMU_UNMAP, .va = 2, .size = 1},
						 .hole = true};
	static const hypmmu_va page[] = {2};

	(void)state;
	race_all(&scenario, page, 1, false);
}

/* A reader that has loaded the block is through: it never meets the new table half done. */
static void a_split_shows_the_block_or_the_page(void **state)
{
	static const struct scenario scenario = {
		.before = {MAP_BLOCK}, .n = 1, .change = {.op = HYPMMU_SPLIT, .va = 2, .size = 1}};

	(void)state;
	race_all(&scenario, ends, 5, false);
}

static void a_protect_shows_the_old_or_the_new_permissions(void **state)
{
	static const struct scenario scenario = {
		.before = {MAP_PAGES},
		.n = 1,
		.change = {.op = HYPMMU_PROTECT, .attr = HYPMMU_RODATA}};

	(void)state;
	race_all(&scenario, ends, 5, false);
}

static void a_protect_of_a_part_shows_the_block_or_the_page(void **state)
{
	static const struct scenario scenario = {
		.before = {MAP_BLOCK},
		.n = 1,
		.change = {.op = HYPMMU_PROTECT, .va = 1, .size = 2, .attr = HYPMMU_RODATA}};

	(void)state;
	race_all(&scenario, ends, 5, false);
}

/* From free() on the page is the reader's: whatever else the change does, it is not written. */
static void a_table_that_was_given_back_is_as_it_was(void **state)
{
	static const struct scenario scenarios[] = {
		{.before = {MAP_PAGES}, .n = 1, .change = {.op = HYPMMU_MERGE}},
		{.before = {MAP_PAGES}, .n = 1, .change = {.op = HYPMMU_UNMAP}},
	};
	static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct world world;
		struct hypmmu_change change;
		unsigned kept = 0;

		prepare(&world, granules[i % 3], &scenarios[i / 3]);
		change = scale(&world, scenarios[i / 3].change);
		assert_int_equal(hypmmu_apply(&world.mmu, &change, 1, NULL), 0);

		for (size_t page = 0; page < PAGES; page++) {
			size_t at = page * world.page_size;

			kept += world.kept[page];
			if (world.kept[page])
				assert_memory_equal(memory + at, when_freed + at, world.page_size);
		}
		assert_true(kept > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_merge_shows_the_page_or_the_block),
		cmocka_unit_test(an_unmap_of_a_whole_table_shows_the_page_or_a_hole),
		cmocka_unit_test(an_unmap_of_what_a_table_still_holds_shows_the_page_or_a_hole),
		cmocka_unit_test(an_unmap_of_a_page_shows_the_page_or_a_hole),
		cmocka_unit_test(a_split_shows_the_block_or_the_page),
		cmocka_unit_test(a_protect_shows_the_old_or_the_new_permissions),
		cmocka_unit_test(a_protect_of_a_part_shows_the_block_or_the_page),
		cmocka_unit_test(a_table_that_was_given_back_is_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
