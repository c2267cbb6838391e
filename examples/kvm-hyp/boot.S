/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From reset to the host: EL2 gets the stub's vectors and leaves its MMU off; the host starts at EL1
 * with its own MMU on, at addresses that are not physical ones. What runs at EL2 here is at its PA.
 */
#include "calls.h"

#define HCR_RW	     0x80000000	/* EL1 is AArch64 */
#define CPTR_NO_TRAP 0x33ff
#define SPSR_EL1H    0x3c5	/* EL1, on SP_EL1, DAIF masked */
#define SCTLR_EL1_ON 0x30d01805	/* RES1, I, C, M */
#define MAIR_HOST    0x04ff	/* 0: Normal Write-Back, 1: Device-nGnRE */
/* 4K, 39 bits and Write-Back, Inner Shareable walks for both halves; IPS: 48 bits */
#define TCR_HOST     ((5 << 32) | (2 << 30) | (0x35 << 24) | (25 << 16) | (0x35 << 8) | 25)
#define BLOCK_NORMAL 0x701	/* valid, AttrIndx 0, Inner Shareable, AF */
#define BLOCK_DEVICE (0x405 | 3 << 53) /* valid, AttrIndx 1, AF; PXN, UXN */

	.section .text.start, "ax"
	.globl	start, start_second
start:
	mov	x0, xzr
start_second:				/* by PSCI CPU_ON; x0: which CPU it is to be */
	msr	daifset, #15
	mov	x19, x0
	bl	hypmmu_arch_el2_setup
	cbnz	w0, 1f
	adr	x1, stub_vectors
	msr	vbar_el2, x1
	mov	x1, #HCR_RW
	msr	hcr_el2, x1
	isb
	mov	x0, x19
	b	enter_host
1:	mov	w0, #0x18		/* semihosting: SYS_EXIT */
	adr	x1, 2f
	hlt	#0xf000
	.balign	8
2:	.quad	0x20026, 1

/* EL2 as it is while no hyp is there. */
	.balign	2048
	.globl	stub_vectors
stub_vectors:
	.rept	8
	b	.
	.balign	128
	.endr
	cmp	x0, #STUB_WHO
	b.eq	1f
	cmp	x0, #STUB_SET_VECTORS
	b.eq	2f
	cmp	x0, #STUB_RESTART
	b.eq	3f
	mov	x0, #CALL_UNKNOWN
	eret
1:	mov	x0, #STUB_IS_HERE
	eret
2:	msr	vbar_el2, x1
	mov	x0, #CALL_DONE
	eret
3:	mov	x0, x2
	br	x1
	.balign	128
	.rept	7
	b	.
	.balign	128
	.endr

/* Where a CPU goes on that has left hyp: back to the host. */
	.globl	stub_return
stub_return:
	eret

/* At EL2, with the MMU off at its PA or on as a part of hyp: to EL1. x0: which CPU. */
	.section .text.hyp, "ax"
	.globl	enter_host
enter_host:
	mov	x1, #CPTR_NO_TRAP
	msr	cptr_el2, x1
	mrs	x1, midr_el1
	msr	vpidr_el2, x1
	mrs	x1, mpidr_el1
	msr	vmpidr_el2, x1
	ldr	x1, =host_lower_pa
	msr	ttbr0_el1, x1
	ldr	x1, =host_upper_pa
	msr	ttbr1_el1, x1
	ldr	x1, =TCR_HOST
	msr	tcr_el1, x1
	mov	x1, #MAIR_HOST
	msr	mair_el1, x1
	ldr	x1, =SCTLR_EL1_ON
	msr	sctlr_el1, x1
	ldr	x1, =host_stacks
	mov	x2, #HOST_STACK_SIZE
	madd	x1, x0, x2, x1
	add	x1, x1, x2
	msr	sp_el1, x1
	ldr	x1, =host_start
	msr	elr_el2, x1
	mov	x1, #SPSR_EL1H
	msr	spsr_el2, x1
	isb				/* EL1's registers are in force | the TLBI is about them */
	tlbi	alle1
	dsb	nsh			/* no translation is left from before | EL1 is entered */
	isb
	eret
	.ltorg

/* At EL1, MMU on. x0: which CPU. */
	.text
host_start:
	ldr	x1, =host_vectors
	msr	vbar_el1, x1
	isb
	cbnz	x0, 2f
	ldr	x1, =bss_start
	ldr	x2, =bss_end
1:	stp	xzr, xzr, [x1], #16
	cmp	x1, x2
	b.lo	1b
	bl	main
	bl	semihosting_exit
2:	bl	serve

	.balign	2048
host_vectors:
	.rept	16
	mrs	x0, esr_el1
	mrs	x1, elr_el1
	mrs	x2, far_el1
	b	host_exception
	.balign	128
	.endr

/* Blocks of 1 GiB: devices, at their PA; the GiB that the program is in, at host_base. */
	.section .rodata.host_tables, "a"
	.balign	4096
	.globl	host_lower, host_upper
host_lower:
	.quad	BLOCK_DEVICE
	.fill	511, 8, 0
host_upper:
	.quad	phys_base + BLOCK_NORMAL
	.fill	511, 8, 0

/* What the linker script says, for C. */
	.globl	host_offset_is
host_offset_is:
	.quad	host_offset
	.section .note.GNU-stack, "", %progbits
