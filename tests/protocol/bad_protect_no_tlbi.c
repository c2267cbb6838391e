/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_protect, but TLBs keep the right to write. */
#include "protocol.h"

BAD(bad_protect_no_tlbi, "no-tlbi")
{
	begin(0);
	store(SLOT(LEAVES, 3), LEAF(3, RO));
	dsb(ISHST);
	isb();
}
