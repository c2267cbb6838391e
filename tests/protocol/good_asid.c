/* SPDX-License-Identifier: BSD-2-Clause */
/* EL2&0: the ASID [63:48] of a page that is not global. */
#include "protocol.h"

GOOD(good_asid)
{
	begin(ASID_7);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi_operand(TRACE_VALE2IS, UINT64_C(7) << 48 | 3);
	dsb(ISH);
	isb();
}
