/* SPDX-License-Identifier: BSD-2-Clause */
#include "../protocol.h"

/* Entered at EL3 with the MMU off; ends through semihosting with what main() returned. */
	.section .text.start, "ax"
	.globl	start
start:
	msr	daifset, #15
	msr	daifclr, #4		/* SError: none is expected */
	ldr	x0, =stack_top
	mov	sp, x0
	adr	x0, vectors
	msr	vbar_el3, x0
	isb
	bl	main
	.globl	finish
finish:					/* (int status) */
	sxtw	x0, w0
	ldr	x1, =exit_block
	str	x0, [x1, #8]
	mov	w0, #0x18		/* SYS_EXIT */
	hlt	#0xf000
1:	wfi
	b	1b

/* uint64_t semihosting_call(uint64_t operation, void *block) */
	.globl	semihosting_call
semihosting_call:
	hlt	#0xf000
	ret

	.macro	unexpected
	.balign	128
	mov	w0, #9
	b	finish
	.endm

	.balign	2048
vectors:
	.rept	4			/* from EL3, on SP_EL0 */
	unexpected
	.endr
	.balign	128			/* from EL3: the AT has met an external abort */
	b	aborted
	.rept	3
	unexpected
	.endr
	.balign	128			/* from EL2: a real access is done, or has failed */
	b	landed
	.rept	7
	unexpected
	.endr

/* PAR_EL1 := the answer; on to the next instruction. */
aborted:
	stp	x0, x1, [sp, #-16]!
	mrs	x0, esr_el3
	ubfx	x1, x0, #26, #6		/* EC */
	cmp	x1, #0x25		/* Data Abort without a change of Exception level */
	b.ne	1f
	lsl	x1, x1, #32
	and	x0, x0, #0x3f		/* DFSC */
	orr	x1, x1, x0, lsl #1
	ldr	x0, =ABORT_MARK
	orr	x1, x1, x0
	msr	par_el1, x1
	mrs	x0, elr_el3
	add	x0, x0, #4
	msr	elr_el3, x0
	ldp	x0, x1, [sp], #16
	eret
1:
	.globl	unexpected_exception
unexpected_exception:
	mov	w0, #8
	b	finish

	.data
	.balign	16
exit_block:
	.quad	0x20026, 0		/* ADP_Stopped_ApplicationExit */

	.bss
	.balign	16
	.skip	16384
stack_top:
	.section .note.GNU-stack, "", %progbits
