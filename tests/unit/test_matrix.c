/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every configuration: granule, regime, sizes of both addresses, features that widen them, byte
 * order of the tables. hypmmu_config_check() takes the legal ones and no others; the legal ones get
 * the right registers, and trees with leaves at all the levels that may hold them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "matrix.h"
#include "support/random.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define UNKNOWN_HW	(1u << 31)
#define UNKNOWN_USE	(1u << 31)
#define CONFIGS_PER_RUN (65 * 65 * 16 * 2) /* of a granule and a regime */

static const enum hypmmu_granule granules[] = {HYPMMU_4K, HYPMMU_16K, HYPMMU_64K};
static const char *const granule_names[] = {"4K", "16K", "64K"};
static const char *const regime_names[] = {"EL2", "EL2&0 lower", "EL2&0 upper"};

/* The n-th configuration of a granule and a regime. */
static struct hypmmu_config nth_config(unsigned n, enum hypmmu_granule granule, int regime)
{
	static const uint32_t features[] = {HYPMMU_HW_LPA, HYPMMU_HW_LPA2, HYPMMU_HW_LVA,
					    HYPMMU_HW_TTST};
	struct hypmmu_config cfg = {.granule = granule, .regime = (enum hypmmu_regime)regime};

	for (unsigned bit = 0; bit < 4; bit++, n /= 2)
		cfg.hw |= n % 2 ? features[bit] : 0;
	cfg.use = n % 2 ? HYPMMU_USE_BIG_ENDIAN : 0;
	cfg.pa_bits = (uint8_t)(n / 2 % 65);
	cfg.va_bits = (uint8_t)(n / 2 / 65);
	if (cfg.va_bits % 2) { /* has nothing to do with sizes */
		cfg.hw |= HYPMMU_HW_S1PIE;
		cfg.use |= HYPMMU_USE_S1PIE;
	}
	return cfg;
}

static void fail_config(const struct hypmmu_config *cfg, const char *wrong)
{
	fail_msg("granule %d regime %d va %d pa %d hw %#x use %#x: %s", (int)cfg->granule,
		 (int)cfg->regime, cfg->va_bits, cfg->pa_bits, (unsigned)cfg->hw,
		 (unsigned)cfg->use, wrong);
}

static void expect_verdict(struct hypmmu_config cfg, uint32_t hw, uint32_t use, int ought)
{
	int is;

	cfg.hw |= hw;
	cfg.use |= use;
	is = hypmmu_config_check(&cfg);
	if (is != ought) {
		printf("hypmmu_config_check() says %d, not %d\n", is, ought);
		fail_config(&cfg, ought ? "illegal, and not refused so" : "legal, and refused");
	}
}

/* Neither are there other ways to an illegal one. */
static void expect_refusal(const struct hypmmu_config *cfg, int ought)
{
	static _Alignas(1 << 16) unsigned char memory[1 << 16];
	struct hypmmu_pool pool;
	struct hypmmu_report report;
	struct hypmmu mmu;

	if (hypmmu_tables_needed(cfg, NULL, 0, &report) != ought)
		fail_config(cfg, "hypmmu_tables_needed() takes it");
	if (hypmmu_pool_init(&pool, cfg->granule, memory, 0, sizeof(memory)) ||
	    hypmmu_init(&mmu, cfg, &pool.pages) != ought || pool.used)
		fail_config(cfg, "hypmmu_init() takes it");
}

/* An unknown bit is told first, a wish that is not met last. True: it is legal. */
static bool check_verdicts(const struct hypmmu_config *cfg)
{
	int verdict = matrix_verdict(cfg);

	expect_verdict(*cfg, 0, 0, verdict);
	expect_verdict(*cfg, UNKNOWN_HW, 0, HYPMMU_ERR_ARG);
	expect_verdict(*cfg, 0, UNKNOWN_USE, HYPMMU_ERR_ARG);
	expect_verdict(*cfg, HYPMMU_HW_CNP, HYPMMU_USE_CNP, verdict);
	expect_verdict(*cfg, 0, HYPMMU_USE_CNP, verdict ? verdict : HYPMMU_ERR_UNSUPPORTED);
	expect_verdict(*cfg, 0, HYPMMU_USE_HAFDBS, verdict ? verdict : HYPMMU_ERR_UNSUPPORTED);
	if (verdict)
		expect_refusal(cfg, verdict);
	return verdict == 0;
}

