/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_remap, but with another memory type. */
#include "protocol.h"

BAD(bad_type_no_break, "no-break")
{
	begin(0);
	store(SLOT(LEAVES, 3), LEAF(3, DEVICE));
	dsb(ISHST);
	tlbi_operand(TRACE_VALE2IS, 3);
	dsb(ISH);
	isb();
}
