/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unmap, but nothing waits for the TLBI. */
#include "protocol.h"

BAD(bad_unmap_no_last_dsb, "tlbi-incomplete")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	isb();
}
