/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_link_release, but a slot of the table is invalid and not 0. */
#include "protocol.h"

BAD(bad_link_staged, "staged-left")
{
	begin(0);
	fill_spare(8, RW);
	store(SLOT(SPARE, 9), 0x1000);
	release(SLOT(TABLE, 2), TABLE_TO(SPARE));
	dsb(ISHST);
	isb();
}
