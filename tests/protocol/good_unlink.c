/* SPDX-License-Identifier: BSD-2-Clause */
/* A table goes: each page below it is forgotten, and the table by any of these. */
#include "protocol.h"

GOOD(good_unlink)
{
	begin(0);
	store(SLOT(TABLE, 0), 0);
	dsb(ISHST);
	for (unsigned i = 0; i < 32; i++)
		tlbi(TRACE_VAE2IS, PAGE_VA(i));
	dsb(ISH);
	isb();
	free_page(LEAVES);
}
