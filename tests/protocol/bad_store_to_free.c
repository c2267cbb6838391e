/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unlink_whole, but the page is written after it was given back. */
#include "protocol.h"

BAD(bad_store_to_free, "written-while-free")
{
	begin(0);
	store(SLOT(TABLE, 0), 0);
	dsb(ISHST);
	tlbi_operand(TRACE_ALLE2IS, 0);
	dsb(ISH);
	isb();
	free_page(LEAVES);
	store(SLOT(LEAVES, 0), 0);
}
