/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unmap, but with the page number shifted once more. */
#include "protocol.h"

BAD(bad_unmap_wrong_va, "tlbi-address")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3) >> 12);
	dsb(ISH);
	isb();
}
