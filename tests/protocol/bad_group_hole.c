/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_group_by_break, but a member alone goes, and the rest keeps the hint. */
#include "protocol.h"

BAD(bad_group_hole, "group-broken")
{
	begin(0);
	store(SLOT(LEAVES, 20), 0);
	dsb(ISHST);
	tlbi_group();
	dsb(ISH);
	isb();
}
