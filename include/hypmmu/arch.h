/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The AArch64 backend: the only privileged instructions.
 *
 * What holds for every call:
 * - At EL2 unless a line says otherwise. HCR_EL2 is the caller's: with E2H = 0 its tables are of
 *   HYPMMU_EL2, with E2H = 1 of EL2&0, lower and upper half. E2H changes with the MMU off, by the
 *   caller or by hypmmu_arch_cpu_entry(), and with it the layout of CPTR_EL2 and CNTHCTL_EL2, which
 *   are the caller's, too. HCR_EL2.TGE is as the caller likes.
 * - It may run with the MMU off, where every access is to Device memory: compile the library, and
 *   what calls it then, with -mgeneral-regs-only -mstrict-align.
 * - "Line" is the smallest data cache line, CTR_EL0.DminLine. "Flush" is clean and invalidate.
 *   Cache maintenance is by VA to the Point of Coherency, always of whole lines.
 * - Registers that a function does not name keep their values, apart from those that the
 *   procedure call standard gives to every function.
 *
 * MMU off, stores go around the caches. Three times that needs care:
 * - Before the first store to memory that something older may still have in a cache: table pages,
 *   .bss, stack. hypmmu_arch_publish() of it, with the MMU off, takes those lines out.
 * - When the MMU goes on: hypmmu_arch_enable() publishes the tables and flushes the writable
 *   ranges that it is told of.
 * - When it goes off: hypmmu_arch_disable() flushes the range that it is told of. The code that
 *   runs from then on has to be clean to the Point of Coherency already.
 *
 * It hangs after the write to SCTLR_EL2? The code, the stack or the vectors are not mapped, or
 * not at VA = PA: list them in must_hold. Or code is writable, which SCTLR_EL2.WXN makes XN; or
 * memory that was stored to with the MMU off is read from a cache that has it older.
 */
