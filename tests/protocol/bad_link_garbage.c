/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_link_release, but some slots hold what the page held before. */
#include "protocol.h"

BAD(bad_link_garbage, "link-garbage")
{
	begin(0);
	for (unsigned i = 0; i < 8; i++)
		store(SLOT(SPARE, i), LEAF(512 + i, RW));
	release(SLOT(TABLE, 2), TABLE_TO(SPARE));
	dsb(ISHST);
	isb();
}
