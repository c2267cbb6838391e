/* SPDX-License-Identifier: BSD-2-Clause */
/* Page sources that do not keep their word: a page given twice, answers that change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <hypmmu/hypmmu.h>
#include <string.h>

#define PAGES	 8
#define PAGE	 0x1000
#define PA	 UINT64_C(0x40000000)
#define WRONG_PA 0x9000 /* something else is mapped there */

static _Alignas(PAGE) unsigned char memory[PAGES * PAGE];

struct source {
	unsigned order[PAGES]; /* the pages that alloc gives, one after the other */
	unsigned allocs, frees, lookups;
	unsigned blind_at; /* the lookup that finds nothing; 0: none */
};

static void *give(void *ctx)
{
	struct source *source = ctx;

	assert_true(source->allocs < PAGES);
	return memory + PAGE * source->order[source->allocs++];
}

static void take_back(void *ctx, void *table)
{
	struct source *source = ctx;

	assert_non_null(table);
	source->frees++;
}

static hypmmu_pa to_pa(void *ctx, const void *table)
{
	(void)ctx;
	return PA + (hypmmu_pa)((const unsigned char *)table - memory);
}

static void *to_ptr(void *ctx, hypmmu_pa pa)
{
	struct source *source = ctx;

	if (++source->lookups == source->blind_at || pa - PA >= sizeof(memory) || pa % PAGE)
		return NULL;
	return memory + (pa - PA);
}

static const struct hypmmu_config cfg = {
	.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 39, .pa_bits = 40};

static void begin(struct source *source, struct hypmmu *mmu)
{
	const struct hypmmu_pages pages = {
		.alloc = give, .free = take_back, .to_pa = to_pa, .to_ptr = to_ptr, .ctx = source};

	assert_int_equal(hypmmu_init(mmu, &cfg, &pages), 0);
}

static const struct hypmmu_change one_page = {
	.va = 0x1000, .pa = 0x1000, .size = PAGE, .attr = HYPMMU_DATA};

/* Two tables are needed, and the source has one. */
static void a_page_that_is_given_twice_in_one_change_is_pages(void **state)
{
	struct source source = {.order = {0, 1, 1, 2, 3}};
	static unsigned char before[PAGE];
	struct hypmmu_report report;
	struct hypmmu mmu;

	(void)state;
	begin(&source, &mmu);
	memcpy(before, memory, PAGE);

	assert_int_equal(hypmmu_apply(&mmu, &one_page, 1, &report), HYPMMU_ERR_PAGES);

	assert_int_equal(report.tables, 0);
	assert_int_equal(source.frees, 1); /* it is one page */
	assert_memory_equal(memory, before, PAGE);
	assert_int_equal(mmu.tables, 1);
	assert_int_equal(hypmmu_apply(&mmu, &one_page, 1, &report), 0);
	assert_int_equal(report.tables, 2);
	assert_int_equal(hypmmu_check(&mmu, NULL), 0);
}

static void pages_that_come_in_a_ring_are_pages(void **state)
{
	const struct hypmmu_change two[] = {one_page,
					    {.va = 0x40000000, .size = PAGE, .attr = HYPMMU_DATA}};
	struct source source = {.order = {0, 1, 2, 3, 1}};
	struct hypmmu mmu;

	(void)state;
	begin(&source, &mmu);

	assert_int_equal(hypmmu_apply(&mmu, two, 2, NULL), HYPMMU_ERR_PAGES);
	assert_int_equal(source.allocs, 5);
	assert_int_equal(mmu.tables, 1);
	assert_int_equal(hypmmu_check(&mmu, NULL), 0);
}

/* Three pages of one table and a block; then one call, in which the k-th lookup finds nothing. Was
 * there such a lookup? */
static bool goes_blind(const struct hypmmu_change *change, unsigned k, unsigned *errors)
{
	struct source source = {.order = {0, 1, 2, 3, 4, 5, 6, 7}};
	const struct hypmmu_change maps[] = {
		{.va = 0x1000, .pa = 0x1000, .size = 0x3000, .attr = HYPMMU_DATA},
		{.va = 0x200000, .pa = 0x200000, .size = 0x200000, .attr = HYPMMU_DATA},
	};
	struct hypmmu_report report;
	struct hypmmu mmu;
	int err;

	begin(&source, &mmu);
	assert_int_equal(hypmmu_apply(&mmu, maps, 2, NULL), 0);
	source.lookups = 0;
	source.blind_at = k;

	err = hypmmu_apply(&mmu, change, 1, &report);

	assert_true(err == 0 || err == HYPMMU_ERR_CORRUPT || err == HYPMMU_ERR_PAGES ||
		    (err == HYPMMU_ERR_CONFLICT && change->pa == WRONG_PA));
	assert_false(mmu.busy);
	*errors += err != 0;
	return source.lookups >= k;
}

static void a_table_that_is_lost_in_any_lookup_ends_the_call(void **state)
{
	static const struct hypmmu_change changes[] = {
		{.va = 0x5000, .pa = 0x5000, .size = 0x2000, .attr = HYPMMU_DATA},
		{.va = 0x5000, .pa = 0x5000, .size = 0x1000, .attr = HYPMMU_DATA},
		{.va = 0x400000, .pa = 0x7000, .size = 0x2000, .attr = HYPMMU_DATA},
		{.va = 0x40000000, .pa = 0x7000, .size = 0x2000, .attr = HYPMMU_DATA},
		{.va = 0x1000, .pa = WRONG_PA, .size = 0x2000, .attr = HYPMMU_DATA},
		{.op = HYPMMU_UNMAP, .va = 0x1000, .size = 0x3000},
		{.op = HYPMMU_UNMAP, .va = 0, .size = 0x40000000, .flags = HYPMMU_SKIP_HOLES},
		{.op = HYPMMU_PROTECT, .va = 0x201000, .size = 0x1000, .attr = HYPMMU_CODE},
		{.op = HYPMMU_SPLIT, .va = 0x200000, .size = 0x200000, .flags = HYPMMU_PAGES_ONLY},
		{.op = HYPMMU_MERGE, .va = 0, .size = 0x40000000},
	};

	unsigned k, errors = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		for (k = 1; goes_blind(&changes[i], k, &errors); k++)
			;
		assert_in_range(k, 4, 100);
	}
	assert_in_range(errors, 8, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_that_is_given_twice_in_one_change_is_pages),
		cmocka_unit_test(pages_that_come_in_a_ring_are_pages),
		cmocka_unit_test(a_table_that_is_lost_in_any_lookup_ends_the_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
