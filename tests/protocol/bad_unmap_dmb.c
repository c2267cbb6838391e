/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unmap, but a DMB is no DSB. */
#include "protocol.h"

BAD(bad_unmap_dmb, "tlbi-before-dsb")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dmb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISH);
	isb();
}
