/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Register values. In both layouts of TCR_EL2 walks are Write-Back, Write-Allocate, Inner
 * Shareable, and hierarchical attributes are off where the CPU can do without them: the tables
 * have none, and a stray bit then takes no permission away. TBID is 0, as it has to be without
 * FEAT_PAuth. A half of EL2&0 that is missing has EPD set and the other half's granule and size,
 * which the CPU is known to have.
 */
#include "idregs.h"
#include "table.h"

/* TCR_EL2, whatever E2H is */
#define TCR_T0SZ      BITS(5, 0)
#define TCR_IRGN0     BITS(9, 8)
#define TCR_ORGN0     BITS(11, 10)
#define TCR_SH0	      BITS(13, 12)
#define TCR_TG0	      BITS(15, 14)
/* TCR_EL2 with E2H = 0 */
#define TCR_PS	      BITS(18, 16)
#define TCR_TBI	      BIT(20)
#define TCR_HA	      BIT(21)
#define TCR_HD	      BIT(22)
#define TCR_HPD	      BIT(24)
#define TCR_TCMA      BIT(30)
#define TCR_RES1      (BIT(23) | BIT(31))
#define TCR_DS	      BIT(32)
/* TCR_EL2 with E2H = 1 */
#define TCR_E2H_EPD0  BIT(7)
#define TCR_E2H_T1SZ  BITS(21, 16)
#define TCR_E2H_EPD1  BIT(23)
#define TCR_E2H_IRGN1 BITS(25, 24)
#define TCR_E2H_ORGN1 BITS(27, 26)
#define TCR_E2H_SH1   BITS(29, 28)
#define TCR_E2H_TG1   BITS(31, 30)
#define TCR_E2H_IPS   BITS(34, 32)
#define TCR_E2H_AS    BIT(36)
#define TCR_E2H_TBI0  BIT(37)
#define TCR_E2H_TBI1  BIT(38)
#define TCR_E2H_HA    BIT(39)
#define TCR_E2H_HD    BIT(40)
#define TCR_E2H_HPD0  BIT(41)
#define TCR_E2H_HPD1  BIT(42)
#define TCR_E2H_TCMA0 BIT(57)
#define TCR_E2H_TCMA1 BIT(58)
#define TCR_E2H_DS    BIT(59)

#define WRITE_BACK_ALLOCATE 1 /* IRGN, ORGN */
#define INNER_SHAREABLE	    3

#define TCR2_PIE BIT(1)

/*
 * PIR_EL2 and PIRE0_EL2 by PIIndex, which desc.h makes of four bits: 8 never X, 4 W, 2 DBM, 1 USER.
 * EL2 has no X where EL0 may do anything; EL0 has nothing that is not its own. What no leaf has,
 * among it W without "never X", permits nothing. The permissions are those without overlay.
 */
#define PERM(index, permission) put(BITS(4 * (index) + 3, 4 * (index)), permission)
#define PERM_R			8
#define PERM_RX			10
#define PERM_RW			12
#define PIR                                                                                        \
	(PERM(0, PERM_RX) | PERM(1, PERM_R) | PERM(8, PERM_R) | PERM(9, PERM_R) |                  \
	 PERM(12, PERM_RW) | PERM(13, PERM_RW) | PERM(14, PERM_RW) | PERM(15, PERM_RW))
#define PIRE0 (PERM(1, PERM_RX) | PERM(9, PERM_R) | PERM(13, PERM_RW) | PERM(15, PERM_RW))

#define TTBR_CNP	BIT(0)
#define TTBR_BADDR_HIGH BITS(5, 2) /* base address [51:48]; RES0 when it has 48 bits */
#define TTBR_BADDR	BITS(47, 6)
#define TTBR_ASID	BITS(63, 48)

#define SCTLR_M	  BIT(0)
#define SCTLR_C	  BIT(2)
#define SCTLR_I	  BIT(12)
#define SCTLR_WXN BIT(19)
#define SCTLR_EE  BIT(25)
#define SCTLR_RES1                                                                                 \
	(BIT(4) | BIT(5) | BIT(11) | BIT(16) | BIT(18) | BIT(22) | BIT(23) | BIT(28) | BIT(29))
/*
 * With E2H = 1 most of these have a meaning for EL0 (while HCR_EL2.TGE is 1), as in SCTLR_EL1. Set:
 * what is RES1 on a CPU that lacks the feature, and of the rest what traps nothing and leaves
 * things as with E2H = 0. CP15BEN (5) is RES0 where EL0 has no AArch32, ITD (7) and SED (8) are
 * RES1 there.
 */
