/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unlink, but the pages below it stay in TLBs. */
#include "protocol.h"

BAD(bad_unlink_one_va, "tlbi-address")
{
	begin(0);
	store(SLOT(TABLE, 0), 0);
	dsb(ISHST);
	tlbi(TRACE_VAE2IS, PAGE_VA(0));
	dsb(ISH);
	isb();
}
