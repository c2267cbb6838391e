/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_split_in_place, but a page is protected while the block may still be cached. */
#include "protocol.h"

BAD(bad_split_in_place_then_protect, "no-tlbi")
{
	begin(NOABORT);
	fill_spare(512, RW);
	release(SLOT(TABLE, 1), TABLE_TO(SPARE));
	dsb(ISHST);
	store(SLOT(SPARE, 5), LEAF(517, RO));
	dsb(ISHST);
	for (unsigned i = 0; i < 512; i++)
		tlbi(TRACE_VALE2IS, BLOCK_VA + PAGE_VA(i));
	dsb(ISH);
	isb();
}
