/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage-1 permissions of EL2 and EL2&0, without overlays (FEAT_S1POE) and with PSTATE.PAN = 0. */
#include "walkperms.h"

#define DESC_AP1 BIT(6) /* EL0 has access */
#define DESC_AP2 BIT(7) /* read-only */
#define DESC_DBM BIT(51)
#define DESC_PXN BIT(53)
#define DESC_UXN BIT(54) /* XN where there is one privilege only */

#define PIINDEX_0    BIT(6)
#define PIINDEX_1    BIT(51)
#define PIINDEX_HIGH BITS(54, 53)

#define TABLE_PXN      BIT(59)
#define TABLE_UXN      BIT(60)
#define TABLE_NO_EL0   BIT(61)
#define TABLE_NO_WRITE BIT(62)

/* What one privilege may do, in the order of enum hypmmu_access. */
#define MAY_R	   (1u << HYPMMU_READ)
#define MAY_W	   (1u << HYPMMU_WRITE)
#define MAY_X	   (1u << HYPMMU_FETCH)
#define MAY_RWX	   (MAY_R | MAY_W | MAY_X)
#define MAY_GCS	   8u
#define MAY_WX_NOT 16u /* W and X, whereupon X is lost */

static unsigned drop_wx(unsigned may)
{
	return may & MAY_W ? may & ~MAY_X : may;
}

static unsigned direct_permissions(const struct hm_walkparams *p, hypmmu_desc leaf, uint64_t table)
{
	bool by_hardware = p->hd && (leaf & DESC_DBM);
	bool read_only = ((leaf & DESC_AP2) && !by_hardware) || (table & TABLE_NO_WRITE);
	unsigned rw = read_only ? MAY_R : MAY_R | MAY_W, el2 = rw, el0 = 0;
	bool xn = (leaf & DESC_UXN) || (table & TABLE_UXN);

	if (p->two_privileges) {
		if ((leaf & DESC_AP1) && !(table & TABLE_NO_EL0))
			el0 = rw;
		if (!xn)
			el0 |= MAY_X;
		xn = (leaf & DESC_PXN) || (table & TABLE_PXN) || (el0 & MAY_W);
	}
	if (!xn)
		el2 |= MAY_X;
	if (p->wxn) {
		el2 = drop_wx(el2);
		el0 = drop_wx(el0);
	}
	return el2 | el0 << HYPMMU_EL0_READ;
}

/* By the value of the field of PIR_EL2 or PIRE0_EL2 that PIIndex selects. Without overlays 8 to 15
 * differ from 0 to 7 only in Guarded Control Stacks and WXN. */
static unsigned indirect_privilege(uint64_t pir, hypmmu_desc leaf)
{
	static const uint8_t may[] = {[1] = MAY_R,
				      [2] = MAY_X,
				      [3] = MAY_R | MAY_X,
				      [5] = MAY_R | MAY_W,
				      [6] = MAY_RWX | MAY_WX_NOT,
				      [7] = MAY_RWX,
				      [8] = MAY_R,
				      [9] = MAY_R | MAY_GCS,
				      [10] = MAY_R | MAY_X,
				      [12] = MAY_R | MAY_W,
				      [14] = MAY_RWX,
				      [15] = 0};
	uint64_t index =
		get(PIINDEX_HIGH, leaf) << 2 | get(PIINDEX_1, leaf) << 1 | get(PIINDEX_0, leaf);

	return may[pir >> 4 * index & 15];
}

static unsigned indirect_permissions(const struct hm_walkparams *p, const struct hypmmu_regs *regs,
				     hypmmu_desc leaf)
{
	unsigned el2 = indirect_privilege(regs->pir, leaf), el0 = 0;

	if (p->two_privileges)
		el0 = indirect_privilege(regs->pire0, leaf);
	if ((el2 & (MAY_X | MAY_GCS)) && (el0 & (MAY_W | MAY_GCS)))
		el2 = el0 = 0;
	if (el2 & MAY_WX_NOT)
		el2 = drop_wx(el2);
	if (el0 & MAY_WX_NOT)
		el0 = drop_wx(el0);
	return (el2 & MAY_RWX) | (el0 & MAY_RWX) << HYPMMU_EL0_READ;
}

unsigned hm_walkperms_of(const struct hm_walkparams *p, const struct hypmmu_regs *regs,
			 hypmmu_desc leaf, uint64_t table)
{
	if (p->pie)
		return indirect_permissions(p, regs, leaf);
	return direct_permissions(p, leaf, table);
}
