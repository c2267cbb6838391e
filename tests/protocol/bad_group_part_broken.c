/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_group_by_break, but of one member alone. */
#include "protocol.h"

BAD(bad_group_part_broken, "group-mixed")
{
	begin(0);
	store(SLOT(LEAVES, 20), 0);
	dsb(ISHST);
	tlbi_group();
	dsb(ISH);
	store(SLOT(LEAVES, 20), LEAF(20, RW));
	dsb(ISHST);
	isb();
}
