/* SPDX-License-Identifier: BSD-2-Clause */
#include "runs.h"

static hypmmu_pa ask(struct hm_runs *runs, hypmmu_va va)
{
	uintptr_t host = runs->host + (uintptr_t)(va - runs->first);
	hypmmu_pa pa = runs->to_pa(runs->ctx, (const void *)host);

	/* Neither step loses a difference, and the two spread it: up, then down. */
	runs->sum = (runs->sum ^ pa) * UINT64_C(0x9e3779b97f4a7c15);
	runs->sum ^= runs->sum >> 32;
	return pa;
}

/* Whole granules, whatever to_pa says since it was checked: the plan relies on it. */
static hypmmu_pa ask_again(struct hm_runs *runs, hypmmu_va va)
{
	return ask(runs, va) & ~(runs->granule - 1);
}

bool hm_runs_next(struct hm_runs *runs, hypmmu_va *va, hypmmu_va *last)
{
	struct hypmmu_change *change = &runs->change;

	if (*va <= runs->first) {
		*va = runs->first;
		runs->sum = 0;
		runs->next = ask_again(runs, *va);
	}
	if (*va > runs->last)
		return false;
	change->va = *va;
	change->pa = runs->next;
	change->size = runs->granule;
	while (*va + (change->size - 1) != runs->last) {
		runs->next = ask_again(runs, *va + change->size);
		if (runs->next != change->pa + change->size)
			break;
		change->size += runs->granule;
	}
	*last = *va + (change->size - 1);
	return true;
}

int hm_runs_check(struct hm_runs *runs, hypmmu_pa limit, hypmmu_va *va)
{
	runs->sum = 0;
	for (*va = runs->first;; *va += runs->granule) {
		hypmmu_pa pa = ask(runs, *va);

		if (pa == HYPMMU_PA_NONE)
			return HYPMMU_ERR_UNMAPPED;
		if (pa & (runs->granule - 1))
			return HYPMMU_ERR_ALIGN;
		if (pa >= limit)
			return HYPMMU_ERR_RANGE;
		if (*va + (runs->granule - 1) == runs->last)
			return 0;
	}
}
