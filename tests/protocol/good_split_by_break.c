/* SPDX-License-Identifier: BSD-2-Clause */
/* A block is broken before the table that takes its place is linked. */
#include "protocol.h"

GOOD(good_split_by_break)
{
	begin(0);
	fill_spare(512, RW);
	store(SLOT(TABLE, 1), 0);
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, BLOCK_VA);
	dsb(ISH);
	isb();
	release(SLOT(TABLE, 1), TABLE_TO(SPARE));
	dsb(ISHST);
	isb();
}
