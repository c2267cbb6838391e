/* SPDX-License-Identifier: BSD-2-Clause */
/* TLBIs by range, against words put together by hand from the manual's layout of TLBI RVAE2IS: ASID
 * [63:48], TG [47:46] (1 4K, 2 16K, 3 64K), SCALE [45:44], NUM [43:39], TTL [38:37], BaseADDR
 * [36:0]; then random ranges against a decoder of that layout. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "maint.h"
#include "support/random.h"
#include <cmocka.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)

#define PAGES(n) ((n)*4 * KIB)
#define MOST	 (UINT64_C(1) << 21) /* granules of one TLBI */

static struct hypmmu_config config(enum hypmmu_granule granule, uint32_t hw)
{
	return (struct hypmmu_config){.granule = granule,
				      .regime = HYPMMU_EL2,
				      .va_bits = 48,
				      .pa_bits = 48,
				      .hw = hw | HYPMMU_HW_TLBIRANGE};
}

/* With TCR_EL2.DS, or 64K with 52 bits. */
static struct hypmmu_config wide(enum hypmmu_granule granule, uint32_t hw)
{
	struct hypmmu_config cfg =
		config(granule, hw | HYPMMU_HW_LPA | HYPMMU_HW_LPA2 | HYPMMU_HW_LVA);

	cfg.va_bits = 52;
	cfg.pa_bits = 52;
	return cfg;
}

static struct hypmmu_stale stale(hypmmu_va va, uint64_t size, int level)
{
	return (struct hypmmu_stale){.va = va, .size = size, .level = (int8_t)level};
}

static struct hm_tlbi tlbi[520];

static size_t tlbis_of(const struct hypmmu_config *cfg, const struct hypmmu_stale *range)
{
	struct hm_tlbis tlbis;
	size_t n = 0;

	hm_tlbis_init(&tlbis, cfg, range, 1);
	while (hm_tlbis_next(&tlbis, &tlbi[n]))
		assert_true(++n < sizeof(tlbi) / sizeof(tlbi[0]));
	return n;
}

/* The range takes this one TLBI. */
static void assert_one(const struct hypmmu_config *cfg, struct hypmmu_stale range,
		       enum hm_tlbi_op op, uint64_t operand)
{
	assert_int_equal(tlbis_of(cfg, &range), 1);
	assert_int_equal(tlbi[0].op, op);
	assert_int_equal(tlbi[0].operand, operand);
}

static void assert_pages(uint64_t pages, uint64_t operand)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, 0);

	assert_one(&cfg, stale(0x40200000, PAGES(pages), 3), HM_RVALE2, operand);
}

static void one_leaf_is_by_va(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, HYPMMU_HW_TTL),
			     ds = wide(HYPMMU_4K, HYPMMU_HW_TTL);

	(void)state;
	assert_one(&cfg, stale(0x40200000, PAGES(1), 3), HM_VALE2, 0x700000040200);
	assert_one(&cfg, stale(0x40200000, 2 * MIB, 2), HM_VALE2, 0x600000040200);
	assert_one(&cfg, stale(0x403ff000, PAGES(1), 2), HM_VALE2, 0x600000040200);
	assert_one(&ds, stale(0x12345000, PAGES(1), 3), HM_VALE2, 0x700000012345);
}

static void length_is_the_smallest_that_suffices(void **state)
{
	(void)state;
	assert_pages(2, 0x400000040200);     /* (0 + 1) << 1 */
	assert_pages(3, 0x408000040200);     /* (1 + 1) << 1 */
	assert_pages(4, 0x408000040200);     /* the same */
	assert_pages(63, 0x4f8000040200);    /* (31 + 1) << 1 */
	assert_pages(64, 0x4f8000040200);    /* the same */
	assert_pages(65, 0x508000040200);    /* (1 + 1) << 6 */
	assert_pages(2048, 0x5f8000040200);  /* (31 + 1) << 6 */
	assert_pages(2049, 0x608000040200);  /* (1 + 1) << 11 */
	assert_pages(65536, 0x6f8000040200); /* (31 + 1) << 11 */
	assert_pages(65537, 0x708000040200); /* (1 + 1) << 16 */
	assert_pages(MOST, 0x7f8000040200);  /* (31 + 1) << 16 */
}

