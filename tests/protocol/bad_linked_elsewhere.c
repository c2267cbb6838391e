/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_link_release, but a table that is linked already. */
#include "protocol.h"

BAD(bad_linked_elsewhere, "linked-elsewhere")
{
	begin(0);
	release(SLOT(TABLE, 2), TABLE_TO(LEAVES));
	dsb(ISHST);
	isb();
}
