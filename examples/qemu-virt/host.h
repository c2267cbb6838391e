/* SPDX-License-Identifier: BSD-2-Clause */
/* The world outside: the serial line, the command line, the end. */
#ifndef HOST_H
#define HOST_H
#include <stddef.h>
#include <stdint.h>

/* Exit statuses. */
enum { PASSED, FAILED, USAGE, REFUSED };

#define UART_BASE UINT64_C(0x09000000) /* PL011 of QEMU's virt */

/* printf with %s, %d, %lu and %lx, with - and 0 and a width; adds no newline. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* For hypmmu_dump(). */
void say_line(void *ctx, const char *line);

/* The last word of QEMU's command line for the guest (-semihosting-config arg=); "" if none. */
const char *last_argument(char *buffer, size_t size);

_Noreturn void semihosting_exit(int status);
#endif
