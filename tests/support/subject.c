/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "subject.h"
#include <string.h>

const struct hypmmu_config subject_configs[SUBJECTS] = {
	{.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 48, .pa_bits = 48},
	{.granule = HYPMMU_4K,
	 .regime = HYPMMU_EL2_0_LOWER,
	 .va_bits = 39,
	 .pa_bits = 52,
	 .hw = HYPMMU_HW_LPA2,
	 .use = HYPMMU_USE_BIG_ENDIAN},
	{.granule = HYPMMU_16K, .regime = HYPMMU_EL2_0_UPPER, .va_bits = 47, .pa_bits = 44},
	{.granule = HYPMMU_64K, .regime = HYPMMU_EL2_0_UPPER, .va_bits = 42, .pa_bits = 40},
	{.granule = HYPMMU_64K,
	 .regime = HYPMMU_EL2,
	 .va_bits = 52,
	 .pa_bits = 52,
	 .hw = HYPMMU_HW_LPA | HYPMMU_HW_LVA},
};

void subject_init(struct subject *s, const struct hypmmu_config *cfg)
{
	subject_init_with(s, cfg, 12);
}

void subject_init_with(struct subject *s, const struct hypmmu_config *cfg, size_t pages)
{
	*s = (struct subject){
		.cfg = *cfg,
		.base = cfg->regime == HYPMMU_EL2_0_UPPER ? ~UINT64_C(0) << cfg->va_bits : 0,
		.page = UINT64_C(1) << cfg->granule,
		.block = UINT64_C(1) << (2 * cfg->granule - 3),
		.space = UINT64_C(1) << cfg->va_bits,
		.pa_end = UINT64_C(1) << cfg->pa_bits,
		.arena = {.granule = cfg->granule,
			  .capacity = pages,
			  .base_pa = 0x1230000000,
			  .trick_pa_bits = cfg->pa_bits},
	};
	struct hypmmu_change maps[] = {
		{.va = s->base, .pa = 0, .size = 4 * s->page, .attr = HYPMMU_DATA},
		{.va = s->base + s->block, .pa = s->block, .size = s->block, .attr = HYPMMU_DATA},
	};

	assert_true(arena_init(&s->arena));
	assert_int_equal(hypmmu_init(&s->mmu, &s->cfg, &s->arena.pages), HYPMMU_OK);
	assert_int_equal(hypmmu_apply(&s->mmu, maps, 2, NULL), HYPMMU_OK);
	subject_save(s);
}

void subject_end(struct subject *s)
{
	if (s->mmu.root)
		assert_int_equal(hypmmu_destroy(&s->mmu), HYPMMU_OK);
	assert_int_equal(s->arena.live, 0);
	assert_null(arena_fault(&s->arena));
	arena_destroy(&s->arena);
}

void subject_save(struct subject *s)
{
	memcpy(&s->saved, &s->mmu, sizeof s->mmu);
	arena_save(&s->arena);
}

/* All but the entries of the queue: those that are not in use are padding, too. */
static void assert_same_mmu(const struct hypmmu *a, const struct hypmmu *b)
{
	const size_t head = offsetof(struct hypmmu, queue), tail = offsetof(struct hypmmu, geo);

	assert_memory_equal(a, b, head);
	assert_int_equal(a->queue.n, b->queue.n);
	assert_memory_equal(&a->geo, &b->geo, sizeof *a - tail);
}

void subject_assert_untouched(struct subject *s)
{
	assert_same_mmu(&s->mmu, &s->saved);
	assert_true(arena_is_as_saved(&s->arena));
	assert_null(s->arena.wrong);
}

static void assert_same_report(const struct hypmmu_report *a, const struct hypmmu_report *b)
{
	assert_int_equal(a->index, b->index);
	assert_int_equal(a->other, b->other);
	assert_int_equal(a->va, b->va);
	assert_int_equal(a->desc, b->desc);
	assert_int_equal(a->level, b->level);
	assert_int_equal(a->tables | a->freed | a->leaves | a->breaks, 0);
	assert_int_equal(b->tables | b->freed | b->leaves | b->breaks, 0);
}

struct hypmmu_report subject_refuses(struct subject *s, int err,
				     const struct hypmmu_change *changes, size_t n)
{
	struct hypmmu_report planned, applied;

	subject_save(s);
	memset(&planned, 0x5a, sizeof planned);
	memset(&applied, 0x5a, sizeof applied);

	assert_int_equal(hypmmu_plan(&s->mmu, changes, n, &planned), err);
	assert_int_equal(hypmmu_apply(&s->mmu, changes, n, &applied), err);
	assert_int_equal(hypmmu_apply(&s->mmu, changes, n, NULL), err);

	assert_same_report(&planned, &applied);
	subject_assert_untouched(s);
	return applied;
}

struct hypmmu_report subject_accepts(struct subject *s, const struct hypmmu_change *changes,
				     size_t n)
{
	struct hypmmu_report report;
	struct oracle oracle;
	struct oracle_tree tree;

	assert_int_equal(hypmmu_apply(&s->mmu, changes, n, &report), HYPMMU_OK);

	oracle_init(&oracle, &s->cfg, s->mmu.root, arena_at, &s->arena);
	oracle_scan(&oracle, NULL, NULL, &tree);
	assert_null(tree.wrong);
	assert_int_equal(tree.tables, s->mmu.tables);
	assert_null(s->arena.wrong);
	return report;
}

struct oracle_answer subject_at(struct subject *s, hypmmu_va va)
{
	struct oracle oracle;

	oracle_init(&oracle, &s->cfg, s->mmu.root, arena_at, &s->arena);
	return oracle_walk(&oracle, va);
}
