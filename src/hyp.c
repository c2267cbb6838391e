/* SPDX-License-Identifier: BSD-2-Clause */
/* Hyp: the whole address space from its description, or nothing. */
#include "linear.h"
#include "private.h"

static void tell(const struct hypmmu_hyp_layout *layout, const char *step, hypmmu_va first,
		 hypmmu_va last)
{
	if (layout->trace)
		layout->trace(layout->ctx, step, first, last);
}

static unsigned bits_of(uint64_t value)
{
	unsigned n = 0;

	for (; value; value >>= 1)
		n++;
	return n;
}

/* IDMAP: not within one granule. Else the configuration is widened until the page fits. */
static int fit_idmap(struct hypmmu_config *cfg, const struct hypmmu_hyp_layout *layout,
		     hypmmu_pa *idmap)
{
	hypmmu_pa start = layout->idmap_start, last = layout->idmap_end - 1;
	unsigned bits = bits_of(last);

	if (start > last || start >> cfg->granule != last >> cfg->granule)
		return HYPMMU_ERR_IDMAP;
	if (!cfg->regime)
		cfg->regime = HYPMMU_EL2;
	if (cfg->regime != HYPMMU_EL2)
		return HYPMMU_ERR_UNSUPPORTED;
	if (bits > cfg->va_bits)
		cfg->va_bits = (uint8_t)bits;
	*idmap = start >> cfg->granule << cfg->granule;
	return 0;
}

/* Every section lies in the linear range; no two differ about a granule. */
static int check_sections(const struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout,
			  struct hypmmu_report *report)
{
	int err = 0;

	for (size_t i = 0; !err && i < layout->nsections; i++) {
		const struct hypmmu_hyp_section *section = &layout->sections[i];
		hypmmu_va first, last, other_first, other_last;

		report->index = report->other = i;
		err = hm_linear_range(hyp, section->from, section->to, &first, &last);
		for (size_t k = 0; !err && k < i; k++) {
			const struct hypmmu_hyp_section *other = &layout->sections[k];

			(void)hm_linear_range(hyp, other->from, other->to, &other_first,
					      &other_last);
			if (first > other_last || last < other_first ||
			    section->attr == other->attr)
				continue;
			report->other = k;
			report->va = first > other_first ? first : other_first;
			err = HYPMMU_ERR_OVERLAP;
		}
	}
	return err;
}

static int map_sections(struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout,
			struct hypmmu_report *report)
{
	int err = 0;

	for (size_t i = 0; !err && i < layout->nsections; i++) {
		const struct hypmmu_hyp_section *section = &layout->sections[i];
		hypmmu_va first, last;

		err = hm_linear_range(hyp, section->from, section->to, &first, &last);
		if (!err)
			err = hm_linear_map(hyp, section->from, section->to, section->attr, report);
		if (!err && (section->attr & HYPMMU_X))
			err = hypmmu_pin(&hyp->mmu, first, last - first + 1);
		report->index = report->other = i;
		if (!err)
			tell(layout, section->name, first, last);
	}
	return err;
}

static int map_cpu(struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout,
		   struct hypmmu_hyp_cpu *cpu, struct hypmmu_report *report)
{
	hypmmu_va first, last;
	int err = 0;

	cpu->stack_top = cpu->data_va = 0;
	if (cpu->stack_size) {
		err = hm_private_map_stack(hyp, cpu->stack, cpu->stack_size, &cpu->stack_top,
					   report);
		if (!err)
			tell(layout, "stack", cpu->stack_top - cpu->stack_size, cpu->stack_top - 1);
	}
	if (err || cpu->data == cpu->data_end)
		return err;
	err = hm_linear_range(hyp, cpu->data, cpu->data_end, &first, &last);
	if (!err)
		err = hm_linear_map(hyp, cpu->data, cpu->data_end, HYPMMU_DATA, report);
	if (!err) {
		cpu->data_va = hypmmu_kern_hyp_va(hyp, cpu->data);
		tell(layout, "data", first, last);
	}
	return err;
}

