/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unmap, but a DSB of stores does not wait for a TLBI. */
#include "protocol.h"

BAD(bad_unmap_last_dsb_ishst, "tlbi-incomplete")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISHST);
	isb();
}
