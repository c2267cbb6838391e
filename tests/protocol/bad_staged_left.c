/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unmap, but a word is left in the invalid slot. */
#include "protocol.h"

BAD(bad_staged_left, "staged-left")
{
	begin(0);
	store(SLOT(LEAVES, 3), LEAF(3, RW) & ~UINT64_C(1));
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISH);
	isb();
}
