/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unlink_whole, but the table is given back too early. */
#include "protocol.h"

BAD(bad_free_before_tlbi, "freed-while-walked")
{
	begin(0);
	store(SLOT(TABLE, 0), 0);
	dsb(ISHST);
	free_page(LEAVES);
	tlbi_operand(TRACE_ALLE2IS, 0);
	dsb(ISH);
	isb();
}
