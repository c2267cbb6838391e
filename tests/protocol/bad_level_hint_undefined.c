/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_level_hint, but on a CPU without FEAT_TTL, where the bits are RES0. */
#include "protocol.h"

BAD(bad_level_hint_undefined, "tlbi-level")
{
	begin(NO_TTL);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi_operand(TRACE_VALE2IS, UINT64_C(7) << 44 | 3);
	dsb(ISH);
	isb();
}
