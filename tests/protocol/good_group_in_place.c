/* SPDX-License-Identifier: BSD-2-Clause */
/* BBM_NOABORT: the hint alone changes. */
#include "protocol.h"

GOOD(good_group_in_place)
{
	begin(NOABORT);
	store_group(RW);
	dsb(ISHST);
	tlbi_group();
	dsb(ISH);
	isb();
}
