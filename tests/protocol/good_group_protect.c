/* SPDX-License-Identifier: BSD-2-Clause */
/* Members of a group differ in permissions for a moment. */
#include "protocol.h"

GOOD(good_group_protect)
{
	begin(0);
	store_group(RO | CONT);
	dsb(ISHST);
	tlbi_group();
	dsb(ISH);
	isb();
}
