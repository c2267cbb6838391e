/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unlink, but walk caches keep the table. */
#include "protocol.h"

BAD(bad_unlink_last_level, "tlbi-last-level")
{
	begin(0);
	store(SLOT(TABLE, 0), 0);
	dsb(ISHST);
	for (unsigned i = 0; i < 32; i++)
		tlbi(TRACE_VALE2IS, PAGE_VA(i));
	dsb(ISH);
	isb();
}
