/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of every kind, under the judge, on each kind of CPU; after each of them, what every address
 * translates to. They are meant to use every store, publish and sync of the library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/recorder.h"
#include "support/subject.h"
#include <stdio.h>
#include <stdlib.h>

#define BLOCKS 4
#define NC     (HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_NC)
#define BREAK  HYPMMU_MAY_BREAK
#define AP2    (UINT64_C(1) << 7)

struct cell { /* a page of the space; attr 0: a hole */
	hypmmu_attr attr;
	hypmmu_pa pa;
};

struct world {
	struct recorder rec;
	struct random random;
	uint64_t page, block, group;
	hypmmu_va base;
	hypmmu_attr data;
	bool live;
	struct cell *cells; /* as they should be */
	size_t seen;
};

static uint64_t seed;

static const struct cpu {
	uint32_t hw, use;
	bool no_snoop, zeroed, off; /* off: the tables are not live */
} cpus[] = {
	{.hw = 0},
	{.hw = HYPMMU_HW_TLBIRANGE | HYPMMU_HW_TTL, .no_snoop = true},
	{.hw = HYPMMU_HW_BBM_NOABORT, .no_snoop = true},
	{.use = HYPMMU_USE_CONT, .no_snoop = true},
	{.hw = HYPMMU_HW_BBM_NOABORT, .use = HYPMMU_USE_CONT, .zeroed = true},
	{.hw = HYPMMU_HW_HAFDBS, .use = HYPMMU_USE_HAFDBS | HYPMMU_USE_CONT},
	{.hw = HYPMMU_HW_HAFDBS | HYPMMU_HW_BBM_NOABORT,
	 .use = HYPMMU_USE_HAFDBS | HYPMMU_USE_CONT,
	 .no_snoop = true},
	{.use = HYPMMU_USE_LOCAL_TLBI},
	{.use = HYPMMU_USE_REPEAT_TLBI},
	{.use = HYPMMU_USE_CONT, .off = true},
	{.hw = HYPMMU_HW_BBM_NOABORT, .off = true, .zeroed = true},
};

/* ---- The model ---- */

static void let_hardware_write(struct recorder *rec, void *ctx)
{
	struct world *w = ctx;

	/* large tables are accessed more often */
	if (w->live && !random_below(&w->random, w->page >> 9))
		(void)recorder_touch(rec, &w->random);
}

static uint64_t group_of(enum hypmmu_granule granule) /* bytes, of pages */
{
	return granule == HYPMMU_4K ? 16 << 12 : granule == HYPMMU_16K ? 128 << 14 : 32 << 16;
}

static size_t cells_of(const struct world *w)
{
	return (size_t)(BLOCKS * w->block / w->page);
}

static void begin(struct world *w, const struct hypmmu_config *cfg, const struct cpu *cpu)
{
	*w = (struct world){.rec = {.cfg = *cfg, .capacity = 24},
			    .random = {seed},
			    .page = UINT64_C(1) << cfg->granule,
			    .block = UINT64_C(1) << (2 * (unsigned)cfg->granule - 3),
			    .group = group_of(cfg->granule),
			    .data = HYPMMU_DATA,
			    .live = !cpu->off};
	w->rec.cfg.hw |= cpu->hw;
	w->rec.cfg.use |= cpu->use;
	w->rec.no_snoop = cpu->no_snoop;
	w->rec.zeroed = cpu->zeroed;
	w->base = cfg->regime == HYPMMU_EL2_0_UPPER ? ~UINT64_C(0) << cfg->va_bits : 0;
	if (cpu->use & HYPMMU_USE_HAFDBS) {
		w->data |= HYPMMU_DBM;
		w->rec.hook = let_hardware_write;
		w->rec.hook_ctx = w;
	}
	w->cells = calloc(cells_of(w), sizeof(*w->cells));
	assert_non_null(w->cells);
	assert_true(recorder_init(&w->rec));
	if (w->live)
		assert_int_equal(recorder_set_live(&w->rec), HYPMMU_OK);
}

static void expect(struct world *w, const struct hypmmu_change *change)
{
	size_t first = (size_t)((change->va - w->base) / w->page);

	for (size_t i = 0; i < change->size / w->page; i++) {
		struct cell *cell = &w->cells[first + i];

		if (change->op == HYPMMU_MAP)
			*cell = (struct cell){change->attr, change->pa + i * w->page};
		else if (change->op == HYPMMU_UNMAP)
			*cell = (struct cell){0, 0};
		else if (change->op == HYPMMU_PROTECT && cell->attr)
			cell->attr = change->attr;
	}
}

