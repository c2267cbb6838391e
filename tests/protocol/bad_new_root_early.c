/* SPDX-License-Identifier: BSD-2-Clause */
/* Like good_new_root, but one PE still walks the old root. */
#include "protocol.h"

BAD(bad_new_root_early, "freed-while-walked")
{
	begin(0);
	store(SLOT(SPARE, 0), TABLE_TO(TABLE));
	for (unsigned i = 1; i < 512; i++)
		store(SLOT(SPARE, i), 0);
	dsb(ISHST);
	isb();
	end_of_call();
	switch_root(0, SPARE);
	free_page(ROOT);
	switch_root(1, SPARE);
}
