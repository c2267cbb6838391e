/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_group_by_break, but with the group still in TLBs. */
#include "protocol.h"

BAD(bad_group_made_early, "no-tlbi")
{
	begin(0);
	store_group(0);
	dsb(ISHST);
	store_group(RW);
	tlbi_group();
	dsb(ISH);
	isb();
}