#define SCTLR_SA0    BIT(4)
#define SCTLR_ITD    BIT(7)
#define SCTLR_SED    BIT(8)
#define SCTLR_EOS    BIT(11)
#define SCTLR_NTWI   BIT(16)
#define SCTLR_NTWE   BIT(18)
#define SCTLR_TSCXT  BIT(20)
#define SCTLR_EIS    BIT(22)
#define SCTLR_SPAN   BIT(23) /* an exception leaves PSTATE.PAN as it is */
#define SCTLR_NTLSMD BIT(28)
#define SCTLR_LSMAOE BIT(29)
#define SCTLR_E2H_SET                                                                              \
	(SCTLR_SA0 | SCTLR_ITD | SCTLR_SED | SCTLR_EOS | SCTLR_NTWI | SCTLR_NTWE | SCTLR_TSCXT |   \
	 SCTLR_EIS | SCTLR_SPAN | SCTLR_NTLSMD | SCTLR_LSMAOE)

static uint64_t txsz(const struct hypmmu_config *cfg)
{
	return 64u - cfg->va_bits;
}

static uint64_t tg0(enum hypmmu_granule granule)
{
	return granule == HYPMMU_4K ? 0 : granule == HYPMMU_64K ? 1 : 2;
}

static uint64_t tg1(enum hypmmu_granule granule)
{
	return granule == HYPMMU_16K ? 1 : granule == HYPMMU_4K ? 2 : 3;
}

static uint64_t if_set(bool condition, uint64_t bits)
{
	return condition ? bits : 0;
}

/* The fields of the half that TTBR0_EL2 translates. */
static uint64_t tcr_range0(const struct hypmmu_config *cfg)
{
	return put(TCR_T0SZ, txsz(cfg)) | put(TCR_IRGN0, WRITE_BACK_ALLOCATE) |
	       put(TCR_ORGN0, WRITE_BACK_ALLOCATE) | put(TCR_SH0, INNER_SHAREABLE) |
	       put(TCR_TG0, tg0(cfg->granule));
}

static uint64_t tcr_range1(const struct hypmmu_config *cfg)
{
	return put(TCR_E2H_T1SZ, txsz(cfg)) | put(TCR_E2H_IRGN1, WRITE_BACK_ALLOCATE) |
	       put(TCR_E2H_ORGN1, WRITE_BACK_ALLOCATE) | put(TCR_E2H_SH1, INNER_SHAREABLE) |
	       put(TCR_E2H_TG1, tg1(cfg->granule));
}

static uint64_t tcr_el2(const struct hypmmu_config *cfg)
{
	return TCR_RES1 | tcr_range0(cfg) | put(TCR_PS, hm_config_ps(cfg)) |
	       if_set(cfg->use & HYPMMU_USE_HAFDBS, TCR_HA | TCR_HD) |
	       if_set(cfg->hw & HYPMMU_HW_HPD, TCR_HPD) | if_set(hm_config_ds(cfg), TCR_DS) |
	       move(cfg->use, HYPMMU_USE_TBI, TCR_TBI) | move(cfg->use, HYPMMU_USE_TCMA, TCR_TCMA);
}

static uint64_t tcr_el2_0(const struct hypmmu *lower, const struct hypmmu *upper)
{
	const struct hypmmu_config *low = lower ? &lower->cfg : &upper->cfg;
	const struct hypmmu_config *high = upper ? &upper->cfg : &lower->cfg;

	return tcr_range0(low) | if_set(!lower, TCR_E2H_EPD0) | tcr_range1(high) |
	       if_set(!upper, TCR_E2H_EPD1) | put(TCR_E2H_IPS, hm_config_ps(low)) |
	       if_set(low->asid > 0xff, TCR_E2H_AS) |
	       if_set(low->use & HYPMMU_USE_HAFDBS, TCR_E2H_HA | TCR_E2H_HD) |
	       if_set(low->hw & HYPMMU_HW_HPD, TCR_E2H_HPD0) |
	       if_set(high->hw & HYPMMU_HW_HPD, TCR_E2H_HPD1) |
	       move(low->use, HYPMMU_USE_TBI, TCR_E2H_TBI0) |
	       move(high->use, HYPMMU_USE_TBI, TCR_E2H_TBI1) |
	       move(low->use, HYPMMU_USE_TCMA, TCR_E2H_TCMA0) |
	       move(high->use, HYPMMU_USE_TCMA, TCR_E2H_TCMA1) |
	       if_set(hm_config_ds(low) || hm_config_ds(high), TCR_E2H_DS);
}

