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
	const struct oracle *oracle;
	struct model_leaf *leaves;
	size_t n, next;
};

/* What may be either way is as it is. */
static bool settle(uint8_t *wanted, bool is)
{
	if (*wanted == MODEL_MAYBE)
		*wanted = is ? MODEL_YES : MODEL_NO;
	return *wanted == (is ? MODEL_YES : MODEL_NO);
}

static void compare_leaf(void *ctx, const struct oracle_answer *leaf)
{
	struct comparison *comparison = ctx;
	struct run *run = comparison->run;
	struct model_leaf *wanted = &comparison->leaves[comparison->next];
	bool accessed = leaf->desc >> 10 & 1, dirty = !(leaf->desc >> 7 & 1); /* AF, AP[2] */

	must(run, comparison->next < comparison->n, "a leaf too many");
	must(run, leaf->va - oracle_first_va(comparison->oracle) == wanted->at, "where leaves are");
	must(run, leaf->level == wanted->level, "the size of leaves");
	must(run, leaf->pa == wanted->pa, "output addresses");
	must(run, oracle_attr(comparison->oracle, leaf) == wanted->attr, "attributes");
	must(run, settle(&wanted->dirty, dirty), "dirty state");
	must(run, settle(&wanted->accessed, accessed), "access flags");
	must(run, settle(&wanted->hint, leaf->contiguous), "contiguous hints");
	run->leaf_levels[leaf->level + 1]++;
	comparison->next++;
}

/* Members of a group have the hint together. */
static void judge_groups(const struct run *run, const struct model_leaf *leaves, size_t n)
{
	const struct oracle *shape = &run->model.shape;

	for (size_t i = 0, size; i < n; i += size) {
		unsigned order = oracle_group_order(shape, leaves[i].level);

		size = 1;
		if (!leaves[i].hint)
			continue;
		size <<= order;
		must(run, order && i + size <= n, "a group that is too short");
		must(run, !(leaves[i].at >> oracle_shift(shape, leaves[i].level) & (size - 1)),
		     "a group that is not aligned");
		for (size_t k = 1; k < size; k++)
			must(run,
			     leaves[i + k].hint && leaves[i + k].level == leaves[i].level &&
				     leaves[i + k].attr == leaves[i].attr &&
				     leaves[i + k].pa - leaves[i].pa ==
					     leaves[i + k].at - leaves[i].at,
			     "a group that is not uniform");
	}
}

size_t judge_leaves(struct run *run, const struct oracle *oracle, struct model_leaf *leaves,
		    size_t n)
{
	struct comparison comparison = {
		.run = run, .oracle = oracle, .leaves = leaves, .n = n, .next = 0};
	struct oracle_tree tree;

	oracle_scan(oracle, compare_leaf, &comparison, &tree);
	must(run, !tree.wrong, tree.wrong);
	must(run, comparison.next == n, "a leaf too few");
	judge_groups(run, leaves, n);
	return tree.tables;
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
	size_t tables = judge_leaves(run, &run->oracle, run->model.leaves, run->model.n);

	must(run, tables == run->mmu->tables, "mmu->tables");
	must(run, tables == run->arena->live, "pages out of the page source");
	must(run, is_rest_of_root_zero(run), "the rest of the root's page");
	must(run, hypmmu_check(run->mmu, NULL) == HYPMMU_OK, "check");
}
