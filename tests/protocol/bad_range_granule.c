/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_range, but for 64K. */
#include "protocol.h"

BAD(bad_range_granule, "tlbi-granule")
{
	begin(RANGES);
	for (unsigned i = 0; i < 32; i++)
		store(SLOT(LEAVES, i), 0);
	dsb(ISHST);
	tlbi_operand(TRACE_RVALE2IS, UINT64_C(3) << 46 | UINT64_C(15) << 39);
	dsb(ISH);
	isb();
}
