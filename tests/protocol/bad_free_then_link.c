/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_link_release, but the page was given back before. */
#include "protocol.h"

BAD(bad_free_then_link, "link-garbage")
{
	begin(0);
	fill_spare(8, RW);
	free_page(SPARE);
	release(SLOT(TABLE, 2), TABLE_TO(SPARE));
	dsb(ISHST);
	isb();
}
