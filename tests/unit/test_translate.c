/* SPDX-License-Identifier: BSD-2-Clause */
/* hypmmu_translate() of tables that the library built, over granules, regimes, sizes, byte
 * orders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <hypmmu/hypmmu.h>
#include <string.h>

#define HW_ALL	    0x1fffu
#define PAGES	    16
#define TABLE_BYTES (PAGES << 16)
#define CODE_PA	    0x200000

static _Alignas(1 << 16) unsigned char memory[TABLE_BYTES];

struct fixture {
	struct hypmmu_pool pool;
	struct hypmmu mmu;
	uint64_t page;
	hypmmu_va first, last_page;
	hypmmu_pa last_pa, device_pa;
};

static hypmmu_pa window_pa(const struct fixture *f)
{
	return f->pool.pages.window_pa;
}

static hypmmu_pa to_pa(void *ctx, const void *table)
{
	return window_pa(ctx) + (hypmmu_pa)((const unsigned char *)table - memory);
}

static hypmmu_desc *root_of(const struct fixture *f)
{
	return (hypmmu_desc *)(void *)(memory + (f->mmu.root - window_pa(f)));
}

static void *to_ptr(void *ctx, hypmmu_pa pa)
{
	const struct fixture *f = ctx;

	if (pa < window_pa(f) || pa - window_pa(f) >= TABLE_BYTES || pa % f->page)
		return NULL;
	return memory + (pa - window_pa(f));
}

/* A page of code first, a Device page fifth, a page of data last. Tables end at the last but one
 * granule below the top of physical memory, so that they need every address bit. */
static void set_up(struct fixture *f, const struct hypmmu_config *cfg)
{
	hypmmu_pa top = UINT64_C(1) << cfg->pa_bits;

	f->page = UINT64_C(1) << cfg->granule;
	f->first = cfg->regime == HYPMMU_EL2_0_UPPER ? ~UINT64_C(0) << cfg->va_bits : 0;
	f->last_page = f->first + ((UINT64_C(1) << cfg->va_bits) - f->page);
	f->last_pa = top - f->page;
	f->device_pa = top / 2;
	assert_int_equal(hypmmu_pool_init(&f->pool, cfg->granule, memory, top - 2 * TABLE_BYTES,
					  TABLE_BYTES),
			 0);
	assert_int_equal(hypmmu_init(&f->mmu, cfg, &f->pool.pages), 0);
	assert_int_equal(hypmmu_map(&f->mmu, &(struct hypmmu_change){.va = f->first,
								     .pa = CODE_PA,
								     .size = f->page,
								     .attr = HYPMMU_CODE}),
			 0);
	assert_int_equal(hypmmu_map(&f->mmu, &(struct hypmmu_change){.va = f->first + 4 * f->page,
								     .pa = f->device_pa,
								     .size = f->page,
								     .attr = HYPMMU_MMIO}),
			 0);
	assert_int_equal(hypmmu_map(&f->mmu, &(struct hypmmu_change){.va = f->last_page,
								     .pa = f->last_pa,
								     .size = f->page,
								     .attr = HYPMMU_DATA}),
			 0);
}

static void assert_page(const struct fixture *f, hypmmu_va va, hypmmu_pa pa, unsigned allowed,
			unsigned mair, unsigned sh)
{
	struct hypmmu_translation t;

	memset(&t, 0xa5, sizeof(t));
	assert_true(hypmmu_translate(&f->mmu, va, HYPMMU_READ, &t));
	assert_int_equal(t.fault, HYPMMU_FAULT_NONE);
	assert_int_equal(t.pa, pa);
	assert_int_equal(t.level, 3);
	assert_int_equal(t.size, f->page);
	assert_int_equal(t.allowed, allowed);
	assert_int_equal(t.mair, mair);
	assert_int_equal(t.sh, sh);
}

static void assert_hole(const struct fixture *f, hypmmu_va va, int level, uint64_t size)
{
	struct hypmmu_translation t;

	memset(&t, 0xa5, sizeof(t));
	assert_false(hypmmu_translate(&f->mmu, va, HYPMMU_READ, &t));
	assert_int_equal(t.fault, HYPMMU_FAULT_TRANSLATION);
	assert_int_equal(t.level, level);
	assert_int_equal(t.size, size);
	assert_int_equal(t.allowed, 0);
}