struct visit {
	struct world *w;
	const struct oracle *oracle;
};

static void visit_leaf(void *ctx, const struct oracle_answer *leaf)
{
	const struct visit *visit = ctx;
	struct world *w = visit->w;
	const struct cell *cell = &w->cells[(leaf->va - w->base) / w->page];
	hypmmu_attr attr = oracle_attr(visit->oracle, leaf);

	assert_true(leaf->va - w->base < BLOCKS * w->block);
	for (uint64_t at = 0; at < leaf->size; at += w->page, cell++) {
		if (cell->attr != attr || cell->pa != leaf->pa + at)
			fail_msg("%#lx: attr %#x, not %#x", (unsigned long)(leaf->va + at), attr,
				 cell->attr);
		w->seen++;
	}
}

static void assert_world(struct world *w)
{
	const char *fault = judge_fault(&w->rec);
	struct hypmmu_report report;
	struct oracle_tree tree;
	struct oracle oracle;
	struct visit visit = {w, &oracle};
	size_t mapped = 0;

	if (fault) {
		printf("%s\n", fault);
		trace_print_last(&w->rec.trace);
	}
	assert_null(fault);
	w->seen = 0;
	oracle_init(&oracle, &w->rec.cfg, w->rec.mmu.root, arena_at, &w->rec.arena);
	oracle_scan(&oracle, visit_leaf, &visit, &tree);
	assert_null(tree.wrong);
	for (size_t i = 0; i < cells_of(w); i++)
		mapped += w->cells[i].attr != 0;
	assert_int_equal(w->seen, mapped);
	assert_int_equal(hypmmu_check(&w->rec.mmu, &report), HYPMMU_OK);
	assert_int_equal(tree.tables, w->rec.mmu.tables);
}

static struct hypmmu_change change(const struct world *w, enum hypmmu_op op, uint64_t va,
				   uint64_t size, hypmmu_attr attr, uint32_t flags)
{
	return (struct hypmmu_change){
		.op = op, .va = w->base + va, .pa = va, .size = size, .attr = attr, .flags = flags};
}

static void apply(struct world *w, const struct hypmmu_change *changes, size_t n)
{
	assert_int_equal(recorder_apply(&w->rec, changes, n, NULL), HYPMMU_OK);
	for (size_t i = 0; i < n; i++)
		expect(w, &changes[i]);
	assert_world(w);
	assert_int_equal(w->rec.arena.live, w->rec.mmu.tables);
}

static void map(struct world *w, uint64_t va, uint64_t size, hypmmu_attr attr, uint32_t flags)
{
	struct hypmmu_change one = change(w, HYPMMU_MAP, va, size, attr, flags);

	apply(w, &one, 1);
}

static void unmap(struct world *w, uint64_t va, uint64_t size)
{
	struct hypmmu_change one = change(w, HYPMMU_UNMAP, va, size, 0, HYPMMU_SKIP_HOLES | BREAK);

	apply(w, &one, 1);
}

static void protect(struct world *w, uint64_t va, uint64_t size, hypmmu_attr attr)
{
	struct hypmmu_change one =
		change(w, HYPMMU_PROTECT, va, size, attr, HYPMMU_SKIP_HOLES | BREAK);

	apply(w, &one, 1);
}

static void merge(struct world *w, uint64_t va, uint64_t size)
{
	struct hypmmu_change one = change(w, HYPMMU_MERGE, va, size, 0, BREAK);

	apply(w, &one, 1);
}

static void split(struct world *w, uint64_t va, uint64_t size, uint32_t flags)
{
	struct hypmmu_change one = change(w, HYPMMU_SPLIT, va, size, 0, BREAK | flags);

	apply(w, &one, 1);
}

/* All goes, and no table is left but the root. */
static void end(struct world *w)
{
	unmap(w, 0, BLOCKS * w->block);
	assert_int_equal(w->rec.mmu.tables, 1);
	if (w->live)
		recorder_set_off(&w->rec);
	else
		assert_int_equal(recorder_set_live(&w->rec), HYPMMU_OK);
	assert_null(judge_fault(&w->rec));
	free(w->cells);
	recorder_end(&w->rec);
}

