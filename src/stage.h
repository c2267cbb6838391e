/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage: carries out the spans of a plan, which cannot fail any more. */
#ifndef HM_STAGE_H
#define HM_STAGE_H
#include "plan.h"
#include "slots.h"

/* All spans of the plan, whose pieces are initialised. CORRUPT: the page source does not answer as
 * it did when the plan was counted. */
int hm_stage(struct hm_plan *plan, struct hm_stage *stage);
#endif
