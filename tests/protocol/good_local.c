/* SPDX-License-Identifier: BSD-2-Clause */
/* Where there is one PE, its own TLB is all. */
#include "protocol.h"

GOOD(good_local)
{
	begin(ONE_PE);
	store(SLOT(LEAVES, 3), 0);
	dsb(NSHST);
	tlbi(TRACE_VALE2, PAGE_VA(3));
	dsb(NSH);
	isb();
}
