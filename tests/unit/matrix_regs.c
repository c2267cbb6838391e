/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers: each value made of bit numbers of the Arm manual, and read back as hardware does. */
#include "matrix.h"

#define ROOT		     (UINT64_C(0x3fff) << 34 | 0xa51e0000) /* cut to pa_bits; a multiple of 64K */
#define ASID		     0x1234
#define BIT_IF(condition, n) ((uint64_t)((condition) ? 1 : 0) << (n))

static uint64_t field(uint64_t word, unsigned low_bit, unsigned width)
{
	return word >> low_bit & ((UINT64_C(1) << width) - 1);
}

static uint64_t ps_code(unsigned pa_bits)
{
	switch (pa_bits) {
	case 32:
		return 0;
	case 36:
		return 1;
	case 40:
		return 2;
	case 42:
		return 3;
	case 44:
		return 4;
	case 48:
		return 5;
	default:
		return 6;
	}
}

static uint64_t tg0(const struct hypmmu_config *cfg)
{
	return cfg->granule == HYPMMU_4K ? 0 : cfg->granule == HYPMMU_64K ? 1 : 2;
}

static uint64_t tg1(const struct hypmmu_config *cfg)
{
	return cfg->granule == HYPMMU_16K ? 1 : cfg->granule == HYPMMU_4K ? 2 : 3;
}

/* TxSZ, IRGN, ORGN: Write-Back Write-Allocate, SH: Inner; TG is where the caller says. */
static uint64_t tcr_half(const struct hypmmu_config *cfg, uint64_t tg)
{
	return (64u - cfg->va_bits) | 1u << 8 | 1u << 10 | 3u << 12 | tg << 14;
}

static uint64_t expected_tcr(const struct hypmmu_config *cfg)
{
	bool had = cfg->use & HYPMMU_USE_HAFDBS, hpd = cfg->hw & HYPMMU_HW_HPD;
	bool upper = cfg->regime == HYPMMU_EL2_0_UPPER, ds = matrix_has_ds(cfg);
	bool tbi = cfg->use & HYPMMU_USE_TBI, tcma = cfg->use & HYPMMU_USE_TCMA;

	if (cfg->regime == HYPMMU_EL2) /* RES1: 23, 31 */
		return tcr_half(cfg, tg0(cfg)) | ps_code(cfg->pa_bits) << 16 | BIT_IF(tbi, 20) |
		       BIT_IF(had, 21) | BIT_IF(had, 22) | BIT_IF(true, 23) | BIT_IF(hpd, 24) |
		       BIT_IF(tcma, 30) | BIT_IF(true, 31) | BIT_IF(ds, 32);
	/* The half that is not there: its walks disabled, all else as in the other one. */
	return tcr_half(cfg, tg0(cfg)) | tcr_half(cfg, tg1(cfg)) << 16 | BIT_IF(upper, 7) |
	       BIT_IF(!upper, 23) | ps_code(cfg->pa_bits) << 32 | BIT_IF(cfg->asid > 0xff, 36) |
	       BIT_IF(tbi, 37) | BIT_IF(tbi, 38) | BIT_IF(had, 39) | BIT_IF(had, 40) |
	       BIT_IF(hpd, 41) | BIT_IF(hpd, 42) | BIT_IF(tcma, 57) | BIT_IF(tcma, 58) |
	       BIT_IF(ds, 59);
}

/* 52-bit tables: base address [51:48] in [5:2]. */
static uint64_t expected_ttbr(const struct hypmmu_config *cfg, uint64_t root)
{
	return (root & ((UINT64_C(1) << 48) - 1)) | root >> 48 << 2 | (uint64_t)cfg->asid << 48;
}

static int get(const struct hypmmu *mmu, struct hypmmu_regs *regs)
{
	bool upper = mmu->cfg.regime == HYPMMU_EL2_0_UPPER;

	return hypmmu_get_regs(upper ? NULL : mmu, upper ? mmu : NULL, regs);
}

