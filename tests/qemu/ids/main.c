/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints what struct hypmmu_id wants of the CPU it runs on: "name=value " on one line. Knows
 * nothing of the library, so that its answers can judge it. */
#include <stdint.h>

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
#define PRINT(name, encoding)                                                                      \
	do {                                                                                       \
		uint64_t value;                                                                    \
		__asm__("mrs %0, " #encoding : "=r"(value));                                       \
		print_register(name, value);                                                       \
	} while (0)

int main(void)
{
	uint64_t current_el;

	__asm__("mrs %0, CurrentEL" : "=r"(current_el));
	if (current_el != 2 << 2)
		return 1;
	PRINT("midr", S3_0_C0_C0_0);
	PRINT("ctr", S3_3_C0_C0_1);
	PRINT("mmfr0", S3_0_C0_C7_0);
	PRINT("mmfr1", S3_0_C0_C7_1);
	PRINT("mmfr2", S3_0_C0_C7_2);
	PRINT("mmfr3", S3_0_C0_C7_3);
	PRINT("mmfr4", S3_0_C0_C7_4);
	PRINT("pfr0", S3_0_C0_C4_0);
	PRINT("pfr1", S3_0_C0_C4_1);
	PRINT("isar0", S3_0_C0_C6_0);
	PRINT("isar1", S3_0_C0_C6_1);
	PRINT("hcr", S3_4_C1_C1_0);
	print("\n");
	return 0;
}
