/* SPDX-License-Identifier: BSD-2-Clause */
/* A table is whole before the store-release that links it. */
#include "protocol.h"

GOOD(good_link_release)
{
	begin(0);
	fill_spare(8, RW);
	release(SLOT(TABLE, 2), TABLE_TO(SPARE));
	dsb(ISHST);
	isb();
}
