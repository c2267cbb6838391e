/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_group_protect, but a TLB may hold each member on its own. */
#include "protocol.h"

BAD(bad_group_one_tlbi, "tlbi-address")
{
	begin(0);
	store_group(RO | CONT);
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(16));
	dsb(ISH);
	isb();
}
