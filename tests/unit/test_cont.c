/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the Contiguous hint is set, and which groups hypmmu_check() finds broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"

/* Entries of a group, from the manual: by granule, at levels 1 to 3. */
static unsigned group_at(const struct hypmmu_config *cfg, int level)
{
	static const unsigned k4[] = {0, 16, 16, 16}, k16[] = {0, 1, 32, 128},
			      k64[] = {0, 1, 32, 32};

	return (cfg->granule == HYPMMU_4K ? k4 : cfg->granule == HYPMMU_16K ? k16 : k64)[level];
}

/* Not live, then live: nothing but holes is filled here, so there is no difference. */
static void over_all(uint32_t hw,
		     void (*scenario)(struct live *live, uint64_t page, uint64_t group))
{
	for (size_t i = 0; i < 2 * SUBJECTS; i++) {
		struct hypmmu_config cfg = subject_configs[i / 2];
		struct live live;

		cfg.hw |= hw;
		cfg.use |= HYPMMU_USE_CONT;
		live_init(&live, &cfg);
		if (i % 2)
			live_on(&live);
		scenario(&live, live.s.page, group_at(&cfg, 3) * live.s.page);
		live_end(&live);
	}
}

static void map_at(struct live *live, uint64_t va, hypmmu_pa pa, uint64_t size, uint32_t flags)
{
	struct hypmmu_change map = live_change(live, HYPMMU_MAP, va, size, HYPMMU_DATA, flags);

	map.pa = pa;
	live_apply(live, &map, 1, NULL);
}

/* All leaves from va on, of `step` bytes each, have the hint, or none of them has. */
static void assert_hint(struct live *live, uint64_t va, uint64_t size, uint64_t step, bool hint)
{
	for (uint64_t end = va + size; va < end; va += step) {
		hypmmu_desc leaf = live_desc(live, live->s.base + va);

		assert_true(leaf & LIVE_VALID);
		assert_int_equal(!!(leaf & LIVE_CONT), hint);
	}
}

static void map_pages(struct live *live, uint64_t page, uint64_t group)
{
	const uint64_t at = 2 * live->s.block;

	map_at(live, at, at, group, 0);
	assert_hint(live, at, group, page, true);
	map_at(live, at + 2 * group, at + 2 * group, group - page, 0);
	assert_hint(live, at + 2 * group, group - page, page, false);
	map_at(live, at + 4 * group, at + 4 * group, 3 * group, 0);
	assert_hint(live, at + 4 * group, 3 * group, page, true);
}

static void a_group_of_pages_that_is_mapped_whole_gets_the_hint(void **state)
{
	(void)state;
	over_all(0, map_pages);
	over_all(HYPMMU_HW_BBM_NOABORT, map_pages);
}

static void map_with_edges(struct live *live, uint64_t page, uint64_t group)
{
	const uint64_t at = 3 * live->s.block;

	map_at(live, at + page, at + page, 3 * group - 2 * page, 0);
	assert_hint(live, at + page, group - page, page, false);
	assert_hint(live, at + group, group, page, true);
	assert_hint(live, at + 2 * group, group - page, page, false);
	assert_int_equal(live_desc(live, live->s.base + at), 0);
}

static void what_is_left_at_the_edges_has_no_hint(void **state)
{
	(void)state;
	over_all(0, map_with_edges);
}

static void map_misaligned(struct live *live, uint64_t page, uint64_t group)
{
	const uint64_t at = 2 * live->s.block;

	map_at(live, at, at + page, 2 * group, 0);
	assert_hint(live, at, 2 * group, page, false);
	map_at(live, at + 2 * group, at + 4 * group, group, 0);
	assert_hint(live, at + 2 * group, group, page, true);
	map_at(live, at + 4 * group, at + 4 * group, group, HYPMMU_PAGES_ONLY);
	assert_hint(live, at + 4 * group, group, page, false);
}

static void an_output_address_of_its_own_alignment_or_pages_only_has_no_hint(void **state)
{
	(void)state;
	over_all(0, map_misaligned);
}

static void map_blocks(struct live *live, uint64_t page, uint64_t group)
{
	const uint64_t block = live->s.block, blocks = group_at(&live->s.cfg, 2) * block;

	map_at(live, blocks - group, blocks - group, group + blocks + group, 0);
	assert_hint(live, blocks - group, group, page, true);
	assert_hint(live, blocks, blocks, block, true);
	assert_hint(live, 2 * blocks, group, page, true);
	map_at(live, 3 * blocks, 3 * blocks + block, blocks, 0);
	assert_hint(live, 3 * blocks, blocks, block, false);
	map_at(live, 4 * blocks, 4 * blocks, blocks - block, 0);
	assert_hint(live, 4 * blocks, blocks - block, block, false);
	map_at(live, 5 * blocks + block, 5 * blocks + block, 2 * blocks - block, 0);
	assert_hint(live, 5 * blocks + block, blocks - block, block, false);
	assert_hint(live, 6 * blocks, blocks, block, true);
}

static void blocks_of_level_2_are_groups_too(void **state)
{
	(void)state;
	over_all(0, map_blocks);
}

