/* SPDX-License-Identifier: BSD-2-Clause */
/* What hardware ignores needs no TLBI. */
#include "protocol.h"

GOOD(good_software_bits)
{
	begin(0);
	store(SLOT(LEAVES, 3), LEAF(3, RW | SW));
	dsb(ISHST);
	isb();
}
