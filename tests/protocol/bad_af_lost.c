/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_exchange, but with the access flag. */
#include "protocol.h"

BAD(bad_af_lost, "af-lost")
{
	begin(HAFDBS);
	store(SLOT(LEAVES, 40), LEAF(40, RW & ~(hypmmu_desc)AF));
	dsb(ISHST);
	isb();
	end_of_call();
	hardware(SLOT(LEAVES, 40), LEAF(40, RW));
	store(SLOT(LEAVES, 40), LEAF(40, (RW | SW) & ~(hypmmu_desc)AF));
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(40));
	dsb(ISH);
	isb();
}
