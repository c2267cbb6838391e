/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_split_by_break, but the other way round, with the pages still in TLBs. */
#include "protocol.h"

BAD(bad_merge_early, "no-tlbi")
{
	begin(0);
	store(SLOT(TABLE, 0), 0);
	dsb(ISHST);
	store(SLOT(TABLE, 0), 0x40000000 | RW);
	tlbi_operand(TRACE_ALLE2IS, 0);
	dsb(ISH);
	isb();
	free_page(LEAVES);
}
