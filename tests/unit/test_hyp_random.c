/* SPDX-License-Identifier: BSD-2-Clause */
/* Windows that come and go at random, against a model that holds one word for each granule: no leak, no
 * overlap, guards always unmapped, and the place that the header says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp_host.h"
#include "support/random.h"

#define STEPS	10000
#define MOST	2600 /* granules below the identity page */
#define WINDOWS 400
#define PA	UINT64_C(0x100000000)

struct window {
	hypmmu_va va; /* 0: none */
	hypmmu_pa pa;
	uint64_t size;
	hypmmu_attr attr;
};

struct run {
	struct host host;
	struct random random;
	struct window windows[WINDOWS];
	uint16_t owner[MOST]; /* of each granule: a window's number and 1, or 0 */
	size_t granules, count, refusals, failures;
	bool live;
	unsigned syncs, flushes;
};

static void publish(void *ctx, const void *p, size_t size)
{
	(void)ctx;
	(void)p;
	(void)size;
}

static void sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		 size_t n)
{
	struct run *run = ctx;

	(void)cfg;
	(void)list;
	run->syncs++;
	run->flushes += n > 0;
}

/* Granules [at, at + n), and one on each side, are free and below the identity page. */
static bool is_free(const struct run *run, size_t at, size_t n)
{
	if (at < 1 || at + n + 1 > run->granules)
		return false;
	for (size_t i = at - 1; i <= at + n; i++) {
		if (run->owner[i])
			return false;
	}
	return true;
}

/* The highest place that is pa modulo `alignment` granules; 0: none. */
static size_t find_place(const struct run *run, size_t n, hypmmu_pa pa, size_t alignment)
{
	size_t granule = (size_t)(pa / run->host.page);

	for (size_t at = run->granules; at-- > 1;) {
		if ((at - granule) % alignment == 0 && is_free(run, at, n))
			return at;
	}
	return 0;
}

static size_t find_best(const struct run *run, size_t n, hypmmu_pa pa)
{
	size_t per_block = (size_t)(run->host.block / run->host.page);
	size_t at = n >= per_block ? find_place(run, n, pa, per_block) : 0;

	return at ? at : find_place(run, n, pa, 1);
}

static void check_window(struct run *run, const struct window *window)
{
	struct host *host = &run->host;
	uint64_t offset = window->pa % host->page;
	uint64_t size = (window->size + offset + host->page - 1) / host->page * host->page;

	host_assert_mapped(host, window->va - offset, window->pa - offset, size, window->attr);
	host_assert_hole(host, window->va - offset - host->page, host->page);
	host_assert_hole(host, window->va - offset + size, host->page);
}

static struct window draw_window(struct run *run)
{
	const hypmmu_attr attrs[] = {HYPMMU_MMIO, HYPMMU_DATA, HYPMMU_RODATA, HYPMMU_CODE};
	struct random *random = &run->random;
	uint64_t page = run->host.page, most = random_once_in(random, 20) ? run->granules : 8;
	bool exact = random_once_in(random, 2);
	uint64_t n = 1 + random_below(random, most);

	return (struct window){
		.pa = PA + random_below(random, 4096) * page +
		      (exact ? 0 : random_below(random, page)),
		.size = exact ? n * page : 1 + random_below(random, n * page),
		.attr = attrs[random_below(random, 4)],
	};
}

static void add_window(struct run *run, const struct window *window, size_t at, size_t n)
{
	size_t i = 0;

	while (run->windows[i].va)
		i++;
	run->windows[i] = *window;
	run->count++;
	for (size_t k = at; k < at + n; k++)
		run->owner[k] = (uint16_t)(i + 1);
	check_window(run, window);
}

static void create(struct run *run)
{
	struct window window = draw_window(run);
	uint64_t page = run->host.page, offset = window.pa % page;
	size_t n = (size_t)((window.size + offset + page - 1) / page);
	size_t at = find_best(run, n, window.pa - offset);
	struct host_saved saved;
	int err;

	host_save(&run->host, &saved);
	run->host.arena.trick = ARENA_NULL;
	run->host.arena.trick_at = random_once_in(&run->random, 2) ? 1 : 0;
	err = hypmmu_map_private(&run->host.hyp, window.pa, window.size, window.attr, &window.va);
	if (err) {
		host_assert_saved(&run->host, &saved);
		assert_int_equal(err, at ? HYPMMU_ERR_NOMEM : HYPMMU_ERR_NOSPACE);
		run->failures += err == HYPMMU_ERR_NOMEM;
		run->refusals += err == HYPMMU_ERR_NOSPACE;
		return;
	}
	run->host.arena.trick_at = 0;
	assert_int_equal(window.va, at * page + offset);
	add_window(run, &window, at, n);
}

