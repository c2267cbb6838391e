/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables that are nearly right: what hypmmu_check() says of one bit, and what a change does then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <hypmmu/hypmmu.h>
#include <string.h>

#define PAGES		8
#define PAGE		0x1000
#define ROOT_PA		UINT64_C(0x40000000)
#define FAR_PA		(UINT64_C(1) << 37) /* all pages but the first */
#define SLOTS		512
#define BITS_OF_ADDRESS UINT64_C(0x0000fffffffff000)

static _Alignas(PAGE) hypmmu_desc memory[PAGES][SLOTS];
static hypmmu_desc *root, *middle, *last; /* tables at levels 1, 2, 3 */
static unsigned given;

static void *give(void *ctx)
{
	(void)ctx;
	return given < PAGES ? memory[given++] : NULL;
}

static void take_back(void *ctx, void *table)
{
	(void)ctx;
	assert_non_null(table);
}

static hypmmu_pa to_pa(void *ctx, const void *table)
{
	size_t offset = (size_t)((const unsigned char *)table - (const unsigned char *)memory);

	(void)ctx;
	return (offset < PAGE ? ROOT_PA : FAR_PA) + offset;
}

/* Knows every byte of a page, not only its first. */
static void *to_ptr(void *ctx, hypmmu_pa pa)
{
	(void)ctx;
	if (pa - ROOT_PA < PAGE)
		return (unsigned char *)memory + (pa - ROOT_PA);
	if (pa - FAR_PA - PAGE < (PAGES - 1) * PAGE)
		return (unsigned char *)memory + (pa - FAR_PA);
	return NULL;
}

static void *to_page(void *ctx, hypmmu_pa pa)
{
	return to_ptr(ctx, pa & ~(hypmmu_pa)(PAGE - 1));
}

static const struct hypmmu_config cfg = {
	.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 39, .pa_bits = 40};
static const struct hypmmu_pages pages = {
	.alloc = give, .free = take_back, .to_pa = to_pa, .to_ptr = to_ptr};

static hypmmu_desc *table_of(hypmmu_desc desc)
{
	hypmmu_desc *table = to_ptr(NULL, desc & BITS_OF_ADDRESS);

	assert_int_equal(desc & ~BITS_OF_ADDRESS, 3);
	assert_non_null(table);
	return table;
}

/* One table at each level, each below the first slot of the one above; the second page of the space
 * is mapped. */
static void begin(struct hypmmu *mmu)
{
	const struct hypmmu_change map = {
		.va = PAGE, .pa = 0x80000000, .size = PAGE, .attr = HYPMMU_DATA};

	given = 0;
	assert_int_equal(hypmmu_init(mmu, &cfg, &pages), 0);
	assert_int_equal(hypmmu_map(mmu, &map), 0);
	assert_int_equal(mmu->tables, 3);
	root = memory[0];
	middle = table_of(root[0]);
	last = table_of(middle[0]);
	assert_int_equal(hypmmu_check(mmu, NULL), 0);
}

static void assert_corrupt_at(const struct hypmmu *mmu, hypmmu_va va, hypmmu_desc desc, int level)
{
	struct hypmmu_report report;

	memset(&report, 0x5a, sizeof(report));
	assert_int_equal(hypmmu_check(mmu, &report), HYPMMU_ERR_CORRUPT);
	assert_int_equal(report.va, va);
	assert_int_equal(report.desc, desc);
	assert_int_equal(report.level, level);
	assert_int_equal(report.tables | report.freed | report.leaves | report.breaks, 0);
}

/* Attributes that tables hand down, software bits, reserved ones: ours have none. */
static void a_table_descriptor_has_an_address_and_nothing_else(void **state)
{
	struct hypmmu mmu;

	(void)state;
	begin(&mmu);
	for (unsigned bit = 2; bit < 64; bit++) {
		hypmmu_desc flipped = root[0] ^ UINT64_C(1) << bit;

		if (BITS_OF_ADDRESS >> bit & 1)
			continue;
		root[0] = flipped;
		assert_corrupt_at(&mmu, 0, flipped, 1);
		root[0] = flipped ^ UINT64_C(1) << bit;
	}
	assert_int_equal(hypmmu_check(&mmu, NULL), 0);
}

static void a_table_above_the_physical_addresses_is_corrupt(void **state)
{
	struct hypmmu_config smaller = cfg;
	struct hypmmu mmu, other;

	(void)state;
	begin(&mmu);
	smaller.pa_bits = 36;

	assert_int_equal(hypmmu_adopt(&other, &smaller, &pages, mmu.root, 3), HYPMMU_ERR_CORRUPT);
	assert_int_equal(hypmmu_adopt(&other, &cfg, &pages, mmu.root, 3), 0);
}

static void a_table_that_is_no_page_is_corrupt(void **state)
{
	struct hypmmu mmu;

	(void)state;
	begin(&mmu);
	middle[0] += PAGES * PAGE;
	assert_corrupt_at(&mmu, 0, middle[0], 2);
}

static void a_root_within_a_page_is_corrupt(void **state)
{
	struct hypmmu_pages rounding = pages;
	struct hypmmu mmu, other;

	(void)state;
	begin(&mmu);
	rounding.to_ptr = to_page;

	assert_int_equal(hypmmu_adopt(&other, &cfg, &pages, mmu.root + 8, 3), HYPMMU_ERR_CORRUPT);
	assert_int_equal(hypmmu_adopt(&other, &cfg, &rounding, mmu.root + 8, 3),
			 HYPMMU_ERR_CORRUPT);
	assert_int_equal(hypmmu_adopt(&other, &cfg, &rounding, mmu.root, 3), 0);
}

