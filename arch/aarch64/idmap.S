/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The instructions that have to run at VA = PA. Position independent, without a stack; the one field
 * they know, but for where they begin, is HCR_EL2.E2H. A barrier's comment names the event before | the event after.
 */
#include "idmap.h"
#include "macros.inc"

	.section HYPMMU_IDMAP_SECTION, "ax", %progbits
	.balign	64
	.globl	hm_arch_idmap_start
hm_arch_idmap_start:

	/* int hypmmu_arch_el2_setup(void) */
	function hypmmu_arch_el2_setup
	mrs	x0, CurrentEL
	cmp	x0, #CURRENT_EL2
	b.ne	1f
	mrs	x1, sctlr_el2
	tbnz	x1, #0, 1f
	put_sctlr_off w2, x1
	msr	sctlr_el2, x2
	isb				/* SCTLR_EL2 | the next instruction is fetched under it */
	mov	w0, wzr
	ret
1:	mov	w0, #HM_ERR_STATE
	ret
	end	hypmmu_arch_el2_setup

	/* void hm_arch_load_regs(const struct hypmmu_regs *regs, uint64_t sctlr_off) */
	function hm_arch_load_regs
	ldr	x5, [x0, #HM_REGS_HCR]
	tst	x5, #1 << HM_HCR_E2H
	ldp	x2, x3, [x0, #HM_REGS_MAIR]
	ldp	x4, x5, [x0, #HM_REGS_TTBR0]
	ldr	x0, [x0, #HM_REGS_SCTLR]
	cbz	x1, 1f
	msr	sctlr_el2, x1
	isb				/* MMU off | no walk begins under half of the new registers */
1:	msr	mair_el2, x2
	msr	tcr_el2, x3
	msr	ttbr0_el2, x4
	b.eq	2f			/* without FEAT_VHE the next one is UNDEFINED */
	msr	S3_4_C2_C0_1, x5	/* TTBR1_EL2 */
2:	isb				/* these are in force | the TLBI acts on their regime */
	tlbi	alle2
	dsb	nsh			/* nothing old is cached | the MMU goes on. Also: what was stored
					   with the MMU off is in memory | it is read through caches */
	isb				/* the DSB is complete | the next instruction */
	msr	sctlr_el2, x0
	isb				/* MMU on | the next instruction is fetched through it */
	ic	iallu
	dsb	nsh			/* nothing fetched with the MMU off is cached | it is fetched */
	isb				/* the DSB is complete | the caller's instructions are fetched */
	ret
	end	hm_arch_load_regs

	/* void hm_arch_unload(uint64_t first_line, uint64_t lines, uint64_t line_size,
	 *                     uint64_t sctlr_off)
	   hm_arch_turn_off, for cpu_entry.S: without lines; changes nothing else. */
	.globl	hm_arch_turn_off
	function hm_arch_unload
1:	dc	civac, x0
	add	x0, x0, x2
	subs	x1, x1, #1
	b.ne	1b
	dsb	sy			/* the lines are in memory | it is read around the caches */
hm_arch_turn_off:
	msr	sctlr_el2, x3
	isb				/* MMU off | the TLBI, and no walk refills what it drops */
	tlbi	alle2
	dsb	nsh			/* no translation is cached | the tables' memory is used again */
	isb				/* the DSB is complete | the caller's instructions */
	ret
	end	hm_arch_unload

	.globl	hm_arch_idmap_end
hm_arch_idmap_end:

	notes
