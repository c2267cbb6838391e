/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_split_in_place, but through an empty table. */
#include "protocol.h"

BAD(bad_split_in_place_empty, "resize-with-change")
{
	begin(NOABORT);
	fill_spare(0, RW);
	release(SLOT(TABLE, 1), TABLE_TO(SPARE));
	fill_spare(512, RW);
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, BLOCK_VA);
	dsb(ISH);
	isb();
}
