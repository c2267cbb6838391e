/* SPDX-License-Identifier: BSD-2-Clause */
/* Hyp: the whole address space from its description, or nothing. */
#include "linear.h"
#include "private.h"

#define VBAR_SHIFT 11 /* VBAR_EL2: bits [10:0] are RES0 */

/* No call is under way, and yet this is a callback in the midst of one. */
static void tell(struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout, const char *step,
		 hypmmu_va first, hypmmu_va last)
{
	if (!layout->trace)
		return;
	hyp->mmu.busy = true;
	layout->trace(layout->ctx, step, first, last);
	hyp->mmu.busy = false;
}

static int blame(struct hypmmu_report *report, size_t index, int err)
{
	report->index = index;
	report->other = index;
	return err;
}

static int check_idmap(const struct hypmmu_hyp_layout *layout, unsigned granule)
{
	hypmmu_pa start = layout->idmap_start, last = layout->idmap_end - 1;
	hypmmu_pa vector = layout->idmap_vector;

	if (start > last || (start ^ last) >> granule)
		return HYPMMU_ERR_IDMAP;
	if (vector && (vector < start || vector > last || !is_aligned(vector, VBAR_SHIFT)))
		return HYPMMU_ERR_IDMAP;
	return 0;
}

/* The configuration, with address bits for the identity page. */
static int widen(struct hypmmu_config *wide, const struct hypmmu_config *cfg,
		 const struct hypmmu_hyp_layout *layout)
{
	unsigned bits = hm_linear_bits(layout->idmap_end - 1);

	*wide = *cfg;
	if (!wide->regime)
		wide->regime = HYPMMU_EL2;
	if (wide->regime != HYPMMU_EL2)
		return HYPMMU_ERR_UNSUPPORTED;
	if (wide->granule != HYPMMU_4K && wide->granule != HYPMMU_16K &&
	    wide->granule != HYPMMU_64K)
		return HYPMMU_ERR_CONFIG;
	if (bits > wide->va_bits)
		wide->va_bits = (uint8_t)bits;
	return check_idmap(layout, wide->granule);
}

/* Does the section differ from an earlier one about a granule? Its own index: no. */
static size_t find_rival(const struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout,
			 size_t index, hypmmu_va *va)
{
	const struct hypmmu_hyp_section *section = &layout->sections[index];
	hypmmu_va first, last, other_first, other_last;

	(void)hm_linear_range(hyp, section->from, section->to, &first, &last);
	for (size_t i = 0; i < index; i++) {
		const struct hypmmu_hyp_section *other = &layout->sections[i];

		(void)hm_linear_range(hyp, other->from, other->to, &other_first, &other_last);
		*va = first > other_first ? first : other_first;
		if (*va <= last && *va <= other_last && section->attr != other->attr)
			return i;
	}
	return index;
}

/* Before anything is mapped: do they lie in the linear range, and agree? */
static int check_sections(const struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout,
			  struct hypmmu_report *report)
{
	for (size_t i = 0; i < layout->nsections; i++) {
		const struct hypmmu_hyp_section *section = &layout->sections[i];
		hypmmu_va va = 0, last;
		int err = hm_linear_range(hyp, section->from, section->to, &va, &last);
		size_t rival = err ? i : find_rival(hyp, layout, i, &va);

		if (err)
			return blame(report, i, err);
		if (rival == i)
			continue;
		report->index = i;
		report->other = rival;
		report->va = va;
		return HYPMMU_ERR_OVERLAP;
	}
	return 0;
}

static int map_section(struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout,
		       const struct hypmmu_hyp_section *section, struct hypmmu_report *report)
{
	hypmmu_va first, last;
	int err = hm_linear_map(hyp, section->from, section->to, section->attr, report);

	if (!err)
		err = hm_linear_range(hyp, section->from, section->to, &first, &last);
	if (!err && (section->attr & HYPMMU_X))
		err = hypmmu_pin(&hyp->mmu, first, last - first + 1);
	if (!err)
		tell(hyp, layout, section->name, first, last);
	return err;
}

static int map_sections(struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout,
			struct hypmmu_report *report)
{
	for (size_t i = 0; i < layout->nsections; i++) {
		int err = map_section(hyp, layout, &layout->sections[i], report);

		if (err)
			return blame(report, i, err);
	}
	return 0;
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
			tell(hyp, layout, "stack", cpu->stack_top - cpu->stack_size,
			     cpu->stack_top - 1);
	}
	if (err || cpu->data == cpu->data_end)
		return err;
	err = hm_linear_range(hyp, cpu->data, cpu->data_end, &first, &last);
	if (!err)
		err = hm_linear_map(hyp, cpu->data, cpu->data_end, HYPMMU_DATA, report);
	if (!err) {
		cpu->data_va = hypmmu_kern_hyp_va(hyp, cpu->data);
		tell(hyp, layout, "data", first, last);
	}
	return err;
}

static int map_cpus(struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout,
		    struct hypmmu_report *report)
{
	for (size_t i = 0; i < layout->ncpus; i++) {
		int err = map_cpu(hyp, layout, &layout->cpus[i], report);

		if (err)
			return blame(report, i, err);
	}
	return 0;
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
		tell(hyp, layout, "vectors", hyp->vectors,
		     hyp->vectors + (layout->vectors_size - 1));
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
		tell(hyp, layout, "idmap", hyp->idmap, hyp->idmap + (granule - 1));
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

static int check_arguments(const struct hypmmu_config *cfg, const struct hypmmu_hyp_layout *layout)
{
	if (!cfg || !layout || !layout->to_pa || (layout->nsections && !layout->sections) ||
	    (layout->ncpus && !layout->cpus))
		return HYPMMU_ERR_ARG;
	return 0;
}

static int build(struct hypmmu_hyp *hyp, const struct hypmmu_config *cfg,
		 const struct hypmmu_pages *pages, const struct hypmmu_hyp_layout *layout,
		 struct hypmmu_report *report)
{
	struct hypmmu_config wide;
	int err = check_arguments(cfg, layout);

	if (!err)
		err = widen(&wide, cfg, layout);
	if (!err)
		err = hypmmu_init(&hyp->mmu, &wide, pages);
	if (!err)
		err = hm_linear_init(hyp, layout);
	return err ? err : map_all(hyp, layout, report);
}

int hypmmu_hyp_init(struct hypmmu_hyp *hyp, const struct hypmmu_config *cfg,
		    const struct hypmmu_pages *pages, const struct hypmmu_hyp_layout *layout,
		    struct hypmmu_report *report)
{
	struct hypmmu_report unseen;
	int err;

	if (!hyp)
		return HYPMMU_ERR_ARG;
	if (!report)
		report = &unseen;
	*report = (struct hypmmu_report){0};
	*hyp = (struct hypmmu_hyp){.idmap = 0};
	err = build(hyp, cfg, pages, layout, report);
	if (!err) {
		*report = (struct hypmmu_report){.tables = hyp->mmu.tables};
		return 0;
	}
	report->tables = report->freed = report->leaves = report->breaks = 0;
	(void)hypmmu_destroy(&hyp->mmu);
	*hyp = (struct hypmmu_hyp){.idmap = 0};
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