static void what_is_longer_takes_several(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, 0);
	struct hypmmu_stale range = stale(0x40200000, PAGES(MOST + 1), 3);

	(void)state;
	assert_int_equal(tlbis_of(&cfg, &range), 2);
	assert_int_equal(tlbi[0].op, HM_RVALE2);
	assert_int_equal(tlbi[0].operand, 0x7f8000040200);
	assert_int_equal(tlbi[1].op, HM_VALE2);
	assert_int_equal(tlbi[1].operand, 0x240200); /* 8 GiB above */
	range.size = PAGES(2 * MOST + 3);
	assert_int_equal(tlbis_of(&cfg, &range), 3);
	assert_int_equal(tlbi[1].op, HM_RVALE2);
	assert_int_equal(tlbi[1].operand, 0x7f8000240200);
	assert_int_equal(tlbi[2].op, HM_RVALE2);
	assert_int_equal(tlbi[2].operand, 0x408000440200);
}

static void base_counts_granules(void **state)
{
	struct hypmmu_config middle = config(HYPMMU_16K, 0), large = config(HYPMMU_64K, 0),
			     wide_large = wide(HYPMMU_64K, 0);

	(void)state;
	assert_one(&middle, stale(0x12344000, 32 * KIB, 3), HM_RVALE2, 0x8000000048d1);
	assert_one(&large, stale(0x12340000, 128 * KIB, 3), HM_RVALE2, 0xc00000001234);
	assert_one(&wide_large, stale(0x8000012340000, 192 * KIB, 3), HM_RVALE2, 0xc08800001234);
}

static void base_counts_64k_with_ds(void **state)
{
	struct hypmmu_config small = wide(HYPMMU_4K, 0), middle = wide(HYPMMU_16K, 0);

	(void)state;
	assert_one(&small, stale(0x12340000, PAGES(2), 3), HM_RVALE2, 0x400000001234);
	/* From 0x12340000 on: 7 pages. */
	assert_one(&small, stale(0x12345000, PAGES(2), 3), HM_RVALE2, 0x418000001234);
	/* The last page of 64K and the first of the next: 17. */
	assert_one(&small, stale(0x1234f000, PAGES(2), 3), HM_RVALE2, 0x440000001234);
	/* From 0x12340000 on: 3 granules. */
	assert_one(&middle, stale(0x12344000, 32 * KIB, 3), HM_RVALE2, 0x808000001234);
	assert_one(&small, stale(0x8000012340000, PAGES(2), 3), HM_RVALE2, 0x400800001234);
}

static void base_rounded_down_may_take_one_more(void **state)
{
	struct hypmmu_config cfg = wide(HYPMMU_4K, 0);
	struct hypmmu_stale range = stale(0x40201000, PAGES(MOST), 3);

	(void)state;
	assert_int_equal(tlbis_of(&cfg, &range), 2);
	assert_int_equal(tlbi[0].operand, 0x7f8000004020);
	assert_int_equal(tlbi[1].op, HM_VALE2);
	assert_int_equal(tlbi[1].operand, 0x240200);
	range.size = PAGES(MOST - 1);
	assert_one(&cfg, range, HM_RVALE2, 0x7f8000004020);
}

