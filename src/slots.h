/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots: the stores of a change, in tables that hardware may be walking or not, and the book of what
 * that leaves to be done. */
#ifndef HM_SLOTS_H
#define HM_SLOTS_H
#include "maint.h"
#include "span.h"

struct hm_stage {
	struct hypmmu *mmu; /* mmu->queue: what TLBs may hold and must not, after the next sync */
	hypmmu_desc *spare; /* pages for new tables */
	hypmmu_pa root;	    /* of the tree as it will be */
	bool resize;	    /* only what gets another size or hint, with all else as it is */
	bool defer;	    /* nothing new before everything old is gone */
	bool stored;	    /* to live tables, since the last sync */
	bool unsettled;	    /* slots hold what is still to come: hm_settle() */
};

/* The slots of the span, ready to be written: up to there a new table has what it replaces. */
hypmmu_desc *hm_slots_open(struct hm_plan *plan, const struct hm_stage *stage);
/* The same for the rest of a new table, at this level. */
void hm_slots_fill(const struct hm_cursor *cursor, const struct hm_stage *stage,
		   struct hm_frame *frame, int level, unsigned to);

/* n slots of the cursor's table were stored: if it is live, walkers have to learn of it. */
void hm_slots_stored(const struct hm_plan *plan, struct hm_stage *stage, const hypmmu_desc *slot,
		     unsigned n);
/* TLBs may hold what was in the slots of the span, if the table is live; level: of the leaves; walks:
 * there were tables. */
void hm_slots_stale(const struct hm_plan *plan, struct hm_stage *stage, int level, bool walks);

/* May hardware write to this leaf at any time? Then it is to be exchanged, not stored over. */
bool hm_slot_races(const struct hm_stage *stage, hypmmu_desc leaf);
/* A leaf keeps the bits of `keep`, as they are now, and gets those of `bits`; armed, or left armed if
 * it was. Returns what it was. */
hypmmu_desc hm_slot_rewrite(const struct hm_stage *stage, hypmmu_desc *slot, uint64_t keep,
			    hypmmu_desc bits, bool arm);
#endif
