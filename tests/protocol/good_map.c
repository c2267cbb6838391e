/* SPDX-License-Identifier: BSD-2-Clause */
/* A hole becomes a page: no TLB can hold it, so no TLBI. */
#include "protocol.h"

GOOD(good_map)
{
	begin(0);
	store(SLOT(LEAVES, 40), LEAF(40, RW));
	dsb(ISHST);
	isb();
}
