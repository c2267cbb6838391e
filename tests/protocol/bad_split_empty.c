/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_split_by_break, but through an empty table that is filled while the block may still be cached. */
#include "protocol.h"

BAD(bad_split_empty, "no-tlbi")
{
	begin(0);
	fill_spare(0, RW);
	store(SLOT(TABLE, 1), 0);
	dsb(ISHST);
	release(SLOT(TABLE, 1), TABLE_TO(SPARE));
	fill_spare(512, RW);
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, BLOCK_VA);
	dsb(ISH);
	isb();
}
