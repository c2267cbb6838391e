/* SPDX-License-Identifier: BSD-2-Clause */
/* Trees that the library would not have made: adopt() and check() see it, every call comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/subject.h"
#include <string.h>

#define ENOUGH 64 /* tables */

/* Bits of every format; the rest of a descriptor is in the comments where it is used. */
#define XN	 (UINT64_C(1) << 54) /* UXN of two privileges */
#define PXN	 (UINT64_C(1) << 53)
#define CONT	 (UINT64_C(1) << 52)
#define AP2	 (UINT64_C(1) << 7)
#define AF	 (UINT64_C(1) << 10)
#define ATTRINDX UINT64_C(0x1c)

/* The tables of a subject: the path to its first pages. */
struct path {
	hypmmu_pa table[5];
	unsigned n; /* the last is of pages */
};

static struct path path_of(struct subject *s)
{
	struct path path = {.n = 0};
	struct oracle oracle;
	hypmmu_pa table = s->mmu.root;

	oracle_init(&oracle, &s->cfg, s->mmu.root, arena_at, &s->arena);
	for (int level = oracle_start_level(&oracle); level <= 3; level++) {
		path.table[path.n++] = table;
		table = oracle_next_table(&oracle,
					  oracle_load(&oracle, arena_at(&s->arena, table, 8)));
	}
	return path;
}

static hypmmu_desc load(struct subject *s, hypmmu_pa table, unsigned slot)
{
	const unsigned char *bytes = arena_at(&s->arena, table + 8 * slot, 8);
	hypmmu_desc desc = 0;

	for (unsigned i = 0; i < 8; i++)
		desc = desc << 8 | bytes[s->cfg.use & HYPMMU_USE_BIG_ENDIAN ? i : 7 - i];
	return desc;
}

static void store(struct subject *s, hypmmu_pa table, unsigned slot, hypmmu_desc desc)
{
	unsigned char *bytes = arena_poke(&s->arena, table + 8 * slot);

	for (unsigned i = 0; i < 8; i++)
		bytes[s->cfg.use & HYPMMU_USE_BIG_ENDIAN ? 7 - i : i] =
			(unsigned char)(desc >> 8 * i);
}

/* adopt() and check() say so and change nothing; what reads or changes comes back. */
static void assert_corrupt(struct subject *s)
{
	static const struct hypmmu zero;
	struct hypmmu other;
	struct hypmmu_report report;
	struct hypmmu_leaf leaf = {.size = 0};

	subject_save(s);
	memset(&other, 0x5a, sizeof other);
	assert_int_equal(hypmmu_check(&s->mmu, &report), HYPMMU_ERR_CORRUPT);
	assert_int_equal(hypmmu_check(&s->mmu, NULL), HYPMMU_ERR_CORRUPT);
	assert_int_equal(hypmmu_adopt(&other, &s->cfg, &s->arena.pages, s->mmu.root, ENOUGH),
			 HYPMMU_ERR_CORRUPT);
	assert_memory_equal(&other, &zero, sizeof zero);
	for (unsigned i = 0; i < 100000 && hypmmu_next_leaf(&s->mmu, &leaf); i++)
		;
	subject_assert_untouched(s);
}

/* Every subject is spoilt by each of the functions. */
static void with_each_subject(void (*spoil)(struct subject *s, const struct path *path))
{
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct subject s;
		struct path path;

		subject_init(&s, &subject_configs[i]);
		assert_int_equal(hypmmu_check(&s.mmu, NULL), HYPMMU_OK);
		path = path_of(&s);
		spoil(&s, &path);
		arena_destroy(&s.arena);
	}
}

static void spoil_slot(struct subject *s, hypmmu_pa table, unsigned slot, hypmmu_desc desc)
{
	hypmmu_desc before = load(s, table, slot);

	store(s, table, slot, desc);
	assert_corrupt(s);
	store(s, table, slot, before);
	assert_int_equal(hypmmu_check(&s->mmu, NULL), HYPMMU_OK);
}

static void point_elsewhere(struct subject *s, const struct path *path)
{
	hypmmu_desc good = load(s, path->table[0], 0);
	uint64_t span = s->arena.capacity * s->page;

	for (unsigned i = 0; i + 1 < path->n; i++) {
		good = load(s, path->table[i], 0);
		spoil_slot(s, path->table[i], 0, good + span);
		spoil_slot(s, path->table[i], 0, good & ~UINT64_C(0xffffff0000));
		spoil_slot(s, path->table[i], 5, 3);
	}
}

static void a_table_that_is_no_page_is_corrupt(void **state)
{
	(void)state;
	with_each_subject(point_elsewhere);
}

