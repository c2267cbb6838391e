/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trees of one configuration: a leaf at every level that may hold one, at both ends of the address
 * range, with the highest output address, and with others, so that no two bits of one can be taken
 * for each other. The page source, too, is at the top of the output addresses or elsewhere; it is no
 * larger than it has to be, and its pages hold what trees before left there.
 */
#include "matrix.h"
#include <string.h>

#define PAGES 9 /* two paths that have only the root in common */

/* By level + 1. */
static const hypmmu_attr attrs[MATRIX_LEVELS] = {0, HYPMMU_DATA, HYPMMU_CODE, HYPMMU_RODATA,
						 HYPMMU_DATA};

struct tree {
	struct hypmmu_config cfg;
	struct hypmmu_pool pool;
	struct hypmmu mmu;
	struct oracle oracle;
	hypmmu_va first, last;
	hypmmu_pa pa_last, memory_pa;
	int start;
	struct matrix_trees *count;
};

static _Alignas(1 << 16) unsigned char memory[PAGES << 16];

static const unsigned char *memory_at(void *ctx, hypmmu_pa pa, size_t size)
{
	const struct tree *tree = ctx;
	hypmmu_pa offset = pa - tree->memory_pa;
	size_t all = (size_t)PAGES << tree->cfg.granule;

	return offset < all && size <= all - offset ? memory + offset : NULL;
}

static uint64_t leaf_size(const struct tree *tree, int level)
{
	return UINT64_C(1) << matrix_shift(&tree->cfg, level);
}

/* An output address like no other, aligned to size. */
static hypmmu_pa draw_pa(const struct tree *tree, unsigned n, uint64_t size)
{
	uint64_t mixed = UINT64_C(0x9e3779b97f4a7c15) * (8u * tree->cfg.va_bits + n + 1);

	return mixed >> 7 & tree->pa_last & ~(size - 1);
}

/* Of all accesses, as hypmmu_translation.allowed has them. */
static unsigned rights(const struct oracle_answer *leaf)
{
	return (unsigned)leaf->r << HYPMMU_READ | (unsigned)leaf->w << HYPMMU_WRITE |
	       (unsigned)leaf->x << HYPMMU_FETCH | (unsigned)leaf->el0_r << HYPMMU_EL0_READ |
	       (unsigned)leaf->el0_w << HYPMMU_EL0_WRITE |
	       (unsigned)leaf->el0_x << HYPMMU_EL0_FETCH;
}

static enum hypmmu_fault to_fault(enum oracle_result result)
{
	switch (result) {
	case ORACLE_OK:
		return HYPMMU_FAULT_NONE;
	case ORACLE_ACCESS_FLAG:
		return HYPMMU_FAULT_ACCESS_FLAG;
	case ORACLE_TRANSLATION:
		return HYPMMU_FAULT_TRANSLATION;
	case ORACLE_ADDRESS_SIZE:
		return HYPMMU_FAULT_ADDRESS_SIZE;
	default:
		return HYPMMU_FAULT_EXTERNAL;
	}
}

/* What the oracle says; hypmmu_translate() says it too. */
static const char *walk(struct tree *tree, hypmmu_va va, struct oracle_answer *answer)
{
	struct hypmmu_translation t;
	bool ok = hypmmu_translate(&tree->mmu, va, HYPMMU_READ, &t);

	tree->count->walks++;
	*answer = oracle_walk(&tree->oracle, va);
	if (ok != (answer->result == ORACLE_OK) || t.fault != to_fault(answer->result))
		return "the walkers differ about the fault";
	if (t.level != answer->level)
		return "the walkers differ about the level";
	if (ok && (t.pa != answer->pa || t.allowed != rights(answer)))
		return "the walkers differ about the output";
	return NULL;
}

static const char *hole_wrong(struct tree *tree, hypmmu_va va, int level)
{
	struct oracle_answer answer;
	const char *wrong = walk(tree, va, &answer);

	if (wrong)
		return wrong;
	return answer.result != ORACLE_TRANSLATION || answer.level != level ? "no hole" : NULL;
}

