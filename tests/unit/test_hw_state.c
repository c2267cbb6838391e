/* SPDX-License-Identifier: BSD-2-Clause */
/* What hardware writes into a leaf, AF and with DBM AP[2], outlives merge, split and protect. With
 * permission indirection AP[2] is nDirty. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/subject.h"

/* EL2, HYPMMU_NORMAL, never executed: valid [0], AP[1] [6], SH [9:8] = 3, XN [54]. */
#define BASE	 UINT64_C(0x0040000000000341)
#define PAGE	 UINT64_C(0x2)
#define AP1	 UINT64_C(0x40)
#define AP2	 UINT64_C(0x80)		      /* read-only; with DBM: clean */
#define PI_W	 UINT64_C(0x0020000000000000) /* [53] */
#define AF	 UINT64_C(0x400)
#define DBM	 UINT64_C(0x0008000000000000) /* [51] */
#define SW5	 UINT64_C(0x0280000000000000) /* 5 in [58:55] */
#define CLEAN	 (BASE | DBM | AP2)
#define DIRTY	 (BASE | DBM)
#define DATA_DBM (HYPMMU_DATA | HYPMMU_DBM)

struct scene {
	struct subject subject;
	hypmmu_va va; /* of a block that only this test maps, PA = VA */
	uint64_t page, block, leaves;
	bool indirect; /* HYPMMU_USE_S1PIE */
};

static hypmmu_desc *slot_of(struct scene *scene, hypmmu_va va)
{
	struct oracle_answer leaf = subject_at(&scene->subject, va);
	unsigned char *slot = arena_poke(&scene->subject.arena, leaf.desc_pa);

	assert_true(leaf.result == ORACLE_OK || leaf.result == ORACLE_ACCESS_FLAG);
	assert_non_null(slot);
	return (hypmmu_desc *)(void *)slot;
}

/* What a CPU with TCR_EL2.HA and HD does, and an operating system that looks for idle pages. */
static void set_state(struct scene *scene, hypmmu_va va, hypmmu_desc state)
{
	hypmmu_desc *slot = slot_of(scene, va);

	*slot = (*slot & ~(AF | AP2)) | state;
}

static void set_all(struct scene *scene, hypmmu_desc state)
{
	for (uint64_t i = 0; i < scene->leaves; i++)
		set_state(scene, scene->va + i * scene->page, state);
}

static void change(struct scene *scene, struct hypmmu_change change)
{
	assert_int_equal(hypmmu_apply(&scene->subject.mmu, &change, 1, NULL), 0);
	assert_int_equal(hypmmu_check(&scene->subject.mmu, NULL), 0);
}

static void map(struct scene *scene, hypmmu_attr attr, uint32_t flags)
{
	change(scene, (struct hypmmu_change){.va = scene->va,
					     .pa = scene->va,
					     .size = scene->block,
					     .attr = attr,
					     .flags = flags});
}

static void protect(struct scene *scene, hypmmu_va va, uint64_t size, hypmmu_attr attr)
{
	change(scene,
	       (struct hypmmu_change){.op = HYPMMU_PROTECT, .va = va, .size = size, .attr = attr});
}

static void merge(struct scene *scene)
{
	change(scene,
	       (struct hypmmu_change){.op = HYPMMU_MERGE, .va = scene->va, .size = scene->block});
}

static void unmap(struct scene *scene)
{
	change(scene,
	       (struct hypmmu_change){.op = HYPMMU_UNMAP, .va = scene->va, .size = scene->block});
}

/* The same leaf with indirection: no AP[1], and what may be written says so in PIIndex[2]. */
static hypmmu_desc in_scheme(const struct scene *scene, hypmmu_desc desc)
{
	if (!scene->indirect)
		return desc;
	return (desc & ~AP1) | (desc & DBM || !(desc & AP2) ? PI_W : 0);
}

/* The leaf at va: its descriptor, and what hypmmu_query() says of it. */
static void assert_leaf(struct scene *scene, hypmmu_va va, int level, hypmmu_desc desc)
{
	struct hypmmu_leaf leaf;

	assert_int_equal(*slot_of(scene, va), in_scheme(scene, desc) | va);
	assert_int_equal(hypmmu_query(&scene->subject.mmu, va, &leaf), 0);
	assert_int_equal(leaf.level, level);
	assert_int_equal(leaf.pa, va);
	assert_int_equal(leaf.accessed, (desc & AF) != 0);
	assert_int_equal(leaf.dirty, (desc & AP2) == 0);
}

