/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_split_by_break, but the other way round, at once. */
#include "protocol.h"

BAD(bad_merge_no_break, "no-break")
{
	begin(0);
	store(SLOT(TABLE, 0), 0x40000000 | RW);
	dsb(ISHST);
	tlbi_operand(TRACE_ALLE2IS, 0);
	dsb(ISH);
	isb();
	free_page(LEAVES);
}
