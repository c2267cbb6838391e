/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors: encode, decode, transition. */
#include "desc.h"

#define KNOWN_ATTRS                                                                                \
	(HYPMMU_R | HYPMMU_W | HYPMMU_X | HYPMMU_USER | HM_ATTR_TYPE | HYPMMU_GUARDED |            \
	 HYPMMU_NS | HYPMMU_DBM | HYPMMU_NG | HM_ATTR_SW)

static bool is_device(hypmmu_attr attr)
{
	return (attr & HM_ATTR_TYPE) >= HYPMMU_DEVICE_NGNRNE;
}

int hm_attr_check(const struct hypmmu_geometry *geo, hypmmu_attr attr)
{
	if (attr & ~KNOWN_ATTRS)
		return HYPMMU_ERR_ARG;
	if (attr & ~geo->attr_mask)
		return HYPMMU_ERR_ATTR;
	if (!(attr & HYPMMU_R) || ((attr & HYPMMU_W) && (attr & HYPMMU_X)) ||
	    ((attr & HYPMMU_X) && is_device(attr)) || ((attr & HYPMMU_DBM) && !(attr & HYPMMU_W)) ||
	    ((attr & HM_ATTR_TYPE) == HYPMMU_NORMAL_TAGGED && !geo->tagged))
		return HYPMMU_ERR_ATTR;
	return 0;
}

static hypmmu_desc access_bits(const struct hypmmu_geometry *geo, hypmmu_attr attr)
{
	hypmmu_desc desc = 0;

	if (!(attr & HYPMMU_W))
		desc |= HM_AP2;
	else if (attr & HYPMMU_DBM)
		desc |= HM_DBM | HM_AP2;
	if (!geo->two_privileges)
		return desc | HM_AP1 | ((attr & HYPMMU_X) ? 0 : HM_XN);
	if (!(attr & HYPMMU_USER))
		return desc | HM_XN | ((attr & HYPMMU_X) ? 0 : HM_PXN);
	return desc | HM_AP1 | HM_PXN | ((attr & HYPMMU_X) ? 0 : HM_XN);
}

hypmmu_desc hm_leaf_template(const struct hypmmu_geometry *geo, hypmmu_attr attr)
{
	hypmmu_desc desc = HM_VALID | HM_AF | access_bits(geo, attr);

	if (!geo->ds)
		desc |= HM_SH; /* inner shareable */
	if (attr & HYPMMU_GUARDED)
		desc |= HM_GP;
	if (attr & HYPMMU_NS)
		desc |= HM_NS;
	if (attr & HYPMMU_NG)
		desc |= HM_NG;
	return desc | put(HM_ATTRINDX, get(HM_ATTR_TYPE, attr)) | put(HM_SW, get(HM_ATTR_SW, attr));
}

hypmmu_attr hm_leaf_attr(const struct hypmmu_geometry *geo, hypmmu_desc leaf)
{
	bool user = geo->two_privileges && (leaf & HM_AP1);
	uint64_t never = geo->two_privileges && !user ? HM_PXN : HM_XN;
	uint64_t attr = HYPMMU_R;

	if ((leaf & HM_DBM) || !(leaf & HM_AP2))
		attr |= HYPMMU_W;
	if (leaf & HM_DBM)
		attr |= HYPMMU_DBM;
	if (!(leaf & never))
		attr |= HYPMMU_X;
	if (user)
		attr |= HYPMMU_USER;
	if (leaf & HM_GP)
		attr |= HYPMMU_GUARDED;
	if (leaf & HM_NS)
		attr |= HYPMMU_NS;
	if (leaf & HM_NG)
		attr |= HYPMMU_NG;
	attr |= put(HM_ATTR_TYPE, get(HM_ATTRINDX, leaf)) | put(HM_ATTR_SW, get(HM_SW, leaf));
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

/* Memory types that differ only in whether tags are checked. */
static bool tagging_differs_alone(hypmmu_desc a, hypmmu_desc b)
{
	uint64_t i = put(HM_ATTR_TYPE, get(HM_ATTRINDX, a));
	uint64_t j = put(HM_ATTR_TYPE, get(HM_ATTRINDX, b));

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

	if (before == after || (from == HM_HOLE && to == HM_HOLE))
		return HM_SAME;
	if (from == HM_HOLE)
		return HM_MAKE;
	if (to == HM_HOLE)
		return HM_CLEAR;
	if (from == HM_LEAF && to == HM_LEAF)
		return leaf_transition(geo, level, before, after);
	return from != to && geo->resize_live ? HM_RESIZE : HM_BREAK;
}