static const char *byte_wrong(struct tree *tree, const struct hypmmu_change *map, int level,
			      uint64_t offset)
{
	struct oracle_answer answer;
	struct hypmmu_leaf leaf;
	const char *wrong = walk(tree, map->va + offset, &answer);

	if (wrong)
		return wrong;
	if (answer.result != ORACLE_OK || answer.level != level || answer.pa != map->pa + offset)
		return "a byte is not mapped as asked";
	if (oracle_attr(&tree->oracle, &answer) != map->attr)
		return "attributes";
	if (hypmmu_query(&tree->mmu, map->va + offset, &leaf) || leaf.level != level ||
	    leaf.pa != map->pa || leaf.size != map->size)
		return "hypmmu_query()";
	return NULL;
}

static const char *leaf_wrong(struct tree *tree, const struct hypmmu_change *map, int level)
{
	const char *wrong = byte_wrong(tree, map, level, 0);

	tree->count->leaves++;
	tree->count->leaves_at[level + 1]++;
	return wrong ? wrong : byte_wrong(tree, map, level, map->size - 1);
}

/* As many as there ought to be. */
static const char *tables_wrong(const struct tree *tree, int n)
{
	if (tree->mmu.tables != (size_t)n)
		return "mmu->tables";
	return tree->pool.used != (size_t)n ? "pages in use" : NULL;
}

/* Takes the mappings away again. */
static const char *unmap_wrong(struct tree *tree, struct hypmmu_change *maps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		maps[i].op = HYPMMU_UNMAP;
	if (hypmmu_apply(&tree->mmu, maps, n, NULL))
		return "unmap";
	for (size_t i = 0; i < n; i++) {
		const char *wrong = hole_wrong(tree, maps[i].va, tree->start);

		if (wrong)
			return wrong;
	}
	return tables_wrong(tree, 1);
}

/* A leaf at either end of the addresses: the lower one of the lowest output. */
static const char *ends_wrong(struct tree *tree, int level)
{
	uint64_t size = leaf_size(tree, level), all = tree->last - tree->first;
	struct hypmmu_change maps[] = {
		{.va = tree->first, .pa = 0, .size = size, .attr = attrs[level + 1]},
		{.va = tree->last - (size - 1),
		 .pa = tree->pa_last - (size - 1),
		 .size = size,
		 .attr = attrs[level + 1]},
	};
	const char *wrong = NULL;

	if (hypmmu_apply(&tree->mmu, maps, 2, NULL))
		return "a leaf at either end";
	for (unsigned i = 0; !wrong && i < 2; i++)
		wrong = leaf_wrong(tree, &maps[i], level);
	if (!wrong)
		wrong = tables_wrong(tree, 1 + 2 * (level - tree->start));
	if (!wrong && all / 2 + 1 > size) {
		wrong = hole_wrong(tree, maps[0].va + size, level);
		if (!wrong)
			wrong = hole_wrong(tree, maps[1].va - 1, level);
	}
	return wrong ? wrong : unmap_wrong(tree, maps, 2);
}

/* A leaf at each level that may hold one, in the tables of one path: that to the first page, or to
 * the last. All of the first have the highest output. */
static const char *stairs_wrong(struct tree *tree, bool at_the_end)
{
	struct hypmmu_change maps[MATRIX_LEVELS] = {{0}};
	const char *wrong = NULL;
	size_t n = 0;

	for (int level = 3; level >= 0 && matrix_is_leaf_level(&tree->cfg, level); level--) {
		uint64_t size = leaf_size(tree, level), gap = level < 3 ? size : 0;

		maps[n++] = (struct hypmmu_change){
			.va = at_the_end ? tree->last - gap - (size - 1) : tree->first + gap,
			.pa = at_the_end ? draw_pa(tree, (unsigned)level, size)
					 : tree->pa_last - (size - 1),
			.size = size,
			.attr = attrs[level + 1],
		};
	}
	if (hypmmu_apply(&tree->mmu, maps, n, NULL))
		return "stairs";
	for (size_t i = 0; !wrong && i < n; i++)
		wrong = leaf_wrong(tree, &maps[i], 3 - (int)i);
	if (!wrong)
		wrong = tables_wrong(tree, 1 + 3 - tree->start);
	return wrong ? wrong : unmap_wrong(tree, maps, n);
}

