/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_group_by_break, but a member goes elsewhere. */
#include "protocol.h"

BAD(bad_group_elsewhere, "group-mixed")
{
	begin(0);
	store(SLOT(LEAVES, 20), 0);
	dsb(ISHST);
	tlbi_group();
	dsb(ISH);
	store(SLOT(LEAVES, 20), LEAF(99, RW | CONT));
	dsb(ISHST);
	isb();
}
