/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"
#include "scenes.h"
#include <inttypes.h>
#include <stdio.h>

#define MOST_LEAVES	  8192
#define LISTS		  3
#define QUESTIONS	  256
#define CORRUPTIONS	  4
#define QUESTIONS_BETWEEN 64

struct tree {
	struct setting *setting;
	struct random *random;
	struct scene scene;
	struct theme theme;
	struct model model;
	struct table_pages source;
	struct hypmmu mmu;
};

static const uint8_t pa_sizes[] = {32, 36, 40, 42, 44, 48, 52};

/* ---- The tree ---- */

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

static struct hypmmu_config draw_config(struct setting *setting, enum hypmmu_regime regime,
					bool wide)
{
	static const uint32_t uses[] = {HYPMMU_USE_CONT, HYPMMU_USE_CNP, HYPMMU_USE_HAFDBS,
					HYPMMU_USE_BIG_ENDIAN, HYPMMU_USE_NO_WXN};
	struct random *random = &setting->random;
	const struct hypmmu_config *cpu = &setting->cpu;
	bool large = cpu->granule == HYPMMU_64K;
	unsigned fewest = cpu->hw & HYPMMU_HW_TTST ? large ? 17 : 16 : 25;
	unsigned most = large ? cpu->hw & HYPMMU_HW_LVA ? 52 : 48 : wide ? 52 : 48;
	struct hypmmu_config cfg = {.granule = cpu->granule, .regime = regime};

	cfg.va_bits = (uint8_t)(fewest + random_below(random, most - fewest + 1));
	do
		cfg.pa_bits = pa_sizes[random_below(random, wide ? 7 : 6)];
	while (cfg.pa_bits > cpu->pa_bits);
	if (wide && (large || cfg.va_bits <= 48))
		cfg.pa_bits = 52;
	for (unsigned i = 0; i < sizeof uses / sizeof uses[0]; i++)
		cfg.use |= random_once_in(random, 3) ? uses[i] : 0;
	if (regime != HYPMMU_EL2)
		cfg.asid = (uint16_t)random_below(random, 256);
	cfg.hw = needed_hw(&cfg) | (uint32_t)random_below(random, 1u << 12);
	cfg.hw &= cpu->hw;
	if (!(cpu->hw & HYPMMU_HW_HAFDBS))
		cfg.use &= ~HYPMMU_USE_HAFDBS;
	if (!(cpu->hw & HYPMMU_HW_CNP))
		cfg.use &= ~HYPMMU_USE_CNP;
	cfg.hw |= (cfg.use & HYPMMU_USE_HAFDBS ? HYPMMU_HW_HAFDBS : 0) |
		  (cfg.use & HYPMMU_USE_CNP ? HYPMMU_HW_CNP : 0);
	return cfg;
}

static void complain(struct tree *tree, const char *what, hypmmu_va va)
{
	const struct hypmmu_config *cfg = &tree->theme.cfg;

	if (tree->setting->wrong++ < 10)
		printf("%s: va %#" PRIx64 ", tree %zu: granule %d regime %d va_bits %d pa_bits %d "
		       "hw %#x use %#x\n",
		       what, va, tree->setting->counts->trees, (int)cfg->granule, (int)cfg->regime,
		       cfg->va_bits, cfg->pa_bits, cfg->hw, cfg->use);
}

/* What the model accepts the library accepts, unless its pages run out. */
static void apply_list(struct tree *tree, bool maps_only)
{
	struct hypmmu_change changes[DRAW_MOST];
	size_t n = maps_only ? draw_maps(tree->random, &tree->theme, &tree->model, changes)
			     : draw_changes(tree->random, &tree->theme, &tree->model, changes);
	struct model_verdict verdict = model_try(&tree->model, changes, n);
	int err;

	if (verdict.too_big)
		return;
	err = hypmmu_apply(&tree->mmu, changes, n, NULL);
	if (!err && !verdict.err)
		model_commit(&tree->model);
	else if (err != HYPMMU_ERR_NOMEM && err != HYPMMU_ERR_OVERLAP && err != verdict.err)
		complain(tree, hypmmu_strerror(err), changes[0].va);
}

