/* SPDX-License-Identifier: BSD-2-Clause */
/* Hyp's side of an HVC, and of what goes wrong in hyp itself. */
#include "calls.h"

/* In the identity page: what can turn the MMU on. Sent here by STUB_SET_VECTORS. */
	.section .hypmmu.idmap.text, "ax"
	.balign	2048
	.globl	init_vectors
init_vectors:
	.rept	8
	b	.
	.balign	128
	.endr
	cmp	x0, #INIT_HYP
	b.ne	1f
	mov	x0, x1
	b	hypmmu_arch_cpu_entry
1:	mov	x0, #CALL_UNKNOWN
	eret
	.balign	128
	.rept	7
	b	.
	.balign	128
	.endr

/* At an address of their own, far from the rest: the way there is in the data of each CPU. */
	.macro	vector number
	.balign	128
	mov	x15, #\number
	mrs	x16, tpidr_el2
	ldr	x17, [x16, #HYP_CPU_HANDLER]
	br	x17
	.endm

	.section .hyp.vectors, "ax"
	.globl	hyp_vectors
	.balign	2048
hyp_vectors:
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	\number
	.endr

/* x15: which vector, x16: this CPU's struct hyp_cpu. A call that meets an exception is given up, so
 * that nothing has to be saved then; the stack is not to be trusted. */
	.section .text.hyp, "ax"
	.globl	hyp_handler
hyp_handler:
	cmp	x15, #8
	b.ne	1f
	cmp	x0, #HYP_RESET
	b.eq	2f
	cmp	x0, #HYP_SWITCH
	b.eq	3f
	stp	x18, x19, [x16, #HYP_CPU_SAVED]
	stp	x20, x21, [x16, #HYP_CPU_SAVED + 16]
	stp	x22, x23, [x16, #HYP_CPU_SAVED + 32]
	stp	x24, x25, [x16, #HYP_CPU_SAVED + 48]
	stp	x26, x27, [x16, #HYP_CPU_SAVED + 64]
	stp	x28, x29, [x16, #HYP_CPU_SAVED + 80]
	mrs	x3, elr_el2
	mrs	x4, spsr_el2
	stp	x30, x3, [x16, #HYP_CPU_SAVED + 96]
	str	x4, [x16, #HYP_CPU_SAVED + 112]
	mov	x2, x1
	mov	x1, x0
	mov	x0, x16
	bl	hyp_call
	b	return_to_host

1:	ldr	x0, [x16, #HYP_CPU_EMERGENCY]
	mov	sp, x0
	mov	x0, x16
	mrs	x1, esr_el2
	mrs	x2, far_el2
	mrs	x3, elr_el2
	bl	hyp_fault
	mrs	x16, tpidr_el2
	ldr	x0, [x16, #HYP_CPU_STACK_TOP]
	mov	sp, x0

return_to_host:
	mrs	x16, tpidr_el2
	ldp	x30, x3, [x16, #HYP_CPU_SAVED + 96]
	ldr	x4, [x16, #HYP_CPU_SAVED + 112]
	msr	elr_el2, x3
	msr	spsr_el2, x4
	ldp	x28, x29, [x16, #HYP_CPU_SAVED + 80]
	ldp	x26, x27, [x16, #HYP_CPU_SAVED + 64]
	ldp	x24, x25, [x16, #HYP_CPU_SAVED + 48]
	ldp	x22, x23, [x16, #HYP_CPU_SAVED + 32]
	ldp	x20, x21, [x16, #HYP_CPU_SAVED + 16]
	ldp	x18, x19, [x16, #HYP_CPU_SAVED]
	ldp	x0, x1, [x16, #HYP_CPU_RESULT]
	ldp	x2, x3, [x16, #HYP_CPU_RESULT + 16]
	eret

/* hypmmu_arch_cpu_exit(): to the host, with the stub behind it; or to hypmmu_arch_cpu_entry(), whose
 * parameters the host has published. Nothing else is read with the MMU off. */
2:	ldr	x17, [x16, #HYP_CPU_EXIT]
	ldp	x0, x1, [x16, #HYP_CPU_BACK]
	mov	x2, #CALL_DONE
	br	x17
3:	mov	x2, x1
	ldp	x17, x1, [x16, #HYP_CPU_EXIT]
	ldr	x0, [x16, #HYP_CPU_BACK]
	br	x17

/* Where hypmmu_arch_cpu_entry() leads, MMU on: back to the host that made the HVC. */
	.globl	hyp_ready
hyp_ready:
	mov	x0, #CALL_DONE
	eret

/* void hyp_overflow(void) */
	.globl	hyp_overflow
hyp_overflow:
	stp	xzr, xzr, [sp, #-16]!
	b	hyp_overflow
	.section .note.GNU-stack, "", %progbits
