/* SPDX-License-Identifier: BSD-2-Clause */
/* The end, by semihosting, and what compilers call. */
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

/* uint64_t add_one(uint64_t x): code that may be called wherever it is mapped. */
	.globl	add_one
add_one:
	add	x0, x0, #1
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
