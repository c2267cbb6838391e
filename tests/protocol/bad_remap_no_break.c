/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_remap, but at once. */
#include "protocol.h"

BAD(bad_remap_no_break, "no-break")
{
	begin(0);
	store(SLOT(LEAVES, 3), LEAF(99, RW));
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISH);
	isb();
}
