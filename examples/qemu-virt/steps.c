/* SPDX-License-Identifier: BSD-2-Clause */
#include "steps.h"
#include "host.h"

bool succeeds(const char *what, int err, const struct hypmmu_report *report)
{
	if (!err)
		return true;
	say("%s: %s", what, hypmmu_strerror(err));
	if (report)
		say(" (entry %lu, address %016lx, level %d)", report->index, report->va,
		    report->level);
	say("\n");
	return false;
}

bool holds(const char *what, bool is_so)
{
	say("%s: %s\n", what, is_so ? "yes" : "NO");
	return is_so;
}
