/* SPDX-License-Identifier: BSD-2-Clause */
/* What every consumer in C does with the library. */
#ifndef SPACE_H
#define SPACE_H

/* Builds an address space of three ranges, lists it and walks it as a CPU would. Each line of text
 * goes to print. 0, or what hypmmu_strerror() knows. */
int show_space(void (*print)(void *ctx, const char *line), void *ctx);
#endif
