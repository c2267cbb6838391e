/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_link_release, but a slot of the table points to no table. */
#include "protocol.h"

BAD(bad_link_below_garbage, "link-garbage")
{
	begin(0);
	for (unsigned i = 0; i < 512; i++)
		store(SLOT(SPARE, i), 0);
	store(SLOT(SPARE, 1), TABLE_TO(0x90000000));
	release(SLOT(ROOT, 1), TABLE_TO(SPARE));
	dsb(ISHST);
	isb();
}
