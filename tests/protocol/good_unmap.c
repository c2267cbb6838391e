/* SPDX-License-Identifier: BSD-2-Clause */
/* A page goes: seen, forgotten, waited for. */
#include "protocol.h"

GOOD(good_unmap)
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISH);
	isb();
}
