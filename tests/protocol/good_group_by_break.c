/* SPDX-License-Identifier: BSD-2-Clause */
/* A group is broken as a whole before its members lose the hint. */
#include "protocol.h"

GOOD(good_group_by_break)
{
	begin(0);
	store_group(0);
	dsb(ISHST);
	tlbi_group();
	dsb(ISH);
	isb();
	store_group(RW);
	dsb(ISHST);
	isb();
}
