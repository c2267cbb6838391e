/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unmap, but the other PE's walker may still see the page. */
#include "protocol.h"

BAD(bad_unmap_nshst, "dsb-scope")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(NSHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISH);
	isb();
}
