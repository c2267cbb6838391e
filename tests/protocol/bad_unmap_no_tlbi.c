/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unmap, but TLBs keep the page. */
#include "protocol.h"

BAD(bad_unmap_no_tlbi, "no-tlbi")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	dsb(ISH);
	isb();
}
