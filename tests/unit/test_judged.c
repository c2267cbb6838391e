/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of every kind, under the judge, on each kind of CPU; after each of them, what every address
 * translates to. They are meant to use every store, publish and sync of the library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judged.h"

static void change_pages(struct world *w)
{
	uint64_t page = w->page;

	world_map(w, 0, 4 * page, w->data, 0);
	world_map(w, 5 * page, page, w->data, 0);
	world_map(w, 6 * page, 2 * page, HYPMMU_CODE, 0);
	world_unmap(w, 5 * page, page);
	world_unmap(w, 2 * page, 2 * page);
	world_protect(w, 0, page, HYPMMU_RODATA);
	world_protect(w, 0, 2 * page, w->data | HYPMMU_SW(3));
	world_protect(w, page, page, NC);
	world_unmap(w, 0, page);
	world_unmap(w, 6 * page, 2 * page);
	world_unmap(w, page, page);
	assert_int_equal(w->rec.mmu.tables, 1);
}

static void pages_come_and_go_and_change(void **state)
{
	(void)state;
	world_over_cpus(change_pages);
}

static void change_blocks(struct world *w)
{
	uint64_t page = w->page, block = w->block;

	world_map(w, block, 2 * block, w->data, 0);
	world_protect(w, block, block, HYPMMU_RODATA);
	world_protect(w, block, block, w->data);
	world_unmap(w, block + 3 * page, page);
	world_protect(w, 2 * block + page, 2 * page, HYPMMU_RODATA);
	world_protect(w, 2 * block + 7 * page, page, NC);
	world_map(w, block + 3 * page, page, w->data, 0);
	world_merge(w, 0, BLOCKS * block);
	world_split(w, block + 5 * page, page, 0);
	world_merge(w, block, block);
	world_split(w, block, block, HYPMMU_PAGES_ONLY);
	world_unmap(w, block, block);
	world_unmap(w, 2 * block, block);
	assert_int_equal(w->rec.mmu.tables, 1);
}

static void blocks_are_split_and_merged(void **state)
{
	(void)state;
	world_over_cpus(change_blocks);
}

static void change_groups(struct world *w)
{
	uint64_t page = w->page, group = w->group;

	world_map(w, 0, 4 * group, w->data, 0);
	world_protect(w, group, group, HYPMMU_RODATA);
	world_protect(w, 2 * group + page, page, HYPMMU_RODATA);
	world_protect(w, 3 * group + page, 2 * page, NC);
	world_unmap(w, page, page);
	world_map(w, page, page, w->data, BREAK);
	world_protect(w, 0, 4 * group, w->data);
	world_merge(w, 0, 4 * group);
	world_unmap(w, 2 * page, group);
	world_map(w, 2 * page, group, w->data, BREAK);
	world_split(w, page, page, 0);
	world_split(w, 0, 2 * group, HYPMMU_PAGES_ONLY);
	world_merge(w, 0, 4 * group);
	world_map(w, 4 * group + page, group - page, w->data, 0);
	world_map(w, 4 * group, page, w->data, 0);
	world_map(w, 5 * group - page, page + group / 2, w->data, 0);
	world_map(w, 6 * group + page, 2 * group, w->data, 0);
}

static void groups_are_dissolved_and_completed(void **state)
{
	(void)state;
	world_over_cpus(change_groups);
}

/* Something else than what changes: there at every moment. */
static void look_at_neighbour(struct recorder *rec, void *ctx)
{
	const hypmmu_va *va = ctx;
	struct oracle oracle;

	oracle_init(&oracle, &rec->cfg, rec->mmu.root, arena_at, &rec->arena);
	assert_int_equal(oracle_walk(&oracle, *va).result, ORACLE_OK);
}

static void change_without_break(struct world *w)
{
	hypmmu_va neighbour = w->base;

	if (!w->live || !(w->rec.cfg.hw & HYPMMU_HW_BBM_NOABORT))
		return;
	world_map(w, 0, w->group, w->data, 0);
	world_map(w, w->block, w->block, w->data, 0);
	w->rec.hook = look_at_neighbour;
	w->rec.hook_ctx = &neighbour;
	world_protect(w, w->page, w->page, HYPMMU_RODATA);
	neighbour = w->base + w->block;
	world_protect(w, w->block + w->page, w->page, HYPMMU_RODATA);
	w->rec.hook = NULL;
}

static void a_cpu_that_needs_no_break_to_resize_sees_none(void **state)
{
	(void)state;
	world_over_cpus(change_without_break);
}

static void change_lists(struct world *w)
{
	uint64_t page = w->page, block = w->block, group = w->group;
	const struct hypmmu_change lists[][3] = {
		/* what is new waits for what goes: leaves, a table, the last leaf of a group */
		{world_change(w, HYPMMU_UNMAP, page, page, 0, BREAK),
		 world_change(w, HYPMMU_MAP, group, group, w->data, 0),
		 world_change(w, HYPMMU_MAP, 3 * block, page, w->data, 0)},
		{world_change(w, HYPMMU_PROTECT, group, group, HYPMMU_RODATA, BREAK),
		 world_change(w, HYPMMU_MAP, page, page, w->data, BREAK),
		 world_change(w, HYPMMU_UNMAP, 3 * block, page, 0, BREAK)},
		/* a block goes in two */
		{world_change(w, HYPMMU_UNMAP, block, page, 0, BREAK),
		 world_change(w, HYPMMU_UNMAP, block + page, block - page, 0, BREAK),
		 world_change(w, HYPMMU_SPLIT, 2 * block, page, 0, BREAK)},
		/* a table goes with all that is in it, and one that a change of a leaf left empty */
		{world_change(w, HYPMMU_UNMAP, 0, block, 0, HYPMMU_SKIP_HOLES),
		 world_change(w, HYPMMU_MAP, block, block, w->data, HYPMMU_PAGES_ONLY),
		 world_change(w, HYPMMU_PROTECT, 2 * block, page, HYPMMU_RODATA, BREAK)},
		/* what was split is alike again, and merged */
		{world_change(w, HYPMMU_PROTECT, 2 * block, page, w->data, 0),
		 world_change(w, HYPMMU_MERGE, block, block, 0, BREAK),
		 world_change(w, HYPMMU_UNMAP, 3 * block, block, 0, HYPMMU_SKIP_HOLES)},
	};

	world_map(w, 0, group, w->data, 0);
	world_map(w, block, 2 * block, w->data, 0);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		world_apply(w, lists[i], 3);
}

static void lists_are_carried_out_at_once(void **state)
{
	(void)state;
	world_over_cpus(change_lists);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_come_and_go_and_change),
		cmocka_unit_test(blocks_are_split_and_merged),
		cmocka_unit_test(groups_are_dissolved_and_completed),
		cmocka_unit_test(a_cpu_that_needs_no_break_to_resize_sees_none),
		cmocka_unit_test(lists_are_carried_out_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
