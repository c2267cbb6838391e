/* SPDX-License-Identifier: BSD-2-Clause */
/* Pin: ranges that no change may break, remove or weaken. hm_count() keeps to them. */
#include "table.h"

static int check_pin(const struct hypmmu *mmu, hypmmu_va va, uint64_t size)
{
	int err = hm_mmu_check(mmu);

	if (err)
		return err;
	return hm_va_range_ok(&mmu->geo, va, size) ? 0 : HYPMMU_ERR_RANGE;
}

int hypmmu_pin(struct hypmmu *mmu, hypmmu_va va, uint64_t size)
{
	int err = check_pin(mmu, va, size);

	if (err)
		return err;
	if (mmu->pins == HYPMMU_PINS)
		return HYPMMU_ERR_NOSPACE;
	mmu->pin[mmu->pins++] = (struct hypmmu_pinned){va, va + (size - 1)};
	return 0;
}

int hypmmu_unpin(struct hypmmu *mmu, hypmmu_va va, uint64_t size)
{
	int err = check_pin(mmu, va, size);

	for (unsigned i = 0; !err && i < mmu->pins; i++) {
		if (mmu->pin[i].va != va || mmu->pin[i].last != va + (size - 1))
			continue;
		mmu->pin[i] = mmu->pin[--mmu->pins];
		return 0;
	}
	return err ? err : HYPMMU_ERR_UNMAPPED;
}
