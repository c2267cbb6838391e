/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_unmap, but of another regime. */
#include "protocol.h"

BAD(bad_unmap_vae1is, "tlbi-regime")
{
	begin(0);
	store(SLOT(LEAVES, 3), 0);
	dsb(ISHST);
	tlbi(TRACE_VAE1IS, PAGE_VA(3));
	dsb(ISH);
	isb();
}
