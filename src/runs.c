/* SPDX-License-Identifier: BSD-2-Clause */
#include "runs.h"

static hypmmu_pa find_pa(const struct hm_runs *runs, hypmmu_va va)
{
	uintptr_t host = runs->host + (uintptr_t)(va - runs->first);

	return runs->to_pa(runs->ctx, (const void *)host);
}

bool hm_runs_next(struct hm_runs *runs, hypmmu_va *va, hypmmu_va *last)
{
	struct hypmmu_change *change = &runs->change;
	hypmmu_va end;

	if (*va < runs->first)
		*va = runs->first;
	if (*va > runs->last)
		return false;
	change->va = *va;
	change->pa = find_pa(runs, *va);
	end = *va + (runs->granule - 1);
	while (end != runs->last && find_pa(runs, end + 1) == change->pa + (end + 1 - *va))
		end += runs->granule;
	change->size = end - *va + 1;
	*last = end;
	return true;
}

int hm_runs_check(const struct hm_runs *runs, hypmmu_pa limit, uint64_t *sum, hypmmu_va *va)
{
	*sum = 0;
	for (*va = runs->first;; *va += runs->granule) {
		hypmmu_pa pa = find_pa(runs, *va);

		if (pa == HYPMMU_PA_NONE)
			return HYPMMU_ERR_UNMAPPED;
		if (pa & (runs->granule - 1))
			return HYPMMU_ERR_ALIGN;
		if (pa >= limit)
			return HYPMMU_ERR_RANGE;
		*sum = (*sum ^ pa) * UINT64_C(0x100000001b3); /* odd: no answer is lost */
		if (*va + (runs->granule - 1) == runs->last)
			return 0;
	}
}
