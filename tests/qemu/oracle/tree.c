/* SPDX-License-Identifier: BSD-2-Clause */
#include "tree.h"
#include <inttypes.h>
#include <stdio.h>

#define MOST_LEAVES 8192
#define LISTS	    3
#define TRIES	    8

static const uint8_t pa_sizes[] = {32, 36, 40, 42, 44, 48, 52};

/* ---- Its configuration ---- */

static uint32_t needed_hw(const struct hypmmu_config *cfg)
{
	uint32_t hw = 0;

	if (cfg->granule == HYPMMU_64K)
		hw |= HYPMMU_HW_LPA | HYPMMU_HW_LVA; /* not of the registers: they cannot be off */
	else if (cfg->va_bits > 48 || cfg->pa_bits > 48)
		hw |= HYPMMU_HW_LPA2;
	if (cfg->va_bits < 25)
		hw |= HYPMMU_HW_TTST;
	return hw;
}

/* Every size of the addresses has its turn. */
static void draw_sizes(struct setting *setting, struct hypmmu_config *cfg, bool wide)
{
	const struct hypmmu_config *cpu = &setting->cpu;
	bool large = cpu->granule == HYPMMU_64K;
	unsigned fewest = cpu->hw & HYPMMU_HW_TTST ? large ? 17 : 16 : 25;
	unsigned most = large ? cpu->hw & HYPMMU_HW_LVA ? 52 : 48 : wide ? 52 : 48;

	cfg->va_bits = (uint8_t)(fewest + setting->counts->trees % (most - fewest + 1));
	do
		cfg->pa_bits = pa_sizes[random_below(&setting->random, wide ? 7 : 6)];
	while (cfg->pa_bits > cpu->pa_bits);
	if (wide && (large || cfg->va_bits <= 48))
		cfg->pa_bits = 52;
}

static struct hypmmu_config draw_config(struct setting *setting, enum hypmmu_regime regime,
					bool wide)
{
	static const struct {
		uint32_t use, hw;
	} uses[] = {{HYPMMU_USE_CONT, 0},
		    {HYPMMU_USE_CNP, HYPMMU_HW_CNP},
		    {HYPMMU_USE_HAFDBS, HYPMMU_HW_HAFDBS},
		    {HYPMMU_USE_BIG_ENDIAN, 0},
		    {HYPMMU_USE_NO_WXN, 0},
		    {HYPMMU_USE_TBI, 0},
		    {HYPMMU_USE_TCMA, HYPMMU_HW_MTE},
		    {HYPMMU_USE_S1PIE, HYPMMU_HW_S1PIE}};
	struct random *random = &setting->random;
	const struct hypmmu_config *cpu = &setting->cpu;
	struct hypmmu_config cfg = {.granule = cpu->granule, .regime = regime};

	draw_sizes(setting, &cfg, wide);
	if (regime != HYPMMU_EL2)
		cfg.asid = (uint16_t)random_below(random, 256);
	cfg.hw = needed_hw(&cfg) | (uint32_t)random_below(random, HYPMMU_HW_S1PIE << 1);
	for (unsigned i = 0; i < sizeof uses / sizeof uses[0]; i++) {
		if ((cpu->hw & uses[i].hw) == uses[i].hw && random_once_in(random, 3)) {
			cfg.use |= uses[i].use;
			cfg.hw |= uses[i].hw;
		}
	}
	cfg.hw &= cpu->hw;
	return cfg;
}

void tree_complain(struct tree *tree, const char *what, hypmmu_va va)
{
	const struct hypmmu_config *cfg = &tree->theme.cfg;

	if (tree->setting->wrong++ < 10)
		printf("%s: va %#" PRIx64 ", tree %zu: granule %d regime %d va_bits %d pa_bits %d "
		       "hw %#x use %#x\n",
		       what, va, tree->setting->counts->trees, (int)cfg->granule, (int)cfg->regime,
		       cfg->va_bits, cfg->pa_bits, cfg->hw, cfg->use);
}

