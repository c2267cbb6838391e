/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_publish, but without the slot. */
#include "protocol.h"

BAD(bad_link_slot_unpublished, "unpublished")
{
	begin(NO_SNOOP);
	fill_spare(8, RW);
	publish(SPARE, 4096);
	release(SLOT(TABLE, 2), TABLE_TO(SPARE));
	dsb(ISHST);
	isb();
}
