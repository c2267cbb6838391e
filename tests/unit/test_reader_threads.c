/* SPDX-License-Identifier: BSD-2-Clause */
/* Readers on other threads, while a writer changes live tables: each leaf is as it was, as it will
 * be, or absent. Built with the thread sanitizer where there is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/random.h"
#include <hypmmu/hypmmu.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READERS	  3
#define STAYING	  64 /* pages */
#define PAGES	  40
#define TABLES_PA UINT64_C(0x40000000)
#define CHANGES	  600 /* with tables of 512 entries; of others as many fewer */

/* The looks of a page: what is not one of them, with its own output address, is a mixture. */
#define LOOK_A	    (HYPMMU_DATA | HYPMMU_SW(1))
#define LOOK_B	    (HYPMMU_RODATA | HYPMMU_SW(2))
#define LOOK_C	    (HYPMMU_CODE | HYPMMU_SW(4))
#define PA_C	    (UINT64_C(1) << 39) /* beyond its VA */
#define SW_OF(desc) ((desc) >> 55 & 15)
#define AP2	    (UINT64_C(1) << 7)

static _Alignas(1 << 16) unsigned char memory[PAGES << 16];

struct reader {
	pthread_t thread;
	struct world *world;
	_Atomic unsigned calls; /* odd: within one */
	unsigned long leaves, holes;
	struct random random;
};

struct world {
	struct hypmmu mmu;
	struct hypmmu_maint maint;
	uint64_t page, block;
	struct reader reader[READERS];
	unsigned used;					/* pages that were ever given */
	unsigned kept[PAGES], freed_at[PAGES][READERS]; /* kept: readers may be in it */
	_Atomic bool stop;
	_Atomic unsigned mixtures;
	sem_t arrived, go_on; /* of the reader that stops on its way down */
};

static _Thread_local unsigned stop_at; /* the step of this thread; 0: none */

/* Have all calls that were under way when the page was freed come back? */
static bool is_left(struct world *world, unsigned page)
{
	for (unsigned i = 0; i < READERS; i++) {
		unsigned then = world->freed_at[page][i];

		if (then % 2 && atomic_load(&world->reader[i].calls) == then)
			return false;
	}
	return true;
}

/* By stores like the library's own: see hm_pages_link(). */
static void fill(uint64_t *table, size_t size)
{
	for (size_t i = 0; i < size / 8; i++)
		__atomic_store_n(table + i, UINT64_C(0xa7a7a7a7a7a7a7a7), __ATOMIC_RELAXED);
}

static void *give_page(void *ctx)
{
	struct world *world = ctx;

	for (unsigned page = 0; page < PAGES; page++) {
		void *table = memory + page * world->page;

		if (page < world->used && (!world->kept[page] || !is_left(world, page)))
			continue;
		if (page >= world->used)
			world->used = page + 1;
		world->kept[page] = 0;
		fill(table, world->page);
		return table;
	}
	return NULL;
}

static void keep_page(void *ctx, void *table)
{
	struct world *world = ctx;
	size_t page = (size_t)((unsigned char *)table - memory) / world->page;

	world->kept[page] = 1;
	for (unsigned i = 0; i < READERS; i++)
		world->freed_at[page][i] = atomic_load(&world->reader[i].calls);
}

static hypmmu_pa to_pa(void *ctx, const void *table)
{
	(void)ctx;
	return TABLES_PA + (hypmmu_pa)((const unsigned char *)table - memory);
}

static void *to_ptr(void *ctx, hypmmu_pa pa)
{
	struct world *world = ctx;

	if (stop_at && !--stop_at) {
		sem_post(&world->arrived);
		sem_wait(&world->go_on);
	}
	return pa - TABLES_PA < PAGES * world->page ? memory + (pa - TABLES_PA) : NULL;
}

static void publish(void *ctx, const void *p, size_t size)
{
	(void)ctx;
	(void)p;
	(void)size;
}

static void sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		 size_t n)
{
	(void)ctx;
	(void)cfg;
	(void)list;
	(void)n;
}

/* The first pages are always there, though they change their look; two blocks, from `block` on, are
 * what comes and goes. */
static void begin(struct world *world, enum hypmmu_granule granule, uint32_t hw)
{
	const struct hypmmu_config cfg = {.granule = granule,
					  .regime = HYPMMU_EL2,
					  .va_bits = 40,
					  .pa_bits = 40,
					  .hw = hw,
					  .use = hw ? HYPMMU_USE_CONT : 0};
	const struct hypmmu_pages pages = {.alloc = give_page,
					   .free = keep_page,
					   .to_pa = to_pa,
					   .to_ptr = to_ptr,
					   .ctx = world};

	memset(world, 0, sizeof(*world));
	world->page = UINT64_C(1) << granule;
	world->block = world->page * world->page / 8;
	world->maint = (struct hypmmu_maint){.publish = publish, .sync = sync};
	assert_int_equal(hypmmu_init(&world->mmu, &cfg, &pages), 0);
	assert_int_equal(hypmmu_idmap(&world->mmu, 0, STAYING * world->page, LOOK_A), 0);
	assert_int_equal(hypmmu_set_live(&world->mmu, &world->maint), 0);
}

