/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judged.h"
#include <stdio.h>
#include <stdlib.h>

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

static void begin(struct world *w, const struct hypmmu_config *cfg, const struct cpu *cpu,
		  uint64_t seed)
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

void world_expect(struct world *w, const struct hypmmu_change *change)
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

void world_assert(struct world *w)
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

struct hypmmu_change world_change(const struct world *w, enum hypmmu_op op, uint64_t va,
				  uint64_t size, hypmmu_attr attr, uint32_t flags)
{
	return (struct hypmmu_change){
		.op = op, .va = w->base + va, .pa = va, .size = size, .attr = attr, .flags = flags};
}

void world_apply(struct world *w, const struct hypmmu_change *changes, size_t n)
{
	assert_int_equal(recorder_apply(&w->rec, changes, n, NULL), HYPMMU_OK);
	for (size_t i = 0; i < n; i++)
		world_expect(w, &changes[i]);
	world_assert(w);
	assert_int_equal(w->rec.arena.live, w->rec.mmu.tables);
}

void world_map(struct world *w, uint64_t va, uint64_t size, hypmmu_attr attr, uint32_t flags)
{
	struct hypmmu_change one = world_change(w, HYPMMU_MAP, va, size, attr, flags);

	world_apply(w, &one, 1);
}

void world_unmap(struct world *w, uint64_t va, uint64_t size)
{
	struct hypmmu_change one =
		world_change(w, HYPMMU_UNMAP, va, size, 0, HYPMMU_SKIP_HOLES | BREAK);

	world_apply(w, &one, 1);
}

void world_protect(struct world *w, uint64_t va, uint64_t size, hypmmu_attr attr)
{
	struct hypmmu_change one =
		world_change(w, HYPMMU_PROTECT, va, size, attr, HYPMMU_SKIP_HOLES | BREAK);

	world_apply(w, &one, 1);
}

void world_merge(struct world *w, uint64_t va, uint64_t size)
{
	struct hypmmu_change one = world_change(w, HYPMMU_MERGE, va, size, 0, BREAK);

	world_apply(w, &one, 1);
}

void world_split(struct world *w, uint64_t va, uint64_t size, uint32_t flags)
{
	struct hypmmu_change one = world_change(w, HYPMMU_SPLIT, va, size, 0, BREAK | flags);

	world_apply(w, &one, 1);
}

/* All goes, and no table is left but the root. */
static void end(struct world *w)
{
	world_unmap(w, 0, BLOCKS * w->block);
	assert_int_equal(w->rec.mmu.tables, 1);
	if (w->live)
		recorder_set_off(&w->rec);
	else
		assert_int_equal(recorder_set_live(&w->rec), HYPMMU_OK);
	assert_null(judge_fault(&w->rec));
	free(w->cells);
	recorder_end(&w->rec);
}

void world_over_cpus(void (*scenario)(struct world *w))
{
	const uint64_t seed = random_seed();

	for (size_t i = 0; i < SUBJECTS; i++) {
		for (size_t c = 0; c < sizeof(cpus) / sizeof(cpus[0]); c++) {
			struct world w;

			begin(&w, &subject_configs[i], &cpus[c], seed);
			scenario(&w);
			end(&w);
		}
	}
}
