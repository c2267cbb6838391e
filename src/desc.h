/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors: attributes to 64-bit words and back, for EL2 and EL2&0, and what a change of one
 * means to hardware. Pure functions.
 *
 *  63  59 58  55 54  53  52   51  50 49            12 11 10 9  8 7  6  5 4     2 1    0
 * +------+------+---+---+----+---+--+----------------+--+--+----+--+--+--+-------+----+-----+
 * |      |  SW  |XN |PXN|Cont|DBM|GP| output address |nG|AF| SH |  AP |NS|AttrIdx|type|valid|
 * +------+------+---+---+----+---+--+----------------+--+--+----+--+--+--+-------+----+-----+
 * XN is UXN in EL2&0; PXN and nG exist only there, and AP[1] is RES1 in EL2. With DS = 1, SH holds
 * OA[51:50]; with 64K and FEAT_LPA, [15:12] hold OA[51:48]. Type is 1 in a table and in a page.
 *
 * With permission indirection XN, PXN, DBM and AP[1] are PIIndex[3:0], and AP[2] is nDirty. PIIndex
 * is a number, but PIR_EL2 (regs.c) is such that each bit has a meaning of its own: never executed,
 * writable, DBM, EL0's. So what these bits were they are, but for PXN, and dirty state is where it
 * always was.
 */
#ifndef HM_DESC_H
#define HM_DESC_H
#include "geometry.h"

#define HM_VALID    BIT(0)
#define HM_TYPE	    BIT(1)
#define HM_ATTRINDX BITS(4, 2)
#define HM_NS	    BIT(5)
#define HM_AP1	    BIT(6) /* EL0 may access */
#define HM_AP2	    BIT(7) /* read-only; with DBM: clean */
#define HM_SH	    BITS(9, 8)
#define HM_AF	    BIT(10)
#define HM_NG	    BIT(11)
#define HM_NT	    BIT(16) /* of blocks, FEAT_BBM */
#define HM_GP	    BIT(50)
#define HM_DBM	    BIT(51)
#define HM_CONT	    BIT(52)
#define HM_PXN	    BIT(53)
#define HM_XN	    BIT(54) /* UXN in EL2&0 */
#define HM_PI_W	    BIT(53) /* with permission indirection: writable */
#define HM_SW	    BITS(58, 55)

/* While a change of live tables is under way, an invalid descriptor may hold what is still to come:
 * one of these bits says what. Hardware ignores all of it. Between calls it is 0. */
#define HM_ARM	BIT(61) /* the new descriptor but for VALID, which comes after the sync */
#define HM_DROP BIT(62) /* the old table: it is freed after the sync */
#define HM_FOLD BIT(63) /* the old table: after the sync a leaf takes its place, and it is freed */

/* The fields of a hypmmu_attr that are numbers. */
#define HM_ATTR_TYPE HYPMMU_DEVICE_GRE
#define HM_ATTR_SW   HYPMMU_SW(15)

enum hm_kind { HM_HOLE, HM_TABLE, HM_LEAF, HM_RESERVED };

/* What hardware takes a descriptor of a table at this level for. */
static inline enum hm_kind hm_desc_kind(const struct hypmmu_geometry *geo, int level,
					hypmmu_desc desc)
{
	if (!(desc & HM_VALID))
		return HM_HOLE;
	if (desc & HM_TYPE)
		return level < HM_LAST_LEVEL ? HM_TABLE : HM_LEAF;
	return level < HM_LAST_LEVEL && level >= geo->block_level ? HM_LEAF : HM_RESERVED;
}

/* Bits of the output address in a leaf at this level; more are zero the larger the leaf is. */
static inline uint64_t hm_leaf_oa_mask(const struct hypmmu_geometry *geo, int level)
{
	return (geo->oa_low & ~(BIT(hm_level_shift(geo, level)) - 1)) | geo->oa_high;
}

/* OK; ARG for unknown bits; ATTR for what makes no mapping in this regime on this CPU. */
int hm_attr_check(const struct hypmmu_geometry *geo, hypmmu_attr attr);