/* ---- What is in it ---- */

/* What the model accepts the library accepts, unless its pages run out. */
static bool apply(struct tree *tree, const struct hypmmu_change *changes, size_t n)
{
	struct model_verdict verdict = model_try(&tree->model, changes, n);
	int err;

	if (verdict.too_big)
		return false;
	err = hypmmu_apply(&tree->mmu, changes, n, NULL);
	if (!err && !verdict.err)
		model_commit(&tree->model);
	else if (err != HYPMMU_ERR_NOMEM && err != HYPMMU_ERR_OVERLAP && err != verdict.err)
		tree_complain(tree, hypmmu_strerror(err), changes[0].va);
	return !err;
}

static void apply_list(struct tree *tree, bool maps_only)
{
	struct hypmmu_change changes[DRAW_MOST];
	size_t n = maps_only ? draw_maps(tree->random, &tree->theme, &tree->model, changes)
			     : draw_changes(tree->random, &tree->theme, &tree->model, changes);

	apply(tree, changes, n);
}

/* One page, anywhere; *va says where. False: there is no room. */
static bool map_page(struct tree *tree, hypmmu_pa pa, hypmmu_attr attr, hypmmu_va *va)
{
	unsigned granule = (unsigned)tree->theme.cfg.granule;
	uint64_t pages = UINT64_C(1) << (tree->theme.cfg.va_bits - granule);
	hypmmu_va first = oracle_first_va(&tree->theme.shape);
	bool done = false;

	for (unsigned i = 0; i < TRIES && !done; i++) {
		uint64_t at = random_below(tree->random, pages) << granule;
		struct hypmmu_change map = {
			.va = first + at, .pa = pa, .size = UINT64_C(1) << granule, .attr = attr};

		if (i % 2) /* most often a table is there already */
			map.va = first + (tree->theme.places[i % 6] % (pages << granule)) + at % 64;
		map.va &= ~(map.size - 1);
		*va = map.va;
		done = apply(tree, &map, 1);
	}
	return done;
}

/* One leaf of any legal size: the largest are rare otherwise. */
static void map_leaf(struct tree *tree)
{
	const struct theme *theme = &tree->theme;
	int level = (int)random_below(tree->random, 4);
	unsigned shift = oracle_shift(&theme->shape, level);

	if (!oracle_is_leaf_level(&theme->shape, level) || shift > theme->cfg.va_bits ||
	    shift > theme->cfg.pa_bits || level < oracle_start_level(&theme->shape))
		return;
	for (unsigned i = 0; i < TRIES && !tree->focus; i++) {
		uint64_t at =
			random_below(tree->random, UINT64_C(1) << (theme->cfg.va_bits - shift));
		uint64_t pa =
			random_below(tree->random, UINT64_C(1) << (theme->cfg.pa_bits - shift));
		struct hypmmu_change map = {.va = oracle_first_va(&theme->shape) + (at << shift),
					    .pa = pa << shift,
					    .size = UINT64_C(1) << shift,
					    .attr = theme->attrs[i % 4]};

		if (apply(tree, &map, 1))
			tree->focus =
				map.va + (random_below(tree->random, map.size) & ~QUESTION_BITS);
	}
}

/* The guest's code, and memory that accesses may reach. */
static void map_probes(struct tree *tree)
{
	struct scene *scene = &tree->scene;
	unsigned regions = memory_regions_of(tree->theme.cfg.pa_bits);

	for (unsigned i = 0; i < TREE_SCRATCH; i++) {
		hypmmu_pa pa =
			MEMORY_SCRATCH + (i % 3 ? memory_region[random_below(tree->random, regions)]
						: memory_region[0]);

		if (map_page(tree, pa, tree->theme.attrs[random_below(tree->random, 4)],
			     &tree->scratch[tree->scratched]))
			tree->scratched++;
	}
	scene->mapped = map_page(tree, PROBE_AT, HYPMMU_CODE, &scene->probes[0]);
	if (tree->theme.cfg.regime != HYPMMU_EL2)
		scene->mapped &=
			map_page(tree, PROBE_AT, HYPMMU_CODE | HYPMMU_USER, &scene->probes[1]);
}

