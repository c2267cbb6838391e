/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_exchange, but a plain store of what was read before. */
#include "protocol.h"

BAD(bad_dirty_lost, "dirty-lost")
{
	begin(HAFDBS);
	hardware(SLOT(LEAVES, 3), LEAF(3, RW | DBM_DIRTY));
	store(SLOT(LEAVES, 3), LEAF(3, RW | DBM_CLEAN | SW));
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISH);
	isb();
}
