/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unmap, but a new page is there first. */
#include "protocol.h"

BAD(bad_new_before_old, "new-before-old")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	store(SLOT(LEAVES, 40), LEAF(40, RW));
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISH);
	isb();
}
