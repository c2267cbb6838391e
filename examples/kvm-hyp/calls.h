/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host asks of EL2 by HVC: x0 says what, x1 and x2 are its arguments; x0 to x3 come back,
 * x4 to x17 are lost. Three sets of vectors answer, one at a time: the stub, which is there from the
 * start; those of the identity text, which can turn the MMU on; hyp's own.
 */
#ifndef CALLS_H
#define CALLS_H

/* The stub: MMU off, addresses are PAs. */
#define STUB_WHO	 1 /* x0: STUB_IS_HERE */
#define STUB_SET_VECTORS 2 /* x1: VBAR_EL2 */
#define STUB_RESTART	 3 /* x1: where to go on at EL2, x2: x0 there */
#define STUB_IS_HERE	 0x57ab

/* The identity text. */
#define INIT_HYP 16 /* x1: PA of a struct hypmmu_cpu_params; x0: CALL_DONE, by hyp */

/* Hyp. */
#define HYP_READ_RODATA	 32 /* x1: the word, x2: where hyp sees it */
#define HYP_COUNT	 33 /* x1: how often this CPU has been asked, x2: who hyp thinks it is */
#define HYP_USE_STACK	 34 /* x1: a sum over a buffer on the stack, x2: where that is */
#define HYP_READ_IO	 35 /* x1: a register's VA; x1: its value */
#define HYP_READ	 36 /* x1: VA of eight bytes; x1: their value */
#define HYP_OVERFLOW	 37 /* pushes until it is stopped */
#define HYP_WRITE_RODATA 38
#define HYP_INVALIDATE	 39 /* what is in hyp_request */
#define HYP_RESET	 40 /* MMU off, back to the stub; x0: CALL_DONE, by the stub */
#define HYP_SWITCH	 41 /* MMU off, and into hyp again. x1: PA of a struct hypmmu_cpu_params */

/* x0 */
#define CALL_DONE     0
#define CALL_FAULT    1 /* hyp met an exception. x1: ESR_EL2, x2: FAR_EL2, x3: ELR_EL2 */
#define CALL_OVERFLOW 2 /* the same, and it was on the guard below the stack */
#define CALL_UNKNOWN  (-1)

/* struct hyp_cpu, for assembly */
#define HYP_CPU_HANDLER	  0
#define HYP_CPU_STACK_TOP 8
#define HYP_CPU_EMERGENCY 16
#define HYP_CPU_EXIT	  24
#define HYP_CPU_ENTRY	  32
#define HYP_CPU_BACK	  40
#define HYP_CPU_SAVED	  56
#define HYP_CPU_RESULT	  176

#define EMERGENCY_SIZE	0x1000
#define HOST_STACK_SIZE 0x4000
#endif