static void assert_space(const struct fixture *f)
{
	struct hypmmu_translation t;

	assert_page(f, f->first, CODE_PA, 0x05, 0xff, 3);
	assert_page(f, f->first + f->page - 1, CODE_PA + f->page - 1, 0x05, 0xff, 3);
	assert_page(f, f->first + 4 * f->page + 8, f->device_pa + 8, 0x03, 0x04, 2);
	assert_page(f, f->last_page + 0x123, f->last_pa + 0x123, 0x03, 0xff, 3);
	assert_page(f, f->last_page + f->page - 1, f->last_pa + f->page - 1, 0x03, 0xff, 3);
	assert_hole(f, f->first + f->page, 3, f->page);
	assert_hole(f, f->last_page - 1, 3, f->page);
	assert_hole(f, f->first - 1, 0, 0); /* the upper half begins, or the lower has ended */
	assert_false(hypmmu_translate(&f->mmu, f->first, HYPMMU_WRITE, &t));
	assert_int_equal(t.fsc, 0x0f); /* permission, level 3 */
	assert_false(hypmmu_translate(&f->mmu, f->last_page, HYPMMU_FETCH, &t));
	assert_int_equal(t.fsc, 0x0f);
}

/* With all that a CPU can have, where each is legal; and with nothing, where that will do. Returns
 * how many that were. */
static unsigned check_both(struct hypmmu_config cfg, void (*check)(const struct hypmmu_config *cfg))
{
	cfg.hw = HW_ALL;
	assert_int_equal(hypmmu_config_check(&cfg), 0);
	check(&cfg);
	cfg.hw = 0;
	if (hypmmu_config_check(&cfg))
		return 1;
	check(&cfg);
	return 2;
}

/* Every size of the virtual address space that has room for eight pages. */
static void for_each_config(void (*check)(const struct hypmmu_config *cfg))
{
	static const uint8_t granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};
	static const uint8_t pa_sizes[] = {32, 36, 40, 42, 44, 48, 52};
	unsigned count = 0;

	for (unsigned i = 0; i < 3 * 3 * 7 * 2; i++) {
		struct hypmmu_config cfg = {
			.granule = (enum hypmmu_granule)granules[i % 3],
			.regime = (enum hypmmu_regime)(i / 3 % 3 + HYPMMU_EL2),
			.pa_bits = pa_sizes[i / 9 % 7],
			.use = i / 63 ? HYPMMU_USE_BIG_ENDIAN : 0,
		};
		uint8_t least = (uint8_t)(granules[i % 3] + 3);

		for (cfg.va_bits = least > 16 ? least : 16; cfg.va_bits <= 52; cfg.va_bits++)
			count += check_both(cfg, check);
	}
	print_message("%u configurations\n", count);
}

static void check_window(const struct hypmmu_config *cfg)
{
	struct fixture f;

	set_up(&f, cfg);
	assert_space(&f);
}

static void finds_what_was_mapped_in_every_configuration(void **state)
{
	(void)state;
	for_each_config(check_window);
}

static void check_callbacks(const struct hypmmu_config *cfg)
{
	struct hypmmu_pages pages = {.to_pa = to_pa, .to_ptr = to_ptr};
	struct fixture f;

	set_up(&f, cfg);
	pages.ctx = &f;
	f.mmu.pages = pages;
	assert_space(&f);
}

static void reads_tables_through_callbacks_too(void **state)
{
	(void)state;
	for_each_config(check_callbacks);
}

/* The address with another top byte than the canonical one. */
static hypmmu_va with_tag(hypmmu_va va, unsigned flip)
{
	return va ^ (hypmmu_va)flip << 56;
}

static void check_tags(const struct hypmmu_config *plain)
{
	struct hypmmu_config cfg = *plain;
	struct hypmmu_leaf leaf;
	struct fixture f;

	set_up(&f, &cfg);
	for (unsigned flip = 1; flip < 256; flip = 3 * flip + 1) {
		assert_hole(&f, with_tag(f.first, flip), 0, 0);
		assert_hole(&f, with_tag(f.last_page, flip), 0, 0);
	}
	cfg.use |= HYPMMU_USE_TBI;
	set_up(&f, &cfg);
	assert_space(&f);
	for (unsigned flip = 1; flip < 256; flip = 3 * flip + 1) {
		assert_page(&f, with_tag(f.first, flip), CODE_PA, 0x05, 0xff, 3);
		assert_page(&f, with_tag(f.last_page + 1, flip), f.last_pa + 1, 0x03, 0xff, 3);
		assert_hole(&f, with_tag(f.last_page - 1, flip), 3, f.page);
		assert_int_equal(hypmmu_query(&f.mmu, with_tag(f.first, flip), &leaf),
				 HYPMMU_ERR_RANGE);
	}
}

