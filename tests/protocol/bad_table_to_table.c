/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unlink_whole, but another table takes its place at once. */
#include "protocol.h"

BAD(bad_table_to_table, "no-break")
{
	begin(0);
	fill_spare(8, RW);
	release(SLOT(TABLE, 0), TABLE_TO(SPARE));
	dsb(ISHST);
	tlbi_operand(TRACE_ALLE2IS, 0);
	dsb(ISH);
	isb();
}