#ifndef HYPMMU_ARCH_H
#define HYPMMU_ARCH_H
#include "hypmmu.h"
#ifdef __cplusplus
extern "C" {
#endif

/*
 * The first instructions after reset or a hand-over: a known state with the MMU off.
 *
 * On entry: any EL, any stack pointer or none. Nothing is read or written in memory.
 *   HCR_EL2.E2H is what it shall be, and an ISB has followed; where it is changed later, with the
 *   MMU off, this is called again.
 * It leaves: SCTLR_EL2 = RES1 (with E2H = 1: what is RES1 where EL0 has nothing to it that could be
 *   trapped), and EE in a big-endian build: MMU, caches, alignment checks, WXN off. An ISB after it.
 *   Clobbers x0 to x2 and the flags.
 * STATE, and nothing is written: not at EL2; or SCTLR_EL2.M is 1, use hypmmu_arch_disable().
 */
int hypmmu_arch_el2_setup(void);

/* Reads what struct hypmmu_id holds. EL1 or EL2; at EL1 hcr is 0. No barriers. */
void hypmmu_arch_read_id(struct hypmmu_id *id);

/*
 * Makes stores to [p, p + size) seen by walkers and CPUs that do not look into this CPU's caches;
 * with the MMU (or SCTLR_ELx.C) off, also takes out of the caches what is older than memory.
 *
 * EL1 or EL2. DMB SY; each line that holds a byte of the range: DC CVAC with the MMU on, DC IVAC
 * with it off; DSB SY. With the MMU off, what else lies in the first and the last line must not
 * be dirty in any cache: give it whole granules, or at least whole lines.
 */
void hypmmu_arch_publish(const void *p, size_t size);

/*
 * What hypmmu_arch_enable() gives to hypmmu_set_live(), for a writer at EL2 that runs on the tables
 * itself. sync is hypmmu_arch_invalidate(). publish is hypmmu_arch_publish() with the MMU (or
 * SCTLR_EL2.C) off, and nothing with both on: stores then go to caches that walkers look into, since
 * walks are Write-Back and Inner Shareable, and Armv8 makes them coherent (ID_MMFR3_EL1.CohWalk is
 * 1). What is changed so may stay dirty in the caches: loads with the MMU off do not see it until
 * hypmmu_arch_disable(), or hypmmu_arch_publish(), has had the table pages.
 *
 * Not for walkers that do not snoop: these need a maint whose publish cleans. Nor at EL1, where TLBIs
 * of EL2 are UNDEFINED: a host there has a maint whose sync makes one HVC to a handler that calls
 * hypmmu_arch_invalidate().
 */
extern const struct hypmmu_maint hypmmu_arch_maint;

/*
 * Makes all CPUs forget translations that they have cached from these n ranges; with n = 0 only
 * makes what was stored in tables visible. MMU on or off.
 *
 * DSB ISHST; n > 0: the TLBIs, DSB ISH; ISB. With HYPMMU_USE_LOCAL_TLBI: DSB NSHST, the TLBIs of
 * this CPU alone, DSB NSH. With HYPMMU_USE_REPEAT_TLBI: after that DSB a VALE2(IS) and another DSB.
 * The TLBIs, for each range in turn, of whole leaves (of granules, if its level is mixed):
 * - One leaf: VALE2(IS), or VAE2(IS) if tables have changed.
 * - Several, and cfg has HYPMMU_HW_TLBIRANGE: RVALE2(IS) or RVAE2(IS), one for each 2^21 granules
 *   begun; at the first, TCR_EL2.DS rounds down to 64K. A last one of one leaf is by VA.
 * - Several else, and leaves of 2^21 granules and more: VALE2(IS) or VAE2(IS) for each.
 * - With HYPMMU_HW_TTL, where only leaves of one level have changed, all of these have a level hint.
 * - The ASID of cfg for EL2&0.
 * ALLE2(IS) instead of all of them for a range of size 0, or one that wraps, and when there would be
 * more than 512. All of these act on the regime that this CPU's HCR_EL2.E2H says: it is that of cfg.
 */
void hypmmu_arch_invalidate(const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
			    size_t n);

/*
 * Turns the MMU on with these tables or, if it is on, goes over to them, in the one right order:
 * hypmmu_set_live(half, &hypmmu_arch_maint) of each half unless it is live already; the preflight,
 * below; hypmmu_get_regs(); with the MMU off, flushes the ranges of must_hold that are writable
 * Normal memory; hypmmu_arch_switch(). lower is of HYPMMU_EL2, and upper NULL; or lower is the lower
 * half of EL2&0, and upper its upper half, or NULL: walks of that half are then disabled.
 *
 * The preflight refuses tables under which this CPU would not get far. The n ranges of must_hold
 * are mapped exactly so, each in the half that bit 55 of its VA says: running code, stack, vectors,
 * data. This function, its caller and the stack, 512 bytes below its frame included, have the PA
 * they have now, executable and writable by EL2 (not HYPMMU_USER); the part of the library that
 * hypmmu_arch_switch() names is at VA = PA, now and then, in the lower half.
 *
 * On entry: PSTATE.DAIF masks all; no exception is taken until VBAR_EL2 is right for the new
 *   tables, which is the caller's to write, like SP, after the return. MMU off: all memory that
 *   was stored to since it is off, and that will be read, is in must_hold; nothing else has it
 *   dirty in a cache.
 * It leaves: as hypmmu_arch_switch().
 * On error: neither the registers nor *lower nor *upper have changed. UNMAPPED, CONFLICT, RANGE: the
 *   preflight; report is as for hypmmu_expect(), index n is this code or stack. STATE: not at
 *   EL2, or HCR_EL2.E2H is not that of the tables' regime. UNSUPPORTED: their byte order is not that
 *   of this build. ARG: lower is NULL, or the two are not two halves. Others: as hypmmu_set_live(),
 *   hypmmu_get_regs() and hypmmu_arch_switch().
 */
HYPMMU_CHECKED int hypmmu_arch_enable(struct hypmmu *lower, struct hypmmu *upper,
				      const struct hypmmu_change *must_hold, size_t n,
				      struct hypmmu_report *report);

/*
 * Writes the registers; what they say is not checked. For further CPUs, and to go over to another
 * root. Off to on: MAIR_EL2, TCR_EL2, TTBR0_EL2, with E2H = 1 TTBR1_EL2; ISB; TLBI ALLE2; DSB NSH;
 * ISB; SCTLR_EL2; ISB; IC IALLU; DSB NSH; ISB. On to on: first SCTLR_EL2 with M and C clear, ISB. All
 * TLB entries of this CPU's EL2, or EL2&0 with every ASID, and all of its instruction cache are gone
 * then. With regs->tcr2 (HYPMMU_USE_S1PIE), off to on: before all that PIR_EL2, with E2H = 1
 * PIRE0_EL2, TCR2_EL2.
 *
 * On entry: PSTATE.DAIF masks all. The tables are published (hypmmu_set_live() does it). This
 *   code and the stack are mapped in them where they are now. The section .hypmmu.idmap.text
 *   (HYPMMU_IDMAP_SECTION when the library is built) is at VA = PA in them, and now, and clean to
 *   the Point of Coherency. Where FEAT_TCR2 is implemented and regs->tcr2 is 0, TCR2_EL2 is 0. MMU
 *   off: no cache has a line of the stack or of other data that was stored to since it is off.
 * It leaves: the registers that it names as in *regs. PAR_EL1, SP, VBAR_EL2, HCR_EL2 and all others
 *   as they were.
 * On error: no register has changed. STATE: not at EL2, HCR_EL2.E2H is not that of regs->hcr, or a
 *   TTBR has or gets CnP and would change while the MMU is on: other CPUs may share its TLB entries;
 *   or, with regs->tcr2, what that says would change while the MMU is on: hypmmu_arch_disable()
 *   first. CONFLICT: the MMU is on and the section is not at VA = PA. ARG: regs is NULL.
 */
HYPMMU_CHECKED int hypmmu_arch_switch(const struct hypmmu_regs *regs);

/*
 * Turns the MMU off. Flushes [dirty, dirty + size), which holds the stack and whatever else was
 * stored to and will be read; without touching memory after that: DSB SY; SCTLR_EL2 with M and C
 * clear; ISB; TLBI ALLE2; DSB NSH; ISB. Then returns on that stack.
 *
 * On entry: the MMU is on. PSTATE.DAIF masks all. This code, its caller, what is called next, and
 *   the stack are at VA = PA; the code is clean to the Point of Coherency. Every byte of the range
 *   is mapped, and no other CPU stores to it.
 * It leaves: SCTLR_EL2.M and C clear, its other bits, MAIR_EL2, TCR_EL2, TTBR0_EL2, TTBR1_EL2 and
 *   PAR_EL1 as they were; VBAR_EL2 is the caller's to set to a PA. The tables are still live:
 *   hypmmu_set_live(mmu, NULL), of each half, once no CPU uses them.
 * On error: nothing has changed. STATE: not at EL2, or the MMU is off. RANGE: the stack is not in the
 *   range, or it wraps. CONFLICT: code or stack is not at VA = PA.
 */
HYPMMU_CHECKED int hypmmu_arch_disable(const void *dirty, size_t size);

/* SCTLR_EL2.M; false when not at EL2. */
bool hypmmu_arch_enabled(void);

/* ---- CPUs that start or wake up: hypmmu_arch_cpu_entry() ---- */

/* How far it got. From 16: it has refused, and sleeps for ever with the MMU off. */
enum hypmmu_cpu_stage {
	HYPMMU_CPU_AWAITED = 0,
	HYPMMU_CPU_ENTERED = 1,	  /* it is there */
	HYPMMU_CPU_CHECKED = 2,	  /* it can use the tables; registers are written now */
	HYPMMU_CPU_SWITCHING = 3, /* the MMU goes on now: the last stage that is recorded */
	HYPMMU_CPU_NOT_EL2 = 16,
	HYPMMU_CPU_NO_GRANULE = 17, /* it lacks the granule, or 52 bits with it */
	HYPMMU_CPU_NO_PA = 18, /* ID_AA64MMFR0_EL1.PARange: below TCR_EL2.PS, or no HYPMMU_HW_LPA */
	HYPMMU_CPU_NO_VA = 19, /* ID_AA64MMFR2_EL1: no such TCR_EL2.T0SZ or T1SZ */
	HYPMMU_CPU_E2H_STUCK =
		20,		/* as NO_E2H, found by trying: SCTLR_EL2 and HCR_EL2 are written */
	HYPMMU_CPU_NO_E2H = 21, /* ID_AA64MMFR1_EL1.VH, ID_AA64MMFR4_EL1.E2H0: not with this E2H */
};

struct hypmmu_cpu_need { /* private: a field of an ID register, and its least value */
	uint64_t shift;
	int64_t least;
};

/* All that a starting CPU needs. In memory that nothing else is in, in units of the longest cache
 * line of any CPU. Nobody but the CPU stores to it between hypmmu_arch_cpu_params() and
 * the CPU's arrival in entry(); it stays for CPUs that will wake up. */
struct hypmmu_cpu_params {
	struct hypmmu_regs regs; /* filled in by hypmmu_arch_cpu_params() */
	/* in: VAs of the address space. entry(arg) is called with the MMU on. */
	uint64_t sp, vbar, entry, arg;
	uint64_t tpidr; /* TPIDR_EL2 */
	uint64_t hcr;	/* HCR_EL2; 0: as it is, but for E2H, which is that of the tables */
	/* private: */
	uint64_t hcr_keep;
	struct hypmmu_cpu_need granule[2], pa, va[2], vh, e2h0;
	uint64_t unused;
	/* in a line of its own; hypmmu_arch_cpu_stage() reads it */
	uint64_t stage, unused_too[7];
} __attribute__((aligned(64)));

/*
 * Checks and completes *params, and publishes it. EL1 or EL2, MMU on or off. Then the PA of *params
 * is what hypmmu_arch_cpu_entry() is to find in x0; the same block may serve again. lower and upper
 * are as for hypmmu_arch_enable(); the CPU's E2H need not be this one's.
 *
 * The preflight refuses tables under which the CPU would not get far: the n ranges of must_hold are
 * mapped exactly so (code, data); the section .hypmmu.idmap.text, whose PA is where this CPU sees it
 * (AT S1E1R or S1E2R, PAR_EL1 is put back), is at VA = PA and may be executed; so may
 * [vbar, vbar + 2K) and the instruction at entry; [sp - 16, sp) may be written. All that by EL2: it
 * is not HYPMMU_USER.
 * On error *params has not changed. UNMAPPED, CONFLICT, RANGE: the preflight; report is as for
 *   hypmmu_expect(), index n is the section, entry, sp or vbar. ALIGN: params, to 64; sp, to 16;
 *   vbar, to 2K. STATE: a half is not live: its tables may be in this CPU's caches; or hcr is not 0,
 *   and its E2H is not that of the tables. UNSUPPORTED: their byte order is not that of this build,
 *   or they have HYPMMU_USE_S1PIE. ARG: params or lower is NULL, or the two are not two halves.
 *   CONFIG: as hypmmu_get_regs().
 */
HYPMMU_CHECKED int hypmmu_arch_cpu_params(struct hypmmu_cpu_params *params,
					  const struct hypmmu *lower, const struct hypmmu *upper,
					  const struct hypmmu_change *must_hold, size_t n,
					  struct hypmmu_report *report);

/*
 * Where a CPU starts (PSCI CPU_ON), wakes up, or is sent by an HVC handler; not to be called. To be
 * entered at its PA, at VA = PA.
 *
 * On entry: x0 is the PA of a struct hypmmu_cpu_params from hypmmu_arch_cpu_params(). EL2, MMU off,
 *   byte order as this build's; everything else is unknown. The section .hypmmu.idmap.text is clean
 *   to the Point of Coherency, and at VA = PA in the tables. This CPU's caches hold nothing that
 *   is older than memory. Where FEAT_TCR2 is implemented, TCR2_EL2 is 0.
 * Checked before any register is written: CurrentEL; the granules, the address sizes and E2H against
 *   the ID registers. PSTATE: SPSel = 1, DAIF masked. SCTLR_EL2 as after hypmmu_arch_el2_setup();
 *   ISB; HCR_EL2; ISB; is E2H what it should be? TPIDR_EL2; then as hypmmu_arch_switch(), off to on.
 *   SP; VBAR_EL2; ISB.
 * It leaves: entry(arg), on that stack, with the registers as in *params. x8, x11 to x16, x18 to
 *   x30, SP_EL0, ELR_EL2 and SPSR_EL2 as they were on entry, so that a handler that was sent here
 *   can return. params->stage is SWITCHING; nothing is stored there once the MMU is on.
 */
void hypmmu_arch_cpu_entry(void);

/*
 * Leaves the address space: the way of this CPU back to the vectors, and the code, that it had before
 * hypmmu_arch_cpu_entry(). Calls entry(arg), a PA, with the MMU off and VBAR_EL2 = vbar, a PA.
 *
 * On entry: the MMU is on, PSTATE.DAIF masks all. Called at VA = PA, where the section
 *   .hypmmu.idmap.text is: hyp code that is elsewhere calls it through a pointer. What will be read
 *   with the MMU off is clean to the Point of Coherency: hypmmu_arch_publish() before. No memory
 *   is touched here.
 * SCTLR_EL2 as after hypmmu_arch_el2_setup(); ISB; TLBI ALLE2; DSB NSH; ISB; VBAR_EL2; ISB.
 * It leaves: x3, x9, x17 and the flags changed, x0 = arg; all else as it was, SP, HCR_EL2, ELR_EL2,
 *   SPSR_EL2 among it. The tables are still live: hypmmu_set_live(mmu, NULL) once no CPU uses them.
 */
void hypmmu_arch_cpu_exit(hypmmu_pa vbar, hypmmu_pa entry, uint64_t arg);

/* params->stage as the CPU has stored it in memory: flushes the line and reads it. EL1 or EL2. */
uint64_t hypmmu_arch_cpu_stage(const struct hypmmu_cpu_params *params);

#ifdef __cplusplus
}
#endif
#endif
