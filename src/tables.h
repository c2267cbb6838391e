/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables: new ones, copies, and those that go. slot: hm_slots_open() of the span. */
#ifndef HM_TABLES_H
#define HM_TABLES_H
#include "slots.h"

/* DOWN: into a new table. CORRUPT: there is no page for it. */
int hm_tables_enter(struct hm_plan *plan, struct hm_stage *stage);
/* COPY: the current table gets a copy in its place. CORRUPT: there is no page for it. */
int hm_tables_copy(struct hm_plan *plan, struct hm_stage *stage);
/* UP: links the table that the cursor has left, or puts in its place what is left of it. */
void hm_tables_finish(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot);
/* UP, in the pass that resizes: the table says what the leaf said. */
void hm_tables_resize(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot);
/* DROP_TABLE: a whole sub-tree is unlinked. */
void hm_tables_drop(struct hm_plan *plan, struct hm_stage *stage, hypmmu_desc *slot);

/* A table is complete: clean it where walkers do not snoop. */
void hm_tables_publish(const struct hm_stage *stage, const hypmmu_desc *table);
#endif
