/* SPDX-License-Identifier: BSD-2-Clause */
/* TCR_EL2, TTBRn_EL2, SCTLR_EL2 and TCR2_EL2, read as the MMU reads them. */
#include "walkparams.h"
#include "idregs.h"

#define SCTLR_M	  BIT(0)
#define SCTLR_WXN BIT(19)
#define SCTLR_EE  BIT(25)
#define TCR2_PIE  BIT(1)
#define TCR2_AIE  BIT(4)

#define TTBR_BADDR	BITS(47, 1)
#define TTBR_BADDR_HIGH BITS(5, 2) /* address bits [51:48] in the 52-bit layouts */

#define DATA_ACCESSES                                                                              \
	(1u << HYPMMU_READ | 1u << HYPMMU_WRITE | 1u << HYPMMU_EL0_READ | 1u << HYPMMU_EL0_WRITE)
#define FETCHES (1u << HYPMMU_FETCH | 1u << HYPMMU_EL0_FETCH)

/* Where the fields that rule one range of addresses stand in TCR_EL2; 0: there is no such field. */
struct tcr_layout {
	uint64_t tsz, sh, tg, ps, epd, tbi, tbid, ha, hd, hpd, e0pd, ds;
};

enum { EL2_ONLY, EL2_0_LOWER, EL2_0_UPPER };

static const struct tcr_layout tcr_layouts[] = {
	[EL2_ONLY] = {.tsz = BITS(5, 0),
		      .sh = BITS(13, 12),
		      .tg = BITS(15, 14),
		      .ps = BITS(18, 16),
		      .tbi = BIT(20),
		      .tbid = BIT(29),
		      .ha = BIT(21),
		      .hd = BIT(22),
		      .hpd = BIT(24),
		      .ds = BIT(32)},
	[EL2_0_LOWER] = {.tsz = BITS(5, 0),
			 .sh = BITS(13, 12),
			 .tg = BITS(15, 14),
			 .ps = BITS(34, 32),
			 .epd = BIT(7),
			 .tbi = BIT(37),
			 .tbid = BIT(51),
			 .ha = BIT(39),
			 .hd = BIT(40),
			 .hpd = BIT(41),
			 .e0pd = BIT(55),
			 .ds = BIT(59)},
	[EL2_0_UPPER] = {.tsz = BITS(21, 16),
			 .sh = BITS(29, 28),
			 .tg = BITS(31, 30),
			 .ps = BITS(34, 32),
			 .epd = BIT(23),
			 .tbi = BIT(38),
			 .tbid = BIT(52),
			 .ha = BIT(39),
			 .hd = BIT(40),
			 .hpd = BIT(42),
			 .e0pd = BIT(56),
			 .ds = BIT(59)},
};

/* PARange and TCR_EL2.{I}PS share one encoding. */
static unsigned address_bits(uint64_t code)
{
	static const uint8_t bits[] = {32, 36, 40, 42, 44, 48, 52, 56};

	return bits[code < 7 ? code : 7];
}

/* TG0 and TG1 encode the same three granules differently; the reserved value selects 4K here. */
static uint8_t granule_bits(uint64_t tg, bool upper)
{
	static const uint8_t tg0[] = {12, 16, 14, 12}, tg1[] = {12, 14, 12, 16};

	return upper ? tg1[tg] : tg0[tg];
}

/* TGran4 is signed: 0b1111 means that there is no such granule. */
static bool has_lpa2(const struct hypmmu_id *id, unsigned granule)
{
	if (granule == 12)
		return get(MMFR0_TGRAN4, id->mmfr0) - 1 < 7;
	return granule == 14 && get(MMFR0_TGRAN16, id->mmfr0) >= 2;
}

static void read_sizes(struct hm_walkparams *p, const struct tcr_layout *f, uint64_t tcr,
		       const struct hypmmu_id *id)
{
	unsigned pa_max = address_bits(get(MMFR0_PARANGE, id->mmfr0));

	p->lpa = p->granule == 16 && pa_max >= 52;
	p->ds = (tcr & f->ds) && has_lpa2(id, p->granule);
	p->pa_bits = (uint8_t)min_u64(pa_max, address_bits(get(f->ps, tcr)));
	if (p->granule == 12)
		p->block_level = p->ds ? 0 : 1;
	else
		p->block_level = p->ds || p->lpa ? 1 : 2;
}

