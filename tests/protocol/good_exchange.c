/* SPDX-License-Identifier: BSD-2-Clause */
/* Hardware marks a page dirty before the new attributes are exchanged for the old. */
#include "protocol.h"

GOOD(good_exchange)
{
	begin(HAFDBS);
	hardware(SLOT(LEAVES, 3), LEAF(3, RW | DBM_DIRTY));
	exchange(SLOT(LEAVES, 3), LEAF(3, RW | DBM_DIRTY | SW));
	dsb(ISHST);
	isb();
}
