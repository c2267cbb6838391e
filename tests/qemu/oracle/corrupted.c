/* SPDX-License-Identifier: BSD-2-Clause */
/* Trees that are broken bit by bit: nobody has asked for what they map, but the MMU has a view. */
#include "bits.h"
#include "tree.h"

#define CORRUPTIONS	  4
#define QUESTIONS_BETWEEN 48
#define TRIALS_BETWEEN	  24

#define PERM_RX 3 /* in a field of PIR_EL2 */

/* A descriptor on the way to a leaf, or any; *table: not the leaf. */
static hypmmu_pa draw_victim(struct tree *tree, bool *table)
{
	size_t page = random_below(tree->random, tree->source.n);
	uint64_t slots = UINT64_C(1) << (tree->theme.cfg.granule - 3);
	struct hypmmu_translation t;
	struct reading reading;

	if (!random_once_in(tree->random, 8)) {
		tree->focus = tree_draw_scratch(tree);
		reading = scene_walk(&tree->scene, tree->focus, HYPMMU_READ, &t);
		*table = reading.depth > 1 && random_once_in(tree->random, 3);
		if (*table)
			return reading.path[random_below(tree->random, reading.depth - 1)];
		if (reading.depth)
			return reading.path[reading.depth - 1];
	}
	return tree->source.taken[page] + 8 * random_below(tree->random, slots);
}

/* Of a table mostly its attributes. Of a leaf half are in the lower attributes, a quarter in the
 * permissions above: the address is most of the rest. */
static unsigned draw_bit(struct random *random, bool table)
{
	if (table && !random_once_in(random, 4))
		return 59 + (unsigned)random_below(random, 5);
	switch (random_below(random, 4)) {
	case 0:
		return (unsigned)random_below(random, 64);
	case 1:
		return 50 + (unsigned)random_below(random, 5);
	default:
		return (unsigned)random_below(random, 12);
	}
}

static void flip(struct tree *tree, hypmmu_pa pa, uint64_t bits)
{
	bool big_endian = tree->theme.cfg.use & HYPMMU_USE_BIG_ENDIAN;
	unsigned char *at = memory_at(pa);

	for (unsigned i = 0; i < 8; i++)
		at[big_endian ? 7 - i : i] ^= (unsigned char)(bits >> 8 * i);
	batch_send(tree->setting->batch, pa & ~UINT64_C(63), 64);
}

/* Mostly not of what the probes need. */
static void corrupt(struct tree *tree)
{
	bool table = false;
	hypmmu_pa pa = draw_victim(tree, &table);
	uint64_t bits = 0;

	for (uint64_t n = 1 + random_below(tree->random, 3); n; n--)
		bits |= UINT64_C(1) << draw_bit(tree->random, table);
	flip(tree, pa, bits);
	scene_set_probes(&tree->scene);
	if (tree->scene.mapped && !tree->scene.may_run && !random_once_in(tree->random, 8)) {
		flip(tree, pa, bits);
		scene_set_probes(&tree->scene);
	}
}

/* PIIndex of the page at va. */
static unsigned index_of(struct tree *tree, hypmmu_va va)
{
	struct hypmmu_translation t;

	scene_walk(&tree->scene, va, HYPMMU_READ, &t);
	return (unsigned)(get(BITS(54, 53), t.desc) << 2 | get(BIT(51), t.desc) << 1 |
			  get(BIT(6), t.desc));
}

/* Whatever PIR_EL2 says: EL2 may execute one, EL0 the other. */
static void permit_probes(struct tree *tree)
{
	struct hypmmu_regs *regs = &tree->scene.machine.regs;
	uint64_t code = BITS(3, 0) << 4 * index_of(tree, tree->scene.probes[0]);
	uint64_t el0 = BITS(3, 0) << 4 * index_of(tree, tree->scene.probes[1]);

	if (!tree->scene.mapped)
		return;
	regs->pir = (regs->pir & ~code) | put(code, PERM_RX);
	regs->pire0 &= ~code;
	if (regs->hcr)
		regs->pire0 = (regs->pire0 & ~el0) | put(el0, PERM_RX);
}

/* What the library never asks for, or not always: TBI, TBID, TCMA, HPD, WXN, memory types. */
static void bend_registers(struct tree *tree)
{
	static const uint8_t bits[2][8] = {{20, 20, 24, 24, 29, 29, 30, 30},
					   {37, 38, 41, 42, 51, 52, 57, 58}};
	struct hypmmu_regs *regs = &tree->scene.machine.regs;

	for (unsigned i = 0; i < 8; i++) {
		if (random_once_in(tree->random, 3))
			regs->tcr ^= UINT64_C(1) << bits[regs->hcr != 0][i];
	}
	regs->sctlr ^= random_once_in(tree->random, 2) ? UINT64_C(1) << 19 : 0; /* WXN */
	if (random_once_in(tree->random, 4))
		regs->mair = random_next(tree->random);
	if (random_once_in(tree->random, 4)) {
		draw_indirection(tree->setting, &tree->scene);
		permit_probes(tree);
	}
}

void tree_ask_corrupted(struct tree *tree)
{
	bool e2h = tree->theme.cfg.regime != HYPMMU_EL2;
	struct hypmmu_translation t;

	tree->scene.kind = CORRUPTED;
	bend_registers(tree);
	scene_set_registers(&tree->scene);
	for (unsigned i = 0; i < CORRUPTIONS; i++) {
		corrupt(tree);
		for (unsigned k = 0; k < QUESTIONS_BETWEEN; k++)
			ask(&tree->scene, tree_draw_scratch(tree), draw_question(tree->random, e2h),
			    &t);
		for (unsigned k = 0; k < TRIALS_BETWEEN && tree->scene.may_run; k++)
			try_access(&tree->scene, tree_draw_scratch(tree), tree_draw_trial(tree),
				   &t);
	}
}
