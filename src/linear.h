/* SPDX-License-Identifier: BSD-2-Clause */
/* Linear: the half of the hyp address space that holds host memory. */
#ifndef HM_LINEAR_H
#define HM_LINEAR_H
#include "geometry.h"
#include <hypmmu/hyp.h>

/* The least number of low bits that hold the value. */
unsigned hm_linear_bits(uint64_t value);

/* Fills in all but mmu, which is set up with address bits for the identity page, regs and vectors:
 * where the linear range goes, mask, tag, and the windows in the other half. NOSPACE: it does not
 * fit. RANGE: it is empty. */
int hm_linear_init(struct hypmmu_hyp *hyp, const struct hypmmu_hyp_layout *layout);

/* Host bytes [from, to) as whole granules of hyp addresses. RANGE. */
int hm_linear_range(const struct hypmmu_hyp *hyp, const void *from, const void *to,
		    hypmmu_va *first, hypmmu_va *last);

/* hypmmu_create_hyp_mappings() and hypmmu_create_idmap() with a report. */
int hm_linear_map(struct hypmmu_hyp *hyp, const void *from, const void *to, hypmmu_attr attr,
		  struct hypmmu_report *report);
int hm_linear_idmap(struct hypmmu_hyp *hyp, hypmmu_pa start, hypmmu_pa end, hypmmu_attr attr,
		    struct hypmmu_report *report);
#endif