static bool build(struct tree *tree)
{
	table_pages_init(&tree->source, tree->random, (unsigned)tree->theme.cfg.granule,
			 tree->theme.cfg.pa_bits);
	if (hypmmu_init(&tree->mmu, &tree->theme.cfg, &tree->source.pages)) {
		tree_complain(tree, "hypmmu_init", 0);
		return false;
	}
	for (unsigned i = 0; i < 2 * LISTS && (i < LISTS || !tree->model.n); i++)
		apply_list(tree, i == 0 || !tree->model.n);
	map_leaf(tree);
	map_probes(tree);
	return true;
}

bool tree_build(struct tree *tree, struct setting *setting, enum hypmmu_regime regime, bool wide)
{
	struct hypmmu_config cfg = draw_config(setting, regime, wide);

	*tree = (struct tree){.setting = setting, .random = &setting->random};
	counts_add_tree(setting->counts, &cfg);
	tree->theme = draw_theme_of(tree->random, &cfg);
	if (hypmmu_config_check(&cfg) ||
	    !model_init(&tree->model, &tree->theme.shape, MOST_LEAVES)) {
		tree_complain(tree, "hypmmu_config_check", 0);
		return false;
	}
	tree->model.cont = cfg.use & HYPMMU_USE_CONT;
	return build(tree);
}

/* ---- What is asked ---- */

hypmmu_va tree_draw_va(struct tree *tree)
{
	struct random *random = tree->random;
	const struct theme *theme = &tree->theme;
	uint64_t space = UINT64_C(1) << theme->cfg.va_bits, at = random_next(random) % space;
	uint64_t page = UINT64_C(1) << theme->cfg.granule;

	if (tree->focus && random_once_in(random, 16))
		return tree->focus;
	if (tree->model.n && !random_once_in(random, 8)) {
		const struct model_leaf *leaf =
			&tree->model.leaves[random_below(random, tree->model.n)];
		uint64_t size = UINT64_C(1) << oracle_shift(&theme->shape, leaf->level);
		uint64_t offsets[] = {0,
				      size - 8,
				      random_below(random, size),
				      random_below(random, size),
				      random_below(random, size),
				      size,
				      ~UINT64_C(7)};

		at = leaf->at + offsets[random_below(random, 7)];
	} else if (random_once_in(random, 2)) {
		at = theme->places[random_below(random, 6)] +
		     (random_below(random, 65) - 32) * page;
	}
	at += oracle_first_va(&theme->shape);
	if (random_once_in(random, 32))
		at ^= UINT64_C(1) << random_below(random, 64);
	return at & ~QUESTION_BITS;
}

hypmmu_va tree_draw_scratch(struct tree *tree)
{
	struct random *random = tree->random;
	uint64_t page = UINT64_C(1) << tree->theme.cfg.granule;
	hypmmu_va va;

	if (!tree->scratched || random_once_in(random, 3))
		return tree_draw_va(tree);
	va = tree->scratch[random_below(random, tree->scratched)];
	if (tree->focus && random_once_in(random, 2))
		va = tree->focus & ~(page - 1);
	va += random_below(random, page);
	if (random_once_in(random, 4)) /* a tag */
		va ^= random_below(random, 256) << 56;
	return va & ~QUESTION_BITS;
}

enum trial tree_draw_trial(struct tree *tree)
{
	static const enum trial trials[] = {LOAD,     LOAD,	 STORE,	    STORE,
					    FETCH,    FETCH,	 BRANCH,    BRANCH,
					    EL0_LOAD, EL0_STORE, EL0_FETCH, EL0_BRANCH};

	return trials[random_below(tree->random, tree->theme.cfg.regime == HYPMMU_EL2 ? 8 : 12)];
}
