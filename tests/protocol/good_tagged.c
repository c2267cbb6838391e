/* SPDX-License-Identifier: BSD-2-Clause */
/* Normal and Normal Tagged are one type to TLBs: no break. */
#include "protocol.h"

GOOD(good_tagged)
{
	begin(0);
	store(SLOT(LEAVES, 3), LEAF(3, TAGGED));
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISH);
	isb();
}
