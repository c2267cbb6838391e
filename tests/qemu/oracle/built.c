/* SPDX-License-Identifier: BSD-2-Clause */
/* Trees as the library has built them: the MMU, the walker and what was asked for have to agree. */
#include "bits.h"
#include "tree.h"

#define QUESTIONS 224
#define TRIALS	  64

#define DESC_GP BIT(50)

enum question draw_question(struct random *random, bool e2h)
{
	static const enum question questions[] = {AT_S1E2R, AT_S1E2R, AT_S1E2R, AT_S1E2W,
						  AT_S1E2R, AT_S1E2W, AT_S1E0R, AT_S1E0W};

	return questions[random_below(random, e2h ? 8 : 4)];
}

/* MAIR_EL2's byte for a memory type, as hypmmu.h describes the types. */
static uint8_t type_of(hypmmu_attr attr)
{
	static const uint8_t types[] = {0xff, 0x44, 0xbb, 0xf0, 0x00, 0x04, 0x08, 0x0c};

	return types[attr >> 4 & 7];
}

/* As hypmmu.h has the rights; in EL2 there is no EL0. */
static bool is_allowed(hypmmu_attr attr, enum hypmmu_access access)
{
	bool user = attr & HYPMMU_USER;

	switch (access) {
	case HYPMMU_READ:
		return true;
	case HYPMMU_WRITE:
		return attr & HYPMMU_W;
	case HYPMMU_FETCH:
		return (attr & HYPMMU_X) && !user;
	case HYPMMU_EL0_READ:
		return user;
	case HYPMMU_EL0_WRITE:
		return user && (attr & HYPMMU_W);
	case HYPMMU_EL0_FETCH:
		return user && (attr & HYPMMU_X);
	}
	return false;
}

static hypmmu_va without_tag(const struct tree *tree, hypmmu_va va)
{
	if (!(tree->theme.cfg.use & HYPMMU_USE_TBI))
		return va;
	if (tree->theme.cfg.regime != HYPMMU_EL2 && (va & BIT(55)))
		return va | BITS(63, 56);
	return va & BITS(55, 0);
}

static bool is_fetched_from_outside(const struct tree *tree, hypmmu_attr attr,
				    enum hypmmu_access access)
{
	return (access == HYPMMU_FETCH || access == HYPMMU_EL0_FETCH) && (attr & HYPMMU_NS) &&
	       tree->scene.world != NON_SECURE;
}

/* Is the answer what was asked to be mapped? */
static bool is_as_mapped(const struct tree *tree, hypmmu_va va, enum hypmmu_access access,
			 const struct hypmmu_translation *t)
{
	uint64_t at = without_tag(tree, va) - oracle_first_va(&tree->theme.shape);
	const struct model_leaf *leaf = model_find(tree->model.leaves, tree->model.n, at);
	uint8_t type;

	if (!leaf || at >= model_end(&tree->model, leaf))
		return t->fault == HYPMMU_FAULT_TRANSLATION;
	if (!is_allowed(leaf->attr, access) || is_fetched_from_outside(tree, leaf->attr, access))
		return t->fault == HYPMMU_FAULT_PERMISSION;
	type = type_of(leaf->attr);
	if (!(t->desc & DESC_GP) != !(leaf->attr & HYPMMU_GUARDED))
		return false;
	return !t->fault && t->pa == leaf->pa + (at - leaf->at) && t->mair == type &&
	       t->sh == (type < 0x10 || type == 0x44 ? 2 : 3);
}

static void judge(struct tree *tree, hypmmu_va va, enum hypmmu_access access,
		  const struct hypmmu_translation *t)
{
	if (!is_as_mapped(tree, va, access, t))
		tree_complain(tree, "not what was mapped", va);
}

/* Without them nothing else would be judged by accesses. */
static void judge_probes(struct tree *tree)
{
	static const enum hypmmu_access fetches[] = {HYPMMU_FETCH, HYPMMU_EL0_FETCH};
	struct hypmmu_translation t;

	for (unsigned i = 0; i < (tree->theme.cfg.regime == HYPMMU_EL2 ? 1 : 2); i++) {
		scene_walk(&tree->scene, tree->scene.probes[i], fetches[i], &t);
		judge(tree, tree->scene.probes[i], fetches[i], &t);
	}
}

/* Accesses first: AT may change descriptors or not, these do. */
static void ask_as_built(struct tree *tree)
{
	bool e2h = tree->theme.cfg.regime != HYPMMU_EL2;
	struct hypmmu_translation t;

	for (unsigned i = 0; i < TRIALS && tree->scene.may_run; i++) {
		enum trial trial = tree_draw_trial(tree);
		hypmmu_va va = tree_draw_scratch(tree);

		if (try_access(&tree->scene, va, trial, &t))
			judge(tree, va, access_of_trial(trial), &t);
	}
	for (unsigned i = 0; i < QUESTIONS; i++) {
		enum question question = draw_question(tree->random, e2h);
		hypmmu_va va = tree_draw_va(tree);

		if (ask(&tree->scene, va, question, &t))
			judge(tree, va, access_of(question), &t);
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
			     .hd = hafdbs,
			     .pie = cfg->use & HYPMMU_USE_S1PIE};
}

static bool set_scene(struct tree *tree)
{
	struct setting *setting = tree->setting;
	struct scene *scene = &tree->scene;
	const struct hypmmu_config *cfg = &tree->theme.cfg;
	bool upper = cfg->regime == HYPMMU_EL2_0_UPPER;

	scene->batch = setting->batch;
	scene->counts = setting->counts;
	scene->machine.id = setting->id;
	scene->world = setting->world;
	scene->kind = BUILT;
	scene->half[0] = scene->half[1] = half_of(cfg, &setting->cpu);
	if (hypmmu_get_regs(upper ? NULL : &tree->mmu, upper ? &tree->mmu : NULL,
			    &scene->machine.regs)) {
		tree_complain(tree, "hypmmu_get_regs", 0);
		return false;
	}
	for (size_t i = 0; i < tree->source.n; i++)
		batch_send(setting->batch, tree->source.taken[i], (size_t)1 << cfg->granule);
	scene_set_registers(scene);
	scene_set_probes(scene);
	setting->counts->probed += scene->may_run;
	if (scene->mapped)
		judge_probes(tree);
	return true;
}

void ask_about_tree(struct setting *setting, enum hypmmu_regime regime, bool wide)
{
	struct tree tree;

	if (tree_build(&tree, setting, regime, wide) && set_scene(&tree)) {
		ask_as_built(&tree);
		tree_ask_corrupted(&tree);
	}
	model_destroy(&tree.model);
}
