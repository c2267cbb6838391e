/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_remap, but a TLB may hold both. */
#include "protocol.h"

BAD(bad_remap_no_tlbi, "no-tlbi")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	store(SLOT(LEAVES, 3), LEAF(99, RW));
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISH);
	isb();
}
