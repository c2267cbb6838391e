/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every attribute word there is, mapped, and what the golden walker then permits: in each regime,
 * with direct and with indirect permissions. And every leaf that says anything else is corrupt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/arena.h"
#include <hypmmu/hypmmu.h>

#define WORDS (1u << 16) /* bits 15 to 0 of a hypmmu_attr */
#define HW    (HYPMMU_HW_BTI | HYPMMU_HW_MTE | HYPMMU_HW_HAFDBS | HYPMMU_HW_S1PIE)

struct scene {
	struct arena arena;
	struct hypmmu mmu;
	hypmmu_va va;
	unsigned mapped;
};

static void scene_init(struct scene *scene, enum hypmmu_regime regime, uint32_t use)
{
	const struct hypmmu_config cfg = {.granule = HYPMMU_4K,
					  .regime = regime,
					  .va_bits = 30,
					  .pa_bits = 40,
					  .hw = HW,
					  .use = use};

	*scene = (struct scene){.arena = {.granule = HYPMMU_4K, .capacity = 4, .base_pa = 0x10000}};
	assert_true(arena_init(&scene->arena));
	assert_int_equal(hypmmu_init(&scene->mmu, &cfg, &scene->arena.pages), 0);
	scene->va = regime == HYPMMU_EL2_0_UPPER ? ~UINT64_C(0) << 30 : 0;
}

static void scene_end(struct scene *scene)
{
	assert_int_equal(hypmmu_destroy(&scene->mmu), 0);
	arena_destroy(&scene->arena);
}

static void over_schemes(void (*scenario)(struct scene *scene))
{
	const uint32_t wishes[] = {HYPMMU_USE_HAFDBS, HYPMMU_USE_NO_WXN, HYPMMU_USE_S1PIE};

	for (unsigned i = 0; i < 3 * 8; i++) {
		uint32_t use = 0;
		struct scene scene;

		for (unsigned bit = 0; bit < 3; bit++)
			use |= i / 3 >> bit & 1 ? wishes[bit] : 0;
		scene_init(&scene, (enum hypmmu_regime)(HYPMMU_EL2 + i % 3), use);
		scenario(&scene);
		scene_end(&scene);
	}
}

/* What the header says that the word permits, bit (1 << enum hypmmu_access). */
static unsigned promised(hypmmu_attr attr)
{
	unsigned user = attr & HYPMMU_USER ? 1u : 0, may = 1u << HYPMMU_READ;

	may |= user << HYPMMU_EL0_READ;
	if (attr & HYPMMU_W)
		may |= 1u << HYPMMU_WRITE | user << HYPMMU_EL0_WRITE;
	if (attr & HYPMMU_X)
		may |= 1u << (user ? HYPMMU_EL0_FETCH : HYPMMU_FETCH);
	return may;
}

/* Without the library's own check: the header's rules for a word. */
static bool is_legal(const struct hypmmu_config *cfg, hypmmu_attr attr)
{
	bool x = attr & HYPMMU_X, w = attr & HYPMMU_W;

	if (!(attr & HYPMMU_R) || (w && x) || (x && attr & HYPMMU_DEVICE_NGNRNE))
		return false;
	if (cfg->regime == HYPMMU_EL2 && attr & (HYPMMU_USER | HYPMMU_NG))
		return false;
	return !(attr & HYPMMU_DBM) || (w && cfg->use & HYPMMU_USE_HAFDBS);
}

static void judge_word(struct scene *scene, hypmmu_attr attr)
{
	static const uint8_t mair[] = {0xff, 0x44, 0xbb, 0xf0, 0x00, 0x04, 0x08, 0x0c};
	struct hypmmu_change map = {.va = scene->va, .pa = 0x80000000, .size = 4096, .attr = attr};
	struct hypmmu_translation t;
	struct hypmmu_leaf leaf;

	assert_int_equal(hypmmu_map(&scene->mmu, &map), 0);
	for (unsigned access = HYPMMU_READ; access <= HYPMMU_EL0_FETCH; access++) {
		bool may = promised(attr) >> access & 1;

		assert_int_equal(
			hypmmu_translate(&scene->mmu, scene->va, (enum hypmmu_access)access, &t),
			may);
		assert_int_equal(t.fault, may ? HYPMMU_FAULT_NONE : HYPMMU_FAULT_PERMISSION);
		assert_int_equal(t.allowed, promised(attr));
	}
	hypmmu_translate(&scene->mmu, scene->va, HYPMMU_READ, &t);
	assert_int_equal(t.mair, mair[attr >> 4 & 7]);
	assert_int_equal(hypmmu_query(&scene->mmu, scene->va, &leaf), 0);
	assert_int_equal(leaf.attr, attr);
	assert_int_equal(leaf.dirty, attr & HYPMMU_W && !(attr & HYPMMU_DBM));
	assert_int_equal(hypmmu_check(&scene->mmu, NULL), 0);
	assert_int_equal(hypmmu_unmap(&scene->mmu, scene->va, 4096, 0), 0);
	scene->mapped++;
}