static void ignores_tags_with_tbi_alone(void **state)
{
	(void)state;
	for_each_config(check_tags);
}

/* A 39-bit space of 4K pages, bits of the first descriptor of its root flipped. */
static void set_up_corrupt(struct fixture *f, uint64_t bits)
{
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 39, .pa_bits = 40};

	set_up(f, &cfg);
	root_of(f)[0] ^= bits;
}

static void a_table_outside_the_page_source_is_an_external_abort(void **state)
{
	struct hypmmu_translation t;
	struct fixture f;

	(void)state;
	set_up_corrupt(&f, 0x40000000);
	assert_false(hypmmu_translate(&f.mmu, f.first, HYPMMU_READ, &t));
	assert_int_equal(t.fault, HYPMMU_FAULT_EXTERNAL);
	assert_int_equal(t.level, 2);
	assert_int_equal(t.fsc, 0x16);
	f.mmu.pages.window = NULL;
	f.mmu.pages.to_ptr = to_ptr;
	f.mmu.pages.ctx = &f;
	assert_false(hypmmu_translate(&f.mmu, f.first, HYPMMU_READ, &t));
	assert_int_equal(t.fault, HYPMMU_FAULT_EXTERNAL);
}

static void an_nt_block_faults(void **state)
{
	struct hypmmu_translation t;
	struct fixture f;

	(void)state;
	set_up_corrupt(&f, 0);
	assert_int_equal(hypmmu_map(&f.mmu, &(struct hypmmu_change){.va = 0x40000000,
								    .pa = 0x80000000,
								    .size = 0x40000000,
								    .attr = HYPMMU_DATA}),
			 0);
	assert_true(hypmmu_translate(&f.mmu, 0x40000000, HYPMMU_READ, &t));
	assert_int_equal(t.size, 0x40000000);
	root_of(&f)[1] |= 1 << 16;
	assert_false(hypmmu_translate(&f.mmu, 0x40000000, HYPMMU_READ, &t));
	assert_int_equal(t.fsc, 0x05);
}

static void hw_and_use_decide_what_descriptors_mean(void **state)
{
	struct hypmmu_config cfg = {.granule = HYPMMU_4K,
				    .regime = HYPMMU_EL2,
				    .va_bits = 39,
				    .pa_bits = 40,
				    .hw = HYPMMU_HW_HPD | HYPMMU_HW_HAFDBS,
				    .use = HYPMMU_USE_HAFDBS};
	struct hypmmu_translation t;
	struct fixture f;

	(void)state;
	/* hierarchical attributes: APTable[1] above the page of data */
	set_up(&f, &cfg);
	root_of(&f)[511] |= UINT64_C(1) << 62;
	assert_true(hypmmu_translate(&f.mmu, f.last_page, HYPMMU_WRITE, &t));
	/* dirty state: what hardware may make writable is writable */
	assert_int_equal(
		hypmmu_map(&f.mmu, &(struct hypmmu_change){.va = f.page,
							   .pa = f.page,
							   .size = f.page,
							   .attr = HYPMMU_DATA | HYPMMU_DBM}),
		0);
	assert_true(hypmmu_translate(&f.mmu, f.page, HYPMMU_WRITE, &t));
	assert_int_not_equal(t.desc & UINT64_C(1) << 51, 0);
	assert_int_not_equal(t.desc & 1 << 7, 0);

	cfg.hw = cfg.use = 0;
	set_up(&f, &cfg);
	root_of(&f)[511] |= UINT64_C(1) << 62;
	assert_false(hypmmu_translate(&f.mmu, f.last_page, HYPMMU_WRITE, &t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_mapped_in_every_configuration),
		cmocka_unit_test(reads_tables_through_callbacks_too),
		cmocka_unit_test(ignores_tags_with_tbi_alone),
		cmocka_unit_test(a_table_outside_the_page_source_is_an_external_abort),
		cmocka_unit_test(an_nt_block_faults),
		cmocka_unit_test(hw_and_use_decide_what_descriptors_mean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
