/* SPDX-License-Identifier: BSD-2-Clause */
/* The same with one TLBI of the whole regime. */
#include "protocol.h"

GOOD(good_unlink_whole)
{
	begin(0);
	store(SLOT(TABLE, 0), 0);
	dsb(ISHST);
	tlbi_operand(TRACE_ALLE2IS, 0);
	dsb(ISH);
	isb();
	free_page(LEAVES);
}
