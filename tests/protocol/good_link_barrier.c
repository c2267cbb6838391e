/* SPDX-License-Identifier: BSD-2-Clause */
/* The same with a barrier, and a plain store. */
#include "protocol.h"

GOOD(good_link_barrier)
{
	begin(0);
	fill_spare(8, RW);
	dmb(ISHST);
	store(SLOT(TABLE, 2), TABLE_TO(SPARE));
	dsb(ISHST);
	isb();
}
