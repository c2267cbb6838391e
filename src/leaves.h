/* SPDX-License-Identifier: BSD-2-Clause */
/* Leaves: what the spans of them come to. slot: hm_slots_open() of the span. */
#ifndef HM_LEAVES_H
#define HM_LEAVES_H
#include "slots.h"

void hm_leaves_fill(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot);
void hm_leaves_erase(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot);
void hm_leaves_label(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot);
void hm_leaves_tighten(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot);
void hm_leaves_loosen(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot);
#endif
