/* SPDX-License-Identifier: BSD-2-Clause */
/* Walkers that do not snoop: what is stored is cleaned before the DSB, what is linked before
 * the link. */
#include "protocol.h"

GOOD(good_publish)
{
	begin(NO_SNOOP);
	fill_spare(8, RW);
	publish(SPARE, 4096);
	release(SLOT(TABLE, 2), TABLE_TO(SPARE));
	publish(SLOT(TABLE, 2), 8);
	dsb(ISHST);
	isb();
}
