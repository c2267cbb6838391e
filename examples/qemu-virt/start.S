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

/* void semihosting_exit(int status): SYS_EXIT with the block { ADP_Stopped_ApplicationExit, status } */
	.text
	.globl	semihosting_exit
semihosting_exit:
	sxtw	x0, w0
	ldr	x1, =exit_block
	str	x0, [x1, #8]
	mov	w0, #0x18
	hlt	#0xf000
1:	wfi
	b	1b

/* uint64_t semihosting_call(uint64_t operation, void *block) */
	.globl	semihosting_call
semihosting_call:
	hlt	#0xf000
	ret

/* What a compiler may call whatever it is told. */
	.globl	memset
memset:
	mov	x3, x0
1:	cbz	x2, 2f
	strb	w1, [x3], #1
	sub	x2, x2, #1
	b	1b
2:	ret

	.globl	memcpy
memcpy:
	mov	x3, x0
1:	cbz	x2, 2f
	ldrb	w4, [x1], #1
	strb	w4, [x3], #1
	sub	x2, x2, #1
	b	1b
2:	ret

	.data
	.balign	16
exit_block:
	.quad	0x20026, 0
	.section .note.GNU-stack, "", %progbits