static void over_granules(void (*scenario)(struct scene *scene))
{
	static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};

	for (size_t i = 0; i < 3 * 2; i++) {
		const struct hypmmu_config cfg = {
			.granule = granules[i / 2],
			.regime = HYPMMU_EL2,
			.va_bits = 48,
			.pa_bits = 48,
			.hw = HYPMMU_HW_HAFDBS | HYPMMU_HW_S1PIE,
			.use = HYPMMU_USE_HAFDBS | (i % 2 ? HYPMMU_USE_S1PIE : 0),
		};
		struct scene scene = {.indirect = i % 2};

		subject_init(&scene.subject, &cfg);
		scene.page = scene.subject.page;
		scene.block = scene.subject.block;
		scene.leaves = scene.block / scene.page;
		scene.va = 5 * scene.block;
		scenario(&scene);
		subject_end(&scene.subject);
	}
}

/* Merges pages that all have `state`, but for one that has `odd`. */
static void merge_one_odd(struct scene *scene, hypmmu_desc state, hypmmu_desc odd, hypmmu_desc want)
{
	const uint64_t places[] = {0, 1, scene->leaves / 2, scene->leaves - 1};

	for (size_t i = 0; i < 4; i++) {
		map(scene, DATA_DBM, HYPMMU_PAGES_ONLY);
		set_all(scene, state);
		set_state(scene, scene->va + places[i] * scene->page, odd);
		merge(scene);
		assert_leaf(scene, scene->va, 2, want);
		unmap(scene);
	}
}

static void merge_all_states(struct scene *scene)
{
	merge_one_odd(scene, AP2, AP2, CLEAN);
	merge_one_odd(scene, AP2, AP2 | AF, CLEAN | AF);
	merge_one_odd(scene, AP2 | AF, AP2, CLEAN | AF);
	merge_one_odd(scene, AP2 | AF, AF, DIRTY | AF);
	merge_one_odd(scene, AF, AP2 | AF, DIRTY | AF);
	merge_one_odd(scene, AF, AF, DIRTY | AF);
	merge_one_odd(scene, AP2, AF, DIRTY | AF);
}

static void a_merged_leaf_is_accessed_and_dirty_if_one_part_was(void **state)
{
	(void)state;
	over_granules(merge_all_states);
}

/* One page of 262,144 was written: a merge over two levels must not lose it. */
static void state_goes_up_through_two_levels_of_tables(void **state)
{
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_4K,
		.regime = HYPMMU_EL2,
		.va_bits = 39,
		.pa_bits = 40,
		.hw = HYPMMU_HW_HAFDBS,
		.use = HYPMMU_USE_HAFDBS,
	};
	const hypmmu_va gib = 0x40000000, odd = gib + 0x12345000;
	struct scene scene = {.va = gib, .page = 0x1000, .block = 0x40000000};

	(void)state;
	subject_init(&scene.subject, &cfg);
	map(&scene, DATA_DBM, 0);
	assert_leaf(&scene, gib, 1, CLEAN | AF);
	set_state(&scene, gib, AP2);
	change(&scene, (struct hypmmu_change){.op = HYPMMU_SPLIT, .va = odd, .size = 0x1000});
	assert_leaf(&scene, gib, 2, CLEAN);
	assert_leaf(&scene, odd, 3, CLEAN | PAGE);

	set_state(&scene, odd, AF);
	merge(&scene);

	assert_leaf(&scene, gib, 1, DIRTY | AF);
	subject_end(&scene.subject);
}

static void split_block(struct scene *scene)
{
	const hypmmu_desc states[] = {AP2, AP2 | AF, AF};

	for (size_t i = 0; i < 3; i++) {
		map(scene, DATA_DBM, 0);
		set_state(scene, scene->va, states[i]);
		change(scene, (struct hypmmu_change){.op = HYPMMU_SPLIT,
						     .va = scene->va + scene->page,
						     .size = scene->page});
		for (uint64_t p = 0; p < scene->leaves; p++)
			assert_leaf(scene, scene->va + p * scene->page, 3,
				    DIRTY | PAGE | states[i]);
		unmap(scene);
	}
}

static void the_parts_of_a_split_leaf_have_its_state(void **state)
{
	(void)state;
	over_granules(split_block);
}

struct relabel {
	hypmmu_attr from;
	hypmmu_desc state; /* set by hand before */
	hypmmu_attr to;
	hypmmu_desc want;
};

