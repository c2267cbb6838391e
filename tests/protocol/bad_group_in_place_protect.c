/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_group_in_place, but with other permissions at once. */
#include "protocol.h"

BAD(bad_group_in_place_protect, "resize-with-change")
{
	begin(NOABORT);
	store_group(RO);
	dsb(ISHST);
	tlbi_group();
	dsb(ISH);
	isb();
}
