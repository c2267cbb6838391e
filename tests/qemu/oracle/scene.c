/* SPDX-License-Identifier: BSD-2-Clause */
#include "scene.h"
#include "bits.h"
#include "memory.h"

#define DESC_TYPE	BITS(1, 0)
#define DESC_NS		BIT(5)
#define DESC_AP2	BIT(7)
#define DESC_OA_DS	BITS(9, 8)
#define DESC_AF		BIT(10)
#define DESC_OA_LPA	BITS(15, 12)
#define DESC_NT		BIT(16)
#define DESC_DBM	BIT(51)
#define DESC_CONTIGUOUS BIT(52)
#define DESC_NSTABLE	BIT(63)

#define SCTLR_M	     BIT(0)
#define SCTLR_EE     BIT(25)
#define SCTLR_TCF0   BIT(38) /* Tag Check Faults of EL0 and of EL2: synchronous */
#define SCTLR_TCF    BIT(40)
#define SCTLR_ATA0   BIT(42)
#define SCTLR_ATA    BIT(43)
#define SCTLR_TAGS   (SCTLR_TCF0 | SCTLR_TCF | SCTLR_ATA0 | SCTLR_ATA)
#define PFR1_MTE     BITS(11, 8)
#define SCR_NS	     BIT(0)
#define SCR_RES1     (BIT(4) | BIT(5))
#define SCR_SIF	     BIT(9)
#define SCR_RW	     BIT(10)
#define SCR_EEL2     BIT(18)
#define SCR_ATA	     BIT(26)
#define SCR_INDIRECT (BIT(43) | BIT(45) | BIT(46)) /* TCR2En, PIEn, AIEn */
#define SCR_NSE	     BIT(62)
#define MMFR3_TCRX   BITS(3, 0)
#define HCR_TGE	     BIT(27)
#define HCR_RW	     BIT(31)
#define HCR_E2H	     BIT(34)

#define FSC_PERMISSION 0x0c

static uint64_t load(const unsigned char *at, bool big_endian)
{
	uint64_t desc = 0;

	for (unsigned i = 0; i < 8; i++)
		desc = desc << 8 | at[big_endian ? i : 7 - i];
	return desc;
}

/* The descriptor as QEMU takes it. */
static uint64_t correct(struct reading *reading, uint64_t desc)
{
	const struct half *half = reading->half;
	uint64_t high = half->pa_bits > 48 ? 0
			: half->ds	   ? DESC_OA_DS
			: half->lpa	   ? DESC_OA_LPA
					   : 0;
	uint64_t nt = (desc & DESC_TYPE) == 1 ? DESC_NT : 0;
	uint64_t clean = reading->fetch && half->hd && !half->pie ? DESC_DBM : 0;

	reading->altered[NO_NT] |= (desc & nt) != 0;
	reading->altered[NO_HIGH_CHECK] |= (desc & high) != 0;
	reading->altered[NO_CONTIGUOUS] |= (desc & DESC_CONTIGUOUS) != 0;
	reading->altered[NO_WRITABLE_CLEAN] |= (desc & clean) != 0;
	return desc & ~(high | nt | clean | DESC_CONTIGUOUS);
}

static bool read_memory(void *ctx, hypmmu_pa pa, unsigned char bytes[8])
{
	struct reading *reading = ctx;
	const unsigned char *at = memory_at(pa);
	uint64_t desc;

	reading->device |= !at && memory_is_main(pa);
	if (!at)
		return false;
	desc = load(at, reading->big_endian);
	reading->tables |= reading->last;
	reading->last = desc;
	reading->path[reading->depth++] = pa;
	if (reading->corrected)
		desc = correct(reading, desc);
	for (unsigned i = 0; i < 8; i++)
		bytes[reading->big_endian ? 7 - i : i] = (unsigned char)(desc >> 8 * i);
	return true;
}

bool scene_is_upper(const struct scene *scene, hypmmu_va va)
{
	return (scene->machine.regs.hcr & HCR_E2H) && (va & BIT(55));
}

static bool is_fetch(enum hypmmu_access access)
{
	return access == HYPMMU_FETCH || access == HYPMMU_EL0_FETCH;
}

static struct reading walk(struct scene *scene, hypmmu_va va, enum hypmmu_access access,
			   bool corrected, struct hypmmu_translation *t)
{
	struct reading reading = {.half = &scene->half[scene_is_upper(scene, va)],
				  .big_endian = scene->machine.regs.sctlr & SCTLR_EE,
				  .corrected = corrected,
				  .fetch = is_fetch(access)};

	scene->machine.read = read_memory;
	scene->machine.ctx = &reading;
	hypmmu_walk(&scene->machine, va, access, t);
	return reading;
}

bool scene_is_to_non_secure(const struct scene *scene, const struct reading *reading)
{
	return (reading->last & DESC_NS) ||
	       (scene->world == SECURE && (reading->tables & DESC_NSTABLE));
}

/* The walker knows nothing of other states: in these no instruction comes from Non-secure memory
 * (SCR_EL3.SIF; in Realm state always). */
static void keep_fetches_in(const struct scene *scene, const struct reading *reading,
			    enum hypmmu_access access, struct hypmmu_translation *t)
{
	if (scene->world == NON_SECURE || !is_fetch(access) || t->fault || !t->desc ||
	    !scene_is_to_non_secure(scene, reading))
		return;
	t->fault = HYPMMU_FAULT_PERMISSION;
	t->fsc = (uint8_t)(FSC_PERMISSION + t->level);
}

struct reading scene_walk(struct scene *scene, hypmmu_va va, enum hypmmu_access access,
			  struct hypmmu_translation *t)
{
	struct reading reading = walk(scene, va, access, false, t);