static void check_takes_exactly_the_legal_configurations(void **state)
{
	/* By hand, for a regime and a byte order: sizes of PA below 52 bits are 6, with 52 bits 7.
	 * For each of 4 values of LPA and LVA (64K: of LPA2), 4K and 16K have 24 TxSZ (16 to 39),
	 * 28 with LPA2, 9 more with TTST: 4 * (24 * 6 + 33 * 6 + 28 * 7 + 37 * 7) = 3188; 64K with
	 * its 8 more by TTST has 2 * (24 + 28 + 32 + 36) * (6 + 7) = 3120. */
	static const size_t by_hand[] = {2 * 3188, 2 * 3188, 2 * 3120};
	size_t all = 0, all_legal = 0;

	(void)state;
	for (unsigned i = 0; i < 9; i++) {
		size_t legal = 0;

		for (unsigned n = 0; n < CONFIGS_PER_RUN; n++) {
			struct hypmmu_config cfg = nth_config(n, granules[i / 3], (int)(i % 3) + 1);

			legal += check_verdicts(&cfg);
		}
		printf("%s %s: %zu legal, %zu illegal\n", granule_names[i / 3], regime_names[i % 3],
		       legal, CONFIGS_PER_RUN - legal);
		assert_int_equal(legal, by_hand[i / 3]);
		all += CONFIGS_PER_RUN;
		all_legal += legal;
	}
	printf("%zu configurations: %zu legal, %zu illegal\n", all, all_legal, all - all_legal);
}

static void there_are_no_other_granules_and_regimes(void **state)
{
	(void)state;
	for (int i = 0; i < 64 * 7; i++) {
		int granule = i / 7, regime = i % 7 - 1;
		struct hypmmu_config cfg = {
			(enum hypmmu_granule)granule, (enum hypmmu_regime)regime, 40, 40, 0, 0, 0};
		bool good = (granule == 12 || granule == 14 || granule == 16) && regime >= 1 &&
			    regime <= 3;

		expect_verdict(cfg, HYPMMU_HW_LPA | HYPMMU_HW_LPA2 | HYPMMU_HW_LVA, 0,
			       good ? 0 : HYPMMU_ERR_CONFIG);
	}
}

static void every_legal_configuration_has_its_registers(void **state)
{
	size_t checked = 0;

	(void)state;
	for (unsigned i = 0; i < 9; i++) {
		for (unsigned n = 0; n < CONFIGS_PER_RUN; n++) {
			struct hypmmu_config cfg = nth_config(n, granules[i / 3], (int)(i % 3) + 1);
			const char *wrong;

			if (matrix_verdict(&cfg))
				continue;
			checked++;
			wrong = matrix_regs_wrong(&cfg);
			if (wrong)
				fail_config(&cfg, wrong);
		}
	}
	printf("%zu configurations\n", checked);
	assert_int_equal(checked, 3 * 2 * (2 * 3188 + 3120));
}

static void print_counts(const struct matrix_trees *trees)
{
	printf("%zu trees, %zu leaves, %zu walks\n", trees->trees, trees->leaves, trees->walks);
	for (int level = -1; level <= 3; level++)
		printf("level %d: %zu roots, %zu leaves\n", level, trees->starts_at[level + 1],
		       trees->leaves_at[level + 1]);
}

/* Thinned by HYPMMU_TEST_SCALE. */
static void every_legal_configuration_has_its_trees(void **state)
{
	struct random random = {random_seed()};
	struct matrix_trees trees = {0};
	size_t per_mille = random_scaled(1000), legal = 0;

	(void)state;
	for (unsigned i = 0; i < 9; i++) {
		for (unsigned n = 0; n < CONFIGS_PER_RUN; n++) {
			struct hypmmu_config cfg = nth_config(n, granules[i / 3], (int)(i % 3) + 1);
			const char *wrong;

			if (matrix_verdict(&cfg))
				continue;
			legal++;
			if (random_below(&random, 1000) >= per_mille)
				continue;
			wrong = matrix_tree_wrong(&cfg, &trees);
			if (wrong)
				fail_config(&cfg, wrong);
		}
	}
	print_counts(&trees);
	if (per_mille >= 1000)
		assert_int_equal(trees.trees, legal);
	for (int level = 0; level <= 3; level++)
		assert_true(trees.leaves_at[level + 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_takes_exactly_the_legal_configurations),
		cmocka_unit_test(there_are_no_other_granules_and_regimes),
		cmocka_unit_test(every_legal_configuration_has_its_registers),
		cmocka_unit_test(every_legal_configuration_has_its_trees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