static bool build(struct tree *tree)
{
	table_pages_init(&tree->source, tree->random, (unsigned)tree->theme.cfg.granule,
			 tree->theme.cfg.pa_bits);
	if (hypmmu_init(&tree->mmu, &tree->theme.cfg, &tree->source.pages)) {
		complain(tree, "hypmmu_init", 0);
		return false;
	}
	for (unsigned i = 0; i < 2 * LISTS && (i < LISTS || !tree->model.n); i++)
		apply_list(tree, i == 0 || !tree->model.n);
	return true;
}

/* ---- The questions ---- */

static hypmmu_va draw_va(struct tree *tree)
{
	struct random *random = tree->random;
	const struct theme *theme = &tree->theme;
	uint64_t space = UINT64_C(1) << theme->cfg.va_bits, at = random_next(random) % space;
	uint64_t page = UINT64_C(1) << theme->cfg.granule;

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

enum question draw_question(struct random *random, bool e2h)
{
	static const enum question questions[] = {AT_S1E2R, AT_S1E2W, AT_S1E2R, AT_S1E2R,
						  AT_S1E2W, AT_S1E0R, AT_S1E0R, AT_S1E0W};

	return questions[random_below(random, e2h ? 8 : 4)];
}

/* MAIR_EL2's byte for a memory type, as hypmmu.h describes the types. */
static uint8_t type_of(hypmmu_attr attr)
{
	static const uint8_t types[] = {0xff, 0x44, 0xbb, 0xf0, 0x00, 0x04, 0x08, 0x0c};

	return types[attr >> 4 & 7];
}

/* Is the answer what was asked to be mapped? */
static bool is_as_mapped(const struct tree *tree, hypmmu_va va, enum question question,
			 const struct hypmmu_translation *t)
{
	uint64_t at = va - oracle_first_va(&tree->theme.shape);
	const struct model_leaf *leaf = model_find(tree->model.leaves, tree->model.n, at);
	enum hypmmu_access access = access_of(question);
	uint8_t type;

	if (!leaf || at >= model_end(&tree->model, leaf))
		return t->fault == HYPMMU_FAULT_TRANSLATION;
	if ((access == HYPMMU_WRITE || access == HYPMMU_EL0_WRITE) && !(leaf->attr & HYPMMU_W))
		return t->fault == HYPMMU_FAULT_PERMISSION;
	if (access >= HYPMMU_EL0_READ && !(leaf->attr & HYPMMU_USER))
		return t->fault == HYPMMU_FAULT_PERMISSION;
	type = type_of(leaf->attr);
	return !t->fault && t->pa == leaf->pa + (at - leaf->at) && t->mair == type &&
	       t->sh == (type < 0x10 || type == 0x44 ? 2 : 3);
}

static void ask_as_built(struct tree *tree)
{
	for (unsigned i = 0; i < QUESTIONS; i++) {
		enum question question =
			draw_question(tree->random, tree->theme.cfg.regime != HYPMMU_EL2);
		struct hypmmu_translation t;
		hypmmu_va va = draw_va(tree);

		if (ask(&tree->scene, va, question, &t) && !is_as_mapped(tree, va, question, &t))
			complain(tree, "not what was mapped", va);
	}
}

/* ---- Corruption ---- */

/* A descriptor on the way to a leaf, or any. */
static hypmmu_pa draw_victim(struct tree *tree)
{
	size_t page = random_below(tree->random, tree->source.n);
	uint64_t slots = UINT64_C(1) << (tree->theme.cfg.granule - 3);
	struct hypmmu_translation t;

	if (!random_once_in(tree->random, 4)) {
		ask(&tree->scene, draw_va(tree), AT_S1E2R, &t);
		if (t.desc_pa && memory_at(t.desc_pa))
			return t.desc_pa;
	}
	return tree->source.taken[page] + 8 * random_below(tree->random, slots);
}

static void corrupt(struct tree *tree)
{
	hypmmu_pa pa = draw_victim(tree);
	unsigned char *at = memory_at(pa);
	unsigned flips = 1 + (unsigned)random_below(tree->random, 3);

	for (unsigned i = 0; i < flips; i++) {
		unsigned bit = (unsigned)random_below(tree->random, 64);

		if (random_once_in(tree->random, 2)) /* the address is most of it */
			bit = (unsigned)random_below(tree->random, 12);
		if (tree->theme.cfg.use & HYPMMU_USE_BIG_ENDIAN)
			bit ^= 56;
		at[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	batch_send(tree->setting->batch, pa & ~UINT64_C(63), 64);
}

/* What the library never asks for. */
static void bend_registers(struct tree *tree)
{
	struct hypmmu_regs *regs = &tree->scene.machine.regs;
	bool e2h = regs->hcr;
	uint64_t bits[] = {UINT64_C(1) << (e2h ? 37 : 20), UINT64_C(1) << (e2h ? 38 : 20),
			   UINT64_C(1) << (e2h ? 41 : 24), UINT64_C(1) << (e2h ? 42 : 24)};

	for (unsigned i = 0; i < 4; i++)
		regs->tcr ^= random_once_in(tree->random, 4) ? bits[i] : 0;	/* TBI, HPD */
	regs->sctlr ^= random_once_in(tree->random, 4) ? UINT64_C(1) << 19 : 0; /* WXN */
	if (random_once_in(tree->random, 4))
		regs->mair = random_next(tree->random);
}

static void ask_corrupted(struct tree *tree)
{
	tree->scene.kind = CORRUPTED;
	bend_registers(tree);
	scene_set_registers(&tree->scene);
	for (unsigned i = 0; i < CORRUPTIONS; i++) {
		corrupt(tree);
		for (unsigned k = 0; k < QUESTIONS_BETWEEN; k++) {
			struct hypmmu_translation t;

			ask(&tree->scene, draw_va(tree),
			    draw_question(tree->random, tree->theme.cfg.regime != HYPMMU_EL2), &t);
		}
	}
}

static struct half half_of(const struct hypmmu_config *cfg, const struct hypmmu_config *cpu)
{
	bool large = cfg->granule == HYPMMU_64K, hafdbs = cfg->use & HYPMMU_USE_HAFDBS;

	return (struct half){.granule = (unsigned)cfg->granule,
			     .va_bits = cfg->va_bits,
			     .pa_bits = cfg->pa_bits,
			     .ds = !large && (cfg->va_bits > 48 || cfg->pa_bits > 48),
			     .lpa = large && (cpu->hw & HYPMMU_HW_LPA),
			     .ha = hafdbs,
			     .hd = hafdbs};
}

static void ask_all(struct tree *tree)
{
	struct setting *setting = tree->setting;
	bool upper = tree->theme.cfg.regime == HYPMMU_EL2_0_UPPER;
	struct half half = half_of(&tree->theme.cfg, &setting->cpu);
	size_t page = (size_t)1 << tree->theme.cfg.granule;

	tree->scene = (struct scene){.batch = setting->batch,
				     .counts = setting->counts,
				     .machine.id = setting->id,
				     .world = setting->world,
				     .kind = BUILT,
				     .half = {half, half}};
	if (hypmmu_get_regs(upper ? NULL : &tree->mmu, upper ? &tree->mmu : NULL,
			    &tree->scene.machine.regs)) {
		complain(tree, "hypmmu_get_regs", 0);
		return;
	}
	for (size_t i = 0; i < tree->source.n; i++)
		batch_send(setting->batch, tree->source.taken[i], page);
	scene_set_registers(&tree->scene);
	ask_as_built(tree);
	ask_corrupted(tree);
	for (size_t i = 0; i < tree->source.n && half.ha; i++) { /* as they are here */
		memory_forget(tree->source.taken[i], page);
		batch_send(setting->batch, tree->source.taken[i], page);
	}
}

void ask_about_tree(struct setting *setting, enum hypmmu_regime regime, bool wide)
{
	struct hypmmu_config cfg = draw_config(setting, regime, wide);
	struct tree tree = {.setting = setting, .random = &setting->random};

	setting->counts->trees++;
	tree.theme = draw_theme_of(tree.random, &cfg);
	if (hypmmu_config_check(&cfg) || !model_init(&tree.model, &tree.theme.shape, MOST_LEAVES)) {
		complain(&tree, "hypmmu_config_check", 0);
		return;
	}
	tree.model.cont = cfg.use & HYPMMU_USE_CONT;
	if (build(&tree))
		ask_all(&tree);
	model_destroy(&tree.model);
}
