/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unlink_whole, but a list link is written to the table too early. */
#include "protocol.h"

BAD(bad_write_unlinked, "written-while-walked")
{
	begin(0);
	store(SLOT(TABLE, 0), 0);
	dsb(ISHST);
	store(SLOT(LEAVES, 0), SPARE);
	tlbi_operand(TRACE_ALLE2IS, 0);
	dsb(ISH);
	isb();
}