static void hint_is_the_level_of_all_leaves(void **state)
{
	struct hypmmu_config small = config(HYPMMU_4K, HYPMMU_HW_TTL),
			     middle = config(HYPMMU_16K, HYPMMU_HW_TTL),
			     large = config(HYPMMU_64K, HYPMMU_HW_TTL),
			     ds = wide(HYPMMU_4K, HYPMMU_HW_TTL), without = config(HYPMMU_4K, 0);

	(void)state;
	assert_one(&small, stale(0x40200000, PAGES(2), 3), HM_RVALE2, 0x406000040200);
	assert_one(&small, stale(0x40200000, 4 * MIB, 2), HM_RVALE2, 0x57c000040200);
	assert_one(&small, stale(0x40000000, 2 * GIB, 1), HM_RVALE2, 0x73a000040000);
	assert_one(&middle, stale(0x12344000, 32 * KIB, 3), HM_RVALE2, 0x8060000048d1);
	assert_one(&large, stale(0x20000000, 1 * GIB, 2), HM_RVALE2, 0xe3c000002000);
	assert_one(&ds, stale(0x12345000, PAGES(2), 3), HM_RVALE2, 0x41e000001234);
	assert_one(&small, stale(0x40200000, PAGES(2), INT8_MAX), HM_RVALE2, 0x400000040200);
	assert_one(&small, stale(0x40200000, PAGES(2), 0), HM_RVALE2, 0x400000040200);
	assert_one(&without, stale(0x40200000, PAGES(2), 3), HM_RVALE2, 0x400000040200);
	/* Parts of two blocks are two blocks. */
	assert_one(&small, stale(0x403ff000, PAGES(2), 2), HM_RVALE2, 0x57c000040200);
}

static void all_levels_and_no_hint_after_a_table_changed(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, HYPMMU_HW_TTL);
	struct hypmmu_stale walks = stale(0x40200000, PAGES(2), 3);

	(void)state;
	walks.walks = true;
	assert_one(&cfg, walks, HM_RVAE2, 0x400000040200);
}

static void leaves_as_large_as_a_range_are_by_va(void **state)
{
	struct hypmmu_config small = wide(HYPMMU_4K, 0), middle = wide(HYPMMU_16K, 0),
			     large = wide(HYPMMU_64K, 0);
	struct hypmmu_stale of_small = stale(512 * GIB, 1 * TIB, 0),
			    of_middle = stale(64 * GIB, 128 * GIB, 1),
			    of_large = stale(4 * TIB, 8 * TIB, 1);

	(void)state;
	assert_int_equal(tlbis_of(&small, &of_small), 2);
	assert_int_equal(tlbi[1].op, HM_VALE2);
	assert_int_equal(tlbi[1].operand, 0x10000000);
	assert_int_equal(tlbis_of(&middle, &of_middle), 2);
	assert_int_equal(tlbi[1].operand, 0x2000000);
	assert_int_equal(tlbis_of(&large, &of_large), 2);
	assert_int_equal(tlbi[1].operand, 0x80000000);
}

static void upper_half_has_its_asid_and_ends_at_the_last_byte(void **state)
{
	struct hypmmu_config small = config(HYPMMU_4K, 0), large = config(HYPMMU_64K, 0),
			     ds = wide(HYPMMU_4K, 0);

	(void)state;
	small.regime = large.regime = ds.regime = HYPMMU_EL2_0_UPPER;
	small.asid = large.asid = ds.asid = 0x1234;
	assert_one(&small, stale(0xffff800000000000, PAGES(2), 3), HM_RVALE2, 0x1234401800000000);
	assert_one(&small, stale(0xffffffffffffc000, PAGES(4), 3), HM_RVALE2, 0x1234409ffffffffc);
	assert_one(&large, stale(0xfffffffffffe0000, 128 * KIB, 3), HM_RVALE2, 0x1234c01ffffffffe);
	assert_one(&ds, stale(0xfff0000000000000, PAGES(2), 3), HM_RVALE2, 0x1234401000000000);
	/* From ffff0000 on: 16 pages. */
	assert_one(&ds, stale(0xffffffffffffe000, PAGES(2), 3), HM_RVALE2, 0x1234439fffffffff);
}