/* Bit 11 is no attribute. */
static void judge_words(struct scene *scene)
{
	for (hypmmu_attr attr = 0; attr < WORDS; attr++) {
		struct hypmmu_change map = {.va = scene->va, .size = 4096, .attr = attr};

		if (attr & 1u << 11)
			assert_int_equal(hypmmu_map(&scene->mmu, &map), HYPMMU_ERR_ARG);
		else if (is_legal(&scene->mmu.cfg, attr))
			judge_word(scene, attr);
		else
			assert_int_equal(hypmmu_map(&scene->mmu, &map), HYPMMU_ERR_ATTR);
	}
	/* Types that W, and R alone, may have: 8; X: 4. Of each GUARDED, NS and 16 software values.
	 * With EL0 USER and nG, with HAFDBS W twice. */
	assert_int_equal(scene->mapped, 64 * (scene->mmu.cfg.regime == HYPMMU_EL2 ? 1 : 4) *
						(scene->mmu.cfg.use & HYPMMU_USE_HAFDBS ? 28 : 20));
}

static void every_word_permits_what_the_header_says(void **state)
{
	(void)state;
	over_schemes(judge_words);
}

static hypmmu_desc *slot_of(struct scene *scene)
{
	struct hypmmu_translation t;

	hypmmu_translate(&scene->mmu, scene->va, HYPMMU_READ, &t);
	return (hypmmu_desc *)(void *)arena_poke(&scene->arena, t.desc_pa);
}

/* The bits that permissions are made of: [54], [53], [51], [7], [6]. */
static hypmmu_desc permission_bits(unsigned n)
{
	static const uint8_t places[] = {6, 7, 51, 53, 54};
	hypmmu_desc bits = 0;

	for (unsigned i = 0; i < 5; i++)
		bits |= (hypmmu_desc)(n >> i & 1) << places[i];
	return bits;
}

/* Is it one of the leaves that the library writes, or makes of one by a write of hardware? */
static bool is_written(struct scene *scene, hypmmu_desc leaf)
{
	for (hypmmu_attr attr = 0; attr < WORDS; attr++) {
		struct hypmmu_change map = {
			.va = scene->va + 4096, .pa = 0x80000000, .size = 4096, .attr = attr};
		struct hypmmu_leaf is;
		hypmmu_desc dirty = attr & HYPMMU_DBM ? 0x80 : 0;

		if (attr & (HYPMMU_DEVICE_GRE | HYPMMU_SW(15) | HYPMMU_GUARDED | HYPMMU_NS |
			    HYPMMU_NG) ||
		    !is_legal(&scene->mmu.cfg, attr) || attr & 1u << 11)
			continue;
		assert_int_equal(hypmmu_map(&scene->mmu, &map), 0);
		assert_int_equal(hypmmu_query(&scene->mmu, map.va, &is), 0);
		assert_int_equal(hypmmu_unmap(&scene->mmu, map.va, 4096, 0), 0);
		if (!((is.desc ^ leaf) & ~dirty))
			return true;
	}
	return false;
}

static void judge_leaves(struct scene *scene)
{
	struct hypmmu_change map = {
		.va = scene->va, .pa = 0x80000000, .size = 4096, .attr = HYPMMU_RODATA};
	unsigned good = 0;
	hypmmu_desc *slot;

	assert_int_equal(hypmmu_map(&scene->mmu, &map), 0);
	slot = slot_of(scene);
	for (unsigned n = 0; n < 32; n++) {
		hypmmu_desc leaf = (*slot & ~permission_bits(31)) | permission_bits(n);
		bool ought = is_written(scene, leaf);

		*slot = leaf;
		assert_int_equal(hypmmu_check(&scene->mmu, NULL), ought ? 0 : HYPMMU_ERR_CORRUPT);
		good += ought;
	}
	/* R; W; X; with HAFDBS W that is clean, and W that is dirty. */
	assert_int_equal(good, (scene->mmu.cfg.regime == HYPMMU_EL2 ? 1 : 2) *
				       (scene->mmu.cfg.use & HYPMMU_USE_HAFDBS ? 5 : 3));
}

static void leaves_with_other_permissions_are_corrupt(void **state)
{
	(void)state;
	over_schemes(judge_leaves);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_permits_what_the_header_says),
		cmocka_unit_test(leaves_with_other_permissions_are_corrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
