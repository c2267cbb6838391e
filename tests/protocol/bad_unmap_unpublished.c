/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_publish, but of a page, with its slot still in the writer's cache. */
#include "protocol.h"

BAD(bad_unmap_unpublished, "unpublished")
{
	begin(NO_SNOOP);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi(TRACE_VALE2IS, PAGE_VA(3));
	dsb(ISH);
	isb();
}