static void over_cpus(void (*scenario)(struct world *w))
{
	for (size_t i = 0; i < SUBJECTS; i++) {
		for (size_t c = 0; c < sizeof(cpus) / sizeof(cpus[0]); c++) {
			struct world w;

			begin(&w, &subject_configs[i], &cpus[c]);
			scenario(&w);
			end(&w);
		}
	}
}

/* ---- The changes ---- */

static void change_pages(struct world *w)
{
	uint64_t page = w->page;

	map(w, 0, 4 * page, w->data, 0);
	map(w, 5 * page, page, w->data, 0);
	map(w, 6 * page, 2 * page, HYPMMU_CODE, 0);
	unmap(w, 5 * page, page);
	unmap(w, 2 * page, 2 * page);
	protect(w, 0, page, HYPMMU_RODATA);
	protect(w, 0, 2 * page, w->data | HYPMMU_SW(3));
	protect(w, page, page, NC);
	unmap(w, 0, page);
	unmap(w, 6 * page, 2 * page);
	unmap(w, page, page);
	assert_int_equal(w->rec.mmu.tables, 1);
}

static void pages_come_and_go_and_change(void **state)
{
	(void)state;
	over_cpus(change_pages);
}

static void change_blocks(struct world *w)
{
	uint64_t page = w->page, block = w->block;

	map(w, block, 2 * block, w->data, 0);
	protect(w, block, block, HYPMMU_RODATA);
	protect(w, block, block, w->data);
	unmap(w, block + 3 * page, page);
	protect(w, 2 * block + page, 2 * page, HYPMMU_RODATA);
	protect(w, 2 * block + 7 * page, page, NC);
	map(w, block + 3 * page, page, w->data, 0);
	merge(w, 0, BLOCKS * block);
	split(w, block + 5 * page, page, 0);
	merge(w, block, block);
	split(w, block, block, HYPMMU_PAGES_ONLY);
	unmap(w, block, block);
	unmap(w, 2 * block, block);
	assert_int_equal(w->rec.mmu.tables, 1);
}

static void blocks_are_split_and_merged(void **state)
{
	(void)state;
	over_cpus(change_blocks);
}

static void change_groups(struct world *w)
{
	uint64_t page = w->page, group = w->group;

	map(w, 0, 4 * group, w->data, 0);
	protect(w, group, group, HYPMMU_RODATA);
	protect(w, 2 * group + page, page, HYPMMU_RODATA);
	protect(w, 3 * group + page, 2 * page, NC);
	unmap(w, page, page);
	map(w, page, page, w->data, BREAK);
	protect(w, 0, 4 * group, w->data);
	merge(w, 0, 4 * group);
	unmap(w, 2 * page, group);
	map(w, 2 * page, group, w->data, BREAK);
	split(w, page, page, 0);
	split(w, 0, 2 * group, HYPMMU_PAGES_ONLY);
	merge(w, 0, 4 * group);
	map(w, 4 * group + page, group - page, w->data, 0);
	map(w, 4 * group, page, w->data, 0);
	map(w, 5 * group - page, page + group / 2, w->data, 0);
	map(w, 6 * group + page, 2 * group, w->data, 0);
}

static void groups_are_dissolved_and_completed(void **state)
{
	(void)state;
	over_cpus(change_groups);
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
	map(w, 0, w->group, w->data, 0);
	map(w, w->block, w->block, w->data, 0);
	w->rec.hook = look_at_neighbour;
	w->rec.hook_ctx = &neighbour;
	protect(w, w->page, w->page, HYPMMU_RODATA);
	neighbour = w->base + w->block;
	protect(w, w->block + w->page, w->page, HYPMMU_RODATA);
	w->rec.hook = NULL;
}

static void a_cpu_that_needs_no_break_to_resize_sees_none(void **state)
{
	(void)state;
	over_cpus(change_without_break);
}

