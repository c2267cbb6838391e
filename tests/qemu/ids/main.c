/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints what struct hypmmu_id wants of the CPU it runs on: "name=value " on one line. Reads
 * it without the library, so that it can judge hypmmu_arch_read_id(). */
#include <hypmmu/arch.h>

#define UART_DR ((volatile uint32_t *)0x09000000) /* PL011 of QEMU's virt */

static void print(const char *text)
{
	while (*text)
		*UART_DR = (unsigned char)*text++;
}

static void print_register(const char *name, uint64_t value)
{
	char digits[] = "=0x0000000000000000 ";

	for (int i = 18; i > 2; i--, value >>= 4)
		digits[i] = "0123456789abcdef"[value & 15];
	print(name);
	print(digits);
}

/* By encoding: assemblers do not know the later names. */
#define SHOW(name, encoding)                                                                       \
	do {                                                                                       \
		uint64_t value;                                                                    \
		__asm__("mrs %0, " #encoding : "=r"(value));                                       \
		print_register(#name, value);                                                      \
		differ |= value ^ id.name;                                                         \
	} while (0)

int main(void)
{
	uint64_t current_el, differ = 0;
	struct hypmmu_id id;

	__asm__("mrs %0, CurrentEL" : "=r"(current_el));
	if (current_el != 2 << 2)
		return 1;
	hypmmu_arch_read_id(&id);
	SHOW(midr, S3_0_C0_C0_0);
	SHOW(ctr, S3_3_C0_C0_1);
	SHOW(mmfr0, S3_0_C0_C7_0);
	SHOW(mmfr1, S3_0_C0_C7_1);
	SHOW(mmfr2, S3_0_C0_C7_2);
	SHOW(mmfr3, S3_0_C0_C7_3);
	SHOW(mmfr4, S3_0_C0_C7_4);
	SHOW(pfr0, S3_0_C0_C4_0);
	SHOW(pfr1, S3_0_C0_C4_1);
	SHOW(isar0, S3_0_C0_C6_0);
	SHOW(isar1, S3_0_C0_C6_1);
	SHOW(hcr, S3_4_C1_C1_0);
	print(differ ? "\nnot what hypmmu_arch_read_id() says\n" : "\n");
	return differ ? 2 : 0;
}

/* What a compiler may call where there is no libc. */
void *memset(void *to, int byte, size_t n);
void *memcpy(void *restrict to, const void *restrict from, size_t n);

void *memset(void *to, int byte, size_t n)
{
	for (volatile unsigned char *p = to; n; n--)
		*p++ = (unsigned char)byte;
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	const unsigned char *q = from;

	for (volatile unsigned char *p = to; n; n--)
		*p++ = *q++;
	return to;
}