/* A page of the source that is free. */
static void point_to_free(struct subject *s, const struct path *path)
{
	void *page = s->arena.pages.alloc(&s->arena);
	hypmmu_pa pa = s->arena.pages.to_pa(&s->arena, page);
	hypmmu_desc desc = load(s, path->table[path->n - 2], 0);

	s->arena.pages.free(&s->arena, page);
	spoil_slot(s, path->table[path->n - 2], 0, desc - path->table[path->n - 1] + pa);
}

static void a_table_that_is_a_free_page_is_corrupt(void **state)
{
	(void)state;
	with_each_subject(point_to_free);
}

static void point_to_itself(struct subject *s, const struct path *path)
{
	for (unsigned i = 0; i + 1 < path->n; i++) {
		hypmmu_desc next = load(s, path->table[i], 0);

		spoil_slot(s, path->table[i], 5, next - path->table[i + 1] + path->table[i]);
	}
}

static void a_table_that_points_to_itself_is_corrupt(void **state)
{
	(void)state;
	with_each_subject(point_to_itself);
}

/* As many walks as there are paths: with 512 slots and four levels nobody would come back. */
static void fill_with_next(struct subject *s, const struct path *path)
{
	for (unsigned i = 0; i + 1 < path->n; i++) {
		hypmmu_desc next = load(s, path->table[i], 0);

		for (unsigned slot = 0; slot < 64; slot++)
			store(s, path->table[i], slot, next);
	}
	for (unsigned slot = 4; slot < s->page / 8; slot++)
		store(s, path->table[path->n - 1], slot,
		      load(s, path->table[path->n - 1], 0) + slot * s->page);
	assert_corrupt(s);
}

static void tables_whose_slots_all_point_to_the_next_are_corrupt(void **state)
{
	(void)state;
	with_each_subject(fill_with_next);
}

static void share(struct subject *s, const struct path *path)
{
	for (unsigned i = 0; i + 1 < path->n; i++)
		spoil_slot(s, path->table[i], 5, load(s, path->table[i], 0));
}

static void a_table_that_is_reached_twice_is_corrupt(void **state)
{
	(void)state;
	with_each_subject(share);
}

static void reserve(struct subject *s, const struct path *path)
{
	hypmmu_desc page = load(s, path->table[path->n - 1], 0);

	spoil_slot(s, path->table[path->n - 1], 0, page & ~UINT64_C(2)); /* a block at level 3 */
	for (unsigned i = 0; i + 2 < path->n;
	     i++) { /* too high for a block, or too low for its OA */
		hypmmu_desc next = load(s, path->table[i], 0);

		spoil_slot(s, path->table[i], 5, next & ~UINT64_C(2));
	}
}

static void a_reserved_encoding_is_corrupt(void **state)
{
	(void)state;
	with_each_subject(reserve);
}

static void forbid(struct subject *s, const struct path *path)
{
	hypmmu_pa pages = path->table[path->n - 1];
	hypmmu_desc page = load(s, pages, 0), executable = page & ~(XN | PXN);

	spoil_slot(s, pages, 0, executable);				     /* W with X */
	spoil_slot(s, pages, 0, ((executable | AP2) & ~ATTRINDX) | 4u << 2); /* X on Device */
	spoil_slot(s, pages, 0, ((executable | AP2) & ~ATTRINDX) | 7u << 2);
}

static void a_leaf_that_no_attribute_word_means_is_corrupt(void **state)
{
	(void)state;
	with_each_subject(forbid);
}

static void lie_about_addresses(struct subject *s, const struct path *path)
{
	hypmmu_desc page = load(s, path->table[path->n - 1], 0);
	hypmmu_desc block = load(s, path->table[path->n - 2], 1);

	if (s->cfg.pa_bits < 48)
		spoil_slot(s, path->table[path->n - 1], 0, page | UINT64_C(1) << s->cfg.pa_bits);
	spoil_slot(s, path->table[path->n - 2], 1, block | s->page << 1); /* not aligned to it */
}

static void an_output_address_that_is_none_is_corrupt(void **state)
{
	(void)state;
	with_each_subject(lie_about_addresses);
}

static void leave_rubbish(struct subject *s, const struct path *path)
{
	for (unsigned i = 0; i < path->n; i++) {
		spoil_slot(s, path->table[i], 6, load(s, path->table[i], 0) & ~UINT64_C(1));
		spoil_slot(s, path->table[i], 6, UINT64_C(1) << 63);
		spoil_slot(s, path->table[i], 6, 2);
	}
}

static void an_invalid_descriptor_that_is_not_0_is_corrupt(void **state)
{
	(void)state;
	with_each_subject(leave_rubbish);
}

static void empty(struct subject *s, const struct path *path)
{
	for (unsigned slot = 0; slot < 4; slot++)
		store(s, path->table[path->n - 1], slot, 0);
	assert_corrupt(s);
}

static void an_empty_table_is_corrupt(void **state)
{
	(void)state;
	with_each_subject(empty);
}

