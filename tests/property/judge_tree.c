/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge.h"
#include <string.h>

struct comparison {
	struct run *run;
	size_t next;
};

static void compare_leaf(void *ctx, const struct oracle_answer *leaf)
{
	struct comparison *comparison = ctx;
	struct run *run = comparison->run;
	const struct model_leaf *wanted = &run->model.leaves[comparison->next];

	must(run, comparison->next < run->model.n, "a leaf too many");
	must(run, leaf->va - oracle_first_va(&run->oracle) == wanted->at, "where leaves are");
	must(run, leaf->level == wanted->level, "the size of leaves");
	must(run, leaf->pa == wanted->pa, "output addresses");
	must(run, oracle_attr(&run->oracle, leaf) == wanted->attr, "attributes");
	must(run, (leaf->desc >> 7 & 1) == !wanted->dirty, "dirty state"); /* AP[2] */
	must(run, !leaf->contiguous, "no leaf is contiguous");
	run->leaf_levels[leaf->level + 1]++;
	comparison->next++;
}

/* The slots of a root page that are not of the root table. */
static bool is_rest_of_root_zero(const struct run *run)
{
	size_t size = (size_t)oracle_slots(&run->oracle, oracle_start_level(&run->oracle)) * 8;
	size_t page = (size_t)1 << run->oracle.granule;
	const unsigned char *bytes = run->oracle.at(run->oracle.ctx, run->oracle.root, page);

	return size == page ||
	       (bytes[size] == 0 && !memcmp(bytes + size, bytes + size + 1, page - size - 1));
}

void judge_tree(struct run *run)
{
	struct comparison comparison = {.run = run};
	struct oracle_tree tree;

	oracle_scan(&run->oracle, compare_leaf, &comparison, &tree);
	must(run, !tree.wrong, tree.wrong);
	must(run, comparison.next == run->model.n, "a leaf too few");
	must(run, tree.tables == run->mmu.tables, "mmu->tables");
	must(run, tree.tables == run->arena.live, "pages out of the page source");
	must(run, is_rest_of_root_zero(run), "the rest of the root's page");
	must(run, hypmmu_check(&run->mmu, NULL) == HYPMMU_OK, "check");
}

/* ---- What the library says when it reads ---- */

static void judge_query(struct run *run, hypmmu_va va)
{
	struct oracle_answer there = oracle_walk(&run->oracle, va);
	struct hypmmu_leaf leaf;
	bool mapped = there.result == ORACLE_OK;

	memset(&leaf, 0x5a, sizeof leaf);
	must(run, hypmmu_query(&run->mmu, va, &leaf) == (mapped ? HYPMMU_OK : HYPMMU_ERR_UNMAPPED),
	     "query");
	must(run, leaf.va == (va & ~(there.size - 1)) && leaf.size == there.size,
	     "query: va, size");
	must(run, leaf.level == there.level && leaf.desc == there.desc, "query: level, desc");
	if (!mapped)
		return;
	must(run, leaf.pa == (there.pa & ~(there.size - 1)), "query: pa");
	must(run, leaf.attr == oracle_attr(&run->oracle, &there), "query: attr");
	must(run, leaf.accessed && !leaf.contiguous, "query: accessed, contiguous");
	must(run, leaf.dirty == (there.w && !(there.desc >> 7 & 1)), "query: dirty"); /* AP[2] */
}

static void judge_translate(struct run *run, hypmmu_va va)
{
	struct oracle_answer there = oracle_walk(&run->oracle, va);
	struct hypmmu_translation t;
	bool mapped = there.result == ORACLE_OK;
	unsigned allowed = (there.r ? 1u << HYPMMU_READ : 0) | (there.w ? 1u << HYPMMU_WRITE : 0) |
			   (there.x ? 1u << HYPMMU_FETCH : 0);

	must(run, hypmmu_translate(&run->mmu, va, HYPMMU_READ, &t) == mapped, "translate");
	must(run, t.level == there.level && t.desc == there.desc, "translate: level, desc");
	must(run, !mapped || t.pa == there.pa, "translate: pa");
	must(run, (t.allowed & 7u) == allowed, "translate: allowed");
}

static void judge_next_leaf(struct run *run)
{
	struct hypmmu_leaf leaf = {.size = 0};

	for (size_t i = 0; i < run->model.n; i++) {
		const struct model_leaf *wanted = &run->model.leaves[i];

		must(run, hypmmu_next_leaf(&run->mmu, &leaf), "next_leaf ends too soon");
		must(run, leaf.va - oracle_first_va(&run->oracle) == wanted->at, "next_leaf: va");
		must(run, leaf.pa == wanted->pa && leaf.attr == wanted->attr,
		     "next_leaf: pa, attr");
		must(run, leaf.level == wanted->level, "next_leaf: level");
	}
	must(run, !hypmmu_next_leaf(&run->mmu, &leaf), "next_leaf does not end");
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

	must(run, hypmmu_expect(&run->mmu, &map, 1, &report) == HYPMMU_OK, "expect");
	map.attr ^= HYPMMU_SW(1);
	must(run, hypmmu_expect(&run->mmu, &map, 1, &report) == HYPMMU_ERR_CONFLICT,
	     "expect: attr");
	must(run, report.va == map.va && report.level == leaf->level, "expect: where");
	map.attr ^= HYPMMU_SW(1);
	map.pa ^= 1;
	must(run, hypmmu_expect(&run->mmu, &map, 1, &report) == HYPMMU_ERR_CONFLICT, "expect: pa");
}

static void judge_adopt(struct run *run)
{
	static const struct hypmmu zero;
	struct hypmmu other;
	int err;

	err = hypmmu_adopt(&other, &run->theme.cfg, &run->arena.pages, run->mmu.root,
			   run->mmu.tables);
	must(run, err == HYPMMU_OK, "adopt");
	must(run, other.tables == run->mmu.tables && other.root == run->mmu.root, "adopt: tables");
	if (run->mmu.tables == 1)
		return;
	err = hypmmu_adopt(&other, &run->theme.cfg, &run->arena.pages, run->mmu.root,
			   run->mmu.tables - 1);
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
