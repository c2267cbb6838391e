/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_publish, but a walker may read the table from memory that is older. */
#include "protocol.h"

BAD(bad_link_unpublished, "link-unpublished")
{
	begin(NO_SNOOP);
	fill_spare(8, RW);
	release(SLOT(TABLE, 2), TABLE_TO(SPARE));
	publish(SPARE, 4096);
	publish(SLOT(TABLE, 2), 8);
	dsb(ISHST);
	isb();
}
