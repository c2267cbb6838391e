/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_remap, but before the TLBI is complete. */
#include "protocol.h"

BAD(bad_remap_early, "tlbi-incomplete")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	store(SLOT(LEAVES, 3), LEAF(99, RW));
	dsb(ISH);
	isb();
}
