/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge.h"
#include <string.h>

static void judge_query(struct run *run, hypmmu_va va)
{
	struct oracle_answer there = oracle_walk(&run->oracle, va);
	struct hypmmu_leaf leaf;
	bool mapped = there.result == ORACLE_OK;

	memset(&leaf, 0x5a, sizeof leaf);
	must(run, hypmmu_query(run->mmu, va, &leaf) == (mapped ? HYPMMU_OK : HYPMMU_ERR_UNMAPPED),
	     "query");
	must(run, leaf.va == (va & ~(there.size - 1)) && leaf.size == there.size,
	     "query: va, size");
	must(run, leaf.level == there.level && leaf.desc == there.desc, "query: level, desc");
	if (!mapped)
		return;
	must(run, leaf.pa == (there.pa & ~(there.size - 1)), "query: pa");
	must(run, leaf.attr == oracle_attr(&run->oracle, &there), "query: attr");
	must(run, leaf.accessed == (there.desc >> 10 & 1), "query: accessed"); /* AF */
	must(run, leaf.contiguous == there.contiguous, "query: contiguous");
	must(run, leaf.dirty == ((leaf.attr & HYPMMU_W) && !(there.desc >> 7 & 1)),
	     "query: dirty"); /* AP[2] */
}

static void judge_translate(struct run *run, hypmmu_va va)
{
	struct oracle_answer there = oracle_walk(&run->oracle, va);
	struct hypmmu_translation t;
	bool mapped = there.result == ORACLE_OK;
	unsigned allowed = (there.r ? 1u << HYPMMU_READ : 0) | (there.w ? 1u << HYPMMU_WRITE : 0) |
			   (there.x ? 1u << HYPMMU_FETCH : 0);

	must(run, hypmmu_translate(run->mmu, va, HYPMMU_READ, &t) == mapped, "translate");
	must(run, t.level == there.level && t.desc == there.desc, "translate: level, desc");
	must(run, !mapped || t.pa == there.pa, "translate: pa");
	must(run, (t.allowed & 7u) == allowed, "translate: allowed");
}

static void judge_next_leaf(struct run *run)
{
	struct hypmmu_leaf leaf = {.size = 0};

	for (size_t i = 0; i < run->model.n; i++) {
		const struct model_leaf *wanted = &run->model.leaves[i];

		must(run, hypmmu_next_leaf(run->mmu, &leaf), "next_leaf ends too soon");
		must(run, leaf.va - oracle_first_va(&run->oracle) == wanted->at, "next_leaf: va");
		must(run, leaf.pa == wanted->pa && leaf.attr == wanted->attr,
		     "next_leaf: pa, attr");
		must(run, leaf.level == wanted->level, "next_leaf: level");
		must(run, leaf.contiguous == (wanted->hint == MODEL_YES), "next_leaf: contiguous");
	}
	must(run, !hypmmu_next_leaf(run->mmu, &leaf), "next_leaf does not end");
}

/* Some bytes of one leaf, as they are and as they are not. */
static void judge_expect(struct run *run, const struct model_leaf *leaf)
{
	uint64_t size = UINT64_C(1) << oracle_shift(&run->oracle, leaf->level);
	uint64_t skip = random_below(&run->random, size);
	struct hypmmu_change map = {.va = oracle_first_va(&run->oracle) + leaf->at + skip,
				    .pa = leaf->pa + skip,
				    .size = 1 + random_below(&run->random, size - skip),
				    .attr = leaf->attr};
	struct hypmmu_report report;

	must(run, hypmmu_expect(run->mmu, &map, 1, &report) == HYPMMU_OK, "expect");
	map.attr ^= HYPMMU_SW(1);
	must(run, hypmmu_expect(run->mmu, &map, 1, &report) == HYPMMU_ERR_CONFLICT, "expect: attr");
	must(run, report.va == map.va && report.level == leaf->level, "expect: where");
	map.attr ^= HYPMMU_SW(1);
	map.pa ^= 1;
	must(run, hypmmu_expect(run->mmu, &map, 1, &report) == HYPMMU_ERR_CONFLICT, "expect: pa");
}

static void judge_adopt(struct run *run)
{
	static const struct hypmmu zero;
	struct hypmmu other;
	int err;

	err = hypmmu_adopt(&other, &run->theme.cfg, &run->mmu->pages, run->mmu->root,
			   run->mmu->tables);
	must(run, err == HYPMMU_OK, "adopt");
	must(run, other.tables == run->mmu->tables && other.root == run->mmu->root,
	     "adopt: tables");
	if (run->mmu->tables == 1)
		return;
	err = hypmmu_adopt(&other, &run->theme.cfg, &run->mmu->pages, run->mmu->root,
			   run->mmu->tables - 1);
	must(run, err == HYPMMU_ERR_CORRUPT, "adopt: more tables than allowed");
	must(run, !memcmp(&other, &zero, sizeof zero), "adopt: all zero on error");
}

void judge_readers(struct run *run)
{
	hypmmu_va base = oracle_first_va(&run->oracle);
	uint64_t space = UINT64_C(1) << run->oracle.ia_bits;

	judge_query(run, base + random_below(&run->random, space));
	judge_query(run, base + space - 1);
	judge_translate(run, base + random_below(&run->random, space));
	if (run->model.n) {
		size_t i = (size_t)random_below(&run->random, run->model.n);
		const struct model_leaf *leaf = &run->model.leaves[i];
		uint64_t size = UINT64_C(1) << oracle_shift(&run->oracle, leaf->level);

		judge_query(run, base + leaf->at + random_below(&run->random, size));
		judge_query(run,
			    base + ((leaf->at + size) & (space - 1))); /* the next, or the first */
		judge_translate(run, base + leaf->at + random_below(&run->random, size));
		judge_expect(run, leaf);
	}
	judge_next_leaf(run);
	judge_adopt(run);
}
