/* SPDX-License-Identifier: BSD-2-Clause */
/* BBM_NOABORT: a table that says exactly what the block said. */
#include "protocol.h"

GOOD(good_split_in_place)
{
	begin(NOABORT);
	fill_spare(512, RW);
	release(SLOT(TABLE, 1), TABLE_TO(SPARE));
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, BLOCK_VA);
	dsb(ISH);
	isb();
}
