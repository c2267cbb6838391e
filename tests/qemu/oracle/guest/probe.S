/* SPDX-License-Identifier: BSD-2-Clause */
/* Real accesses under the tables in question, from EL3 and back. */
#include "../protocol.h"

	.text
/* uint64_t try_access(uint64_t va, uint64_t value, uint64_t entry, uint64_t spsr): the answer.
 * What runs below uses x0 and x1 alone; so whatever happens there, it is as if called. */
	.globl	try_access
try_access:
	msr	elr_el3, x2
	msr	spsr_el3, x3
	eret

/* From the vectors of EL3: a lower Exception level has ended it. */
	.globl	landed
landed:
	mrs	x2, esr_el3
	ubfx	x3, x2, #26, #6		/* EC */
	cmp	x3, #0x17		/* SMC: by the code below */
	b.ne	unexpected_exception
	tst	x2, #0xffff
	b.eq	1f
	mrs	x2, esr_el2
	ubfx	x3, x2, #26, #6
	cmp	x3, #0x15		/* SVC: EL0 has done it */
	b.eq	1f
	ldr	x4, =EXCEPTION_MARK
	orr	x4, x4, x3, lsl #EXCEPTION_EC_LSB
	mov	x5, #0x3a
	and	x5, x3, x5		/* aborts: 0x20, 0x21, 0x24, 0x25 */
	cmp	x5, #0x20
	b.ne	2f
	and	x2, x2, #EXCEPTION_ISS_MASK
	orr	x4, x4, x2
	mrs	x2, far_el2
	eor	x2, x2, x0
	lsl	x2, x2, #8		/* the tag may be missing */
	cbz	x2, 2f
	orr	x4, x4, #EXCEPTION_AWAY
2:	mov	x1, x4
1:	mov	x0, x1
	ret

/* Linked at PROBE_AT, and mapped under the tables in question. */
	.section .probe, "ax"
	ldr	x1, [x0]
	smc	#0
	str	x1, [x0]
	smc	#0
	ldr	x1, [x0]		/* PROBE_EL0_LOAD */
	svc	#0
	str	x1, [x0]
	svc	#0
	.balign	PROBE_VECTORS
	.rept	16			/* EL2's, at PROBE_VECTORS */
	smc	#1
	.balign	128
	.endr
	.section .note.GNU-stack, "", %progbits
