/* SPDX-License-Identifier: BSD-2-Clause */
/* One TLBI for 32 pages: TG [47:46] 4K, SCALE 0, NUM [43:39] 15. */
#include "protocol.h"

GOOD(good_range)
{
	begin(RANGES);
	for (unsigned i = 0; i < 32; i++)
		store(SLOT(LEAVES, i), 0);
	dsb(ISHST);
	tlbi_operand(TRACE_RVALE2IS, UINT64_C(1) << 46 | UINT64_C(15) << 39);
	dsb(ISH);
	isb();
}
