/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CPU finds at the spots of a scenario. */
#ifndef VISIT_H
#define VISIT_H
#include "scenario.h"

/* What a CPU knows of the last changes. */
enum knowledge {
	KNOWS,
	MAY_KNOW,
	MISSES, /* where it could access a spot before, it goes on as if nothing had changed */
};

struct visit {
	const struct scenario *scenario;
	enum hypmmu_granule granule;
	unsigned steps;	   /* that are done */
	const char *shape; /* one letter for each spot */
	enum knowledge knowledge;
	unsigned held;	  /* what it does not miss: so many steps */
	unsigned *misses; /* counts the accesses that a missed change makes wrong */
};

/* Puts into memory what will be read, and code that will be called, at every spot. MMU off. */
void plant(const struct list *list, enum hypmmu_granule granule);

/* Reads, writes and calls code at each spot, on the CPU that calls it: is everything allowed and
 * where it should be, or the right fault? And does AT say the same? */
bool visit_spots(const void *visit);

/* Forgets all of this CPU's TLB. */
bool forget_all(const void *nothing);
#endif