	if (scene->kind != BUILT) {
		uint64_t par = t->par;

		reading = walk(scene, va, access, true, t);
		for (unsigned i = 0; i < DEVIATIONS_EXPECTED; i++)
			scene->counts->deviations[i] += reading.altered[i] && t->par != par;
	}
	keep_fetches_in(scene, &reading, access, t);
	return reading;
}

/* Is TTBR[5:3], the root's OA[51:49], more than its alignment to its own size hides? */
static bool is_misread_root(const struct half *half, uint64_t ttbr)
{
	unsigned index_bits = (half->va_bits - 1 - half->granule) % (half->granule - 3) + 1;

	return half->pa_bits > 48 && (half->ds || half->lpa) && index_bits < 3 &&
	       (ttbr & BITS(5, 3 + index_bits));
}

enum deviation scene_objection(const struct scene *scene, hypmmu_va va,
			       const struct reading *reading, const struct hypmmu_translation *t)
{
	const struct hypmmu_regs *regs = &scene->machine.regs;
	const struct half *half = reading->half;
	uint64_t ttbr = scene_is_upper(scene, va) ? regs->ttbr1 : regs->ttbr0;

	if (half->ds && half->pa_bits <= 48 && (ttbr & BITS(5, 2)) && (regs->sctlr & SCTLR_M))
		return HIGH_ROOT;
	if (t->desc_pa && is_misread_root(half, ttbr))
		return SMALL_ROOT;
	if ((t->desc & DESC_TYPE) == 1 && t->size >> half->pa_bits > 1)
		return LARGE_BLOCK;
	return reading->device ? DEVICE_MEMORY : DEVIATIONS;
}

static uint64_t updated(const struct half *half, uint64_t desc, bool write)
{
	if (!half->ha)
		return desc;
	if (write && half->hd && (desc & DESC_DBM)) /* DIRTY_BY_DBM: whatever it means */
		desc &= ~DESC_AP2;
	return desc | DESC_AF;
}

bool scene_is_update(const struct half *half, const struct hypmmu_translation *t, bool write)
{
	bool leaf = t->fault == HYPMMU_FAULT_NONE || t->fault == HYPMMU_FAULT_PERMISSION;

	return leaf && t->desc && updated(half, t->desc, write) != t->desc;
}

bool scene_stays_clean(const struct half *half, const struct hypmmu_translation *t)
{
	return half->pie && half->hd && (t->desc & DESC_AP2) && !(t->desc & DESC_DBM);
}

void scene_update(struct scene *scene, const struct half *half, const struct hypmmu_translation *t,
		  bool write)
{
	bool big_endian = scene->machine.regs.sctlr & SCTLR_EE;
	uint64_t desc = updated(half, load(memory_at(t->desc_pa), big_endian), write);
	unsigned char bytes[8];

	for (unsigned i = 0; i < 8; i++)
		bytes[big_endian ? 7 - i : i] = (unsigned char)(desc >> 8 * i);
	memory_put(t->desc_pa, bytes);
}

void scene_set_registers(struct scene *scene)
{
	static const uint64_t states[] = {
		[NON_SECURE] = SCR_NS, [SECURE] = SCR_EEL2 | SCR_SIF, [REALM] = SCR_NS | SCR_NSE};
	struct hypmmu_regs *from = &scene->machine.regs;
	bool indirect = get(MMFR3_TCRX, scene->machine.id.mmfr3);
	bool e2h = from->hcr & HCR_E2H, tags = get(PFR1_MTE, scene->machine.id.pfr1) >= 2;
	struct oracle_regs regs = {.mair = from->mair,
				   .tcr = from->tcr,
				   .ttbr0 = from->ttbr0,
				   .ttbr1 = from->ttbr1,
				   .sctlr = from->sctlr | (tags ? SCTLR_TAGS : 0),
				   .hcr = from->hcr | HCR_RW | (e2h ? HCR_TGE : 0),
				   .scr_el3 = SCR_RES1 | SCR_RW | SCR_ATA |
					      (indirect ? SCR_INDIRECT : 0) | states[scene->world],
				   .tcr2 = from->tcr2,
				   .mair2 = from->mair2,
				   .pir = from->pir,
				   .pire0 = from->pire0};

	batch_set(scene->batch, &regs);
}

/* PROBE_AT has to be there, without a write by hardware on the way. */
static bool may_fetch(struct scene *scene, hypmmu_va va, enum hypmmu_access access)
{
	struct hypmmu_translation t;
	struct reading reading = scene_walk(scene, va, access, &t);

	if (t.fault || t.pa != PROBE_AT || scene_is_update(reading.half, &t, false))
		return false;
	return scene_objection(scene, va, &reading, &t) == DEVIATIONS;
}

void scene_set_probes(struct scene *scene)
{
	bool e2h = scene->machine.regs.hcr & HCR_E2H;

	scene->may_run = scene->mapped && may_fetch(scene, scene->probes[0], HYPMMU_FETCH) &&
			 (!e2h || may_fetch(scene, scene->probes[1], HYPMMU_EL0_FETCH));
	if (scene->may_run)
		batch_set_probes(scene->batch, scene->probes[0], scene->probes[1]);
}

void scene_count(struct scene *scene, hypmmu_va va, const struct reading *reading, bool tried,
		 const struct hypmmu_translation *t)
{
	const struct half *half = reading->half;
	bool e2h = scene->machine.regs.hcr & HCR_E2H;
	struct count what = {.kind = scene->kind,
			     .granule = half->granule,
			     .regime = !e2h			   ? 0
				       : scene_is_upper(scene, va) ? 2
								   : 1,
			     .wide = half->ds || (half->lpa && half->pa_bits > 48),
			     .tried = tried};

	scene->counts->indirect += half->pie;
	counts_add(scene->counts, &what, t);
}
