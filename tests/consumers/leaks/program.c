/* SPDX-License-Identifier: BSD-2-Clause */
/* The same source with the library and without. */
#if __has_include(<hypmmu/hypmmu.h>)
#include <hypmmu/arch.h>
#else
#define hypmmu_strerror(err) ((err) ? "no" : "ok")
#endif
#include <stdio.h>

int main(void)
{
	return puts(hypmmu_strerror(0)) < 0;
}
