/* SPDX-License-Identifier: BSD-2-Clause */
/* What the library writes, bit by bit: every regime, attribute, granule, level and layout. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden.h"
#include "support/arena.h"
#include <inttypes.h>

/* Beyond what the layout needs: every attribute, every size. */
#define MORE_HW                                                                                    \
	(HYPMMU_HW_BTI | HYPMMU_HW_MTE | HYPMMU_HW_HAFDBS | HYPMMU_HW_TTST | HYPMMU_HW_S1PIE)

struct scene {
	const struct golden_place *place;
	struct arena arena;
	struct hypmmu mmu;
	bool big_endian;
};

static void must_equal(const struct scene *scene, hypmmu_attr attr, hypmmu_desc is,
		       hypmmu_desc ought)
{
	if (is != ought)
		fail_msg("%s, regime %d, use %#x, attr %#x: %016" PRIx64 " is not %016" PRIx64,
			 scene->place->name, (int)scene->mmu.cfg.regime,
			 (unsigned)scene->mmu.cfg.use, attr, is, ought);
}

static hypmmu_desc load(const struct scene *scene, hypmmu_pa table, unsigned slot)
{
	const unsigned char *bytes = arena_at((void *)&scene->arena, table + 8 * slot, 8);
	hypmmu_desc desc = 0;

	assert_non_null(bytes);
	for (unsigned i = 0; i < 8; i++)
		desc = desc << 8 | bytes[scene->big_endian ? i : 7 - i];
	return desc;
}

/* The table that a golden descriptor stands for. */
static hypmmu_pa next_table(const struct scene *scene, hypmmu_attr attr, hypmmu_desc desc)
{
	const struct golden_place *place = scene->place;

	for (unsigned i = 0; i < place->tables; i++) {
		if (desc == place->table[i])
			return place->table_pa + i * place->table_step;
	}
	must_equal(scene, attr, desc, place->table[0]);
	return 0;
}

static hypmmu_va va_of(const struct scene *scene)
{
	const struct golden_place *place = scene->place;

	if (scene->mmu.cfg.regime == HYPMMU_EL2_0_UPPER)
		return ~UINT64_C(0) << place->va_bits | place->offset;
	return place->offset;
}

static void judge_memory(const struct scene *scene, hypmmu_attr attr, hypmmu_desc leaf)
{
	const struct golden_place *place = scene->place;
	hypmmu_pa table = scene->mmu.root;

	for (unsigned i = 0; i + 1 < place->tables; i++) {
		hypmmu_pa next = next_table(scene, attr, load(scene, table, place->slots[i]));

		assert_int_not_equal(next, table);
		table = next;
	}
	must_equal(scene, attr, load(scene, table, place->slots[place->tables - 1]), leaf);
}

static void judge_leaf(struct scene *scene, const struct golden_attr *golden)
{
	const struct golden_place *place = scene->place;
	hypmmu_desc wanted = place->leaf | (place->ds ? golden->without_sh : golden->with_sh);
	struct hypmmu_change map = {
		.va = va_of(scene), .pa = place->pa, .size = place->size, .attr = golden->attr};
	struct hypmmu_leaf leaf;

	assert_int_equal(hypmmu_map(&scene->mmu, &map), HYPMMU_OK);

	assert_int_equal(hypmmu_query(&scene->mmu, map.va + place->size - 1, &leaf), HYPMMU_OK);
	must_equal(scene, golden->attr, leaf.desc, wanted);
	assert_int_equal(leaf.level, place->level);
	assert_int_equal(leaf.pa, place->pa);
	assert_int_equal(leaf.attr, golden->attr);
	judge_memory(scene, golden->attr, wanted);

	assert_int_equal(hypmmu_unmap(&scene->mmu, map.va, map.size, 0), HYPMMU_OK);
}

/* The leaves of a regime with direct permissions, and with indirect ones. */
static void judge_leaves(struct scene *scene)
{
	const struct {
		const struct golden_attr *attrs;
		size_t n;
	} sets[] = {
		{golden_el2, golden_el2_n},
		{golden_el2_0, golden_el2_0_n},
		{golden_pie_el2, golden_pie_el2_n},
		{golden_pie_el2_0, golden_pie_el2_0_n},
	};
	size_t set = (scene->mmu.cfg.regime != HYPMMU_EL2) +
		     (scene->mmu.cfg.use & HYPMMU_USE_S1PIE ? 2u : 0);

	for (size_t i = 0; i < sets[set].n; i++)
		judge_leaf(scene, &sets[set].attrs[i]);
}

static void judge_place(const struct golden_place *place, enum hypmmu_regime regime, uint32_t use)
{
	struct hypmmu_config cfg = {
		.granule = place->granule,
		.regime = regime,
		.va_bits = place->va_bits,
		.pa_bits = place->pa_bits,
		.hw = place->hw | MORE_HW,
		.use = HYPMMU_USE_HAFDBS | use,
	};
	struct scene scene = {
		.place = place,
		.big_endian = use & HYPMMU_USE_BIG_ENDIAN,
		.arena = {.granule = place->granule,
			  .capacity = place->tables,
			  .base_pa = place->table_pa,
			  .pa_step = place->table_step},
	};

	assert_true(arena_init(&scene.arena));
	assert_int_equal(hypmmu_init(&scene.mmu, &cfg, &scene.arena.pages), HYPMMU_OK);
	judge_leaves(&scene);
	assert_int_equal(hypmmu_destroy(&scene.mmu), HYPMMU_OK);
	assert_null(arena_fault(&scene.arena));
	arena_destroy(&scene.arena);
}

static void judge_regime(enum hypmmu_regime regime)
{
	for (size_t i = 0; i < golden_places_n; i++) {
		judge_place(&golden_places[i], regime, 0);
		judge_place(&golden_places[i], regime, HYPMMU_USE_BIG_ENDIAN);
		judge_place(&golden_places[i], regime, HYPMMU_USE_S1PIE);
		judge_place(&golden_places[i], regime, HYPMMU_USE_S1PIE | HYPMMU_USE_BIG_ENDIAN);
	}
}

static void descriptors_of_el2_are_as_worked_out_by_hand(void **state)
{
	(void)state;
	judge_regime(HYPMMU_EL2);
}

static void descriptors_of_the_lower_half_are_as_worked_out_by_hand(void **state)
{
	(void)state;
	judge_regime(HYPMMU_EL2_0_LOWER);
}

static void descriptors_of_the_upper_half_are_as_worked_out_by_hand(void **state)
{
	(void)state;
	judge_regime(HYPMMU_EL2_0_UPPER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors_of_el2_are_as_worked_out_by_hand),
		cmocka_unit_test(descriptors_of_the_lower_half_are_as_worked_out_by_hand),
		cmocka_unit_test(descriptors_of_the_upper_half_are_as_worked_out_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