/* The whole of a small space, in the largest leaves. */
static void map_a_small_space(struct hypmmu_config cfg, int level, bool hint)
{
	const uint64_t space = UINT64_C(1) << cfg.va_bits;
	const struct hypmmu_change map = {.size = space, .attr = HYPMMU_DATA};
	struct hypmmu_leaf leaf = {.size = 0};
	struct hypmmu mmu;
	struct arena arena = {.granule = cfg.granule, .capacity = 4, .base_pa = 0x40000000};

	cfg.regime = HYPMMU_EL2;
	cfg.pa_bits = 48;
	cfg.use = HYPMMU_USE_CONT;
	assert_true(arena_init(&arena));
	assert_int_equal(hypmmu_init(&mmu, &cfg, &arena.pages), HYPMMU_OK);
	assert_int_equal(hypmmu_map(&mmu, &map), HYPMMU_OK);
	while (hypmmu_next_leaf(&mmu, &leaf)) {
		assert_int_equal(leaf.level, level);
		assert_int_equal(!!(leaf.desc & LIVE_CONT), hint);
	}
	assert_int_equal(hypmmu_check(&mmu, NULL), HYPMMU_OK);
	assert_int_equal(hypmmu_destroy(&mmu), HYPMMU_OK);
	arena_destroy(&arena);
}

static void a_group_is_never_wider_than_the_address_space(void **state)
{
	(void)state;
	map_a_small_space((struct hypmmu_config){.granule = HYPMMU_4K, .va_bits = 33}, 1, false);
	map_a_small_space((struct hypmmu_config){.granule = HYPMMU_4K, .va_bits = 34}, 1, true);
	map_a_small_space((struct hypmmu_config){.granule = HYPMMU_4K, .va_bits = 38}, 1, true);
	map_a_small_space((struct hypmmu_config){.granule = HYPMMU_16K, .va_bits = 29}, 2, false);
	map_a_small_space((struct hypmmu_config){.granule = HYPMMU_16K, .va_bits = 30}, 2, true);
	map_a_small_space((struct hypmmu_config){.granule = HYPMMU_64K, .va_bits = 33}, 2, false);
	map_a_small_space((struct hypmmu_config){.granule = HYPMMU_64K, .va_bits = 34}, 2, true);
}

static void assert_corrupt(struct live *live, hypmmu_desc *slot, hypmmu_desc flip)
{
	struct hypmmu_report report;
	hypmmu_desc was = *slot;

	*slot ^= live->s.cfg.use & HYPMMU_USE_BIG_ENDIAN ? __builtin_bswap64(flip) : flip;
	assert_int_equal(hypmmu_check(&live->s.mmu, &report), HYPMMU_ERR_CORRUPT);
	assert_int_equal(report.level, 3);
	assert_in_range(report.va - live->s.base, 2 * live->s.block, 3 * live->s.block);
	*slot = was;
	assert_int_equal(hypmmu_check(&live->s.mmu, NULL), HYPMMU_OK);
}

static void break_groups(struct live *live, uint64_t page, uint64_t group)
{
	const uint64_t at = 2 * live->s.block;
	const hypmmu_desc xn = UINT64_C(1) << 54, sw = UINT64_C(1) << 55, nc = 1 << 2;

	map_at(live, at, at, 2 * group, 0);
	live_do(live, HYPMMU_PROTECT, at, 2 * group, HYPMMU_CODE, 0, NULL);
	for (uint64_t va = at; va < at + 2 * group; va += group - page) {
		hypmmu_desc *slot = live_slot(live, live->s.base + va);

		assert_corrupt(live, slot, LIVE_CONT);
		assert_corrupt(live, slot, live->s.page); /* the output address */
		assert_corrupt(live, slot, xn);
		assert_corrupt(live, slot, sw);
		assert_corrupt(live, slot, nc);
		assert_corrupt(live, slot, LIVE_VALID | 2);
	}
}

static void a_group_with_one_odd_member_is_corrupt(void **state)
{
	(void)state;
	over_all(0, break_groups);
}

static void use_groups(struct live *live, uint64_t page, uint64_t group)
{
	const uint64_t at = 2 * live->s.block;

	map_at(live, at, at, group, 0);
	live_do(live, HYPMMU_PROTECT, at, group, HYPMMU_DATA | HYPMMU_DBM, 0, NULL);
	live_poke(live, live_slot(live, live->s.base + at), LIVE_AP2, LIVE_AF);
	live_poke(live, live_slot(live, live->s.base + at + page), LIVE_AP2, 0);
	live_poke(live, live_slot(live, live->s.base + at + group - page), 0, LIVE_AP2 | LIVE_AF);
	assert_int_equal(hypmmu_check(&live->s.mmu, NULL), HYPMMU_OK);
}

static void members_may_differ_in_what_hardware_writes(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct hypmmu_config cfg = subject_configs[i];
		struct live live;

		cfg.hw |= HYPMMU_HW_HAFDBS;
		cfg.use |= HYPMMU_USE_CONT | HYPMMU_USE_HAFDBS;
		live_init(&live, &cfg);
		use_groups(&live, live.s.page, group_at(&cfg, 3) * live.s.page);
		live_end(&live);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_of_pages_that_is_mapped_whole_gets_the_hint),
		cmocka_unit_test(what_is_left_at_the_edges_has_no_hint),
		cmocka_unit_test(an_output_address_of_its_own_alignment_or_pages_only_has_no_hint),
		cmocka_unit_test(blocks_of_level_2_are_groups_too),
		cmocka_unit_test(a_group_is_never_wider_than_the_address_space),
		cmocka_unit_test(a_group_with_one_odd_member_is_corrupt),
		cmocka_unit_test(members_may_differ_in_what_hardware_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
