/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_link_release, but the link may be seen first. */
#include "protocol.h"

BAD(bad_link_before_contents, "link-before-contents")
{
	begin(0);
	fill_spare(8, RW);
	store(SLOT(TABLE, 2), TABLE_TO(SPARE));
	dsb(ISHST);
	isb();
}