static void end(struct world *world)
{
	assert_int_equal(hypmmu_set_live(&world->mmu, NULL), 0);
	assert_int_equal(hypmmu_destroy(&world->mmu), 0);
}

static void must(struct reader *reader, bool good)
{
	if (!good)
		atomic_fetch_add(&reader->world->mixtures, 1);
}

static void judge_leaf(struct reader *reader, const struct hypmmu_leaf *leaf)
{
	must(reader, !(leaf->va & (leaf->size - 1)));
	if (leaf->attr == LOOK_C)
		must(reader, leaf->pa == leaf->va + PA_C);
	else
		must(reader,
		     leaf->pa == leaf->va && (leaf->attr == LOOK_A || leaf->attr == LOOK_B));
	reader->leaves++;
}

static hypmmu_va draw_va(struct reader *reader)
{
	const struct world *world = reader->world;

	return world->block + random_below(&reader->random, 2 * world->block);
}

static void query(struct reader *reader)
{
	const struct hypmmu *mmu = &reader->world->mmu;
	struct hypmmu_leaf leaf;

	must(reader,
	     !hypmmu_query(mmu, random_below(&reader->random, STAYING) * reader->world->page,
			   &leaf));
	judge_leaf(reader, &leaf);
	if (!hypmmu_query(mmu, draw_va(reader), &leaf))
		judge_leaf(reader, &leaf);
	else
		reader->holes++;
}

static void translate(struct reader *reader)
{
	const hypmmu_va va = draw_va(reader);
	struct hypmmu_translation t;
	bool ok = hypmmu_translate(&reader->world->mmu, va, HYPMMU_WRITE, &t);

	if (t.fault == HYPMMU_FAULT_TRANSLATION)
		return;
	must(reader, ok == !(t.desc & AP2) && ok == (SW_OF(t.desc) == 1));
	must(reader, ok || t.fault == HYPMMU_FAULT_PERMISSION);
	must(reader, t.pa == va + (SW_OF(t.desc) == 4 ? PA_C : 0));
}

static void list_leaves(struct reader *reader)
{
	struct hypmmu_leaf leaf = {.size = 0};
	hypmmu_va last = 0;

	while (hypmmu_next_leaf(&reader->world->mmu, &leaf)) {
		must(reader, !last || leaf.va + (leaf.size - 1) > last);
		last = leaf.va + (leaf.size - 1);
		judge_leaf(reader, &leaf);
	}
	must(reader, last != 0);
}

static void count_line(void *ctx, const char *line)
{
	*(unsigned *)ctx += *line != '\0';
}

static void *read_on(void *ctx)
{
	struct reader *reader = ctx;
	unsigned lines = 0;

	/* A thread that comes late reads, too. */
	for (unsigned n = 0; n < 64 || !atomic_load(&reader->world->stop); n++) {
		atomic_fetch_add(&reader->calls, 1);
		if (n % 64 == 63)
			hypmmu_dump(&reader->world->mmu, count_line, &lines);
		else if (n % 16 == 15)
			list_leaves(reader);
		else if (n % 2)
			translate(reader);
		else
			query(reader);
		atomic_fetch_add(&reader->calls, 1);
	}
	return NULL;
}

static void start_readers(struct world *world, uint64_t seed)
{
	for (unsigned i = 0; i < READERS; i++) {
		struct reader *reader = &world->reader[i];

		reader->world = world;
		reader->random.state = seed + i;
		assert_int_equal(pthread_create(&reader->thread, NULL, read_on, reader), 0);
	}
}

static void stop_readers(struct world *world)
{
	unsigned long leaves = 0;

	atomic_store(&world->stop, true);
	for (unsigned i = 0; i < READERS; i++) {
		assert_int_equal(pthread_join(world->reader[i].thread, NULL), 0);
		leaves += world->reader[i].leaves;
	}
	assert_int_equal(atomic_load(&world->mixtures), 0);
	assert_true(leaves);
}

static struct hypmmu_change draw_change(struct world *world, struct random *random)
{
	static const enum hypmmu_op ops[] = {HYPMMU_MAP,   HYPMMU_MAP,	  HYPMMU_PROTECT,
					     HYPMMU_SPLIT, HYPMMU_MERGE,  HYPMMU_UNMAP,
					     HYPMMU_UNMAP, HYPMMU_PROTECT};
	const uint64_t pages = 2 * world->block / world->page;
	uint64_t from = random_below(random, pages), n = 1 + random_below(random, pages - from);
	struct hypmmu_change change = {.op = ops[random_below(random, 8)],
				       .flags = HYPMMU_MAY_BREAK | HYPMMU_SKIP_HOLES};

