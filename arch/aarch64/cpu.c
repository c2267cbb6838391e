/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parameters of a CPU that is to start. All that can be known of it before it runs is checked
 * here; what only it can know, cpu_entry.S checks, by values from here.
 */
#include "../../src/geometry.h"
#include "idmap.h"
#include "state.h"

#define PIN_OFFSET(field, offset)                                                                  \
	_Static_assert(offsetof(struct hypmmu_cpu_params, field) == (offset), "idmap.h")
PIN_OFFSET(regs, 0);
PIN_OFFSET(sp, HM_CPU_SP);
PIN_OFFSET(vbar, HM_CPU_VBAR);
PIN_OFFSET(entry, HM_CPU_ENTRY);
PIN_OFFSET(arg, HM_CPU_ARG);
PIN_OFFSET(tpidr, HM_CPU_TPIDR);
PIN_OFFSET(hcr, HM_CPU_HCR);
PIN_OFFSET(hcr_keep, HM_CPU_HCR_KEEP);
PIN_OFFSET(granule[0], HM_CPU_GRANULE);
PIN_OFFSET(granule[1], HM_CPU_GRANULE1);
PIN_OFFSET(pa, HM_CPU_PA);
PIN_OFFSET(va[0], HM_CPU_VA);
PIN_OFFSET(va[1], HM_CPU_VA1);
PIN_OFFSET(vh, HM_CPU_VH);
PIN_OFFSET(e2h0, HM_CPU_E2H0);
PIN_OFFSET(stage, HM_CPU_STAGE);
_Static_assert(HM_CPU_ENTERED == HYPMMU_CPU_ENTERED, "idmap.h");
_Static_assert(HM_CPU_CHECKED == HYPMMU_CPU_CHECKED, "idmap.h");
_Static_assert(HM_CPU_SWITCHING == HYPMMU_CPU_SWITCHING, "idmap.h");
_Static_assert(HM_CPU_NOT_EL2 == HYPMMU_CPU_NOT_EL2, "idmap.h");
_Static_assert(HM_CPU_NO_GRANULE == HYPMMU_CPU_NO_GRANULE, "idmap.h");
_Static_assert(HM_CPU_NO_PA == HYPMMU_CPU_NO_PA, "idmap.h");
_Static_assert(HM_CPU_NO_VA == HYPMMU_CPU_NO_VA, "idmap.h");
_Static_assert(HM_CPU_E2H_STUCK == HYPMMU_CPU_E2H_STUCK, "idmap.h");
_Static_assert(HM_CPU_NO_E2H == HYPMMU_CPU_NO_E2H, "idmap.h");
_Static_assert(HCR_E2H >> HM_HCR_E2H == 1, "idmap.h");

#define VECTORS_SIZE  0x800
#define STACK_ALIGNED 16

/* `field` of an ID register is to be `least` or more, as a signed number. */
static struct hypmmu_cpu_need need(uint64_t field, int64_t least)
{
	return (struct hypmmu_cpu_need){.shift = (uint64_t)__builtin_clzll(field), .least = least};
}

/* ID_AA64MMFR0_EL1, as hypmmu_config_from_id() reads it. */
static struct hypmmu_cpu_need granule_need(const struct hypmmu_config *cfg)
{
	int64_t more = hm_config_ds(cfg) ? 1 : 0;

	switch (cfg->granule) {
	case HYPMMU_4K:
		return need(MMFR0_TGRAN4, more);
	case HYPMMU_16K:
		return need(MMFR0_TGRAN16, 1 + more);
	default:
		return need(MMFR0_TGRAN64, 0);
	}
}

/* 64K tables of a CPU with FEAT_LPA, which is PARange 6, may have blocks of 4T. */
static unsigned least_parange(const struct hypmmu_config *cfg)
{
	bool lpa = cfg->granule == HYPMMU_64K && (cfg->hw & HYPMMU_HW_LPA);

	return lpa ? 6 : hm_config_ps(cfg);
}

static struct hypmmu_cpu_need pa_need(const struct hypmmu_config *low,
				      const struct hypmmu_config *high)
{
	unsigned a = least_parange(low), b = least_parange(high);

	return need(MMFR0_PARANGE, a > b ? a : b);
}

/* ID_AA64MMFR2_EL1. With TCR_EL2.DS the granule says it. */
static struct hypmmu_cpu_need va_need(const struct hypmmu_config *cfg)
{
	if (cfg->va_bits < 64 - 39)
		return need(MMFR2_ST, 1);
	return need(MMFR2_VARANGE, cfg->va_bits > 48 && !hm_config_ds(cfg));
}

#define ANY (-8) /* the least that such a field can hold */

/* Off by one of the two on a CPU without the wanted E2H. */
static void need_e2h(struct hypmmu_cpu_params *params, uint64_t e2h)
{
	params->vh = need(MMFR1_VH, e2h ? 1 : ANY);
	params->e2h0 = need(MMFR4_E2H0, e2h ? ANY : 0);
}

