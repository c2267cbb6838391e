/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of the Arm manual: which sizes of addresses there are, and where leaves may be. */
#include "matrix.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NONE	     0

static const struct manual {
	int granule;
	/* TxSZ, without and with the feature that widens the range at either end */
	unsigned txsz_min, txsz_min_wide, txsz_max, txsz_max_small;
	uint32_t wide_va, wide_pa;
	unsigned last_txsz[MATRIX_LEVELS]; /* the largest TxSZ for which a walk starts there */
	unsigned shift[MATRIX_LEVELS];
	int block_level, block_level_wide; /* wide: 4K, 16K with DS; 64K with PAMax of 52 bits */
} manuals[] = {
	{
		.granule = 12,
		.txsz_min = 16,
		.txsz_min_wide = 12,
		.txsz_max = 39,
		.txsz_max_small = 48,
		.wide_va = HYPMMU_HW_LPA2,
		.wide_pa = HYPMMU_HW_LPA2,
		.last_txsz = {15, 24, 33, 42, 48},
		.shift = {48, 39, 30, 21, 12},
		.block_level = 1,
		.block_level_wide = 0,
	},
	{
		.granule = 14,
		.txsz_min = 16,
		.txsz_min_wide = 12,
		.txsz_max = 39,
		.txsz_max_small = 48,
		.wide_va = HYPMMU_HW_LPA2,
		.wide_pa = HYPMMU_HW_LPA2,
		.last_txsz = {NONE, 16, 27, 38, 48},
		.shift = {NONE, 47, 36, 25, 14},
		.block_level = 2,
		.block_level_wide = 1,
	},
	{
		.granule = 16,
		.txsz_min = 16,
		.txsz_min_wide = 12,
		.txsz_max = 39,
		.txsz_max_small = 47,
		.wide_va = HYPMMU_HW_LVA,
		.wide_pa = HYPMMU_HW_LPA,
		.last_txsz = {NONE, NONE, 21, 34, 47},
		.shift = {NONE, NONE, 42, 29, 16},
		.block_level = 2,
		.block_level_wide = 1,
	},
};

static const struct manual *find_manual(const struct hypmmu_config *cfg)
{
	for (size_t i = 0; i < COUNT(manuals); i++)
		if (manuals[i].granule == (int)cfg->granule)
			return &manuals[i];
	return NULL;
}

static bool is_pa_size(unsigned bits)
{
	static const uint8_t sizes[] = {32, 36, 40, 42, 44, 48, 52};
	size_t i = 0;

	while (i < COUNT(sizes) && sizes[i] != bits)
		i++;
	return i < COUNT(sizes);
}

int matrix_verdict(const struct hypmmu_config *cfg)
{
	const struct manual *manual = find_manual(cfg);
	unsigned txsz = 64u - cfg->va_bits, min, max;

	if (!manual || cfg->regime < 1 || cfg->regime > 3 || cfg->va_bits > 64)
		return HYPMMU_ERR_CONFIG;
	min = cfg->hw & manual->wide_va ? manual->txsz_min_wide : manual->txsz_min;
	max = cfg->hw & HYPMMU_HW_TTST ? manual->txsz_max_small : manual->txsz_max;
	if (txsz < min || txsz > max || !is_pa_size(cfg->pa_bits))
		return HYPMMU_ERR_CONFIG;
	return cfg->pa_bits == 52 && !(cfg->hw & manual->wide_pa) ? HYPMMU_ERR_CONFIG : 0;
}

bool matrix_has_ds(const struct hypmmu_config *cfg)
{
	return cfg->granule != HYPMMU_64K && (cfg->va_bits > 48 || cfg->pa_bits > 48);
}

int matrix_start_level(const struct hypmmu_config *cfg)
{
	const struct manual *manual = find_manual(cfg);
	int level = -1;

	while (64u - cfg->va_bits > manual->last_txsz[level + 1])
		level++;
	return level;
}

unsigned matrix_shift(const struct hypmmu_config *cfg, int level)
{
	return find_manual(cfg)->shift[level + 1];
}

int matrix_block_level(const struct hypmmu_config *cfg)
{
	const struct manual *manual = find_manual(cfg);
	bool wide =
		cfg->granule == HYPMMU_64K ? (cfg->hw & HYPMMU_HW_LPA) != 0 : matrix_has_ds(cfg);

	return wide ? manual->block_level_wide : manual->block_level;
}

bool matrix_is_leaf_level(const struct hypmmu_config *cfg, int level)
{
	return level >= matrix_start_level(cfg) && level >= matrix_block_level(cfg) &&
	       matrix_shift(cfg, level) <= cfg->pa_bits;
}
