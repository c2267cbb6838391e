/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unmap, but the other PE keeps the page. */
#include "protocol.h"

BAD(bad_unmap_local_tlbi, "tlbi-scope")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi(TRACE_VALE2, PAGE_VA(3));
	dsb(ISH);
	isb();
}
