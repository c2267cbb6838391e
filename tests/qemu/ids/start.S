/* SPDX-License-Identifier: BSD-2-Clause */
/* Entered at EL2 with the MMU off; ends through semihosting with what main() returned. */
	.section .text.start, "ax"
	.globl	start
start:
	ldr	x0, =stack_top
	mov	sp, x0
	bl	main
	sxtw	x0, w0
	ldr	x1, =exit_block
	str	x0, [x1, #8]
	mov	w0, #0x18		/* SYS_EXIT */
	hlt	#0xf000
1:	wfi
	b	1b

	.data
	.balign	16
exit_block:
	.quad	0x20026, 0		/* ADP_Stopped_ApplicationExit */

	.bss
	.balign	16
	.skip	4096
stack_top:
