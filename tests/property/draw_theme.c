/* SPDX-License-Identifier: BSD-2-Clause */
#include "draw.h"

static const uint8_t pa_sizes[] = {32, 36, 40, 42, 44, 48, 52};

/* The fewest VA bits of a root at that level; 16 (64K: 17) is the architecture's own limit. */
static unsigned fewest_va_bits(unsigned granule, int level)
{
	unsigned fewest = granule + (granule - 3) * (unsigned)(3 - level) + 1;
	unsigned limit = granule == 16 ? 17 : 16;

	return fewest < limit ? limit : fewest;
}

static unsigned most_va_bits(unsigned granule, int level)
{
	unsigned most = granule + (granule - 3) * (unsigned)(4 - level);

	return most < 52 ? most : 52;
}

/* What the configuration cannot do without. */
static uint32_t needed_hw(const struct hypmmu_config *cfg)
{
	bool large = cfg->granule == HYPMMU_64K;
	uint32_t hw = 0;

	if (cfg->va_bits > 48)
		hw |= large ? HYPMMU_HW_LVA : HYPMMU_HW_LPA2;
	if (cfg->pa_bits > 48)
		hw |= large ? HYPMMU_HW_LPA : HYPMMU_HW_LPA2;
	if (cfg->va_bits < 25)
		hw |= HYPMMU_HW_TTST;
	if (cfg->use & HYPMMU_USE_HAFDBS)
		hw |= HYPMMU_HW_HAFDBS;
	if (cfg->use & HYPMMU_USE_TCMA)
		hw |= HYPMMU_HW_MTE;
	if (cfg->use & HYPMMU_USE_S1PIE)
		hw |= HYPMMU_HW_S1PIE;
	return hw;
}

static struct hypmmu_config draw_config(struct random *random, const struct wish *wish)
{
	static const enum hypmmu_regime regimes[] = {HYPMMU_EL2, HYPMMU_EL2_0_LOWER,
						     HYPMMU_EL2_0_UPPER};
	unsigned granule = (unsigned)wish->granule;
	unsigned fewest = fewest_va_bits(granule, wish->start_level);
	unsigned most = most_va_bits(granule, wish->start_level);
	struct hypmmu_config cfg = {
		.granule = wish->granule,
		.regime = wish->regime ? wish->regime : regimes[random_below(random, 3)],
		.va_bits = (uint8_t)(fewest + random_below(random, most - fewest + 1)),
		.pa_bits = pa_sizes[random_below(random, sizeof pa_sizes)],
	};

	if (cfg.regime != HYPMMU_EL2)
		cfg.asid = (uint16_t)random_below(random, 256);
	if (random_once_in(random, 3))
		cfg.use |= HYPMMU_USE_BIG_ENDIAN;
	if (random_once_in(random, 3))
		cfg.use |= HYPMMU_USE_HAFDBS;
	if (random_once_in(random, 2))
		cfg.use |= HYPMMU_USE_CONT;
	if (random_once_in(random, 6))
		cfg.use |= HYPMMU_USE_LOCAL_TLBI;
	if (random_once_in(random, 6))
		cfg.use |= HYPMMU_USE_REPEAT_TLBI;
	if (random_once_in(random, 4))
		cfg.use |= HYPMMU_USE_TBI;
	if (random_once_in(random, 6))
		cfg.use |= HYPMMU_USE_TCMA;
	if (random_once_in(random, 3))
		cfg.use |= HYPMMU_USE_S1PIE;
	cfg.hw = (uint32_t)random_below(random, HYPMMU_HW_S1PIE << 1) | needed_hw(&cfg);
	return cfg;
}

/* Any attribute word that the regime and the CPU have. */
static hypmmu_attr draw_attr(struct random *random, const struct hypmmu_config *cfg)
{
	static const hypmmu_attr permissions[] = {HYPMMU_R, HYPMMU_R | HYPMMU_W,
						  HYPMMU_R | HYPMMU_X};
	hypmmu_attr attr = permissions[random_below(random, 3)];
	hypmmu_attr type = (hypmmu_attr)random_below(random, attr & HYPMMU_X ? 4 : 8) << 4;

	if (type == HYPMMU_NORMAL_TAGGED && !(cfg->hw & HYPMMU_HW_MTE))
		type = HYPMMU_NORMAL;
	attr |= type | HYPMMU_SW((hypmmu_attr)random_below(random, 3));
	if (random_once_in(random, 4))
		attr |= HYPMMU_NS;
	if (cfg->hw & HYPMMU_HW_BTI && random_once_in(random, 3))
		attr |= HYPMMU_GUARDED;
	if (cfg->use & HYPMMU_USE_HAFDBS && attr & HYPMMU_W && random_once_in(random, 2))
		attr |= HYPMMU_DBM;
	if (cfg->regime != HYPMMU_EL2)
		attr |= (random_once_in(random, 2) ? HYPMMU_USER : 0) |
			(random_once_in(random, 2) ? HYPMMU_NG : 0);
	return attr;
}

/* As far as may be changed without a break. */
static hypmmu_attr retype(hypmmu_attr attr, hypmmu_attr type)
{
	hypmmu_attr mask = HYPMMU_DEVICE_GRE | HYPMMU_NS;

	if (type & HYPMMU_DEVICE_NGNRNE)
		attr &= ~HYPMMU_X;
	return (attr & ~mask) | (type & mask);
}

/* An edge of a slot of any level, or of a contiguous group. */
static uint64_t draw_edge(struct random *random, const struct oracle *shape, unsigned bits)
{
	int level = 3 - (int)random_below(random, 4);
	unsigned shift = oracle_shift(shape, level);

	if (random_once_in(random, 2))
		shift += oracle_group_order(shape, level);

	return shift < bits ? random_below(random, UINT64_C(1) << (bits - shift)) << shift : 0;
}

struct theme draw_theme_of(struct random *random, const struct hypmmu_config *cfg)
{
	struct theme theme = {.cfg = *cfg};
	unsigned va_bits = cfg->va_bits, pa_bits = cfg->pa_bits;

	oracle_init(&theme.shape, &theme.cfg, 0, NULL, NULL);
	for (size_t i = 0; i < sizeof theme.attrs / sizeof theme.attrs[0]; i++) {
		theme.attrs[i] = draw_attr(random, &theme.cfg);
		if (i % 2)
			theme.attrs[i] = retype(theme.attrs[i], theme.attrs[i - 1]);
	}
	theme.places[1] = UINT64_C(1) << va_bits;
	for (size_t i = 2; i < sizeof theme.places / sizeof theme.places[0]; i++)
		theme.places[i] = draw_edge(random, &theme.shape, va_bits);
	for (int level = 0; level <= 3; level++) { /* aligned to each, or to its groups */
		unsigned shift = oracle_shift(&theme.shape, level);

		if (random_once_in(random, 2))
			shift += oracle_group_order(&theme.shape, level);
		theme.offsets[level] = draw_edge(random, &theme.shape, pa_bits) & ~UINT64_C(0)
											  << shift;
	}
	theme.breaks = (unsigned)random_below(random, 5);
	return theme;
}

struct theme draw_theme(struct random *random, const struct wish *wish)
{
	struct hypmmu_config cfg = draw_config(random, wish);

	return draw_theme_of(random, &cfg);
}

struct arena draw_arena(struct random *random, const struct hypmmu_config *cfg)
{
	unsigned granule = (unsigned)cfg->granule;
	uint64_t pages = UINT64_C(1) << (cfg->pa_bits - granule), step = 1;
	struct arena arena = {
		.granule = cfg->granule,
		.capacity = granule == 12   ? 96
			    : granule == 14 ? 48
					    : 32,
		.window = random_once_in(random, 2),
		.zeroed = random_once_in(random, 4),
		.trick_pa_bits = cfg->pa_bits,
	};

	if (random_once_in(random, 4)) /* runs out */
		arena.capacity = 2 + random_below(random, 8);
	if (!arena.window && random_once_in(random, 2))
		step = 1 + random_below(random, pages / arena.capacity);
	arena.pa_step = step << granule;
	arena.base_pa = random_below(random, pages - step * (arena.capacity - 1)) << granule;
	if (random_once_in(random, 4)) /* the last page that there is */
		arena.base_pa = (pages - 1 - step * (arena.capacity - 1)) << granule;
	return arena;
}
