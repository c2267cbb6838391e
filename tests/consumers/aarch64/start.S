/* SPDX-License-Identifier: BSD-2-Clause */
/* Both CPUs come in at EL2 with the MMU off. */
#define HCR_RW (1 << 31)

	.macro	enter_el2 stack
	msr	daifset, #15
	mov	x0, #HCR_RW		/* E2H = 0, whatever it was; or HCR_RW | HCR_E2H */
	msr	hcr_el2, x0
	isb
	bl	hypmmu_arch_el2_setup	/* needs no stack */
	cbnz	w0, failed
	ldr	x0, =\stack
	mov	sp, x0
	.endm

	.section .start, "ax"
	.globl	start
start:
	enter_el2 stack_end
	ldr	x0, =writable_start	/* stores go around the caches: nothing older stays in them */
	ldr	x1, =writable_end
	sub	x1, x1, x0
	bl	hypmmu_arch_publish
	ldr	x0, =bss_start
	ldr	x1, =bss_end
1:	cmp	x0, x1
	b.hs	2f
	str	xzr, [x0], #8
	b	1b
2:	bl	main
	b	stop

	.globl	start_second
start_second:				/* x0: what main() gave to CPU_ON */
	mov	x19, x0
	enter_el2 second_stack_end
	mov	x0, x19
	bl	main_of_second
3:	wfi
	b	3b

failed:	ldr	x0, =stack_end
	mov	sp, x0
	mov	w0, #1
stop:	sxtw	x1, w0			/* semihosting: SYS_EXIT with what main() returned */
	ldr	x0, =0x20026
	stp	x0, x1, [sp, #-16]!
	mov	x1, sp
	mov	w0, #0x18
	hlt	#0xf000

	.section .note.GNU-stack, "", %progbits

	/* BTI: nothing here is the target of an indirect branch. */
	.section .note.gnu.property, "a"
	.balign	8
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000000, 4, 1, 0