/* All of a leaf but its output address and type. attr must have passed hm_attr_check(). */
hypmmu_desc hm_leaf_template(const struct hypmmu_geometry *geo, hypmmu_attr attr);
hypmmu_attr hm_leaf_attr(const struct hypmmu_geometry *geo, hypmmu_desc leaf);

static inline hypmmu_desc hm_leaf_type(int level)
{
	return level == HM_LAST_LEVEL ? HM_TYPE : 0;
}

/* What of a leaf stays when it gets the attributes of a template: output address, AF, hint, type;
 * and dirty state, if there is such a thing before and after. */
uint64_t hm_relabel_keeps(const struct hypmmu_geometry *geo, int level, hypmmu_desc template);

static inline hypmmu_desc hm_relabel(const struct hypmmu_geometry *geo, int level, hypmmu_desc leaf,
				     hypmmu_desc template)
{
	uint64_t keep = hm_relabel_keeps(geo, level, template);

	return (leaf & keep) | (template & ~keep);
}

/* Hardware (or software in its place) wrote here, or cannot any more: AP[2] is clear. */
static inline bool hm_leaf_dirty(hypmmu_desc leaf)
{
	return !(leaf & HM_AP2);
}

static inline hypmmu_desc hm_table_desc(const struct hypmmu_geometry *geo, hypmmu_pa table)
{
	return hm_put_oa(geo, table) | HM_TYPE | HM_VALID;
}

/* The staged form of a descriptor that is to be; of a hole it is a hole. */
static inline hypmmu_desc hm_desc_arm(hypmmu_desc desc)
{
	return desc ? (desc & ~HM_VALID) | HM_ARM : 0;
}

/* What was armed. */
static inline hypmmu_desc hm_desc_armed(hypmmu_desc staged)
{
	return (staged & ~HM_ARM) | HM_VALID;
}

/* AF and dirty state of a leaf that takes the place of others: those of any of them. */
static inline hypmmu_desc hm_leaf_inherit(hypmmu_desc leaf, hypmmu_desc old)
{
	return (leaf | (old & HM_AF)) & (old | ~HM_AP2);
}

/* A table that goes: how is HM_DROP or HM_FOLD. */
static inline hypmmu_desc hm_desc_gone(hypmmu_desc table, hypmmu_desc how)
{
	return (table & ~HM_VALID) | how;
}

/* May an access that the leaf allows fault, or mean something else, under its successor? Software
 * bits do not count, nor do further rights. */
bool hm_leaf_weakens(const struct hypmmu_geometry *geo, hypmmu_desc before, hypmmu_desc after);

/* What slot `index` of a table at `level` holds if the table replaces `whole`, a hole or a leaf. */
hypmmu_desc hm_desc_part(const struct hypmmu_geometry *geo, int level, hypmmu_desc whole,
			 unsigned index);

/* The output address of a leaf at this level. */
hypmmu_pa hm_leaf_pa(const struct hypmmu_geometry *geo, int level, hypmmu_desc leaf);

/* Do two leaves at this level have the same attributes? AF, dirty state and hint do not count. */
bool hm_same_attr(const struct hypmmu_geometry *geo, int level, hypmmu_desc a, hypmmu_desc b);

/* Does a leaf at this level map pa, with the attributes of `like`? */
bool hm_leaf_maps(const struct hypmmu_geometry *geo, int level, hypmmu_desc leaf, hypmmu_pa pa,
		  hypmmu_desc like);

enum hm_transition {
	HM_SAME,
	HM_MAKE,	  /* invalid to valid: no TLBI */
	HM_CLEAR,	  /* valid to invalid */
	HM_RELABEL,	  /* may be stored over the live one; TLBI after */
	HM_RELABEL_QUIET, /* the same without a TLBI: no cached copy differs to hardware */
	HM_RESIZE,	  /* size or Contiguous alone, on a CPU that allows it live */
	HM_BREAK,	  /* break-before-make */
};

/* The one place that knows what the architecture wants for a live change of one slot. A RESIZE
 * between leaf and table holds only if the table says exactly what the leaf says. */
enum hm_transition hm_desc_transition(const struct hypmmu_geometry *geo, int level,
				      hypmmu_desc before, hypmmu_desc after);
#endif
