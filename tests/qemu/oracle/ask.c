/* SPDX-License-Identifier: BSD-2-Clause */
#include "ask.h"
#include "bits.h"
#include "memory.h"
#include <string.h>

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

#define PAR_NS	 BIT(9)
#define PAR_IMPL BIT(10) /* IMPLEMENTATION DEFINED */

#define SCTLR_M	 BIT(0)
#define SCR_NS	 BIT(0)
#define SCR_RES1 (BIT(4) | BIT(5))
#define SCR_RW	 BIT(10)
#define SCR_EEL2 BIT(18)
#define SCR_ATA	 BIT(26)
#define HCR_TGE	 BIT(27)
#define HCR_E2H	 BIT(34)
#define HCR_RW	 BIT(31)

const char *const deviation_names[DEVIATIONS] = {
	[NO_CONTIGUOUS] = "the Contiguous bit does not change the output address",
	[NO_HIGH_CHECK] = "52-bit layout, PS of 48 bits or less: address bits above are ignored",
	[NO_NT] = "a block with nT does not fault",
	[HAFDBS] = "not asked: the hardware's update of AF and AP[2], which AT may make or not",
	[SMALL_ROOT] =
		"not asked: a root of less than 64 bytes whose TTBR has address bits in [5:3]",
	[HIGH_ROOT] = "not asked: DS = 1, PS of 48 bits or less, and TTBR[5:2] not 0",
	[LARGE_BLOCK] = "not asked: a block larger than PS, whose output is not checked as a whole",
	[DEVICE_MEMORY] = "not asked: a table where the machine's devices are",
};

/* A walk, as memory answers it. */
struct reading {
	const struct half *half;
	bool big_endian, corrected; /* QEMU's deviations are asked for */
	bool device, altered[DEVIATIONS_EXPECTED];
	uint64_t tables; /* all descriptors but the last, ORed */
	uint64_t last;
};

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

	reading->altered[NO_NT] |= (desc & nt) != 0;
	reading->altered[NO_HIGH_CHECK] |= (desc & high) != 0;
	reading->altered[NO_CONTIGUOUS] |= (desc & DESC_CONTIGUOUS) != 0;
	return desc & ~(high | nt | DESC_CONTIGUOUS);
}

static bool read_memory(void *ctx, hypmmu_pa pa, unsigned char bytes[8])
{
	struct reading *reading = ctx;
	const unsigned char *at = memory_at(pa);
	uint64_t desc;

	reading->device |= !at && memory_is_device(pa);
	if (!at)
		return false;
	desc = load(at, reading->big_endian);
	reading->tables |= reading->last;
	reading->last = desc;
	if (reading->corrected)
		desc = correct(reading, desc);
	for (unsigned i = 0; i < 8; i++)
		bytes[reading->big_endian ? 7 - i : i] = (unsigned char)(desc >> 8 * i);
	return true;
}

enum hypmmu_access access_of(enum question question)
{
	static const enum hypmmu_access access[] = {HYPMMU_READ, HYPMMU_WRITE, HYPMMU_EL0_READ,
						    HYPMMU_EL0_WRITE};

	return access[question];
}

static struct reading walk(struct scene *scene, hypmmu_va va, enum hypmmu_access access,
			   bool corrected, struct hypmmu_translation *t)
{
	bool upper = (scene->machine.regs.hcr & HCR_E2H) && (va & BIT(55));
	struct reading reading = {.half = &scene->half[upper],
				  .big_endian = scene->machine.regs.sctlr & BIT(25),
				  .corrected = corrected};

	scene->machine.read = read_memory;
	scene->machine.ctx = &reading;
	hypmmu_walk(&scene->machine, va, access, t);
	return reading;
}

/* May hardware write to the descriptor, if an AT counts as an access? */
static bool is_updated(const struct half *half, const struct hypmmu_translation *t, bool write)
{
	bool leaf = t->fault == HYPMMU_FAULT_NONE || t->fault == HYPMMU_FAULT_PERMISSION;

	if (!leaf || !half->ha)
		return false;
	return !(t->desc & DESC_AF) ||
	       (write && half->hd && (t->desc & DESC_DBM) && (t->desc & DESC_AP2));
}

/* Is TTBR[5:3], the root's OA[51:49], more than its alignment to its own size hides? */
static bool is_misread_root(const struct half *half, uint64_t ttbr)
{
	unsigned index_bits = (half->va_bits - 1 - half->granule) % (half->granule - 3) + 1;

	return half->pa_bits > 48 && (half->ds || half->lpa) && index_bits < 3 &&
	       (ttbr & BITS(5, 3 + index_bits));
}

