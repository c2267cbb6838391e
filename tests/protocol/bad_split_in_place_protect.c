/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_split_in_place, but with other permissions at once. */
#include "protocol.h"

BAD(bad_split_in_place_protect, "resize-with-change")
{
	begin(NOABORT);
	fill_spare(512, RO);
	release(SLOT(TABLE, 1), TABLE_TO(SPARE));
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, BLOCK_VA);
	dsb(ISH);
	isb();
}
