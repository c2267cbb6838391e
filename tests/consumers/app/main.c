/* SPDX-License-Identifier: BSD-2-Clause */
#include "space.h"
#include <hypmmu/hypmmu.h>
#include <stdio.h>

static void say(void *ctx, const char *line)
{
	(void)ctx;
	puts(line);
}

int main(void)
{
	int err = show_space(say, NULL);

	if (err)
		puts(hypmmu_strerror(err));
	return err != 0;
}
