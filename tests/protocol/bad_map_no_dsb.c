/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_map, but no walker is sure to see it. */
#include "protocol.h"

BAD(bad_map_no_dsb, "not-visible")
{
	begin(0);
	store(SLOT(LEAVES, 40), LEAF(40, RW));
	isb();
}
