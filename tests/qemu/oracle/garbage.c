/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers and descriptors that nobody has thought about, but for what makes walks go deep: most
 * addresses lead to more garbage. */
#include "bits.h"
#include "memory.h"
#include "scenes.h"

#define QUESTIONS 96

/* Fields of TCR_EL2 for one half, by E2H and half. */
struct fields {
	uint64_t tsz, tg, ps, ds, ha, hd, epd;
};

static const struct fields fields[] = {
	{BITS(5, 0), BITS(15, 14), BITS(18, 16), BIT(32), BIT(21), BIT(22), 0},
	{BITS(5, 0), BITS(15, 14), BITS(34, 32), BIT(59), BIT(39), BIT(40), BIT(7)},
	{BITS(21, 16), BITS(31, 30), BITS(34, 32), BIT(59), BIT(39), BIT(40), BIT(23)},
};

/* TBI, TBID, HPD, E0PD, and what means nothing to a walk: ORGN, IRGN, HWU. */
#define TCR_ANY (BITS(13, 8) | BIT(20) | BIT(24) | BITS(28, 25) | BIT(29) | BIT(23) | BIT(31))
#define TCR_E2H_ANY                                                                                \
	(BITS(13, 8) | BITS(29, 24) | BITS(38, 37) | BITS(42, 41) | BITS(50, 43) | BITS(52, 51) |  \
	 BITS(56, 55))

#define SCTLR_M	  BIT(0)
#define SCTLR_C	  BIT(2)
#define SCTLR_I	  BIT(12)
#define SCTLR_WXN BIT(19)
#define SCTLR_EE  BIT(25)
#define HCR_E2H	  BIT(34)
#define TCR2_PIE  BIT(1)
#define TCR2_AIE  BIT(4)

#define MMFR3_S1PIE BITS(11, 8)
#define MMFR3_AIE   BITS(27, 24)

static const uint8_t tg0[] = {12, 16, 14, 12}, tg1[] = {12, 14, 12, 16}; /* reserved: 4K */
static const uint8_t pa_sizes[] = {32, 36, 40, 42, 44, 48, 52, 56};

/* ---- Memory ---- */

/* Somewhere in the garbage. */
static hypmmu_pa draw_target(struct random *random, unsigned pa_bits)
{
	unsigned regions = memory_regions_of(pa_bits);

	return memory_region[random_below(random, regions)] + MEMORY_GARBAGE +
	       random_below(random, MEMORY_GARBAGE_SIZE);
}

static uint64_t draw_descriptor(struct setting *setting, bool wide)
{
	struct random *random = &setting->random;
	bool large = setting->cpu.granule == HYPMMU_64K;
	hypmmu_pa pa = draw_target(random, wide ? 52 : 48);
	uint64_t desc = random_next(random), kind = random_below(random, 16);

	if (kind == 0)
		return desc;
	if (kind == 1)
		return desc & ~UINT64_C(1);
	desc &= ~(BITS(47, setting->cpu.granule) | BITS(1, 0));
	desc |= (pa & BITS(47, setting->cpu.granule)) | (kind < 8 ? 1 : 3);
	if (wide && !large)
		desc = (desc & ~(BITS(49, 48) | BITS(9, 8))) | (pa & BITS(49, 48)) |
		       put(BITS(9, 8), get(BITS(51, 50), pa));
	else if (large) /* FEAT_LPA: above 48 bits only by accident */
		desc = (desc & ~BITS(15, 12)) | put(BITS(15, 12), get(BITS(51, 48), pa));
	else if (!random_once_in(random, 16))
		desc &= ~BITS(49, 48);
	return random_once_in(random, 8) ? desc : desc | BIT(10);
}

void make_garbage(struct setting *setting, bool wide)
{
	unsigned regions = memory_regions_of(wide ? 52 : 48);

	setting->garbage_big_endian = random_once_in(&setting->random, 2);
	for (unsigned i = 0; i < regions; i++) {
		hypmmu_pa pa = memory_region[i] + MEMORY_GARBAGE;

		for (size_t at = 0; at < MEMORY_GARBAGE_SIZE; at += 8) {
			uint64_t desc = draw_descriptor(setting, wide);
			unsigned char *to = memory_at(pa + at);

			for (unsigned k = 0; k < 8; k++)
				to[setting->garbage_big_endian ? 7 - k : k] =
					(unsigned char)(desc >> 8 * k);
		}
		batch_send(setting->batch, pa, MEMORY_GARBAGE_SIZE);
	}
}

/* ---- Registers ---- */

static uint64_t draw_half(struct setting *setting, const struct fields *f, const uint8_t *tg,
			  bool wide)
{
	struct random *random = &setting->random;
	bool large = setting->cpu.granule == HYPMMU_64K;
	uint64_t code = 0, least = wide || large ? 12 : 16, tsz;

	tsz = least + random_below(random, 49 - least);
	while (tg[code] != setting->cpu.granule)
		code++;
	if (random_once_in(random, 16))
		tsz = random_below(random, 64);
	if (random_once_in(random, 16))
		code = random_below(random, 4);
	return put(f->tsz, tsz) | put(f->tg, code) | (random_once_in(random, 16) ? f->epd : 0);
}

