/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The golden walker: one stage-1 translation at EL2 as the Arm manual describes it, from registers,
 * ID values and memory. Non-secure state; PSTATE.PAN = 0; no overlays (FEAT_S1POE), no D128.
 *
 * Where the architecture leaves a choice: TxSZ out of bounds faults, and so does an nT block with
 * FEAT_BBM level 1 or 2; a contiguous group wider than the address range does not; a fetch from
 * Device memory is one from Normal Non-cacheable; a reserved TGn selects 4K.
 * A walk that ends before its first descriptor (MMU off, address or size out of range, EPDn, root
 * out of range) has size, desc and desc_pa 0. Type and address are also those of a leaf that faults
 * by its access flag or its permissions. EL0 accesses are never allowed where E2H = 0.
 */
#include "walkparams.h"
#include "walkperms.h"

#define DESC_VALID	BIT(0)
#define DESC_TABLE	BIT(1) /* level 3: page */
#define DESC_ATTRINDX	BITS(4, 2)
#define DESC_NDIRTY	BIT(7) /* with PIE: read-only until hardware clears it */
#define DESC_SH		BITS(9, 8)
#define DESC_AF		BIT(10)
#define DESC_NT		BIT(16)
#define DESC_CONTIGUOUS BIT(52)
#define DESC_ATTRINDX3	BIT(59)
#define DESC_OA_LPA	BITS(15, 12) /* 64K: OA[51:48] */
#define DESC_OA_DS	BITS(9, 8)   /* DS = 1: OA[51:50] */

#define SCTLR_C BIT(2)
#define SCTLR_I BIT(12)

#define PAR_F	     BIT(0)
#define PAR_FST	     BITS(6, 1)
#define PAR_SH	     BITS(8, 7)
#define PAR_NS	     BIT(9) /* UNKNOWN for a Non-secure regime; 1 says what the output is */
#define PAR_RES1     BIT(11)
#define PAR_PA	     BITS(51, 12)
#define PAR_DIRTYBIT BIT(15)
#define PAR_ATTR     BITS(63, 56)

#define MAIR_DEVICE_NGNRNE 0x00
#define MAIR_NC		   0x44
#define MAIR_NC_XS0	   0x40
#define MAIR_WT_RA	   0xaa
#define OUTER_SHAREABLE	   2

#define WRITES (1u << HYPMMU_WRITE | 1u << HYPMMU_EL0_WRITE)

struct walk {
	const struct hypmmu_machine *machine;
	struct hm_walkparams p;
	hypmmu_va va;
	enum hypmmu_access access;
	struct hypmmu_translation *t;
};

static bool is_fetch(enum hypmmu_access access)
{
	return access == HYPMMU_FETCH || access == HYPMMU_EL0_FETCH;
}

static hypmmu_pa output_address(const struct hm_walkparams *p, hypmmu_desc desc, unsigned shift)
{
	hypmmu_pa oa = desc & BITS(47, 12);

	if (p->ds)
		oa |= (desc & BITS(49, 48)) | put(BITS(51, 50), get(DESC_OA_DS, desc));
	else if (p->lpa)
		oa |= put(BITS(51, 48), get(DESC_OA_LPA, desc));
	return oa & ~(BIT(shift) - 1);
}

static bool is_beyond(const struct hm_walkparams *p, hypmmu_pa pa)
{
	return pa >> p->pa_bits;
}

/* log2 of the leaves in a contiguous group; 0 where the bit is ignored. */
static unsigned contiguous_bits(const struct hm_walkparams *p, int level)
{
	if (p->granule == 12)
		return level == 0 ? 0 : 4;
	if (level == 1)
		return 0;
	return p->granule == 14 && level == 3 ? 7 : 5;
}

static void set_permissions(struct walk *w, hypmmu_desc leaf, uint64_t table)
{
	unsigned allowed = hm_walkperms_of(&w->p, &w->machine->regs, leaf, table);

	if (w->p.pie && (leaf & DESC_NDIRTY) && !w->p.hd) {
		if (allowed & WRITES & 1u << w->access)
			w->t->par = PAR_DIRTYBIT;
		allowed &= ~WRITES;
	}
	w->t->allowed = (uint8_t)(allowed & w->p.reach);
}

/* The type in effect: a fetch is never Device, and SCTLR_EL2.C and I make Normal memory NC. */
static void set_type(struct walk *w, hypmmu_desc leaf)
{
	const struct hypmmu_regs *regs = &w->machine->regs;
	bool high = w->p.aie && (leaf & DESC_ATTRINDX3);
	uint8_t type = (high ? regs->mair2 : regs->mair) >> 8 * get(DESC_ATTRINDX, leaf) & 0xff;
	bool device = type < 0x10;

	if (is_fetch(w->access) ? device || !(regs->sctlr & SCTLR_I)
				: !device && !(regs->sctlr & SCTLR_C))
		type = MAIR_NC;
	w->t->mair = type;
	w->t->sh = w->p.ds ? w->p.sh : (uint8_t)get(DESC_SH, leaf);
	if (type < 0x10 || type == MAIR_NC || type == MAIR_NC_XS0)
		w->t->sh = OUTER_SHAREABLE;
}

static enum hypmmu_fault take_leaf(struct walk *w, hypmmu_desc leaf, uint64_t table)
{
	const struct hm_walkparams *p = &w->p;
	int level = w->t->level;
	unsigned group = hm_walkparams_shift(p, level);
	hypmmu_pa pa;

