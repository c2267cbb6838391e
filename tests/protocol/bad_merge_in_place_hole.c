/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_merge_in_place, but one page was not there. */
#include "protocol.h"

BAD(bad_merge_in_place_hole, "resize-with-change")
{
	begin(NOABORT);
	fill_spare(511, RW);
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
