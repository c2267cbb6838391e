/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_map, but the writer itself may still run on what it saw before. */
#include "protocol.h"

BAD(bad_map_no_isb, "no-isb")
{
	begin(0);
	store(SLOT(LEAVES, 40), LEAF(40, RW));
	dsb(ISHST);
}
