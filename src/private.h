/* SPDX-License-Identifier: BSD-2-Clause */
/* Private: hypmmu_map_private() and hypmmu_map_stack() with a report. */
#ifndef HM_PRIVATE_H
#define HM_PRIVATE_H
#include <hypmmu/hyp.h>

int hm_private_map(struct hypmmu_hyp *hyp, hypmmu_pa pa, uint64_t size, hypmmu_attr attr,
		   hypmmu_va *va, struct hypmmu_report *report);
int hm_private_map_stack(struct hypmmu_hyp *hyp, hypmmu_pa pa, uint64_t size, hypmmu_va *top,
			 struct hypmmu_report *report);
#endif
