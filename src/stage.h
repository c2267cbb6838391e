/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage: carries out the spans of a plan, which cannot fail any more. */
#ifndef HM_STAGE_H
#define HM_STAGE_H
#include "maint.h"
#include "plan.h"

struct hm_stage {
	struct hypmmu *mmu;
	hypmmu_desc *spare;    /* pages for new tables */
	struct hm_queue queue; /* what TLBs may hold and must not, after the next sync */
	hypmmu_pa root;	       /* of the tree as it will be */
	bool resize;	       /* only what gets another size or hint, with all else as it is */
	bool defer;	       /* nothing new before everything old is gone */
	bool stored;	       /* to live tables, since the last sync */
	bool unsettled;	       /* slots hold what is still to come: hm_settle() */
};

/* All spans of the plan, whose pieces are initialised. CORRUPT: the page source does not answer as
 * it did when the plan was counted. */
int hm_stage(struct hm_plan *plan, struct hm_stage *stage);
#endif