/* The root is aligned to its page: bits above [47:0] are only there when they have a place. */
static uint64_t ttbr(const struct hypmmu *half, uint16_t asid)
{
	uint64_t value = put(TTBR_ASID, asid);
	hypmmu_pa root;

	if (!half)
		return value;
	root = hm_mmu_root(half);
	return value | (root & TTBR_BADDR) | put(TTBR_BADDR_HIGH, root >> 48) |
	       if_set(half->cfg.use & HYPMMU_USE_CNP, TTBR_CNP);
}

/* The byte that descriptors with this type select. */
static uint64_t mair_attr(hypmmu_attr type, uint64_t byte)
{
	return byte << (8 * get(HM_ATTR_TYPE, type));
}

/* Normal: not transient, read- and write-allocate. Without FEAT_MTE2 0xf0 is reserved, and no
 * mapping may be tagged: the byte says plain Write-Back. */
static uint64_t mair(const struct hypmmu_config *cfg)
{
	return mair_attr(HYPMMU_NORMAL, 0xff) | mair_attr(HYPMMU_NORMAL_NC, 0x44) |
	       mair_attr(HYPMMU_NORMAL_WT, 0xbb) |
	       mair_attr(HYPMMU_NORMAL_TAGGED, cfg->hw & HYPMMU_HW_MTE ? 0xf0 : 0xff) |
	       mair_attr(HYPMMU_DEVICE_NGNRNE, 0x00) | mair_attr(HYPMMU_DEVICE_NGNRE, 0x04) |
	       mair_attr(HYPMMU_DEVICE_NGRE, 0x08) | mair_attr(HYPMMU_DEVICE_GRE, 0x0c);
}

static uint64_t sctlr(const struct hypmmu_config *cfg)
{
	return SCTLR_M | SCTLR_C | SCTLR_I |
	       (cfg->regime == HYPMMU_EL2 ? SCTLR_RES1 : SCTLR_E2H_SET) |
	       if_set(!(cfg->use & HYPMMU_USE_NO_WXN), SCTLR_WXN) |
	       if_set(cfg->use & HYPMMU_USE_BIG_ENDIAN, SCTLR_EE);
}

static bool regimes_fit(const struct hypmmu *lower, const struct hypmmu *upper)
{
	if (upper && upper->cfg.regime != HYPMMU_EL2_0_UPPER)
		return false;
	if (!lower)
		return upper != NULL;
	return lower->cfg.regime == HYPMMU_EL2_0_LOWER ||
	       (lower->cfg.regime == HYPMMU_EL2 && !upper);
}

/* What one bit or register says for both halves. DS means nothing to a 64K granule. */
static bool halves_agree(const struct hypmmu_config *a, const struct hypmmu_config *b)
{
	const uint32_t use =
		HYPMMU_USE_HAFDBS | HYPMMU_USE_BIG_ENDIAN | HYPMMU_USE_NO_WXN | HYPMMU_USE_S1PIE;

	if (a->granule != HYPMMU_64K && b->granule != HYPMMU_64K &&
	    hm_config_ds(a) != hm_config_ds(b))
		return false;
	return a->pa_bits == b->pa_bits && a->asid == b->asid && mair(a) == mair(b) &&
	       !((a->use ^ b->use) & use);
}

int hypmmu_get_regs(const struct hypmmu *lower, const struct hypmmu *upper,
		    struct hypmmu_regs *regs)
{
	const struct hypmmu_config *cfg;

	if ((lower && !hm_mmu_tables(lower)) || (upper && !hm_mmu_tables(upper)))
		return HYPMMU_ERR_STATE;
	if (!regs || !regimes_fit(lower, upper))
		return HYPMMU_ERR_ARG;
	if (lower && upper && !halves_agree(&lower->cfg, &upper->cfg))
		return HYPMMU_ERR_CONFIG;
	cfg = lower ? &lower->cfg : &upper->cfg;
	*regs = (struct hypmmu_regs){
		.mair = mair(cfg),
		.ttbr0 = ttbr(lower, cfg->asid),
		.sctlr = sctlr(cfg),
	};
	if (cfg->use & HYPMMU_USE_S1PIE) {
		regs->tcr2 = TCR2_PIE;
		regs->pir = PIR;
		regs->pire0 = cfg->regime == HYPMMU_EL2 ? 0 : PIRE0;
	}
	if (cfg->regime == HYPMMU_EL2) {
		regs->tcr = tcr_el2(cfg);
	} else {
		regs->tcr = tcr_el2_0(lower, upper);
		regs->ttbr1 = ttbr(upper, cfg->asid);
		regs->hcr = HCR_E2H;
	}
	return 0;
}