static void change_lists(struct world *w)
{
	uint64_t page = w->page, block = w->block, group = w->group;
	const struct hypmmu_change lists[][3] = {
		/* what is new waits for what goes: leaves, a table, the last leaf of a group */
		{change(w, HYPMMU_UNMAP, page, page, 0, BREAK),
		 change(w, HYPMMU_MAP, group, group, w->data, 0),
		 change(w, HYPMMU_MAP, 3 * block, page, w->data, 0)},
		{change(w, HYPMMU_PROTECT, group, group, HYPMMU_RODATA, BREAK),
		 change(w, HYPMMU_MAP, page, page, w->data, BREAK),
		 change(w, HYPMMU_UNMAP, 3 * block, page, 0, BREAK)},
		/* a block goes in two */
		{change(w, HYPMMU_UNMAP, block, page, 0, BREAK),
		 change(w, HYPMMU_UNMAP, block + page, block - page, 0, BREAK),
		 change(w, HYPMMU_SPLIT, 2 * block, page, 0, BREAK)},
		/* a table goes with all that is in it, and one that a change of a leaf left empty */
		{change(w, HYPMMU_UNMAP, 0, block, 0, HYPMMU_SKIP_HOLES),
		 change(w, HYPMMU_MAP, block, block, w->data, HYPMMU_PAGES_ONLY),
		 change(w, HYPMMU_PROTECT, 2 * block, page, HYPMMU_RODATA, BREAK)},
		/* what was split is alike again, and merged */
		{change(w, HYPMMU_PROTECT, 2 * block, page, w->data, 0),
		 change(w, HYPMMU_MERGE, block, block, 0, BREAK),
		 change(w, HYPMMU_UNMAP, 3 * block, block, 0, HYPMMU_SKIP_HOLES)},
	};

	map(w, 0, group, w->data, 0);
	map(w, block, 2 * block, w->data, 0);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		apply(w, lists[i], 3);
}

static void lists_are_carried_out_at_once(void **state)
{
	(void)state;
	over_cpus(change_lists);
}

static void reclaim(struct world *w)
{
	recorder_call(&w->rec);
	assert_int_equal(hypmmu_reclaim(&w->rec.mmu), HYPMMU_OK);
	recorder_return(&w->rec);
	assert_world(w);
}

static void change_root(struct world *w)
{
	uint64_t page = w->page, block = w->block;
	struct hypmmu_change changes[] = {
		change(w, HYPMMU_PROTECT, block + page, page, NC, HYPMMU_NEW_ROOT),
		change(w, HYPMMU_UNMAP, 2 * page, page, 0, HYPMMU_NEW_ROOT),
		change(w, HYPMMU_MAP, 2 * block, page, w->data, HYPMMU_NEW_ROOT),
	};

	if (!w->live)
		return;
	map(w, 0, 4 * page, w->data, 0);
	map(w, block, block, w->data, 0);
	assert_int_equal(recorder_apply(&w->rec, changes, 3, NULL), HYPMMU_OK);
	for (size_t i = 0; i < 3; i++)
		expect(w, &changes[i]);
	assert_world(w);
	recorder_switch_all(&w->rec);
	reclaim(w);
	assert_int_equal(w->rec.arena.live, w->rec.mmu.tables);
}

static void a_new_root_takes_over(void **state)
{
	(void)state;
	over_cpus(change_root);
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
	struct hypmmu_change one =
		change(w, HYPMMU_PROTECT, va, w->page, w->data | HYPMMU_SW(5), HYPMMU_NEW_ROOT);
	struct oracle_answer first = look(w, va), second = look(w, va + w->page);

	assert_int_equal(recorder_apply(&w->rec, &one, 1, NULL), HYPMMU_OK);
	expect(w, &one);
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
	map(w, 0, 2 * w->page, w->data, 0);
	write_below_old_root(w, 0);
	recorder_switch_all(&w->rec);
	reclaim(w);
	assert_dirty(w, 0);

	map(w, 4 * w->page, 2 * w->page, w->data, 0);
	write_below_old_root(w, 4 * w->page);
	recorder_set_off(&w->rec);
	w->live = false;
	reclaim(w);
	assert_dirty(w, 4 * w->page);
}

static void what_is_written_through_the_old_root_is_handed_on(void **state)
{
	(void)state;
	over_cpus(write_through_old_root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_come_and_go_and_change),
		cmocka_unit_test(blocks_are_split_and_merged),
		cmocka_unit_test(groups_are_dissolved_and_completed),
		cmocka_unit_test(a_cpu_that_needs_no_break_to_resize_sees_none),
		cmocka_unit_test(lists_are_carried_out_at_once),
		cmocka_unit_test(a_new_root_takes_over),
		cmocka_unit_test(what_is_written_through_the_old_root_is_handed_on),
	};

	seed = random_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
