/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CPU finds at the spots of a scenario. */
#ifndef VISIT_H
#define VISIT_H
#include "scenario.h"

struct visit {
	const struct scenario *scenario;
	enum hypmmu_granule granule;
	unsigned steps;	   /* that are done */
	unsigned round;	   /* of all visits: another number each time */
	const char *shape; /* one letter for each spot */
	bool may_be_late;  /* this CPU may go by what was there after `held` steps */
	unsigned held;
	unsigned *late; /* counts the accesses that did */
};

/* Puts into memory what will be read, and code that will be called, at every spot. MMU off. */
void plant(const struct list *list, enum hypmmu_granule granule);

/* Reads, writes and calls code at each spot, on the CPU that calls it: is everything allowed and
 * where it should be, or the right fault? And does AT say the same? */
bool visit_spots(const void *visit);

/* Forgets all of this CPU's TLB. */
bool forget_all(const void *nothing);
#endif