/* NUM is rounded up: there is nothing above the last address to be rounded up to. */
static void what_would_end_beyond_the_last_byte_begins_lower(void **state)
{
	struct hypmmu_config upper = config(HYPMMU_4K, 0), lower = wide(HYPMMU_64K, 0),
			     hinted = config(HYPMMU_4K, HYPMMU_HW_TTL);

	(void)state;
	upper.regime = hinted.regime = HYPMMU_EL2_0_UPPER;
	assert_one(&upper, stale(0xffffffffffffd000, PAGES(3), 3), HM_RVALE2, 0x409ffffffffc);
	assert_one(&lower, stale(0xffffffffd0000, 192 * KIB, 3), HM_RVALE2, 0xc08ffffffffc);
	/* 65 pages: 128 from ...80000 on. */
	assert_one(&upper, stale(0xfffffffffffbf000, PAGES(65), 3), HM_RVALE2, 0x509fffffff80);
	/* 5 blocks of 2M: 2 times 2048 pages from ...ff000000 on, which begins a block. */
	assert_one(&hinted, stale(0xffffffffff600000, 10 * MIB, 2), HM_RVALE2, 0x60dffffff000);
}

static void threshold_counts_instructions(void **state)
{
	struct hypmmu_config cfg = config(HYPMMU_4K, 0);
	struct hypmmu_stale range = stale(0, 512 * 8 * GIB, 3);

	(void)state;
	assert_int_equal(tlbis_of(&cfg, &range), 512);
	assert_int_equal(tlbi[511].op, HM_RVALE2);
	assert_int_equal(tlbi[511].operand, 0x7f803fe00000);
	range.size += PAGES(1);
	assert_one(&cfg, range, HM_ALLE2, 0);
}

/* ---- Random ranges ---- */

struct extent {
	uint64_t first, last;
	unsigned level; /* 4: any */
};

static uint64_t bits(uint64_t word, unsigned hi, unsigned lo)
{
	return word >> lo & (UINT64_MAX >> (63 - (hi - lo)));
}

static uint64_t extended(uint64_t value, unsigned sign)
{
	return value >> sign & 1 ? value | ~UINT64_C(0) << sign : value;
}

/* Log2 of the bytes of a leaf; granule is log2, too. */
static unsigned leaf_shift(unsigned granule, unsigned level)
{
	return level > 3 ? granule : granule + (3 - level) * (granule - 3);
}

static struct extent decode_va(unsigned granule, unsigned stale_level, uint64_t operand)
{
	uint64_t va = extended(bits(operand, 43, 0) << 12, 55), ttl = bits(operand, 47, 44);
	uint64_t leaf = UINT64_C(1) << leaf_shift(granule, stale_level);

	if (ttl)
		assert_int_equal(ttl >> 2, granule / 2 - 5);
	return (struct extent){va & ~(leaf - 1), va | (leaf - 1), ttl ? ttl & 3 : 4};
}

static struct extent decode_range(unsigned granule, bool ds, uint64_t operand)
{
	unsigned shift = ds ? 16 : granule, level = (unsigned)bits(operand, 38, 37);
	uint64_t va = extended(bits(operand, 36, 0) << shift, 36 + shift);
	uint64_t granules = (bits(operand, 43, 39) + 1)
			    << (5 * (unsigned)bits(operand, 45, 44) + 1);
	uint64_t last = va + (granules << granule) - 1;

	assert_int_equal(bits(operand, 47, 46), granule / 2 - 5);
	if (level) /* else nothing need be invalidated */
		assert_int_equal(va & ((UINT64_C(1) << leaf_shift(granule, level)) - 1), 0);
	return (struct extent){va, last, level ? level : 4};
}

static struct extent decode(const struct hypmmu_config *cfg, const struct hypmmu_stale *range,
			    const struct hm_tlbi *one)
{
	unsigned granule = (unsigned)cfg->granule;
	bool ds = granule != 16 && (cfg->va_bits > 48 || cfg->pa_bits > 48);

	assert_int_equal(bits(one->operand, 63, 48), cfg->regime == HYPMMU_EL2 ? 0 : cfg->asid);
	assert_int_equal(one->op == HM_VAE2 || one->op == HM_RVAE2, range->walks);
	if (one->op == HM_VAE2 || one->op == HM_VALE2)
		return decode_va(granule, (unsigned)range->level, one->operand);
	assert_true(one->op == HM_RVAE2 || one->op == HM_RVALE2);
	return decode_range(granule, ds, one->operand);
}

