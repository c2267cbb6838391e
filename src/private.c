/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private: windows below the identity page. The tables are their only record: a window is all that is
 * mapped between two holes.
 */
#include "private.h"
#include "table.h"

/* The slot that decides about va: is it mapped, and what does it translate? A root that is no page
 * counts as one mapping of all there is. */
static bool is_mapped(const struct hypmmu *mmu, hypmmu_va va, hypmmu_va *first, hypmmu_va *last)
{
	int level;
	struct hm_place place = hm_find_slot(mmu, va, &level);
	unsigned shift = place.slot ? hm_level_shift(&mmu->geo, level) : mmu->geo.va_bits;

	*first = va & ~(BIT(shift) - 1);
	*last = last_byte(va, shift);
	return !place.slot || (place.desc & HM_VALID);
}

/* The highest place at or below va - size that is pa modulo the alignment. What is at its own PA
 * would pass for an identity mapping. */
static hypmmu_va align_below(hypmmu_va va, uint64_t size, hypmmu_pa pa, unsigned shift)
{
	va -= size;
	va -= (va - pa) & (BIT(shift) - 1);
	return va == pa ? va - BIT(shift) : va;
}

/* From the top down: the first hole that holds the window, so aligned, and a granule on both sides.
 */
static bool find_aligned(const struct hypmmu_hyp *hyp, hypmmu_pa pa, uint64_t size, unsigned shift,
			 hypmmu_va *va)
{
	uint64_t guard = BIT(hyp->mmu.geo.page_shift);
	hypmmu_va end = hyp->private_high, low = end, first, last;

	while (low > hyp->private_low) {
		if (is_mapped(&hyp->mmu, low - 1, &first, &last))
			end = first;
		low = first; /* no slot lies across the middle of the space */
		if (end - low < size + 2 * guard)
			continue;
		*va = align_below(end - guard, size, pa, shift);
		if (*va >= low + guard && *va < end) /* it has not wrapped */
			return true;
	}
	return false;
}

/* Aligned like the largest slots that it could fill, or else like smaller ones. Not inline: what it
 * needs on the stack is not needed while the window is mapped. */
__attribute__((noinline)) static int find_hole(const struct hypmmu_hyp *hyp, hypmmu_pa pa,
					       uint64_t size, hypmmu_va *va)
{
	const struct hypmmu_geometry *geo = &hyp->mmu.geo;

	for (int level = geo->start_level; level <= HM_LAST_LEVEL; level++) {
		unsigned shift = hm_level_shift(geo, level);

		if (BIT(shift) <= size && find_aligned(hyp, pa, size, shift, va))
			return 0;
	}
	return hm_root(&hyp->mmu) ? HYPMMU_ERR_NOSPACE : HYPMMU_ERR_CORRUPT;
}

int hm_private_map(struct hypmmu_hyp *hyp, hypmmu_pa pa, uint64_t size, hypmmu_attr attr,
		   hypmmu_va *va, struct hypmmu_report *report)
{
	uint64_t offset = pa & (BIT(hyp->mmu.geo.page_shift) - 1);
	struct hypmmu_change map = {.op = HYPMMU_MAP, .pa = pa - offset, .attr = attr};
	int err = hm_mmu_check(&hyp->mmu);

	if (!err && !hm_pa_range_ok(&hyp->mmu.geo, pa, size))
		err = HYPMMU_ERR_RANGE;
	if (err)
		return err;
	map.size = last_byte(pa + (size - 1), hyp->mmu.geo.page_shift) - map.pa + 1;
	err = find_hole(hyp, map.pa, map.size, &map.va);
	if (!err)
		err = hypmmu_apply(&hyp->mmu, &map, 1, report);
	if (!err)
		*va = map.va + offset;
	return err;
}

int hypmmu_map_private(struct hypmmu_hyp *hyp, hypmmu_pa pa, uint64_t size, hypmmu_attr attr,
		       hypmmu_va *va)
{
	return hyp && va ? hm_private_map(hyp, pa, size, attr, va, NULL) : HYPMMU_ERR_ARG;
}

int hm_private_map_stack(struct hypmmu_hyp *hyp, hypmmu_pa pa, uint64_t size, hypmmu_va *top,
			 struct hypmmu_report *report)
{
	hypmmu_va va;
	int err = is_aligned(pa | size, hyp->mmu.geo.page_shift) ? 0 : HYPMMU_ERR_ALIGN;

	if (!err)
		err = hm_private_map(hyp, pa, size, HYPMMU_DATA, &va, report);
	if (!err)
		*top = va + size;
	return err;
}

int hypmmu_map_stack(struct hypmmu_hyp *hyp, hypmmu_pa pa, uint64_t size, hypmmu_va *top)
{
	return hyp && top ? hm_private_map_stack(hyp, pa, size, top, NULL) : HYPMMU_ERR_ARG;
}

int hypmmu_unmap_private(struct hypmmu_hyp *hyp, hypmmu_va va)
{
	hypmmu_va first, last, window_first, window_last;
	int err = hyp ? hm_mmu_check(&hyp->mmu) : HYPMMU_ERR_ARG;

	if (err)
		return err;
	if (va < hyp->private_low || va >= hyp->private_high)
		return HYPMMU_ERR_RANGE;
	if (!is_mapped(&hyp->mmu, va, &window_first, &window_last))
		return HYPMMU_ERR_UNMAPPED;
	while (window_first > hyp->private_low &&
	       is_mapped(&hyp->mmu, window_first - 1, &first, &last))
		window_first = first;
	while (window_last + 1 < hyp->private_high &&
	       is_mapped(&hyp->mmu, window_last + 1, &first, &last))
		window_last = last;
	return hypmmu_unmap(&hyp->mmu, window_first, window_last - window_first + 1, 0);
}
