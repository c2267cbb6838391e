/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linear: a hyp address is the low bits of the host's (va_mask) and a tag. The tag's highest bit, the
 * highest of the address space, is the complement of the identity page's, so that neither can ever
 * be in the way of the other; what lies between is random, if there is a seed.
 */
#include "linear.h"
#include "apply.h"

unsigned hm_linear_bits(uint64_t value)
{
	unsigned n = 0;

	for (; value; value >>= 1)
		n++;
	return n;
}

int hm_linear_init(struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout)
{
	const struct hypmmu_geometry *geo = &hyp->mmu.geo;
	uint64_t top = BIT(geo->va_bits - 1);
	hypmmu_va idmap = layout->idmap_start & ~(BIT(geo->page_shift) - 1);
	unsigned bits;

	hyp->linear_first = (uintptr_t)layout->linear_start;
	hyp->linear_last = (uintptr_t)layout->linear_end - 1;
	if (hyp->linear_first > hyp->linear_last)
		return HYPMMU_ERR_RANGE;
	bits = hm_linear_bits(hyp->linear_first ^ hyp->linear_last);
	if (bits < geo->page_shift)
		bits = geo->page_shift;
	if (bits >= geo->va_bits)
		return HYPMMU_ERR_NOSPACE;
	hyp->va_mask = BIT(bits) - 1;
	hyp->va_tag = (~idmap & top) | (layout->seed & (top - 1) & ~hyp->va_mask);
	hyp->host_tag = hyp->linear_first & ~hyp->va_mask;
	hyp->private_low = idmap & top;
	hyp->private_high = idmap;
	hyp->idmap = idmap;
	hyp->idmap_vector = layout->idmap_vector;
	hyp->to_pa = layout->to_pa;
	hyp->ctx = layout->ctx;
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

/* As hypmmu_apply(), for runs that to_pa answers for. It has answered twice, and said the same, before
 * anything is written. */
static int apply_runs(struct hypmmu *mmu, struct hm_runs *runs, struct hypmmu_report *report)
{
	struct hm_count count;
	struct hm_plan plan;
	int err = hm_runs_check(runs, BIT(mmu->geo.pa_bits), &report->va);
	uint64_t sum = runs->sum;

	if (err)
		return err;
	report->va = 0;
	hm_pieces_of_runs(&plan.pieces, runs);
	err = hm_plan_change(&plan, &count, mmu, report);
	if (!err && runs->sum == sum)
		err = hm_carry_out(&plan, &count, mmu, report);
	return !err && runs->sum != sum ? HYPMMU_ERR_CORRUPT : err;
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

/* Is a window mapped there, whose guard this would be? Identity mappings have none. Not inline: see
 * the stack. */
__attribute__((noinline)) static bool is_window(const struct hypmmu_hyp *hyp, hypmmu_va va)
{
	struct hypmmu_leaf leaf;

	return va >= hyp->private_low && va < hyp->private_high &&
	       !hypmmu_query(&hyp->mmu, va, &leaf) && leaf.va != leaf.pa;
}

int hm_linear_idmap(struct hypmmu_hyp *hyp, hypmmu_pa start, hypmmu_pa end, hypmmu_attr attr,
		    struct hypmmu_report *report)
{
	unsigned shift = hyp->mmu.geo.page_shift;
	hypmmu_va linear = hyp->va_tag, linear_last = hyp->va_tag | hyp->va_mask, last;
	struct hypmmu_change map = {.op = HYPMMU_MAP, .attr = attr};
	int err = hm_mmu_check(&hyp->mmu);

	if (!err && start >= end)
		err = HYPMMU_ERR_RANGE;
	if (err)
		return err;
	map.va = start & ~(BIT(shift) - 1);
	map.pa = map.va;
	last = last_byte(end - 1, shift);
	map.size = last - map.va + 1;
	if (map.va <= linear_last && last >= linear)
		return HYPMMU_ERR_IDMAP;
	if (is_window(hyp, map.va - 1) || is_window(hyp, last + 1))
		return HYPMMU_ERR_CONFLICT;
	return hypmmu_apply(&hyp->mmu, &map, 1, report);
}

int hypmmu_create_idmap(struct hypmmu_hyp *hyp, hypmmu_pa start, hypmmu_pa end, hypmmu_attr attr)
{
	return hyp ? hm_linear_idmap(hyp, start, end, attr, NULL) : HYPMMU_ERR_ARG;
}
