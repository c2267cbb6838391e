/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_asid, but of another ASID. */
#include "protocol.h"

BAD(bad_unmap_wrong_asid, "tlbi-asid")
{
	begin(ASID_7);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi_operand(TRACE_VALE2IS, UINT64_C(6) << 48 | 3);
	dsb(ISH);
	isb();
}