struct place { /* that the CPU uses */
	hypmmu_va va;
	uint64_t size;
	hypmmu_attr needed;
	bool identity; /* at VA = PA */
};

static int check_leaf(const struct hypmmu_leaf *leaf, const struct place *place)
{
	return is_usable(leaf, place->needed) && (leaf->pa == leaf->va || !place->identity)
		       ? 0
		       : HYPMMU_ERR_CONFLICT;
}

static int expect_place(const struct hypmmu *lower, const struct hypmmu *upper,
			const struct place *place, struct hypmmu_report *report)
{
	const struct hypmmu *mmu = hm_arch_half(lower, upper, place->va);
	struct hypmmu_leaf leaf;
	hypmmu_va at = place->va;

	do {
		int err = hypmmu_query(mmu, at, &leaf);

		if (!err)
			err = check_leaf(&leaf, place);
		if (err) {
			report->va = at;
			report->desc = leaf.desc;
			report->level = leaf.level;
			return err;
		}
		at = leaf.va + leaf.size;
	} while (at - place->va < place->size);
	return 0;
}

static int check_arguments(const struct hypmmu_cpu_params *params, const struct hypmmu *lower,
			   const struct hypmmu *upper)
{
	int err = params ? hm_arch_check_halves(lower, upper) : HYPMMU_ERR_ARG;

	if (err)
		return err;
	if (lower->cfg.use & HYPMMU_USE_S1PIE) /* cpu_entry.S knows nothing of TCR2_EL2 */
		return HYPMMU_ERR_UNSUPPORTED;
	if ((uintptr_t)params % _Alignof(struct hypmmu_cpu_params))
		return HYPMMU_ERR_ALIGN;
	if (!lower->maint || (upper && !upper->maint))
		return HYPMMU_ERR_STATE;
	if (params->hcr && (params->hcr & HCR_E2H) != wanted_e2h(lower))
		return HYPMMU_ERR_STATE;
	if (params->sp % STACK_ALIGNED || params->vbar % VECTORS_SIZE)
		return HYPMMU_ERR_ALIGN;
	return 0;
}

/* The identity text's PA is where it is seen now. Each of its two files lies within a granule. */
#define IDENTITY(code)                                                                             \
	{                                                                                          \
		.va = hm_arch_translate(code), .size = 1, .needed = HYPMMU_X, .identity = true     \
	}

/* As in hypmmu_arch_enable(). */
static int check_places(const struct hypmmu_cpu_params *params, const struct hypmmu *lower,
			const struct hypmmu *upper, size_t index, struct hypmmu_report *report)
{
	const struct place places[] = {
		IDENTITY((uintptr_t)hypmmu_arch_cpu_entry),
		IDENTITY((uintptr_t)hm_arch_idmap_start),
		IDENTITY((uintptr_t)hm_arch_idmap_end - 1),
		{.va = params->entry, .size = sizeof(uint32_t), .needed = HYPMMU_X},
		{.va = params->sp - STACK_ALIGNED, .size = STACK_ALIGNED, .needed = HYPMMU_W},
		{.va = params->vbar, .size = VECTORS_SIZE, .needed = HYPMMU_X},
	};
	int err = 0;

	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]) && !err; i++)
		err = expect_place(lower, upper, &places[i], report);
	if (err)
		report->index = report->other = index;
	return err;
}

static void fill_in(struct hypmmu_cpu_params *params, const struct hypmmu *lower,
		    const struct hypmmu *upper)
{
	const struct hypmmu_config *low = &lower->cfg, *high = upper ? &upper->cfg : low;

	params->hcr_keep = params->hcr ? 0 : ~HCR_E2H;
	params->granule[0] = granule_need(low);
	params->granule[1] = granule_need(high);
	params->pa = pa_need(low, high);
	params->va[0] = va_need(low);
	params->va[1] = va_need(high);
	need_e2h(params, wanted_e2h(lower));
	params->stage = HYPMMU_CPU_AWAITED;
}

int hypmmu_arch_cpu_params(struct hypmmu_cpu_params *params, const struct hypmmu *lower,
			   const struct hypmmu *upper, const struct hypmmu_change *must_hold,
			   size_t n, struct hypmmu_report *report)
{
	struct hypmmu_report unseen;
	struct hypmmu_regs regs;
	int err = check_arguments(params, lower, upper);

	if (!report)
		report = &unseen;
	*report = (struct hypmmu_report){0};
	if (!err)
		err = hm_arch_expect(lower, upper, must_hold, n, report);
	if (!err)
		err = check_places(params, lower, upper, n, report);
	if (!err)
		err = hypmmu_get_regs(lower, upper, &regs);
	if (err)
		return err;
	params->regs = regs;
	fill_in(params, lower, upper);
	hypmmu_arch_publish(params, sizeof(*params));
	return 0;
}

uint64_t hypmmu_arch_cpu_stage(const struct hypmmu_cpu_params *params)
{
	hm_arch_flush((uintptr_t)&params->stage, sizeof(params->stage));
	return *(const volatile uint64_t *)&params->stage;
}
