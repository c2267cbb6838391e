/* SPDX-License-Identifier: BSD-2-Clause */
/* TG [47:46] 4K, level [45:44] 3. */
#include "protocol.h"

GOOD(good_level_hint)
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi_operand(TRACE_VALE2IS, UINT64_C(7) << 44 | 3);
	dsb(ISH);
	isb();
}