static struct hypmmu_config random_config(struct random *random)
{
	static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};
	static const enum hypmmu_regime regimes[] = {HYPMMU_EL2, HYPMMU_EL2_0_LOWER,
						     HYPMMU_EL2_0_UPPER};
	enum hypmmu_granule granule = granules[random_below(random, 3)];
	uint32_t hw = random_once_in(random, 2) ? HYPMMU_HW_TTL : 0;
	struct hypmmu_config cfg =
		random_once_in(random, 2) ? config(granule, hw) : wide(granule, hw);

	cfg.regime = regimes[random_below(random, 3)];
	cfg.asid = (uint16_t)random_next(random);
	return cfg;
}

/* Of whole leaves of level 2, 3 or any; up to 2^22 granules, every length as likely. */
static struct hypmmu_stale random_range(struct random *random, const struct hypmmu_config *cfg)
{
	int level = random_once_in(random, 3) ? INT8_MAX : 2 + (int)random_below(random, 2);
	unsigned leaf = leaf_shift((unsigned)cfg->granule, (unsigned)level);
	uint64_t most = (UINT64_C(2) * MOST << cfg->granule) >> leaf;
	uint64_t count = 1 + random_below(random, most) / (UINT64_C(1) << random_below(random, 22));
	uint64_t leaves = UINT64_C(1) << (cfg->va_bits - leaf);
	uint64_t first =
		random_below(random, 4) ? random_below(random, leaves - count + 1) : leaves - count;
	uint64_t base = cfg->regime == HYPMMU_EL2_0_UPPER ? ~UINT64_C(0) << cfg->va_bits : 0;
	struct hypmmu_stale range = stale(base + (first << leaf), count << leaf, level);

	range.walks = random_once_in(random, 2);
	return range;
}

static void assert_covers(const struct hypmmu_config *cfg, const struct hypmmu_stale *range)
{
	uint64_t last = range->va + (range->size - 1), done = range->va - 1, decoded = 0;
	uint64_t granules = range->size >> cfg->granule, around = 16 + 2;
	uint64_t top =
		cfg->regime == HYPMMU_EL2_0_UPPER ? UINT64_MAX : (UINT64_C(1) << cfg->va_bits) - 1;
	size_t n = tlbis_of(cfg, range);

	for (size_t i = 0; i < n; i++) {
		struct extent extent = decode(cfg, range, &tlbi[i]);

		assert_true(extent.first - 1 <= done || extent.first == 0);
		assert_true(i == 0 || extent.last > done);
		assert_true(extent.level == 4 || extent.level == (unsigned)range->level);
		assert_true(extent.level == 4 || !range->walks);
		assert_true(extent.first <= extent.last && extent.last <= top);
		done = extent.last;
		decoded += (extent.last - extent.first) >> cfg->granule;
	}
	assert_true(done >= last);
	assert_true(decoded <= 2 * (granules + around));
	assert_in_range(n, 1, (granules + around) / MOST + 1);
	if (granules + 15 <= MOST)
		assert_int_equal(n, 1);
}

static void random_ranges_are_covered(void **state)
{
	struct random random = {random_seed()};
	size_t n = random_scaled(200000);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct hypmmu_config cfg = random_config(&random);
		struct hypmmu_stale range = random_range(&random, &cfg);

		assert_covers(&cfg, &range);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_leaf_is_by_va),
		cmocka_unit_test(length_is_the_smallest_that_suffices),
		cmocka_unit_test(what_is_longer_takes_several),
		cmocka_unit_test(base_counts_granules),
		cmocka_unit_test(base_counts_64k_with_ds),
		cmocka_unit_test(base_rounded_down_may_take_one_more),
		cmocka_unit_test(hint_is_the_level_of_all_leaves),
		cmocka_unit_test(all_levels_and_no_hint_after_a_table_changed),
		cmocka_unit_test(leaves_as_large_as_a_range_are_by_va),
		cmocka_unit_test(upper_half_has_its_asid_and_ends_at_the_last_byte),
		cmocka_unit_test(what_would_end_beyond_the_last_byte_begins_lower),
		cmocka_unit_test(threshold_counts_instructions),
		cmocka_unit_test(random_ranges_are_covered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
