/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_map, but something stored to the slot meanwhile. */
#include "protocol.h"

BAD(bad_unseen_store, "unseen-store")
{
	begin(HAFDBS);
	store(SLOT(LEAVES, 40), LEAF(40, RW));
	dsb(ISHST);
	isb();
	store_behind(SLOT(LEAVES, 40), 0);
	store(SLOT(LEAVES, 40), LEAF(40, RW));
}