static const struct relabel relabels[] = {
	/* DBM before and after: nothing of the state changes. */
	{DATA_DBM, AF, DATA_DBM | HYPMMU_SW(5), DIRTY | AF | SW5},
	{DATA_DBM, AP2 | AF, DATA_DBM | HYPMMU_SW(5), CLEAN | AF | SW5},
	{DATA_DBM, AP2, DATA_DBM | HYPMMU_SW(5), CLEAN | SW5},
	{DATA_DBM, 0, DATA_DBM | HYPMMU_SW(5), DIRTY | SW5},
	/* From plainly writable: it may have been written. From read-only: it was not. */
	{HYPMMU_DATA, AF, DATA_DBM, DIRTY | AF},
	{HYPMMU_DATA, 0, DATA_DBM, DIRTY},
	{HYPMMU_RODATA, AP2 | AF, DATA_DBM, CLEAN | AF},
	{HYPMMU_RODATA, AP2, DATA_DBM, CLEAN},
	/* To where there is no dirty state: AP[2] is what the attributes say. */
	{DATA_DBM, AF, HYPMMU_RODATA, BASE | AP2 | AF},
	{DATA_DBM, AP2 | AF, HYPMMU_RODATA, BASE | AP2 | AF},
	{DATA_DBM, AP2, HYPMMU_DATA, BASE},
	{DATA_DBM, AF, HYPMMU_DATA, BASE | AF},
	/* Without DBM at all. */
	{HYPMMU_DATA, 0, HYPMMU_RODATA, BASE | AP2},
	{HYPMMU_RODATA, AP2, HYPMMU_DATA, BASE},
};

#define RELABELS (sizeof(relabels) / sizeof(relabels[0]))

static void protect_leaves(struct scene *scene)
{
	const uint32_t flags[] = {0, HYPMMU_PAGES_ONLY};

	for (size_t i = 0; i < RELABELS * 2; i++) {
		const struct relabel *r = &relabels[i / 2];
		hypmmu_desc type = i % 2 ? PAGE : 0;

		map(scene, r->from, flags[i % 2]);
		set_state(scene, scene->va, r->state);
		protect(scene, scene->va, scene->block, r->to);
		assert_leaf(scene, scene->va, i % 2 ? 3 : 2, r->want | type);
		unmap(scene);
	}
}

static void protect_keeps_what_hardware_wrote(void **state)
{
	(void)state;
	over_granules(protect_leaves);
}

/* The rest of the block becomes pages as it is; the part gets new attributes on its way. */
static void protect_part(struct scene *scene)
{
	for (size_t i = 0; i < RELABELS; i++) {
		const struct relabel *r = &relabels[i];
		hypmmu_desc before;

		map(scene, r->from, 0);
		set_state(scene, scene->va, r->state);
		before = (*slot_of(scene, scene->va) & ~scene->va) | PAGE;
		protect(scene, scene->va + 2 * scene->page, 3 * scene->page, r->to);
		for (uint64_t p = 0; p < 7; p++)
			assert_leaf(scene, scene->va + p * scene->page, 3,
				    p >= 2 && p < 5 ? r->want | PAGE : before);
		unmap(scene);
	}
}

static void protect_of_a_part_keeps_what_hardware_wrote_to_the_whole(void **state)
{
	(void)state;
	over_granules(protect_part);
}

static void map_again(struct scene *scene)
{
	map(scene, DATA_DBM, HYPMMU_PAGES_ONLY);
	set_state(scene, scene->va, 0);
	set_state(scene, scene->va + scene->page, AF);

	map(scene, DATA_DBM, 0);
	protect(scene, scene->va, scene->block, DATA_DBM);

	assert_leaf(scene, scene->va, 3, DIRTY | PAGE);
	assert_leaf(scene, scene->va + scene->page, 3, DIRTY | AF | PAGE);
	assert_leaf(scene, scene->va + 2 * scene->page, 3, CLEAN | AF | PAGE);
	unmap(scene);
}

static void what_is_mapped_so_already_is_left_as_it_is(void **state)
{
	(void)state;
	over_granules(map_again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_merged_leaf_is_accessed_and_dirty_if_one_part_was),
		cmocka_unit_test(state_goes_up_through_two_levels_of_tables),
		cmocka_unit_test(the_parts_of_a_split_leaf_have_its_state),
		cmocka_unit_test(protect_keeps_what_hardware_wrote),
		cmocka_unit_test(protect_of_a_part_keeps_what_hardware_wrote_to_the_whole),
		cmocka_unit_test(what_is_mapped_so_already_is_left_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
