/* SPDX-License-Identifier: BSD-2-Clause */
/* BBM_NOABORT: the block that its pages are, over the table; which goes after the TLBIs. */
#include "protocol.h"

GOOD(good_merge_in_place)
{
	begin(NOABORT);
	fill_spare(512, RW);
	release(SLOT(TABLE, 2), TABLE_TO(SPARE));
	dsb(ISHST);
	isb();
	end_of_call();
	store(SLOT(TABLE, 2), BLOCK(RW));
	dsb(ISHST);
	tlbi_operand(TRACE_ALLE2IS, 0);
	dsb(ISH);
	isb();
	free_page(SPARE);
}
