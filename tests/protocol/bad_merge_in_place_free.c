/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_merge_in_place, but the table is given back while walk caches have it. */
#include "protocol.h"

BAD(bad_merge_in_place_free, "freed-while-walked")
{
	begin(NOABORT);
	fill_spare(512, RW);
	release(SLOT(TABLE, 2), TABLE_TO(SPARE));
	dsb(ISHST);
	isb();
	end_of_call();
	store(SLOT(TABLE, 2), BLOCK(RW));
	dsb(ISHST);
	free_page(SPARE);
	tlbi_operand(TRACE_ALLE2IS, 0);
	dsb(ISH);
	isb();
}
