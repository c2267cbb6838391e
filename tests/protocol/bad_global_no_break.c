/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_remap, but with a page that becomes global. */
#include "protocol.h"

BAD(bad_global_no_break, "no-break")
{
	begin(ASID_7);
	store(SLOT(LEAVES, 3), LEAF(3, RW));
	dsb(ISHST);
	tlbi_operand(TRACE_VALE2IS, UINT64_C(7) << 48 | 3);
	dsb(ISH);
	isb();
}