static const char *compare(const struct hypmmu *mmu, const struct hypmmu_regs *regs)
{
	const struct hypmmu_config *cfg = &mmu->cfg;
	uint64_t ttbr = expected_ttbr(cfg, mmu->root), none = (uint64_t)cfg->asid << 48;
	bool upper = cfg->regime == HYPMMU_EL2_0_UPPER, e2h = cfg->regime != HYPMMU_EL2;

	if (regs->tcr != expected_tcr(cfg))
		return "TCR_EL2";
	if (regs->ttbr0 != (upper ? none : ttbr) || regs->ttbr1 != (upper ? ttbr : none))
		return "TTBR0_EL2 or TTBR1_EL2";
	if (regs->hcr != BIT_IF(e2h, 34))
		return "HCR_EL2";
	if (field(regs->sctlr, 25, 1) != ((cfg->use & HYPMMU_USE_BIG_ENDIAN) != 0))
		return "SCTLR_EL2.EE";
	if (regs->tcr2 != BIT_IF(cfg->use & HYPMMU_USE_S1PIE, 1)) /* PIE */
		return "TCR2_EL2";
	return NULL;
}

const char *matrix_regs_wrong(const struct hypmmu_config *cfg)
{
	for (unsigned extra = 0; extra < 8; extra++) {
		struct hypmmu mmu = {.cfg = *cfg, .tables = 1};
		struct hypmmu_regs regs;
		const char *wrong;

		mmu.root = ROOT & ((UINT64_C(1) << cfg->pa_bits) - 1);
		mmu.cfg.asid = cfg->regime == HYPMMU_EL2 ? 0 : (uint16_t)(extra ? ASID : 0x34);
		if (extra & 1)
			mmu.cfg.hw |= HYPMMU_HW_HPD;
		if (extra & 2) {
			mmu.cfg.hw |= HYPMMU_HW_HAFDBS;
			mmu.cfg.use |= HYPMMU_USE_HAFDBS;
		}
		if (extra & 4) {
			mmu.cfg.hw |= HYPMMU_HW_MTE;
			mmu.cfg.use |= HYPMMU_USE_TBI | HYPMMU_USE_TCMA;
		}
		if (get(&mmu, &regs))
			return "hypmmu_get_regs() fails";
		wrong = compare(&mmu, &regs);
		if (wrong)
			return wrong;
	}
	return NULL;
}

/* The root table is aligned to its size: hardware takes no notice of the bits below. */
static uint64_t read_ttbr(const struct oracle *oracle, uint64_t ttbr, bool wide)
{
	uint64_t size = 8 * oracle_slots(oracle, oracle_start_level(oracle));
	uint64_t base = field(ttbr, 1, 47) << 1;

	if (wide) {
		base = (base & ~UINT64_C(63)) | field(ttbr, 2, 4) << 48;
		size = size < 64 ? 64 : size;
	}
	return base & ~(size - 1);
}

void matrix_read_regs(struct oracle *oracle, const struct hypmmu_regs *regs,
		      const struct hypmmu_config *cfg)
{
	static const unsigned by_tg0[] = {12, 16, 14, 0}, by_tg1[] = {0, 14, 12, 16};
	static const unsigned by_ps[] = {32, 36, 40, 42, 44, 48, 52, 56};
	bool e2h = field(regs->hcr, 34, 1), upper = e2h && !field(regs->tcr, 23, 1);
	unsigned half = upper ? 16 : 0, tg = (unsigned)field(regs->tcr, 14 + half, 2);

	oracle->granule = upper ? by_tg1[tg] : by_tg0[tg];
	oracle->ia_bits = 64u - (unsigned)field(regs->tcr, half, 6);
	oracle->oa_bits = by_ps[field(regs->tcr, e2h ? 32 : 16, 3)];
	oracle->upper = upper;
	oracle->two_privileges = e2h;
	oracle->big_endian = field(regs->sctlr, 25, 1);
	oracle->ds = oracle->granule != 16 && field(regs->tcr, e2h ? 59 : 32, 1);
	oracle->lpa = oracle->big_block = oracle->granule == 16 && (cfg->hw & HYPMMU_HW_LPA);
	oracle->hpd = field(regs->tcr, e2h ? (upper ? 42 : 41) : 24, 1);
	oracle->wxn = field(regs->sctlr, 19, 1);
	oracle->tbi = field(regs->tcr, e2h ? (upper ? 38 : 37) : 20, 1);
	oracle->pie = field(regs->tcr2, 1, 1);
	oracle->pir = regs->pir;
	oracle->pire0 = regs->pire0;
	oracle->hd = field(regs->tcr, e2h ? 39 : 21, 2) == 3;
	oracle->root = read_ttbr(oracle, upper ? regs->ttbr1 : regs->ttbr0,
				 oracle->ds || (oracle->lpa && oracle->oa_bits == 52));
}
