/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CPU from its start to C code at EL2 with the MMU on, and back. Like idmap.S: at VA = PA, position
 * independent, no stack, finished values. The fields it knows are HCR_EL2.E2H and CurrentEL.
 */
#include "idmap.h"
#include "macros.inc"

	/* With the MMU off a store goes to memory, around the caches. */
	.macro	reached stage
	mov	x1, #\stage
	str	x1, [x0, #HM_CPU_STAGE]
	.endm

	/* x2, an ID register, has a signed 4-bit field, as far from the top as the first doubleword
	   at the offset says, that is no less than the second one. */
	.macro	demand offset, or_else
	mov	x1, #\or_else
	ldp	x3, x4, [x0, #\offset]
	lsl	x3, x2, x3
	cmp	x4, x3, asr #60
	b.gt	.Lrefuse
	.endm

	.section HYPMMU_IDMAP_SECTION, "ax", %progbits

	/* x0: PA of a struct hypmmu_cpu_params */
	function hypmmu_arch_cpu_entry
	reached	HM_CPU_ENTERED
	mov	x1, #HM_CPU_NOT_EL2
	mrs	x2, CurrentEL
	cmp	x2, #CURRENT_EL2
	b.ne	.Lrefuse
	mrs	x2, S3_0_C0_C7_0	/* ID_AA64MMFR0_EL1 */
	demand	HM_CPU_GRANULE, HM_CPU_NO_GRANULE
	demand	HM_CPU_GRANULE1, HM_CPU_NO_GRANULE
	demand	HM_CPU_PA, HM_CPU_NO_PA
	mrs	x2, S3_0_C0_C7_2	/* ID_AA64MMFR2_EL1 */
	demand	HM_CPU_VA, HM_CPU_NO_VA
	demand	HM_CPU_VA1, HM_CPU_NO_VA
	mrs	x2, S3_0_C0_C7_1	/* ID_AA64MMFR1_EL1 */
	demand	HM_CPU_VH, HM_CPU_NO_E2H
	mrs	x2, S3_0_C0_C7_4	/* ID_AA64MMFR4_EL1 */
	demand	HM_CPU_E2H0, HM_CPU_NO_E2H
	reached	HM_CPU_CHECKED

	msr	spsel, #1
	msr	daifset, #15
	put_sctlr_off w2, x3
	msr	sctlr_el2, x2
	isb				/* MMU off | HCR_EL2 changes the regime */
	mrs	x2, hcr_el2
	ldp	x3, x4, [x0, #HM_CPU_HCR]
	and	x2, x2, x4
	orr	x2, x2, x3
	ldr	x3, [x0, #HM_REGS_HCR]
	orr	x2, x2, x3
	msr	hcr_el2, x2
	isb				/* HCR_EL2 | it says what the bits of TCR_EL2 are */
	mrs	x3, hcr_el2
	eor	x3, x3, x2
	mov	x1, #HM_CPU_E2H_STUCK
	tbnz	x3, #HM_HCR_E2H, .Lrefuse
	ldr	x2, [x0, #HM_CPU_TPIDR]
	msr	tpidr_el2, x2

	/* What is needed once the parameters cannot be read any more; the caller's x30, too. */
	ldp	x6, x7, [x0, #HM_CPU_SP]
	ldp	x17, x9, [x0, #HM_CPU_ENTRY]
	mov	x10, x30
	reached	HM_CPU_SWITCHING
	mov	x1, xzr
	bl	hm_arch_load_regs
	mov	x30, x10
	mov	sp, x6
	msr	vbar_el2, x7
	isb				/* VBAR_EL2 | whatever may raise an exception */
	mov	x0, x9
	br	x17			/* with x16 or x17 to a landing pad of calls */

.Lrefuse:	str	x1, [x0, #HM_CPU_STAGE]
	dsb	sy			/* the stage is in memory | this CPU sleeps */
1:	wfi
	b	1b
	end	hypmmu_arch_cpu_entry

	/* void hypmmu_arch_cpu_exit(hypmmu_pa vbar, hypmmu_pa entry, uint64_t arg) */
	function hypmmu_arch_cpu_exit
	put_sctlr_off w3, x9
	mov	x9, x30
	bl	hm_arch_turn_off
	mov	x30, x9
	msr	vbar_el2, x0
	isb				/* VBAR_EL2 | whatever may raise an exception */
	mov	x17, x1
	mov	x0, x2
	br	x17
	end	hypmmu_arch_cpu_exit

	notes
