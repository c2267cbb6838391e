/* SPDX-License-Identifier: BSD-2-Clause */
/* A copy of the root; each PE goes over to it, then the old one is free. */
#include "protocol.h"

GOOD(good_new_root)
{
	begin(0);
	store(SLOT(SPARE, 0), TABLE_TO(TABLE));
	for (unsigned i = 1; i < 512; i++)
		store(SLOT(SPARE, i), 0);
	dsb(ISHST);
	isb();
	end_of_call();
	switch_root(0, SPARE);
	switch_root(1, SPARE);
	free_page(ROOT);
}
