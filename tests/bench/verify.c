/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree of a workload against what was asked for, as the oracle reads it. */
#include "bench.h"
#include "support/oracle.h"
#include <stdlib.h>

struct model {
	const struct bench *bench;
	struct oracle oracle;
	size_t index;	 /* of the change that maps the next leaf, */
	uint64_t offset; /* which is so far into it */
	size_t leaves, tables;
	hypmmu_va va; /* of the latest leaf */
	const char *wrong;
};

static const unsigned char *at(void *ctx, hypmmu_pa pa, size_t size)
{
	const struct bench *bench = ctx;

	if (pa < BENCH_POOL_PA || pa - BENCH_POOL_PA + size > bench->memory_size)
		return NULL;
	return bench->memory + (pa - BENCH_POOL_PA);
}

/* No layout needs fewer: one for each stretch of VA that holds a leaf. */
static void count_tables(struct model *model, hypmmu_va va)
{
	int level = oracle_start_level(&model->oracle);

	for (; oracle_shift(&model->oracle, level) > 12; level++) {
		unsigned shift = oracle_shift(&model->oracle, level);

		if (UINT64_C(1) << shift == model->bench->workload->leaf)
			return;
		model->tables += !model->leaves || va >> shift != model->va >> shift;
	}
}

/* What has to be mapped next in ascending order. False: nothing more. */
static bool next_leaf(struct model *model, struct hypmmu_change *leaf)
{
	const struct bench_list *after = &model->bench->after;

	if (model->index == after->n)
		return false;
	*leaf = after->at[model->index];
	leaf->va += model->offset;
	leaf->pa += model->offset;
	count_tables(model, leaf->va);
	model->leaves++;
	model->va = leaf->va;
	model->offset += model->bench->workload->leaf;
	if (model->offset == leaf->size) {
		model->index++;
		model->offset = 0;
	}
	return true;
}

static void compare(struct model *model, const struct hypmmu_change *leaf,
		    const struct oracle_answer *answer)
{
	if (answer->result != ORACLE_OK || answer->va != leaf->va || answer->pa != leaf->pa)
		model->wrong = "it translates to something else";
	else if (answer->size != model->bench->workload->leaf)
		model->wrong = "a leaf of another size";
	else if (oracle_attr(&model->oracle, answer) != leaf->attr)
		model->wrong = "other attributes";
}

static void visit(void *ctx, const struct oracle_answer *answer)
{
	struct model *model = ctx;
	struct hypmmu_change leaf;

	if (model->wrong)
		return;
	if (next_leaf(model, &leaf)) {
		compare(model, &leaf, answer);
	} else {
		model->va = answer->va;
		model->wrong = "mapped, and should not be";
	}
}

/* Every leaf, and nothing else, in ascending order. */
static void scan(struct model *model)
{
	struct oracle_tree tree;
	struct hypmmu_change leaf;

	oracle_scan(&model->oracle, visit, model, &tree);
	if (model->wrong)
		return;
	if (tree.wrong)
		model->va = tree.va;
	model->wrong = tree.wrong;
	if (!model->wrong && next_leaf(model, &leaf))
		model->wrong = "not mapped";
	if (!model->wrong && tree.tables != model->bench->mmu.tables)
		model->wrong = "tables counted wrongly";
}

/* For trees of more tables than a scan takes: every leaf, and the number of tables. */
static void walk(struct model *model)
{
	struct hypmmu_change leaf;

	while (!model->wrong && next_leaf(model, &leaf)) {
		struct oracle_answer answer = oracle_walk(&model->oracle, leaf.va);

		compare(model, &leaf, &answer);
	}
}

static void check_queries(struct model *model)
{
	const struct bench *bench = model->bench;
	const struct hypmmu_change *map = &bench->after.at[0];
	uint64_t page = bench->workload->leaf;

	for (size_t i = 0; i < bench->n_va && !model->wrong; i++) {
		hypmmu_va first = bench->va[i] & ~(page - 1);
		struct hypmmu_leaf leaf;

		model->va = bench->va[i];
		if (hypmmu_query(&bench->mmu, bench->va[i], &leaf) || leaf.va != first ||
		    leaf.pa != map->pa + (first - map->va) || leaf.size != page ||
		    leaf.attr != map->attr)
			model->wrong = "a query answers something else";
	}
}

static int by_va(const void *a, const void *b)
{
	const struct hypmmu_change *left = a, *right = b;

	return (left->va > right->va) - (left->va < right->va);
}

const char *bench_verify(struct bench *bench, hypmmu_va *va)
{
	struct model model = {.bench = bench, .tables = 1};

	if (bench->after.n)
		qsort(bench->after.at, bench->after.n, sizeof(bench->after.at[0]), by_va);
	oracle_init(&model.oracle, &bench->mmu.cfg, bench->mmu.root, at, bench);
	if (bench->mmu.tables < 2048)
		scan(&model);
	else
		walk(&model);
	if (!model.wrong && model.tables != bench->mmu.tables)
		model.wrong = "more tables than the layout needs";
	if (!model.wrong && bench->pool.used != bench->mmu.tables)
		model.wrong = "a page was lost";
	if (!model.wrong && bench->workload->measured == bench_query_each)
		check_queries(&model);
	*va = model.va;
	return model.wrong;
}