	if (random_once_in(random, 3) || change.op == HYPMMU_MERGE) {
		from = 0;
		n = pages;
	}
	if (random_once_in(random, 3))
		change.flags |= HYPMMU_PAGES_ONLY;
	if (random_once_in(random, 16))
		change.flags |= HYPMMU_NEW_ROOT;
	change.va = world->block + from * world->page;
	change.pa = change.va;
	change.size = n * world->page;
	change.attr = random_once_in(random, 2) ? LOOK_A : LOOK_B;
	return change;
}

static void flicker(struct world *world)
{
	for (unsigned i = 0; i < 32; i++)
		assert_int_equal(hypmmu_protect(&world->mmu, 0, STAYING * world->page,
						i % 2 ? LOOK_A : LOOK_B, 0),
				 0);
}

/* All of one look C, or of A and B. */
static void write_on(struct world *world, struct random *random, size_t changes)
{
	unsigned done = 0;
	bool c = false;

	while (changes--) {
		struct hypmmu_change change = draw_change(world, random);
		struct hypmmu_leaf leaf = {.size = STAYING * world->page};
		int err;

		if (!hypmmu_next_leaf(&world->mmu, &leaf))
			c = random_once_in(random, 2);
		if (c && change.op == HYPMMU_PROTECT)
			change.op = HYPMMU_UNMAP;
		if (c) {
			change.pa = change.va + PA_C;
			change.attr = LOOK_C;
		}
		err = hypmmu_apply(&world->mmu, &change, 1, NULL);
		assert_true(!err || err == HYPMMU_ERR_CONFLICT || err == HYPMMU_ERR_NOMEM);
		done += !err;
		if (!world->mmu.old_tables)
			flicker(world);
		if (world->mmu.old_tables)
			assert_int_equal(hypmmu_reclaim(&world->mmu), 0);
	}
	assert_true(done);
	assert_int_equal(hypmmu_check(&world->mmu, NULL), 0);
}

static void readers_see_each_leaf_before_after_or_absent(void **state)
{
	static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};
	struct random random = {random_seed()};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		static struct world world;

		begin(&world, granules[i / 2], i % 2 ? HYPMMU_HW_BBM_NOABORT : 0);
		start_readers(&world, random.state);
		write_on(&world, &random, random_scaled(CHANGES * 4096 / world.page));
		stop_readers(&world);
		end(&world);
	}
}

struct stopped {
	struct world *world;
	unsigned step;
	int err;
	struct hypmmu_leaf leaf;
};

static void *look_once(void *ctx)
{
	struct stopped *stopped = ctx;
	struct world *world = stopped->world;

	stop_at = stopped->step;
	atomic_fetch_add(&world->reader[0].calls, 1);
	stopped->err = hypmmu_query(&world->mmu, world->block + world->page, &stopped->leaf);
	atomic_fetch_add(&world->reader[0].calls, 1);
	if (stop_at)
		sem_post(&world->arrived); /* there were not so many steps */
	return NULL;
}

/* Between two levels: the table that it is about to enter is unlinked, freed, and pages are taken
 * for something else. True: it stopped. */
static bool unmap_while_it_stands(struct world *world, unsigned step)
{
	const struct hypmmu_change map = {
		.va = world->block, .pa = world->block, .size = 2 * world->page, .attr = LOOK_A};
	const hypmmu_va elsewhere = UINT64_C(1) << 39;
	struct stopped stopped = {.world = world, .step = step};
	unsigned kept = 0;
	pthread_t thread;

	assert_int_equal(hypmmu_map(&world->mmu, &map), 0);
	assert_int_equal(pthread_create(&thread, NULL, look_once, &stopped), 0);
	sem_wait(&world->arrived);
	assert_int_equal(hypmmu_unmap(&world->mmu, map.va, map.size, 0), 0);
	assert_int_equal(hypmmu_idmap(&world->mmu, elsewhere, world->page, LOOK_B), 0);
	sem_post(&world->go_on);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(hypmmu_unmap(&world->mmu, elsewhere, world->page, 0), 0);
	for (unsigned page = 0; page < world->used; page++)
		kept += world->kept[page];
	assert_true(kept);
	if (stopped.err == HYPMMU_ERR_UNMAPPED)
		return !stop_at;
	assert_int_equal(stopped.err, HYPMMU_OK);
	assert_int_equal(stopped.leaf.attr, LOOK_A);
	assert_int_equal(stopped.leaf.pa, map.va + world->page);
	return true;
}

static void a_reader_that_stops_on_its_way_finds_the_freed_table_as_it_was(void **state)
{
	static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		static struct world world;

		begin(&world, granules[i], 0);
		assert_int_equal(sem_init(&world.arrived, 0, 0), 0);
		assert_int_equal(sem_init(&world.go_on, 0, 0), 0);
		for (unsigned step = 1; step <= 4; step++)
			unmap_while_it_stands(&world, step);
		end(&world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readers_see_each_leaf_before_after_or_absent),
		cmocka_unit_test(a_reader_that_stops_on_its_way_finds_the_freed_table_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
