/* SPDX-License-Identifier: BSD-2-Clause */
/* The judge: what descriptors mean to TLBs. */
#include "bbm_model.h"

#define BIT(n) (UINT64_C(1) << (n))

#define AP1   BIT(6)
#define AP2   BIT(7)
#define SH    (BIT(9) | BIT(8))
#define AF    BIT(10)
#define NG    BIT(11)
#define DBM   BIT(51)
#define CONT  BIT(52)
#define NEVER (BIT(53) | BIT(54)) /* PXN, XN */

/* What may change under a TLB entry: AP[2:1], AF, nG, GP, DBM, PXN, XN, software [58:55]. */
#define LABELS	 (AP1 | AP2 | AF | NG | BIT(50) | DBM | NEVER | SOFTWARE)
#define SOFTWARE (UINT64_C(15) << 55)
#define ATTRINDX (UINT64_C(7) << 2)

uint64_t bbm_slot_size(const struct bbm *bbm, int level)
{
	return BIT(oracle_shift(&bbm->shape, level));
}

unsigned bbm_slots_of(const struct bbm *bbm, int level)
{
	return (unsigned)oracle_slots(&bbm->shape, level);
}

unsigned bbm_group_slots(const struct bbm *bbm, int level)
{
	switch (bbm->shape.granule) {
	case 12:
		return level >= 1 ? 16 : 1;
	case 14:
		return level == 3 ? 128 : level == 2 ? 32 : 1;
	default:
		return level >= 2 ? 32 : 1;
	}
}

enum oracle_kind bbm_kind_of(const struct bbm *bbm, int level, hypmmu_desc desc)
{
	return oracle_kind_of(&bbm->shape, level, desc);
}

bool bbm_is_cont(const struct bbm *bbm, int level, hypmmu_desc leaf)
{
	return (leaf & CONT) && bbm_group_slots(bbm, level) > 1;
}

hypmmu_pa bbm_leaf_pa(const struct bbm *bbm, int level, hypmmu_desc leaf)
{
	return oracle_next_table(&bbm->shape, leaf) & ~(bbm_slot_size(bbm, level) - 1);
}

/* Everything but the output address, the type bit, VALID and what `ignored` names. Normal and
 * Normal Tagged are one type: what differs is whether tags are checked. */
static uint64_t attributes(const struct bbm *bbm, hypmmu_desc leaf, uint64_t ignored)
{
	uint64_t mask = LABELS | CONT | ATTRINDX | BIT(5) | (UINT64_C(31) << 59);

	if (!bbm->shape.ds)
		mask |= SH;
	if ((leaf & ATTRINDX) == (uint64_t)HYPMMU_NORMAL_TAGGED >> 4 << 2 && !(ignored & BIT(2)))
		leaf &= ~ATTRINDX;
	return leaf & mask & ~ignored;
}

/* BIT(2) among the ignored bits: compare the type as it is. */
static uint64_t exact(const struct bbm *bbm, hypmmu_desc leaf, uint64_t ignored)
{
	return attributes(bbm, leaf, ignored | BIT(2)) | (leaf & BIT(2));
}

/* From a to b: a TLB that has a leaf as clean does no harm once it is dirty. */
bool bbm_same_to_hardware(const struct bbm *bbm, int level, hypmmu_desc a, hypmmu_desc b)
{
	uint64_t ignored = SOFTWARE;

	if (bbm_kind_of(bbm, level, a) != ORACLE_LEAF || bbm_kind_of(bbm, level, b) != ORACLE_LEAF)
		return a == b;
	if (bbm->hardware && (a & b & DBM) && (a & AP2))
		ignored |= AP2;
	return bbm_leaf_pa(bbm, level, a) == bbm_leaf_pa(bbm, level, b) &&
	       exact(bbm, a, ignored) == exact(bbm, b, ignored);
}

static bool is_writable(const struct bbm *bbm, hypmmu_desc leaf)
{
	return !(leaf & AP2) || (bbm->hardware && (leaf & DBM));
}

/* The same by number: what PIR_EL2 says of each. */
static bool loses_a_right(const struct bbm *bbm, int level, hypmmu_desc before, hypmmu_desc after)
{
	struct oracle_answer a = {0}, b = {0};

	oracle_read_leaf(&bbm->shape, level, before | AF, 0, &a);
	oracle_read_leaf(&bbm->shape, level, after | AF, 0, &b);
	return (a.r && !b.r) || (a.w && !b.w) || (a.x && !b.x) || (a.el0_r && !b.el0_r) ||
	       (a.el0_w && !b.el0_w) || (a.el0_x && !b.el0_x);
}

