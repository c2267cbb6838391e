/* SPDX-License-Identifier: BSD-2-Clause */
/* TLB invalidation as one sequence, and the backend's struct hypmmu_maint. */
#include "../../src/maint.h"
#include "state.h"

static void issue_local(const struct hm_tlbi *tlbi)
{
	switch (tlbi->op) {
	case HM_ALLE2:
		tlbi_alle2();
		break;
	case HM_VAE2:
		tlbi_vae2(tlbi->operand);
		break;
	case HM_VALE2:
		tlbi_vale2(tlbi->operand);
		break;
	case HM_RVAE2:
		tlbi_rvae2(tlbi->operand);
		break;
	case HM_RVALE2:
		tlbi_rvale2(tlbi->operand);
		break;
	}
}

static void issue_broadcast(const struct hm_tlbi *tlbi)
{
	switch (tlbi->op) {
	case HM_ALLE2:
		tlbi_alle2is();
		break;
	case HM_VAE2:
		tlbi_vae2is(tlbi->operand);
		break;
	case HM_VALE2:
		tlbi_vale2is(tlbi->operand);
		break;
	case HM_RVAE2:
		tlbi_rvae2is(tlbi->operand);
		break;
	case HM_RVALE2:
		tlbi_rvale2is(tlbi->operand);
		break;
	}
}

static void issue(bool local, const struct hm_tlbi *tlbi)
{
	if (local)
		issue_local(tlbi);
	else
		issue_broadcast(tlbi);
}

static void wait_for_stores(bool local)
{
	if (local)
		dsb_nshst(); /* descriptors are stored | a walk or TLBI of this CPU */
	else
		dsb_ishst(); /* descriptors are visible to all walkers | a walk or TLBI of any CPU */
}

static void wait_for_tlbis(bool local)
{
	if (local)
		dsb_nsh(); /* this CPU has dropped the old translations | whatever relies on it */
	else
		dsb_ish(); /* all CPUs have dropped the old translations | whatever relies on it */
}

static void invalidate_list(const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
			    size_t n)
{
	bool local = cfg->use & HYPMMU_USE_LOCAL_TLBI;
	struct hm_tlbis tlbis;
	struct hm_tlbi tlbi;

	hm_tlbis_init(&tlbis, cfg, list, n);
	while (hm_tlbis_next(&tlbis, &tlbi))
		issue(local, &tlbi);
	wait_for_tlbis(local);
	if (cfg->use & HYPMMU_USE_REPEAT_TLBI) { /* any TLBI will do: only its DSB has to wait */
		issue(local, &(struct hm_tlbi){.op = HM_VALE2});
		wait_for_tlbis(local);
	}
}

void hypmmu_arch_invalidate(const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
			    size_t n)
{
	wait_for_stores(cfg->use & HYPMMU_USE_LOCAL_TLBI);
	if (n)
		invalidate_list(cfg, list, n);
	isb(); /* the above is complete | the next instruction is fetched and translated */
}

/* ID_MMFR3_EL1.CohWalk: walks see what is in the caches, and nothing has to be cleaned. */
static void publish(void *ctx, const void *p, size_t size)
{
	(void)ctx;
	if (!stores_are_cached())
		hypmmu_arch_publish(p, size);
}

static void sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		 size_t n)
{
	(void)ctx;
	hypmmu_arch_invalidate(cfg, list, n);
}

const struct hypmmu_maint hypmmu_arch_maint = {
	.publish = publish,
	.sync = sync,
	.self = true,
};