static const struct hypmmu_change over_the_page[] = {
	{.op = HYPMMU_MAP, .va = PAGE, .pa = PAGE, .size = PAGE, .attr = HYPMMU_DATA},
	{.op = HYPMMU_MAP, .va = 0, .pa = 0, .size = 4 * PAGE, .attr = HYPMMU_DATA},
	{.op = HYPMMU_UNMAP, .va = PAGE, .size = PAGE},
	{.op = HYPMMU_UNMAP, .va = 0, .size = 0x40000000, .flags = HYPMMU_SKIP_HOLES},
	{.op = HYPMMU_PROTECT, .va = PAGE, .size = PAGE, .attr = HYPMMU_CODE},
	{.op = HYPMMU_SPLIT, .va = 0, .size = 0x200000, .flags = HYPMMU_PAGES_ONLY},
	{.op = HYPMMU_MERGE, .va = 0, .size = 0x40000000},
};

static void assert_refused(struct hypmmu *mmu, hypmmu_va va, hypmmu_desc desc, int level)
{
	static hypmmu_desc before[PAGES][SLOTS];
	struct hypmmu_report report;

	memcpy(before, memory, sizeof(memory));
	for (size_t i = 0; i < sizeof(over_the_page) / sizeof(over_the_page[0]); i++) {
		assert_int_equal(hypmmu_apply(mmu, &over_the_page[i], 1, &report),
				 HYPMMU_ERR_CORRUPT);
		assert_int_equal(report.va, va);
		assert_int_equal(report.desc, desc);
		assert_int_equal(report.level, level);
		assert_memory_equal(memory, before, sizeof(memory));
		assert_int_equal(mmu->tables, 3);
	}
}

/* A block at level 3. */
static void no_change_touches_a_reserved_descriptor(void **state)
{
	struct hypmmu_leaf leaf;
	struct hypmmu mmu;

	(void)state;
	begin(&mmu);
	last[1] &= ~UINT64_C(2);

	assert_refused(&mmu, PAGE, last[1], 3);
	assert_int_equal(hypmmu_query(&mmu, PAGE, &leaf), HYPMMU_ERR_CORRUPT);
	assert_int_equal(leaf.va, PAGE);
	assert_int_equal(leaf.size, PAGE);
	assert_int_equal(leaf.desc, last[1]);
	assert_int_equal(leaf.pa | leaf.attr, 0);
}

static void no_change_goes_through_a_table_that_is_no_page(void **state)
{
	struct hypmmu mmu;

	(void)state;
	begin(&mmu);
	middle[0] += PAGES * PAGE;
	for (size_t i = 0; i < sizeof(over_the_page) / sizeof(over_the_page[0]); i++)
		assert_int_equal(hypmmu_apply(&mmu, &over_the_page[i], 1, NULL),
				 HYPMMU_ERR_CORRUPT);
	assert_int_equal(mmu.tables, 3);
}

static void no_change_enters_more_tables_than_there_are(void **state)
{
	struct hypmmu mmu;

	(void)state;
	begin(&mmu);
	mmu.tables = 1;
	for (size_t i = 1; i < sizeof(over_the_page) / sizeof(over_the_page[0]); i++)
		assert_int_equal(hypmmu_plan(&mmu, &over_the_page[i], 1, NULL), HYPMMU_ERR_CORRUPT);
}

static void what_is_out_of_range_or_out_of_reach_has_no_leaf(void **state)
{
	struct hypmmu_leaf leaf, next = {.size = 0};
	struct hypmmu mmu;

	(void)state;
	begin(&mmu);
	memset(&leaf, 0x5a, sizeof(leaf));
	assert_int_equal(hypmmu_query(&mmu, UINT64_C(1) << 39, &leaf), HYPMMU_ERR_RANGE);
	assert_int_equal(leaf.va, UINT64_C(1) << 39);
	assert_int_equal(leaf.pa | leaf.size | leaf.attr | leaf.desc, 0);
	assert_int_equal(hypmmu_query(&mmu, UINT64_MAX, &leaf), HYPMMU_ERR_RANGE);

	mmu.root = 0x1000;
	memset(&leaf, 0x5a, sizeof(leaf));
	assert_int_equal(hypmmu_query(&mmu, PAGE, &leaf), HYPMMU_ERR_CORRUPT);
	assert_int_equal(leaf.va, PAGE);
	assert_int_equal(leaf.pa | leaf.size | leaf.attr | leaf.desc, 0);
	assert_false(hypmmu_next_leaf(&mmu, &next));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_descriptor_has_an_address_and_nothing_else),
		cmocka_unit_test(a_table_above_the_physical_addresses_is_corrupt),
		cmocka_unit_test(a_table_that_is_no_page_is_corrupt),
		cmocka_unit_test(a_root_within_a_page_is_corrupt),
		cmocka_unit_test(no_change_touches_a_reserved_descriptor),
		cmocka_unit_test(no_change_goes_through_a_table_that_is_no_page),
		cmocka_unit_test(no_change_enters_more_tables_than_there_are),
		cmocka_unit_test(what_is_out_of_range_or_out_of_reach_has_no_leaf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