	if (leaf & DESC_CONTIGUOUS)
		group += contiguous_bits(p, level);
	if (level < 3 && (leaf & DESC_NT) && p->nt_faults)
		return HYPMMU_FAULT_TRANSLATION;
	pa = output_address(p, leaf, group) | (w->va & (BIT(group) - 1));
	if (is_beyond(p, pa))
		return HYPMMU_FAULT_ADDRESS_SIZE;
	w->t->pa = pa;
	set_type(w, leaf);
	if (!(leaf & DESC_AF) && !p->ha)
		return HYPMMU_FAULT_ACCESS_FLAG;
	set_permissions(w, leaf, table);
	return HYPMMU_FAULT_NONE;
}

/* False: external abort. */
static bool fetch_descriptor(struct walk *w, hypmmu_pa table)
{
	const struct hm_walkparams *p = &w->p;
	struct hypmmu_translation *t = w->t;
	unsigned shift = hm_walkparams_shift(p, t->level);
	uint64_t index = (w->va & (BIT(p->va_bits) - 1)) >> shift & (BIT(p->stride) - 1);
	unsigned char bytes[8];

	t->size = BIT(shift);
	t->desc_pa = table + index * sizeof bytes;
	t->desc = 0;
	if (!w->machine->read(w->machine->ctx, t->desc_pa, bytes))
		return false;
	for (unsigned i = 0; i < sizeof bytes; i++)
		t->desc = t->desc << 8 | bytes[p->big_endian ? i : 7 - i];
	return true;
}

static enum hypmmu_fault walk_tables(struct walk *w)
{
	const struct hm_walkparams *p = &w->p;
	struct hypmmu_translation *t = w->t;
	uint64_t inherited = 0;
	hypmmu_pa table = p->base;

	if (is_beyond(p, table))
		return HYPMMU_FAULT_ADDRESS_SIZE;
	for (t->level = p->start_level;; t->level++) {
		if (!fetch_descriptor(w, table))
			return HYPMMU_FAULT_EXTERNAL;
		if (!(t->desc & DESC_VALID))
			return HYPMMU_FAULT_TRANSLATION;
		if (t->level == 3 || !(t->desc & DESC_TABLE))
			break;
		table = output_address(p, t->desc, p->granule);
		if (is_beyond(p, table))
			return HYPMMU_FAULT_ADDRESS_SIZE;
		if (!p->hpd)
			inherited |= t->desc;
	}
	if (t->level == 3 ? !(t->desc & DESC_TABLE) : t->level < p->block_level)
		return HYPMMU_FAULT_TRANSLATION;
	return take_leaf(w, t->desc, inherited);
}

static enum hypmmu_fault pass_through(struct walk *w)
{
	bool cached = w->machine->regs.sctlr & SCTLR_I;

	w->t->pa = w->p.tagged ? w->va & BITS(55, 0) : w->va;
	w->t->mair = !is_fetch(w->access) ? MAIR_DEVICE_NGNRNE : cached ? MAIR_WT_RA : MAIR_NC;
	w->t->sh = OUTER_SHAREABLE;
	w->t->allowed = w->p.two_privileges ? w->p.reach : w->p.reach & HM_EL2_ACCESSES;
	return HYPMMU_FAULT_NONE;
}

/* ESR_EL2.xFSC; the codes of level -1 stand apart, but for the external abort. */
static uint8_t fault_status(enum hypmmu_fault fault, int level)
{
	static const uint8_t level_0[] = {
		[HYPMMU_FAULT_TRANSLATION] = 0x04, [HYPMMU_FAULT_ADDRESS_SIZE] = 0x00,
		[HYPMMU_FAULT_ACCESS_FLAG] = 0x08, [HYPMMU_FAULT_PERMISSION] = 0x0c,
		[HYPMMU_FAULT_EXTERNAL] = 0x14,
	};

	if (level < 0 && fault == HYPMMU_FAULT_TRANSLATION)
		return 0x2b;
	if (level < 0 && fault == HYPMMU_FAULT_ADDRESS_SIZE)
		return 0x29;
	return (uint8_t)(level_0[fault] + level);
}

static void set_outcome(struct hypmmu_translation *t, enum hypmmu_fault fault)
{
	t->fault = fault;
	if (fault != HYPMMU_FAULT_NONE) {
		t->fsc = fault_status(fault, t->level);
		t->par |= PAR_RES1 | put(PAR_FST, t->fsc) | PAR_F;
	} else {
		t->par = put(PAR_ATTR, t->mair) | (t->pa & PAR_PA) | PAR_RES1 | PAR_NS |
			 put(PAR_SH, t->sh);
	}
}

bool hypmmu_walk(const struct hypmmu_machine *machine, hypmmu_va va, enum hypmmu_access access,
		 struct hypmmu_translation *t)
{
	struct walk w = {.machine = machine, .va = va, .access = access, .t = t};
	enum hypmmu_fault fault = HYPMMU_FAULT_NONE;

	*t = (struct hypmmu_translation){.level = 0};
	hm_walkparams_read(&w.p, machine, va);
	if (w.p.reach)
		fault = w.p.mmu_on ? walk_tables(&w) : pass_through(&w);
	if (!(w.p.reach >> access & 1)) {
		/* Other accesses get further: TCR_EL2.TBID and E0PD. */
		*t = (struct hypmmu_translation){.allowed = t->allowed};
		fault = w.p.mmu_on ? HYPMMU_FAULT_TRANSLATION : HYPMMU_FAULT_ADDRESS_SIZE;
	} else if (fault == HYPMMU_FAULT_NONE && !(t->allowed >> access & 1)) {
		fault = HYPMMU_FAULT_PERMISSION;
	}
	set_outcome(t, fault);
	return fault == HYPMMU_FAULT_NONE;
}