static uint64_t draw_tcr(struct setting *setting, bool e2h, bool wide)
{
	struct random *random = &setting->random;
	const struct fields *f = &fields[e2h];
	uint64_t tcr = random_next(random) & random_next(random) & (e2h ? TCR_E2H_ANY : TCR_ANY);

	tcr |= put(f->ps, random_once_in(random, 4) ? random_below(random, 7) : wide ? 6 : 5);
	tcr |= draw_half(setting, f, tg0, wide);
	if (e2h)
		tcr |= draw_half(setting, &fields[2], tg1, wide);
	if (wide && setting->cpu.granule != HYPMMU_64K)
		tcr |= f->ds;
	if (setting->cpu.hw & HYPMMU_HW_HAFDBS && random_once_in(random, 4))
		tcr |= random_once_in(random, 2) ? f->ha | f->hd : f->ha;
	return tcr;
}

static uint64_t draw_ttbr(struct setting *setting, bool wide)
{
	struct random *random = &setting->random;
	hypmmu_pa pa = draw_target(random, wide ? 52 : 48);
	uint64_t ttbr = (pa & BITS(47, 6)) | (random_next(random) & BITS(63, 48));

	if (random_once_in(random, 32))
		return random_next(random);
	if (random_once_in(random, 8))
		return ttbr | random_below(random, 64);
	return wide ? ttbr | put(BITS(5, 2), get(BITS(51, 48), pa)) : ttbr;
}

static bool has_lpa2(const struct hypmmu_id *id, unsigned granule)
{
	unsigned field = (unsigned)(granule == 12 ? id->mmfr0 >> 28 : id->mmfr0 >> 20) & 15;

	return granule == 12 ? field == 1 : granule == 14 && field == 2;
}

static struct half read_half(const struct setting *setting, uint64_t tcr, const struct fields *f,
			     const uint8_t *tg)
{
	unsigned range = pa_sizes[setting->id.mmfr0 & 7], ps = pa_sizes[get(f->ps, tcr)];
	struct half half = {.granule = tg[get(f->tg, tcr)],
			    .va_bits = 64 - (unsigned)get(f->tsz, tcr),
			    .pa_bits = ps < range ? ps : range,
			    .ha = tcr & f->ha,
			    .hd = tcr & f->hd};

	half.ds = (tcr & f->ds) && has_lpa2(&setting->id, half.granule);
	half.lpa = half.granule == 16 && range >= 52;
	return half;
}

void draw_indirection(struct setting *setting, struct scene *scene)
{
	struct random *random = &setting->random;
	struct hypmmu_regs *regs = &scene->machine.regs;
	bool pie = get(MMFR3_S1PIE, setting->id.mmfr3) && random_once_in(random, 2);
	bool aie = get(MMFR3_AIE, setting->id.mmfr3) && random_once_in(random, 2);

	regs->tcr2 = (pie ? TCR2_PIE : 0) | (aie ? TCR2_AIE : 0);
	regs->mair2 = random_next(random);
	regs->pir = random_next(random);
	regs->pire0 = random_next(random);
	scene->half[0].pie = scene->half[1].pie = pie;
}

static void draw_registers(struct setting *setting, struct scene *scene, bool e2h, bool wide)
{
	struct random *random = &setting->random;
	struct hypmmu_regs *regs = &scene->machine.regs;

	regs->hcr = e2h ? HCR_E2H : 0;
	regs->tcr = draw_tcr(setting, e2h, wide);
	regs->ttbr0 = draw_ttbr(setting, wide);
	regs->ttbr1 = draw_ttbr(setting, wide);
	regs->mair = random_next(random);
	regs->sctlr = SCTLR_C | SCTLR_I | (random_once_in(random, 64) ? 0 : SCTLR_M) |
		      (random_once_in(random, 2) ? SCTLR_WXN : 0) |
		      (setting->garbage_big_endian ? SCTLR_EE : 0);
	scene->half[0] = read_half(setting, regs->tcr, &fields[e2h], tg0);
	scene->half[1] = read_half(setting, regs->tcr, &fields[2], tg1);
	if (random_once_in(random, 2))
		draw_indirection(setting, scene);
}

/* ---- Questions ---- */

static hypmmu_va draw_va(struct random *random, const struct scene *scene, bool upper)
{
	unsigned bits = scene->half[upper].va_bits;
	uint64_t range = bits < 64 ? BIT(bits) : 0, va = random_next(random) & (range - 1);

	if (upper)
		va |= ~(range - 1);
	return random_once_in(random, 16) ? va ^ BIT(random_below(random, 64)) : va;
}

void ask_about_garbage(struct setting *setting, enum hypmmu_regime regime, bool wide)
{
	bool e2h = regime != HYPMMU_EL2, upper = regime == HYPMMU_EL2_0_UPPER;
	struct scene scene = {.batch = setting->batch,
			      .counts = setting->counts,
			      .machine.id = setting->id,
			      .world = setting->world,
			      .kind = GARBAGE};

	draw_registers(setting, &scene, e2h, wide);
	scene_set_registers(&scene);
	for (unsigned i = 0; i < QUESTIONS; i++) {
		enum question question = draw_question(&setting->random, e2h);
		struct hypmmu_translation t;

		ask(&scene, draw_va(&setting->random, &scene, upper), question, &t);
	}
}
