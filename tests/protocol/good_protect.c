/* SPDX-License-Identifier: BSD-2-Clause */
/* Permissions may change under a TLB entry, which is then forgotten. */
#include "protocol.h"

GOOD(good_protect)
{
	begin(0);
	store(SLOT(LEAVES, 3), LEAF(3, RO));
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISH);
	isb();
}