/* One leaf of a group on its own. */
static void break_group(struct subject *s, const struct path *path)
{
	hypmmu_desc page = load(s, path->table[path->n - 1], 1);

	spoil_slot(s, path->table[path->n - 1], 1, page | CONT);
}

static void a_contiguous_group_that_is_not_whole_is_corrupt(void **state)
{
	(void)state;
	with_each_subject(break_group);
}

/* Legal, though the library makes no such leaf: hardware has not accessed it yet. */
static void age(struct subject *s, const struct path *path)
{
	struct hypmmu_leaf leaf;
	struct hypmmu other;

	store(s, path->table[path->n - 1], 0, load(s, path->table[path->n - 1], 0) & ~AF);
	assert_int_equal(hypmmu_query(&s->mmu, s->base, &leaf), HYPMMU_OK);
	assert_false(leaf.accessed);
	assert_int_equal(hypmmu_adopt(&other, &s->cfg, &s->arena.pages, s->mmu.root, ENOUGH),
			 HYPMMU_OK);
}

static void a_leaf_without_the_access_flag_is_not(void **state)
{
	(void)state;
	with_each_subject(age);
}

static void adopt_good(struct subject *s, const struct path *path)
{
	static const struct hypmmu zero;
	struct hypmmu other;

	(void)path;
	for (size_t most = 0; most < s->mmu.tables; most++) {
		memset(&other, 0x5a, sizeof other);
		assert_int_equal(hypmmu_adopt(&other, &s->cfg, &s->arena.pages, s->mmu.root, most),
				 HYPMMU_ERR_CORRUPT);
		assert_memory_equal(&other, &zero, sizeof zero);
	}
	assert_int_equal(hypmmu_adopt(&other, &s->cfg, &s->arena.pages, s->mmu.root, s->mmu.tables),
			 HYPMMU_OK);
	assert_int_equal(other.tables, s->mmu.tables);
	assert_null(other.maint);
	subject_assert_untouched(s);
	assert_int_equal(hypmmu_destroy(&other), HYPMMU_OK);
	assert_int_equal(s->arena.live, 0);
}

static void adopt_takes_a_good_tree_of_at_most_so_many_tables(void **state)
{
	(void)state;
	with_each_subject(adopt_good);
}

static void lose_count(struct subject *s, const struct path *path)
{
	(void)path;
	s->mmu.tables++;
	assert_int_equal(hypmmu_check(&s->mmu, NULL), HYPMMU_ERR_CORRUPT);
	s->mmu.tables -= 2;
	assert_int_equal(hypmmu_check(&s->mmu, NULL), HYPMMU_ERR_CORRUPT);
}

static void a_wrong_count_of_tables_is_corrupt(void **state)
{
	(void)state;
	with_each_subject(lose_count);
}

/* Changes that have to go through a broken table are refused, and leave it as it is. */
static void change_broken(struct subject *s, const struct path *path)
{
	hypmmu_desc next = load(s, path->table[0], 0);
	struct hypmmu_change change = {
		.va = s->base + 8 * s->page, .pa = 0, .size = s->page, .attr = HYPMMU_DATA};

	store(s, path->table[0], 0, next + s->arena.capacity * s->page);
	subject_refuses(s, HYPMMU_ERR_CORRUPT, &change, 1);
	change.op = HYPMMU_UNMAP;
	subject_refuses(s, HYPMMU_ERR_CORRUPT, &change, 1);
}

static void a_change_through_a_broken_table_is_corrupt(void **state)
{
	(void)state;
	with_each_subject(change_broken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_that_is_no_page_is_corrupt),
		cmocka_unit_test(a_table_that_is_a_free_page_is_corrupt),
		cmocka_unit_test(a_table_that_points_to_itself_is_corrupt),
		cmocka_unit_test(tables_whose_slots_all_point_to_the_next_are_corrupt),
		cmocka_unit_test(a_table_that_is_reached_twice_is_corrupt),
		cmocka_unit_test(a_reserved_encoding_is_corrupt),
		cmocka_unit_test(a_leaf_that_no_attribute_word_means_is_corrupt),
		cmocka_unit_test(an_output_address_that_is_none_is_corrupt),
		cmocka_unit_test(an_invalid_descriptor_that_is_not_0_is_corrupt),
		cmocka_unit_test(an_empty_table_is_corrupt),
		cmocka_unit_test(a_contiguous_group_that_is_not_whole_is_corrupt),
		cmocka_unit_test(a_leaf_without_the_access_flag_is_not),
		cmocka_unit_test(adopt_takes_a_good_tree_of_at_most_so_many_tables),
		cmocka_unit_test(a_wrong_count_of_tables_is_corrupt),
		cmocka_unit_test(a_change_through_a_broken_table_is_corrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
