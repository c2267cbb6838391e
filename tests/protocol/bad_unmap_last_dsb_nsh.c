/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unmap, but nothing waits for the other PE. */
#include "protocol.h"

BAD(bad_unmap_last_dsb_nsh, "tlbi-incomplete")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(NSH);
	isb();
}
