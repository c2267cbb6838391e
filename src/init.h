/* SPDX-License-Identifier: BSD-2-Clause */
/* Init: what every address space begins with. */
#ifndef HM_INIT_H
#define HM_INIT_H
#include "geometry.h"

/* Checks cfg and pages, and fills in *mmu, but for its tables. ARG, ALIGN, RANGE and those of
 * hypmmu_config_check(): *mmu is as it was. */
int hm_init_begin(struct hypmmu *mmu, const struct hypmmu_config *cfg,
		  const struct hypmmu_pages *pages);

/* What that began: ready for use, or all zero. Returns err. */
int hm_init_end(struct hypmmu *mmu, int err);
#endif