static void destroy(struct run *run, size_t i)
{
	struct window *window = &run->windows[i];

	if (!window->va)
		return;
	assert_int_equal(
		hypmmu_unmap_private(&run->host.hyp,
				     window->va + random_below(&run->random, window->size)),
		HYPMMU_OK);
	window->va = 0;
	run->count--;
	for (size_t k = 0; k < run->granules; k++) {
		if (run->owner[k] == i + 1)
			run->owner[k] = 0;
	}
}

/* One that is there, if there is any. */
static size_t pick_window(struct run *run)
{
	size_t n = run->count ? random_below(&run->random, run->count) : 0, i = 0;

	for (; i < WINDOWS - 1; i++) {
		if (run->windows[i].va && !n--)
			break;
	}
	return i;
}

/* Every granule below the identity page, mapped or not. */
static void check_all(struct run *run)
{
	for (size_t k = 0; k < run->granules; k++) {
		if (!run->owner[k])
			host_assert_hole(&run->host, k * run->host.page, run->host.page);
	}
	for (size_t i = 0; i < WINDOWS; i++) {
		if (run->windows[i].va)
			check_window(run, &run->windows[i]);
	}
	host_assert_sound(&run->host);
}

static void init_run(struct run *run, const struct hypmmu_config *cfg, size_t granules)
{
	struct host *host = &run->host;

	host_init(host, cfg);
	run->granules = granules;
	host->layout.ncpus = 0;
	host->layout.vectors_size = 0;
	host->layout.idmap_vector = 0;
	host->layout.idmap_start = granules * host->page;
	host->layout.idmap_end = host->layout.idmap_start + host->page;
	host_build_well(host);
}

static void run_steps(struct run *run, const struct hypmmu_config *cfg, size_t granules)
{
	const struct hypmmu_maint maint = {.publish = publish, .sync = sync, .ctx = run};
	size_t steps = random_scaled(STEPS), tables;
	uint64_t mapped;

	init_run(run, cfg, granules);
	tables = run->host.hyp.mmu.tables;
	mapped = host_mapped(&run->host, NULL);
	if (run->live)
		assert_int_equal(hypmmu_set_live(&run->host.hyp.mmu, &maint), HYPMMU_OK);
	for (size_t step = 0; step < steps; step++) {
		unsigned creates = step / 1000 % 2 ? 1 : 4; /* of 5 steps: fill, then empty */

		if (run->count < WINDOWS - 1 && random_below(&run->random, 5) < creates)
			create(run);
		else
			destroy(run, pick_window(run));
		if (step % 250 == 0)
			check_all(run);
	}
	check_all(run);
	for (size_t i = 0; i < WINDOWS; i++)
		destroy(run, i);
	check_all(run);
	assert_int_equal(run->host.hyp.mmu.tables, tables);
	assert_int_equal(host_mapped(&run->host, NULL), mapped);
	assert_int_equal(hypmmu_set_live(&run->host.hyp.mmu, NULL), HYPMMU_OK);
	host_end(&run->host);
}

static void windows_that_come_and_go_are_where_the_model_says(void **state)
{
	static const struct {
		size_t config, granules;
	} runs[] = {{0, 2600}, {1, 100}, {2, 700}, {5, 300}, {8, 90}};
	static struct run run;
	size_t failures = 0;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(runs) / sizeof(runs[0]); i++) {
		run = (struct run){.random = {random_seed() + i}, .live = i % 2};
		run_steps(&run, &host_configs[runs[i / 2].config], runs[i / 2].granules);
		failures += run.failures;
		if (random_scaled(STEPS) < STEPS)
			continue;
		assert_true(run.refusals > 100);
		assert_true(!run.live || run.syncs > 100);
		assert_true(!run.live || run.flushes > 100);
	}
	if (random_scaled(STEPS) >= STEPS)
		assert_true(failures > 0); /* pages are seldom needed */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_that_come_and_go_are_where_the_model_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
