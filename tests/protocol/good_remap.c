/* SPDX-License-Identifier: BSD-2-Clause */
/* Break-before-make: the old page is gone everywhere before there is a new one. */
#include "protocol.h"

GOOD(good_remap)
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISH);
	isb();
	store(SLOT(LEAVES, 3), LEAF(99, RW));
	dsb(ISHST);
	isb();
}
