/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors: encode, decode, transition. */
#include "desc.h"

#define KNOWN_ATTRS                                                                                \
	(HYPMMU_R | HYPMMU_W | HYPMMU_X | HYPMMU_USER | HM_ATTR_TYPE | HYPMMU_GUARDED |            \
	 HYPMMU_NS | HYPMMU_DBM | HYPMMU_NG | HM_ATTR_SW)

int hm_attr_check(const struct hypmmu_geometry *geo, hypmmu_attr attr)
{
	/* X is not for what is written to, DBM only for that; the bit of NGNRNE all Devices have. */
	hypmmu_attr never = attr & HYPMMU_X ? HYPMMU_W | HYPMMU_DEVICE_NGNRNE | HYPMMU_DBM : 0;

	if (attr & ~geo->attr_mask)
		return attr & ~KNOWN_ATTRS ? HYPMMU_ERR_ARG : HYPMMU_ERR_ATTR;
	if ((attr & never) || !(attr & HYPMMU_R) ||
	    (attr & (HYPMMU_W | HYPMMU_DBM)) == HYPMMU_DBM ||
	    ((attr & HM_ATTR_TYPE) == HYPMMU_NORMAL_TAGGED && !geo->tagged))
		return HYPMMU_ERR_ATTR;
	return 0;
}

/* What few mappings have. */
#define RARE_ATTRS (HYPMMU_USER | HYPMMU_GUARDED | HYPMMU_NS | HYPMMU_DBM | HYPMMU_NG | HM_ATTR_SW)
#define RARE_BITS  (HM_GP | HM_NS | HM_DBM | HM_NG | HM_SW)

static hypmmu_desc put_rare(hypmmu_attr attr)
{
	return move(attr, HYPMMU_USER, HM_AP1) | move(attr, HYPMMU_DBM, HM_AP2) |
	       move(attr, HYPMMU_DBM, HM_DBM) | move(attr, HYPMMU_GUARDED, HM_GP) |
	       move(attr, HYPMMU_NS, HM_NS) | move(attr, HYPMMU_NG, HM_NG) |
	       move(attr, HM_ATTR_SW, HM_SW);
}

static uint64_t get_rare(hypmmu_desc leaf)
{
	return move(leaf, HM_DBM, HYPMMU_W) | move(leaf, HM_DBM, HYPMMU_DBM) |
	       move(leaf, HM_GP, HYPMMU_GUARDED) | move(leaf, HM_NS, HYPMMU_NS) |
	       move(leaf, HM_NG, HYPMMU_NG) | move(leaf, HM_SW, HM_ATTR_SW);
}

/* XN alone in EL2, where AP[1] is RES1. In EL2&0 what one level may execute the other may not.
 * With indirection who may is in PIR_EL2 and PIRE0_EL2. */
static hypmmu_desc execute_bits(const struct hypmmu_geometry *geo, hypmmu_attr attr)
{
	hypmmu_desc never = move(~attr, HYPMMU_X, HM_XN);

	if (geo->indirect)
		return never | move(attr, HYPMMU_W, HM_PI_W);
	if (!geo->two_privileges)
		return HM_AP1 | never;
	if (never)
		return HM_XN | HM_PXN;
	return attr & HYPMMU_USER ? HM_PXN : HM_XN;
}

hypmmu_desc hm_leaf_template(const struct hypmmu_geometry *geo, hypmmu_attr attr)
{
	hypmmu_desc desc = HM_VALID | HM_AF | execute_bits(geo, attr) |
			   move(~attr, HYPMMU_W, HM_AP2) | move(attr, HM_ATTR_TYPE, HM_ATTRINDX);

	if (!geo->ds)
		desc |= HM_SH; /* inner shareable */
	return attr & RARE_ATTRS ? desc | put_rare(attr) : desc;
}

hypmmu_attr hm_leaf_attr(const struct hypmmu_geometry *geo, hypmmu_desc leaf)
{
	uint64_t attr =
		HYPMMU_R | move(~leaf, HM_AP2, HYPMMU_W) | move(leaf, HM_ATTRINDX, HM_ATTR_TYPE);

	if (geo->two_privileges)
		attr |= move(leaf, HM_AP1, HYPMMU_USER);
	if (geo->two_privileges && !geo->indirect && !(attr & HYPMMU_USER))
		attr |= move(~leaf, HM_PXN, HYPMMU_X);
	else
		attr |= move(~leaf, HM_XN, HYPMMU_X);
	if (leaf & RARE_BITS)
		attr |= get_rare(leaf);
	return (hypmmu_attr)attr;
}

