/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_split_by_break, but at once. */
#include "protocol.h"

BAD(bad_split_no_break, "no-break")
{
	begin(0);
	fill_spare(512, RW);
	release(SLOT(TABLE, 1), TABLE_TO(SPARE));
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, BLOCK_VA);
	dsb(ISH);
	isb();
}
