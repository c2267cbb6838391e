/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_group_protect, but a member is left out. */
#include "protocol.h"

BAD(bad_group_left_broken, "group-broken")
{
	begin(0);
	for (unsigned i = 16; i < 31; i++)
		store(SLOT(LEAVES, i), LEAF(i, RO | CONT));
	dsb(ISHST);
	tlbi_group();
	dsb(ISH);
	isb();
}
