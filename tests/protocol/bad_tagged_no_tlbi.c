/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_tagged, but TLBs go on without tag checks. */
#include "protocol.h"

BAD(bad_tagged_no_tlbi, "no-tlbi")
{
	begin(0);
	store(SLOT(LEAVES, 3), LEAF(3, TAGGED));
	dsb(ISHST);
	isb();
}