/* False: TxSZ is out of bounds. The architecture allows a clamped size or a fault. */
static bool read_start(struct hm_walkparams *p, const struct tcr_layout *f, uint64_t tcr,
		       const struct hypmmu_id *id)
{
	unsigned tsz = (unsigned)get(f->tsz, tcr);
	bool large = p->ds || (p->granule == 16 && get(MMFR2_VARANGE, id->mmfr2));
	unsigned longest = !get(MMFR2_ST, id->mmfr2) ? 39 : p->granule == 16 ? 47 : 48;

	if (tsz < (large ? 12 : 16) || tsz > longest)
		return false;
	p->va_bits = (uint8_t)(64 - tsz);
	p->start_level = (int8_t)(3 - (p->va_bits - 1 - p->granule) / p->stride);
	return true;
}

static hypmmu_pa root_base(const struct hm_walkparams *p, uint64_t ttbr, bool wide)
{
	unsigned size = p->va_bits - hm_walkparams_shift(p, p->start_level) + 3;
	hypmmu_pa base = ttbr & TTBR_BADDR;

	if (wide) {
		base |= put(BITS(51, 48), get(TTBR_BADDR_HIGH, ttbr));
		if (size < 6)
			size = 6;
	}
	return base & ~(BIT(size) - 1);
}

/* Are the bits from `first` up to the top all as they have to be? */
static bool is_in_range(hypmmu_va va, unsigned first, bool tagged, bool upper)
{
	uint64_t bits = BITS(tagged ? 55 : 63, first);

	return (va & bits) == (upper ? bits : 0);
}

/* With the MMU off the address itself must be a physical one. */
static void read_reach(struct hm_walkparams *p, const struct tcr_layout *f, uint64_t tcr,
		       hypmmu_va va, bool upper)
{
	unsigned first = p->mmu_on ? p->va_bits : p->pa_bits;
	bool ones = upper && p->mmu_on;

	p->tagged = tcr & f->tbi;
	if (is_in_range(va, first, p->tagged, ones))
		p->reach = DATA_ACCESSES;
	if (is_in_range(va, first, p->tagged && !(tcr & f->tbid), ones))
		p->reach |= FETCHES;
}

static void read_features(struct hm_walkparams *p, const struct tcr_layout *f, uint64_t tcr,
			  const struct hypmmu_machine *machine)
{
	const struct hypmmu_regs *regs = &machine->regs;
	const struct hypmmu_id *id = &machine->id;
	uint64_t hafdbs = get(MMFR1_HAFDBS, id->mmfr1), bbm = get(MMFR2_BBM, id->mmfr2);

	p->sh = (uint8_t)get(f->sh, tcr);
	p->hpd = (tcr & f->hpd) && get(MMFR1_HPDS, id->mmfr1);
	p->ha = (tcr & f->ha) && hafdbs >= 1;
	p->hd = (tcr & f->hd) && p->ha && hafdbs >= 2;
	p->pie = (regs->tcr2 & TCR2_PIE) && get(MMFR3_S1PIE, id->mmfr3);
	p->aie = (regs->tcr2 & TCR2_AIE) && get(MMFR3_AIE, id->mmfr3);
	p->wxn = regs->sctlr & SCTLR_WXN;
	p->big_endian = regs->sctlr & SCTLR_EE;
	p->nt_faults = bbm == 1 || bbm == 2;
}

void hm_walkparams_read(struct hm_walkparams *p, const struct hypmmu_machine *machine, hypmmu_va va)
{
	const struct hypmmu_regs *regs = &machine->regs;
	bool e2h = regs->hcr & HCR_E2H, upper = e2h && (va & BIT(55));
	const struct tcr_layout *f = &tcr_layouts[upper ? EL2_0_UPPER
						  : e2h ? EL2_0_LOWER
							: EL2_ONLY];
	uint64_t tcr = regs->tcr, ps = get(f->ps, tcr);

	*p = (struct hm_walkparams){.two_privileges = e2h, .mmu_on = regs->sctlr & SCTLR_M};
	if (!p->mmu_on) {
		p->pa_bits = (uint8_t)address_bits(get(MMFR0_PARANGE, machine->id.mmfr0));
		read_reach(p, f, tcr, va, upper);
		return;
	}
	p->granule = granule_bits(get(f->tg, tcr), upper);
	p->stride = p->granule - 3;
	read_sizes(p, f, tcr, &machine->id);
	read_features(p, f, tcr, machine);
	if ((tcr & f->epd) || !read_start(p, f, tcr, &machine->id))
		return;
	p->base = root_base(p, upper ? regs->ttbr1 : regs->ttbr0, p->ds || (p->lpa && ps == 6));
	read_reach(p, f, tcr, va, upper);
	if ((tcr & f->e0pd) && get(MMFR2_E0PD, machine->id.mmfr2))
		p->reach &= HM_EL2_ACCESSES;
}
