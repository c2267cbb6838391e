/* SPDX-License-Identifier: BSD-2-Clause */
/* TLB invalidation as one sequence, and the backend's struct hypmmu_maint. */
#include "../../src/maint.h"
#include "state.h"

static void invalidate_whole(bool local)
{
	if (local)
		tlbi_alle2();
	else
		tlbi_alle2is();
}

static void invalidate_one(bool local, bool last_level, uint64_t operand)
{
	if (local && last_level)
		tlbi_vale2(operand);
	else if (local)
		tlbi_vae2(operand);
	else if (last_level)
		tlbi_vale2is(operand);
	else
		tlbi_vae2is(operand);
}

static void invalidate_range(const struct hypmmu_config *cfg, bool local,
			     const struct hypmmu_stale *stale)
{
	struct hm_tlbi tlbi;

	hm_tlbi_init(&tlbi, cfg, stale);
	for (uint64_t i = 0; i < tlbi.count; i++)
		invalidate_one(local, tlbi.last_level, hm_tlbi_operand(&tlbi, i));
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

	if (hm_tlbi_is_whole(cfg, list, n))
		invalidate_whole(local);
	else
		for (size_t i = 0; i < n; i++)
			invalidate_range(cfg, local, &list[i]);
	wait_for_tlbis(local);
	if (cfg->use & HYPMMU_USE_REPEAT_TLBI) { /* any TLBI will do: only its DSB has to wait */
		invalidate_one(local, true, 0);
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

static void publish(void *ctx, const void *p, size_t size)
{
	(void)ctx;
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
