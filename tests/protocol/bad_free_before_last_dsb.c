/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unlink_whole, but the table is given back while the TLBI is on its way. */
#include "protocol.h"

BAD(bad_free_before_last_dsb, "freed-while-walked")
{
	begin(0);
	store(SLOT(TABLE, 0), 0);
	dsb(ISHST);
	tlbi_operand(TRACE_ALLE2IS, 0);
	free_page(LEAVES);
	dsb(ISH);
	isb();
}
