/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_group_in_place, but without BBM_NOABORT. */
#include "protocol.h"

BAD(bad_group_no_break, "no-break")
{
	begin(0);
	store_group(RW);
	dsb(ISHST);
	tlbi_group();
	dsb(ISH);
	isb();
}