bool bbm_takes_away(const struct bbm *bbm, int level, hypmmu_desc before, hypmmu_desc after)
{
	enum oracle_kind kind = bbm_kind_of(bbm, level, before);

	if (kind == ORACLE_INVALID || bbm_kind_of(bbm, level, after) != ORACLE_LEAF)
		return kind != ORACLE_INVALID && !(after & 1);
	if (kind == ORACLE_TABLE)
		return false;
	if (bbm->shape.pie)
		return loses_a_right(bbm, level, before, after);
	return (is_writable(bbm, before) && !is_writable(bbm, after)) ||
	       (~before & after & NEVER) || (before & ~after & AP1);
}

bool bbm_is_relabel(const struct bbm *bbm, int level, hypmmu_desc before, hypmmu_desc after)
{
	if ((before & NG) && !(after & NG))
		return false;
	return bbm_leaf_pa(bbm, level, before) == bbm_leaf_pa(bbm, level, after) &&
	       attributes(bbm, before, LABELS) == attributes(bbm, after, LABELS);
}

/* The range that a TLB may make of it. */
static hypmmu_va reach(const struct bbm *bbm, struct place place, hypmmu_desc leaf, uint64_t *size)
{
	*size = bbm_slot_size(bbm, place.level);
	if (bbm_is_cont(bbm, place.level, leaf))
		*size *= bbm_group_slots(bbm, place.level);
	return place.va & ~(*size - 1);
}

/* Where the first byte of its reach goes. */
static hypmmu_pa origin(const struct bbm *bbm, struct place place, hypmmu_desc leaf)
{
	uint64_t size;

	reach(bbm, place, leaf, &size);
	return bbm_leaf_pa(bbm, place.level, leaf) & ~(size - 1);
}

bool bbm_leaves_translate_alike(const struct bbm *bbm, struct place a, hypmmu_desc x,
				struct place b, hypmmu_desc y)
{
	uint64_t size_x, size_y, ignored = SOFTWARE | AF | CONT;
	hypmmu_va first_x = reach(bbm, a, x, &size_x), first_y = reach(bbm, b, y, &size_y);

	if (x & y & DBM)
		ignored |= AP2;
	return exact(bbm, x, ignored) == exact(bbm, y, ignored) &&
	       origin(bbm, a, x) - first_x == origin(bbm, b, y) - first_y;
}

bool bbm_leaves_clash(const struct bbm *bbm, struct place a, hypmmu_desc before, struct place b,
		      hypmmu_desc after)
{
	uint64_t size_a, size_b;
	hypmmu_va first_a = reach(bbm, a, before, &size_a), first_b = reach(bbm, b, after, &size_b);
	bool alike = a.level == b.level && size_a == size_b;

	if (first_a > first_b + (size_b - 1) || first_b > first_a + (size_a - 1))
		return false;
	if (alike && a.va == b.va)
		return !bbm_is_relabel(bbm, a.level, before, after);
	if (alike) /* two members of one contiguous group */
		return origin(bbm, a, before) != origin(bbm, b, after) ||
		       attributes(bbm, before, LABELS) != attributes(bbm, after, LABELS);
	return !bbm->noabort || !bbm_leaves_translate_alike(bbm, a, before, b, after);
}

bool bbm_group_is_good(const struct bbm *bbm, const struct page *page, unsigned first)
{
	int level = page->place.level;
	unsigned n = bbm_group_slots(bbm, level);
	uint64_t size = bbm_slot_size(bbm, level), ignored = AF | SOFTWARE;
	hypmmu_desc leaf;
	hypmmu_pa pa;

	if (n > bbm_slots_of(bbm, level))
		return false;
	leaf = page->slot[first];
	pa = bbm_leaf_pa(bbm, level, leaf);
	if (leaf & DBM)
		ignored |= AP2;
	for (unsigned i = 0; i < n; i++) {
		hypmmu_desc desc = page->slot[first + i];

		if (bbm_kind_of(bbm, level, desc) != ORACLE_LEAF || !bbm_is_cont(bbm, level, desc))
			return false;
		if (bbm_leaf_pa(bbm, level, desc) != pa + i * size ||
		    exact(bbm, desc, ignored) != exact(bbm, leaf, ignored))
			return false;
	}
	return !(pa & (n * size - 1));
}
