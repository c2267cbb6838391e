/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_move_table, but only the table itself was forgotten, not the pages below it. */
#include "protocol.h"

BAD(bad_move_table_leaves_held, "tlbi-address")
{
	begin(NEW_FIRST);
	fill_spare(8, RW);
	store(SLOT(TABLE, 0), 0);
	dsb(ISHST);
	tlbi(TRACE_VAE2IS, PAGE_VA(31));
	dsb(ISH);
	isb();
	release(SLOT(TABLE, 0), TABLE_TO(SPARE));
	dsb(ISHST);
	tlbi_operand(TRACE_ALLE2IS, 0);
	dsb(ISH);
	isb();
	free_page(LEAVES);
}
