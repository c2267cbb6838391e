/* SPDX-License-Identifier: BSD-2-Clause */
/* HYPMMU_NEW_ROOT under the judge, while CPUs go over to the new root; what hardware writes through
 * the old one meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judged.h"

#define AP2 (UINT64_C(1) << 7)

static void reclaim(struct world *w)
{
	recorder_call(&w->rec);
	assert_int_equal(hypmmu_reclaim(&w->rec.mmu), HYPMMU_OK);
	recorder_return(&w->rec);
	world_assert(w);
}

static void change_root(struct world *w)
{
	uint64_t page = w->page, block = w->block;
	struct hypmmu_change changes[] = {
		world_change(w, HYPMMU_PROTECT, block + page, page, NC, HYPMMU_NEW_ROOT),
		world_change(w, HYPMMU_UNMAP, 2 * page, page, 0, HYPMMU_NEW_ROOT),
		world_change(w, HYPMMU_MAP, 2 * block, page, w->data, HYPMMU_NEW_ROOT),
	};

	if (!w->live)
		return;
	world_map(w, 0, 4 * page, w->data, 0);
	world_map(w, block, block, w->data, 0);
	assert_int_equal(recorder_apply(&w->rec, changes, 3, NULL), HYPMMU_OK);
	for (size_t i = 0; i < 3; i++)
		world_expect(w, &changes[i]);
	world_assert(w);
	recorder_switch_all(&w->rec);
	reclaim(w);
	assert_int_equal(w->rec.arena.live, w->rec.mmu.tables);
}

static void a_new_root_takes_over(void **state)
{
	(void)state;
	world_over_cpus(change_root);
}

static struct oracle_answer look(struct world *w, uint64_t va)
{
	struct oracle oracle;

	oracle_init(&oracle, &w->rec.cfg, w->rec.mmu.root, arena_at, &w->rec.arena);
	return oracle_walk(&oracle, w->base + va);
}

/* By a walker. */
static void make_dirty(struct world *w, const struct oracle_answer *leaf)
{
	hypmmu_desc dirty = leaf->desc & ~AP2, *slot;

	slot = (hypmmu_desc *)(void *)arena_poke(&w->rec.arena, leaf->desc_pa);
	assert_non_null(slot);
	*slot = w->rec.cfg.use & HYPMMU_USE_BIG_ENDIAN ? __builtin_bswap64(dirty) : dirty;
	trace_store(&w->rec.trace, TRACE_HARDWARE, leaf->desc_pa, leaf->desc, dirty);
}

/* Two pages from va on, one of which changes; what is there in the old tree is written to. */
static void write_below_old_root(struct world *w, uint64_t va)
{
	struct hypmmu_change one = world_change(w, HYPMMU_PROTECT, va, w->page,
						w->data | HYPMMU_SW(5), HYPMMU_NEW_ROOT);
	struct oracle_answer first = look(w, va), second = look(w, va + w->page);

	assert_int_equal(recorder_apply(&w->rec, &one, 1, NULL), HYPMMU_OK);
	world_expect(w, &one);
	assert_true(first.desc & second.desc & AP2);
	make_dirty(w, &first);
	make_dirty(w, &second);
}

static void assert_dirty(struct world *w, uint64_t va)
{
	assert_int_equal((look(w, va).desc | look(w, va + w->page).desc) & AP2, 0);
}

static void write_through_old_root(struct world *w)
{
	if (!w->live || !(w->data & HYPMMU_DBM))
		return;
	w->rec.hook = NULL;
	world_map(w, 0, 2 * w->page, w->data, 0);
	write_below_old_root(w, 0);
	recorder_switch_all(&w->rec);
	reclaim(w);
	assert_dirty(w, 0);

	world_map(w, 4 * w->page, 2 * w->page, w->data, 0);
	write_below_old_root(w, 4 * w->page);
	recorder_set_off(&w->rec);
	w->live = false;
	reclaim(w);
	assert_dirty(w, 4 * w->page);
}

static void what_is_written_through_the_old_root_is_handed_on(void **state)
{
	(void)state;
	world_over_cpus(write_through_old_root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_root_takes_over),
		cmocka_unit_test(what_is_written_through_the_old_root_is_handed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