hypmmu_desc hm_desc_part(const struct hypmmu_geometry *geo, int level, hypmmu_desc whole,
			 unsigned index)
{
	hypmmu_pa offset = (hypmmu_pa)index << hm_level_shift(geo, level);

	if (!(whole & HM_VALID))
		return 0;
	whole &= ~HM_CONT; /* parts of one member are no group */
	whole |= hm_leaf_type(level);
	return whole | hm_put_oa(geo, offset); /* the leaf is aligned: its low address bits are 0 */
}

uint64_t hm_relabel_keeps(const struct hypmmu_geometry *geo, int level, hypmmu_desc template)
{
	/* A page that was writable without DBM has AP[2] = 0: it counts as written. */
	uint64_t dirty = (template & HM_DBM) ? HM_AP2 : 0;

	return hm_leaf_oa_mask(geo, level) | HM_AF | HM_CONT | HM_TYPE | dirty;
}

/* Drop what hardware or a hint may change without changing what the leaf maps. */
static hypmmu_desc without_state(hypmmu_desc leaf)
{
	return leaf & ~(HM_AF | HM_CONT | HM_TYPE | ((leaf & HM_DBM) ? HM_AP2 : 0));
}

bool hm_same_attr(const struct hypmmu_geometry *geo, int level, hypmmu_desc a, hypmmu_desc b)
{
	return !((without_state(a) ^ without_state(b)) & ~hm_leaf_oa_mask(geo, level));
}

hypmmu_pa hm_leaf_pa(const struct hypmmu_geometry *geo, int level, hypmmu_desc leaf)
{
	return hm_get_oa(geo, leaf & hm_leaf_oa_mask(geo, level));
}

bool hm_leaf_maps(const struct hypmmu_geometry *geo, int level, hypmmu_desc leaf, hypmmu_pa pa,
		  hypmmu_desc like)
{
	return hm_leaf_pa(geo, level, leaf) == pa && hm_same_attr(geo, level, leaf, like);
}

bool hm_leaf_weakens(const struct hypmmu_geometry *geo, hypmmu_desc before, hypmmu_desc after)
{
	hypmmu_attr rights = HYPMMU_W | HYPMMU_X;
	hypmmu_attr was = hm_leaf_attr(geo, before), is = hm_leaf_attr(geo, after);

	return (was & ~is & rights) || ((was ^ is) & ~(rights | HM_ATTR_SW));
}

/* Memory types that differ only in whether tags are checked. */
static bool tagging_differs_alone(hypmmu_desc a, hypmmu_desc b)
{
	uint64_t i = move(a, HM_ATTRINDX, HM_ATTR_TYPE);
	uint64_t j = move(b, HM_ATTRINDX, HM_ATTR_TYPE);

	return (i == HYPMMU_NORMAL && j == HYPMMU_NORMAL_TAGGED) ||
	       (i == HYPMMU_NORMAL_TAGGED && j == HYPMMU_NORMAL);
}

static enum hm_transition leaf_transition(const struct hypmmu_geometry *geo, int level,
					  hypmmu_desc before, hypmmu_desc after)
{
	hypmmu_desc diff = before ^ after;
	hypmmu_desc relabel = HM_AP1 | HM_AP2 | HM_GP | HM_DBM | HM_PXN | HM_XN | HM_AF;
	hypmmu_desc quiet = HM_SW;

	if (diff == HM_CONT)
		return geo->resize_live ? HM_RESIZE : HM_BREAK;
	if (after & HM_NG)
		relabel |= HM_NG;
	if (after & HM_AF)
		quiet |= HM_AF;
	if ((diff & HM_ATTRINDX) && tagging_differs_alone(before, after))
		relabel |= HM_ATTRINDX;
	relabel &= ~hm_leaf_oa_mask(geo, level);
	if (!(diff & ~quiet))
		return HM_RELABEL_QUIET;
	return diff & ~(quiet | relabel) ? HM_BREAK : HM_RELABEL;
}

enum hm_transition hm_desc_transition(const struct hypmmu_geometry *geo, int level,
				      hypmmu_desc before, hypmmu_desc after)
{
	enum hm_kind from = hm_desc_kind(geo, level, before);
	enum hm_kind to = hm_desc_kind(geo, level, after);
	bool was_valid = from == HM_TABLE || from == HM_LEAF; /* reserved is invalid to hardware */
	bool is_valid = to == HM_TABLE || to == HM_LEAF;

	if (before == after || (!was_valid && !is_valid))
		return HM_SAME;
	if (!was_valid)
		return HM_MAKE;
	if (!is_valid)
		return HM_CLEAR;
	if (from == HM_LEAF && to == HM_LEAF)
		return leaf_transition(geo, level, before, after);
	return from != to && geo->resize_live ? HM_RESIZE : HM_BREAK;
}
