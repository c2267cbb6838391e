/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_map, but in the wrong order. */
#include "protocol.h"

BAD(bad_map_isb_before_dsb, "no-isb")
{
	begin(0);
	store(SLOT(LEAVES, 40), LEAF(40, RW));
	isb();
	dsb(ISHST);
}
