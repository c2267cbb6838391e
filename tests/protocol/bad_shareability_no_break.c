/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_remap, but with another shareability. */
#include "protocol.h"

BAD(bad_shareability_no_break, "no-break")
{
	begin(0);
	store(SLOT(LEAVES, 3), LEAF(3, OUTER));
	dsb(ISHST);
	tlbi_operand(TRACE_VALE2IS, 3);
	dsb(ISH);
	isb();
}
