/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linear: a hyp address is the low bits of the host's (va_mask) and a tag. The tag's highest bit, the
 * highest of the address space, is the complement of the identity page's, so that neither can ever
 * be in the way of the other; what lies between is random, if there is a seed.
 */
#include "linear.h"
#include "apply.h"

/* How many bits tell a from b, and all between them. */
static unsigned bits_between(uint64_t a, uint64_t b)
{
	unsigned n = 0;

	for (a ^= b; a; a >>= 1)
		n++;
	return n;
}

int hm_linear_init(struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout, hypmmu_pa idmap)
{
	const struct hypmmu_geometry *geo = &hyp->mmu.geo;
	uint64_t top = BIT(geo->va_bits - 1), granule = BIT(geo->page_shift);
	unsigned bits;

	hyp->linear_first = (uintptr_t)layout->linear_start;
	hyp->linear_last = (uintptr_t)layout->linear_end - 1;
	if (hyp->linear_first > hyp->linear_last)
		return HYPMMU_ERR_RANGE;
	bits = bits_between(hyp->linear_first, hyp->linear_last);
	if (bits < geo->page_shift)
		bits = geo->page_shift;
	if (bits >= geo->va_bits)
		return HYPMMU_ERR_NOSPACE;
	hyp->va_mask = BIT(bits) - 1;
	hyp->va_tag = (~idmap & top) | (layout->seed & (top - 1) & ~hyp->va_mask);
	hyp->host_tag = hyp->linear_first & ~hyp->va_mask;
	hyp->private_low = idmap & top;
	hyp->private_high = idmap & ~(granule - 1);
	return 0;
}

hypmmu_va hypmmu_kern_hyp_va(const struct hypmmu_hyp *hyp, const void *host)
{
	return ((uintptr_t)host & hyp->va_mask) | hyp->va_tag;
}

const void *hypmmu_hyp_kern_va(const struct hypmmu_hyp *hyp, hypmmu_va va)
{
	return (const void *)(uintptr_t)((va & hyp->va_mask) | hyp->host_tag);
}

int hm_linear_range(const struct hypmmu_hyp *hyp, const void *from, const void *to,
		    hypmmu_va *first, hypmmu_va *last)
{
	uintptr_t start = (uintptr_t)from, end = (uintptr_t)to - 1;
	unsigned shift = hyp->mmu.geo.page_shift;

	if (start > end || start < hyp->linear_first || end > hyp->linear_last)
		return HYPMMU_ERR_RANGE;
	*first = hypmmu_kern_hyp_va(hyp, from) & ~(BIT(shift) - 1);
	*last = last_byte(hypmmu_kern_hyp_va(hyp, (const void *)end), shift);
	return 0;
}

/* As hypmmu_apply(); what to_pa says before and after the plan is the same. */
static int apply_runs(struct hypmmu *mmu, struct hm_runs *runs, struct hypmmu_report *report)
{
	uint64_t before = 0, after = 0;
	struct hm_count count;
	struct hm_plan plan;
	int err = hm_runs_check(runs, BIT(mmu->geo.pa_bits), &before, &report->va);

	if (err)
		return err;
	hm_pieces_of_runs(&plan.pieces, runs);
	err = hm_plan_change(&plan, &count, mmu, report);
	if (!err)
		err = hm_runs_check(runs, BIT(mmu->geo.pa_bits), &after, &report->va);
	if (!err && before != after)
		err = HYPMMU_ERR_CORRUPT;
	return err ? err : hm_carry_out(&plan, &count, mmu, report);
}

int hm_linear_map(struct hypmmu_hyp *hyp, const void *from, const void *to, hypmmu_attr attr,
		  struct hypmmu_report *report)
{
	uint64_t granule = BIT(hyp->mmu.geo.page_shift);
	struct hm_runs runs = {
		.granule = granule,
		.host = (uintptr_t)from & ~(uintptr_t)(granule - 1),
		.to_pa = hyp->to_pa,
		.ctx = hyp->ctx,
		.change = {.op = HYPMMU_MAP, .attr = attr},
	};
	int err = hm_mmu_check(&hyp->mmu);

	if (!err)
		err = hm_linear_range(hyp, from, to, &runs.first, &runs.last);
	if (!err)
		err = hm_attr_check(&hyp->mmu.geo, attr);
	if (err)
		return err;
	hyp->mmu.busy = true;
	err = apply_runs(&hyp->mmu, &runs, report);
	hyp->mmu.busy = false;
	return err;
}

int hypmmu_create_hyp_mappings(struct hypmmu_hyp *hyp, const void *from, const void *to,
			       hypmmu_attr attr)
{
	struct hypmmu_report report;

	return hyp ? hm_linear_map(hyp, from, to, attr, &report) : HYPMMU_ERR_ARG;
}

int hm_linear_idmap(struct hypmmu_hyp *hyp, hypmmu_pa start, hypmmu_pa end, hypmmu_attr attr,
		    struct hypmmu_report *report)
{
	unsigned shift = hyp->mmu.geo.page_shift;
	hypmmu_va linear = hyp->va_tag, linear_last = hyp->va_tag | hyp->va_mask;
	struct hypmmu_change map = {.op = HYPMMU_MAP, .attr = attr};

	if (start >= end)
		return HYPMMU_ERR_RANGE;
	map.va = start & ~(BIT(shift) - 1);
	map.pa = map.va;
	map.size = last_byte(end - 1, shift) - map.va + 1;
	if (map.va <= linear_last && map.va + (map.size - 1) >= linear)
		return HYPMMU_ERR_IDMAP;
	return hypmmu_apply(&hyp->mmu, &map, 1, report);
}

int hypmmu_create_idmap(struct hypmmu_hyp *hyp, hypmmu_pa start, hypmmu_pa end, hypmmu_attr attr)
{
	return hyp ? hm_linear_idmap(hyp, start, end, attr, NULL) : HYPMMU_ERR_ARG;
}
