/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_range, but two pages short. */
#include "protocol.h"

BAD(bad_range_short, "tlbi-address")
{
	begin(RANGES);
	for (unsigned i = 0; i < 32; i++)
		store(SLOT(LEAVES, i), 0);
	dsb(ISHST);
	tlbi_operand(TRACE_RVALE2IS, UINT64_C(1) << 46 | UINT64_C(14) << 39);
	dsb(ISH);
	isb();
}
