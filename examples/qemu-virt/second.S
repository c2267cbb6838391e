/* SPDX-License-Identifier: BSD-2-Clause */
/* Where hypmmu_arch_cpu_entry() leads: in the upper half, on a stack there, MMU on. x0: a struct seen. */
#include "second.h"

	.text
	.globl	second_arrives
second_arrives:
	ldr	x1, [x0, #SEEN_WORD]
	mrs	x2, hcr_el2
	adr	x3, second_arrives
	str	x1, [sp, #-16]!		/* the stack can be used */
	mov	x4, sp
	stp	x2, x3, [x0, #SEEN_HCR]
	str	x4, [x0, #SEEN_SP]
	add	x1, x1, #1
	str	x1, [x0, #SEEN_WORD]
	dsb	ish			/* all of it is stored | this CPU is gone */
	ldr	x0, =PSCI_CPU_OFF
	smc	#0
1:	wfi
	b	1b
	.ltorg
	.section .note.GNU-stack, "", %progbits
