/* SPDX-License-Identifier: BSD-2-Clause */
/* The pages of a table that was cleared and unlinked: a new table has its place. */
#include "protocol.h"

GOOD(good_move_table)
{
	begin(0);
	fill_spare(8, RW);
	store(SLOT(TABLE, 0), 0);
	dsb(ISHST);
	tlbi_operand(TRACE_ALLE2IS, 0);
	dsb(ISH);
	isb();
	release(SLOT(TABLE, 0), TABLE_TO(SPARE));
	dsb(ISHST);
	isb();
	free_page(LEAVES);
}
