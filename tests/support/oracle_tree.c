/* SPDX-License-Identifier: BSD-2-Clause */
/* The oracle's view of a whole tree. */
#include "oracle.h"
#include <string.h>

#define LEVELS 5
#define SEEN   4096 /* a power of 2, well above the tables of any test */

struct frame {
	const unsigned char *slots;
	uint64_t next, used; /* the slot to be looked at; valid descriptors so far */
	hypmmu_va va;	     /* of the first slot */
};

struct scan {
	const struct oracle *oracle;
	struct oracle_tree *tree;
	struct frame frames[LEVELS]; /* by level + 1 */
	int level;
	hypmmu_pa seen[SEEN]; /* a hash set of table PA + 1 */
};

/* False if it was there. */
static bool remember(struct scan *scan, hypmmu_pa pa)
{
	size_t i = (size_t)(pa * 0x9e3779b97f4a7c15 >> 52);

	while (scan->seen[i]) {
		if (scan->seen[i] == pa + 1)
			return false;
		i = (i + 1) % SEEN;
	}
	scan->seen[i] = pa + 1;
	return true;
}

static void complain(struct scan *scan, const char *wrong, hypmmu_va va, hypmmu_desc desc)
{
	scan->tree->wrong = wrong;
	scan->tree->va = va;
	scan->tree->level = scan->level;
	scan->tree->desc = desc;
}

/* Goes to the table at pa, one level down. */
static void enter(struct scan *scan, hypmmu_pa pa, hypmmu_va va, hypmmu_desc desc)
{
	size_t size = (size_t)oracle_slots(scan->oracle, scan->level + 1) * 8;
	const unsigned char *slots = scan->oracle->at(scan->oracle->ctx, pa, size);

	if (!slots)
		complain(scan, "a table that is not in memory", va, desc);
	else if (pa >> scan->oracle->oa_bits)
		complain(scan, "a table beyond the PA size", va, desc);
	else if (scan->tree->tables >= SEEN / 2)
		complain(scan, "too many tables", va, desc);
	else if (!remember(scan, pa))
		complain(scan, "a table that is reached twice", va, desc);
	if (scan->tree->wrong)
		return;
	scan->tree->tables++;
	scan->level++;
	scan->frames[scan->level + 1] = (struct frame){.slots = slots, .va = va};
}

static void leave(struct scan *scan)
{
	const struct frame *frame = &scan->frames[scan->level + 1];

	if (!frame->used && scan->level != oracle_start_level(scan->oracle))
		complain(scan, "an empty table", frame->va, 0);
	scan->level--;
}

/* The first slot of the frame from `next` that is not 0; false: none. */
static bool find_used(struct frame *frame, uint64_t slots, const unsigned char **slot)
{
	static const unsigned char zero[8];

	while (frame->next < slots) {
		*slot = frame->slots + 8 * frame->next++;
		if (memcmp(*slot, zero, 8))
			return true;
	}
	return false;
}

static void look_at(struct scan *scan, struct frame *frame, const unsigned char *slot,
		    void (*visit)(void *, const struct oracle_answer *), void *ctx)
{
	hypmmu_va va = frame->va + ((frame->next - 1) << oracle_shift(scan->oracle, scan->level));
	struct oracle_answer leaf = {.va = va};
	hypmmu_desc desc = oracle_load(scan->oracle, slot);

	frame->used++;
	switch (oracle_kind_of(scan->oracle, scan->level, desc)) {
	case ORACLE_INVALID:
		complain(scan, "an invalid descriptor that is not 0", va, desc);
		return;
	case ORACLE_TABLE:
		enter(scan, oracle_next_table(scan->oracle, desc), va, desc);
		return;
	case ORACLE_LEAF:
		break;
	}
	oracle_read_leaf(scan->oracle, scan->level, desc, 0, &leaf);
	scan->tree->leaves++;
	if (leaf.result != ORACLE_OK)
		complain(scan, "a leaf that faults", va, desc);
	else if (visit)
		visit(ctx, &leaf);
}

void oracle_scan(const struct oracle *oracle,
		 void (*visit)(void *ctx, const struct oracle_answer *leaf), void *ctx,
		 struct oracle_tree *tree)
{
	int start = oracle_start_level(oracle);
	struct scan scan = {.oracle = oracle, .tree = tree, .level = start - 1};

	*tree = (struct oracle_tree){.tables = 0};
	enter(&scan, oracle->root, oracle_first_va(oracle), 0);
	while (!tree->wrong && scan.level >= start) {
		struct frame *frame = &scan.frames[scan.level + 1];
		const unsigned char *slot;

		if (find_used(frame, oracle_slots(oracle, scan.level), &slot))
			look_at(&scan, frame, slot, visit, ctx);
		else
			leave(&scan);
	}
}

static hypmmu_attr with(bool present, hypmmu_attr attr)
{
	return present ? attr : 0;
}

hypmmu_attr oracle_attr(const struct oracle *oracle, const struct oracle_answer *leaf)
{
	hypmmu_desc desc = leaf->desc;
	bool user = oracle->two_privileges && (desc >> 6 & 1);		 /* AP[1] */
	hypmmu_attr attr = HYPMMU_R | (hypmmu_attr)(desc >> 2 & 7) << 4; /* AttrIndx [4:2] */

	if (leaf->result != ORACLE_OK || !leaf->r)
		return 0;
	if (oracle->two_privileges && !user && leaf->el0_x) /* EL0 fetches what it cannot read */
		return 0;
	if (user && leaf->x) /* EL2 fetches what EL0 owns */
		return 0;
	attr |= with(leaf->w, HYPMMU_W) | with(user, HYPMMU_USER);
	attr |= with(user ? leaf->el0_x : leaf->x, HYPMMU_X);
	attr |= with(desc >> 5 & 1, HYPMMU_NS);
	attr |= with(oracle->two_privileges && (desc >> 11 & 1), HYPMMU_NG);
	attr |= with(desc >> 50 & 1, HYPMMU_GUARDED);
	attr |= with(desc >> 51 & 1, HYPMMU_DBM);
	return attr | HYPMMU_SW((hypmmu_attr)(desc >> 55 & 15));
}
