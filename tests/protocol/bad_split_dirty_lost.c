/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_split_by_break, but its pages do not know that the block was written. */
#include "protocol.h"

BAD(bad_split_dirty_lost, "dirty-lost")
{
	begin(HAFDBS);
	fill_spare(512, RW | DBM_CLEAN);
	hardware(SLOT(TABLE, 1), BLOCK(RW | DBM_DIRTY));
	exchange(SLOT(TABLE, 1), 0);
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, BLOCK_VA);
	dsb(ISH);
	isb();
	release(SLOT(TABLE, 1), TABLE_TO(SPARE));
	dsb(ISHST);
	isb();
}