static int map_cpus(struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout,
		    struct hypmmu_report *report)
{
	int err = 0;

	for (size_t i = 0; !err && i < layout->ncpus; i++) {
		err = map_cpu(hyp, layout, &layout->cpus[i], report);
		report->index = report->other = i;
	}
	return err;
}

static int map_vectors(struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout,
		       struct hypmmu_report *report)
{
	int err;

	if (!layout->vectors_size)
		return 0;
	err = is_aligned(layout->vectors | layout->vectors_size, hyp->mmu.geo.page_shift)
		      ? hm_private_map(hyp, layout->vectors, layout->vectors_size, HYPMMU_CODE,
				       &hyp->vectors, report)
		      : HYPMMU_ERR_ALIGN;
	if (!err)
		err = hypmmu_pin(&hyp->mmu, hyp->vectors, layout->vectors_size);
	if (!err)
		tell(layout, "vectors", hyp->vectors, hyp->vectors + (layout->vectors_size - 1));
	return err;
}

static int map_idmap(struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout,
		     struct hypmmu_report *report)
{
	uint64_t granule = BIT(hyp->mmu.geo.page_shift);
	int err = hm_linear_idmap(hyp, layout->idmap_start, layout->idmap_end, HYPMMU_CODE, report);

	if (!err)
		err = hypmmu_pin(&hyp->mmu, hyp->idmap, granule);
	if (!err)
		tell(layout, "idmap", hyp->idmap, hyp->idmap + (granule - 1));
	return err;
}

static int map_all(struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout,
		   struct hypmmu_report *report)
{
	int err = check_sections(hyp, layout, report);

	if (!err)
		err = map_idmap(hyp, layout, report);
	if (!err)
		err = map_sections(hyp, layout, report);
	if (!err)
		err = map_cpus(hyp, layout, report);
	if (!err)
		err = map_vectors(hyp, layout, report);
	return err ? err : hypmmu_get_regs(&hyp->mmu, NULL, &hyp->regs);
}

static int check_arguments(const struct hypmmu_hyp *hyp, const struct hypmmu_config *cfg,
			   const struct hypmmu_hyp_layout *layout)
{
	if (!hyp || !cfg || !layout || !layout->to_pa || (layout->nsections && !layout->sections) ||
	    (layout->ncpus && !layout->cpus))
		return HYPMMU_ERR_ARG;
	return 0;
}

int hypmmu_hyp_init(struct hypmmu_hyp *hyp, const struct hypmmu_config *cfg,
		    const struct hypmmu_pages *pages, const struct hypmmu_hyp_layout *layout,
		    struct hypmmu_report *report)
{
	struct hypmmu_report unseen;
	struct hypmmu_config wide;
	hypmmu_pa idmap;
	int err = check_arguments(hyp, cfg, layout);

	if (!report)
		report = &unseen;
	*report = (struct hypmmu_report){0};
	if (err)
		return err;
	wide = *cfg;
	err = fit_idmap(&wide, layout, &idmap);
	if (err)
		return err;
	*hyp = (struct hypmmu_hyp){.to_pa = layout->to_pa, .ctx = layout->ctx, .idmap = idmap};
	err = hypmmu_init(&hyp->mmu, &wide, pages);
	if (!err)
		err = hm_linear_init(hyp, layout, idmap);
	if (!err)
		err = map_all(hyp, layout, report);
	if (err) {
		(void)hypmmu_destroy(&hyp->mmu);
		*hyp = (struct hypmmu_hyp){.idmap = 0};
	}
	return err;
}

int hypmmu_hyp_destroy(struct hypmmu_hyp *hyp)
{
	int err;

	if (!hyp)
		return HYPMMU_ERR_ARG;
	err = hypmmu_destroy(&hyp->mmu);
	if (!err || err == HYPMMU_ERR_CORRUPT)
		*hyp = (struct hypmmu_hyp){.idmap = 0};
	return err;
}
