/* SPDX-License-Identifier: BSD-2-Clause */
/* Where PSCI lets the second CPU start: at EL2 with the MMU off, other registers unknown. */
	.text
	.globl	second_start
second_start:
	msr	daifset, #15
	bl	hypmmu_arch_el2_setup	/* needs no stack */
	cbnz	w0, 1f
	ldr	x0, =second_stack_end
	mov	sp, x0
	bl	second_main		/* does not return */
1:	mov	w0, #1
	bl	semihosting_exit

/* In the memory that all CPUs have mapped as data. */
	.section .bss.second, "aw", %nobits
	.balign	4096
	.globl	second_stack, second_stack_end
second_stack:
	.skip	16384
second_stack_end:
	.section .note.GNU-stack, "", %progbits
