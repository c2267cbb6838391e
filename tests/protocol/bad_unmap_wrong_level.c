/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_level_hint, but for a block. */
#include "protocol.h"

BAD(bad_unmap_wrong_level, "tlbi-level")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi_operand(TRACE_VALE2IS, UINT64_C(6) << 44 | 3);
	dsb(ISH);
	isb();
}