/* Why it is not asked; DEVIATIONS: it is. */
static enum deviation reason_not_to(const struct scene *scene, bool upper, bool write,
				    const struct reading *reading,
				    const struct hypmmu_translation *t)
{
	const struct hypmmu_regs *regs = &scene->machine.regs;
	const struct half *half = &scene->half[upper];
	uint64_t ttbr = upper ? regs->ttbr1 : regs->ttbr0;

	if (half->ds && half->pa_bits <= 48 && (ttbr & BITS(5, 2)) && (regs->sctlr & SCTLR_M))
		return HIGH_ROOT;
	if (t->desc_pa && is_misread_root(half, ttbr))
		return SMALL_ROOT;
	if ((t->desc & DESC_TYPE) == 1 && t->size >> half->pa_bits > 1)
		return LARGE_BLOCK;
	if (reading->device)
		return DEVICE_MEMORY;
	return scene->kind != BUILT && is_updated(half, t, write) ? HAFDBS : DEVIATIONS;
}

/* PAR_EL1; NS is UNKNOWN but in Secure state. */
static struct expected expected_of(const struct scene *scene, const struct reading *reading,
				   const struct hypmmu_translation *t)
{
	struct expected expected = {
		.par = t->par, .ignore = PAR_IMPL, .desc = t->desc, .desc_pa = t->desc_pa};

	if (t->fault == HYPMMU_FAULT_EXTERNAL) {
		expected.par = ABORT_MARK | UINT64_C(0x25) << ABORT_EC_LSB |
			       (uint64_t)t->fsc << ABORT_FSC_LSB;
		expected.ignore = 0;
	} else if (t->fault == HYPMMU_FAULT_NONE && scene->world == SECURE && t->desc) {
		if (!(reading->last & DESC_NS) && !(reading->tables & DESC_NSTABLE))
			expected.par &= ~PAR_NS;
	} else if (t->fault == HYPMMU_FAULT_NONE) {
		expected.ignore |= PAR_NS;
	}
	return expected;
}

static unsigned index_of_granule(unsigned granule)
{
	return (granule - 12) / 2;
}

static void count(struct scene *scene, const struct half *half, bool upper,
		  const struct hypmmu_translation *t)
{
	struct counts *c = scene->counts;
	unsigned g = index_of_granule(half->granule);
	unsigned regime = !(scene->machine.regs.hcr & HCR_E2H) ? 0 : upper ? 2 : 1;
	bool wide = half->ds || (half->lpa && half->pa_bits > 48), found = !t->fault;

	c->asked[g][regime][wide]++;
	c->found[g][regime][wide] += found;
	c->kind[scene->kind]++;
	c->kind_found[scene->kind] += found;
	c->aborts += t->fault == HYPMMU_FAULT_EXTERNAL;
	if (found && t->desc)
		c->leaf_level[g][t->level + 1]++;
}

bool ask(struct scene *scene, hypmmu_va va, enum question question, struct hypmmu_translation *t)
{
	bool upper = (scene->machine.regs.hcr & HCR_E2H) && (va & BIT(55));
	bool write = question == AT_S1E2W || question == AT_S1E0W;
	struct reading reading;
	struct expected expected;
	enum deviation reason;

	va &= ~QUESTION_BITS;
	reading = walk(scene, va, access_of(question), false, t);
	if (scene->kind != BUILT) {
		uint64_t par = t->par;

		reading = walk(scene, va, access_of(question), true, t);
		for (unsigned i = 0; i < DEVIATIONS_EXPECTED; i++)
			scene->counts->deviations[i] += reading.altered[i] && t->par != par;
	}
	reason = reason_not_to(scene, upper, write, &reading, t);
	if (reason != DEVIATIONS) {
		scene->counts->deviations[reason]++;
		return false;
	}
	expected = expected_of(scene, &reading, t);
	count(scene, &scene->half[upper], upper, t);
	batch_ask(scene->batch, va, question, &expected);
	return true;
}

void scene_set_registers(struct scene *scene)
{
	const struct hypmmu_regs *from = &scene->machine.regs;
	bool e2h = from->hcr & HCR_E2H;
	struct oracle_regs regs = {.mair = from->mair,
				   .tcr = from->tcr,
				   .ttbr0 = from->ttbr0,
				   .ttbr1 = from->ttbr1,
				   .sctlr = from->sctlr,
				   .hcr = from->hcr | HCR_RW | (e2h ? HCR_TGE : 0),
				   .scr_el3 = SCR_RES1 | SCR_RW | SCR_ATA |
					      (scene->world == SECURE ? SCR_EEL2 : SCR_NS)};

	batch_set(scene->batch, &regs);
}