/* What would fit one slot just above the highest level of leaves: it takes a table of them. */
static const char *no_block_above_wrong(struct tree *tree)
{
	int level = matrix_block_level(&tree->cfg);
	unsigned shift = level > -1 ? matrix_shift(&tree->cfg, level - 1) : 0;
	struct hypmmu_change map = {.va = tree->first, .size = UINT64_C(1) << shift};
	struct oracle_answer answer;
	const char *wrong;

	if (!shift || level <= tree->start || shift > tree->cfg.pa_bits)
		return NULL;
	map.attr = HYPMMU_DATA;
	if (hypmmu_apply(&tree->mmu, &map, 1, NULL))
		return "a range as large as a slot without blocks";
	for (unsigned i = 0; i < 2; i++) {
		wrong = walk(tree, map.va + (i ? map.size - 1 : 0), &answer);
		if (wrong)
			return wrong;
		if (answer.result != ORACLE_OK || answer.level != level)
			return "a leaf at a level that has none";
	}
	wrong = tables_wrong(tree, 1 + level - tree->start);
	return wrong ? wrong : unmap_wrong(tree, &map, 1);
}

/* One page, or two, beyond what there is. */
static const char *beyond_wrong(struct tree *tree)
{
	const uint64_t page = UINT64_C(1) << tree->cfg.granule;
	const hypmmu_va below = tree->first - page, above = tree->last + 1;
	const struct hypmmu_change maps[] = {
		{.va = below, .size = page},
		{.va = below, .size = 2 * page},
		{.va = above, .size = page},
		{.va = above - page, .size = 2 * page},
		{.va = tree->first, .size = page, .pa = tree->pa_last + 1},
		{.va = tree->first, .size = 2 * page, .pa = tree->pa_last + 1 - page},
		{.va = tree->first, .size = page, .pa = -page},
	};
	const char *wrong = NULL;

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		struct hypmmu_change map = maps[i];

		map.attr = HYPMMU_DATA;
		if (hypmmu_apply(&tree->mmu, &map, 1, NULL) != HYPMMU_ERR_RANGE)
			return "a page beyond the range is not refused";
	}
	wrong = hole_wrong(tree, tree->first - 1, 0);
	if (!wrong)
		wrong = hole_wrong(tree, above, 0);
	return wrong ? wrong : tables_wrong(tree, 1);
}

static const char *build(struct tree *tree)
{
	const struct hypmmu_config *cfg = &tree->cfg;
	bool upper = cfg->regime == HYPMMU_EL2_0_UPPER;
	size_t size = (size_t)PAGES << cfg->granule;
	struct hypmmu_regs regs;

	tree->first = upper ? ~UINT64_C(0) << cfg->va_bits : 0;
	tree->last = tree->first + ((UINT64_C(1) << cfg->va_bits) - 1);
	tree->pa_last = (UINT64_C(1) << cfg->pa_bits) - 1;
	tree->memory_pa = cfg->use & HYPMMU_USE_BIG_ENDIAN ? draw_pa(tree, 4, UINT64_C(1) << 20)
							   : tree->pa_last - (size - 1);
	tree->start = matrix_start_level(cfg);
	tree->count->trees++;
	tree->count->starts_at[tree->start + 1]++;
	if (hypmmu_pool_init(&tree->pool, cfg->granule, memory, tree->memory_pa, size) ||
	    hypmmu_init(&tree->mmu, cfg, &tree->pool.pages) ||
	    hypmmu_get_regs(upper ? NULL : &tree->mmu, upper ? &tree->mmu : NULL, &regs))
		return "no tree";
	tree->oracle.at = memory_at;
	tree->oracle.ctx = tree;
	matrix_read_regs(&tree->oracle, &regs, cfg);
	return hole_wrong(tree, tree->last, tree->start);
}

const char *matrix_tree_wrong(const struct hypmmu_config *cfg, struct matrix_trees *count)
{
	struct tree tree = {.cfg = *cfg, .count = count};
	const char *wrong = build(&tree);

	for (int level = 0; !wrong && level <= 3; level++)
		if (matrix_is_leaf_level(cfg, level))
			wrong = ends_wrong(&tree, level);
	if (!wrong)
		wrong = stairs_wrong(&tree, false);
	if (!wrong)
		wrong = stairs_wrong(&tree, true);
	if (!wrong)
		wrong = no_block_above_wrong(&tree);
	if (!wrong)
		wrong = beyond_wrong(&tree);
	if (wrong)
		return wrong;
	return hypmmu_destroy(&tree.mmu) || tree.pool.used ? "destroy" : NULL;
}
