/* SPDX-License-Identifier: BSD-2-Clause */
/* Entered at EL2 with the MMU off; ends through semihosting with what main() returned. */
	.section .text.start, "ax"
	.globl	start
start:
	msr	daifset, #15		/* nothing may interrupt the MMU going on or off */
	bl	hypmmu_arch_el2_setup	/* needs no stack */
	cbnz	w0, failed
	ldr	x0, =stack_end
	mov	sp, x0

	/* Stores go around the caches from here on: they must not hold what is stored to. The loader
	   has cleaned what it has loaded. */
	ldr	x0, =writable_start
	ldr	x1, =writable_size
	bl	hypmmu_arch_publish

	ldr	x0, =bss_start
	ldr	x1, =shared_page
1:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	1b

	bl	main
	bl	semihosting_exit
failed:	mov	w0, #1			/* not at EL2, or the MMU is on */
	bl	semihosting_exit
	.section .note.GNU-stack, "", %progbits
