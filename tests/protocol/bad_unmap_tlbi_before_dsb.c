/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unmap, but a walker may fetch the page again after the TLBI. */
#include "protocol.h"

BAD(bad_unmap_tlbi_before_dsb, "tlbi-before-dsb")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISHST);
	dsb(ISH);
	isb();
}
