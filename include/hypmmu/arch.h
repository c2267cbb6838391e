/* SPDX-License-Identifier: BSD-2-Clause */
/* The AArch64 backend: the only privileged instructions. At EL2 unless a line says otherwise. */
#ifndef HYPMMU_ARCH_H
#define HYPMMU_ARCH_H
#include "hypmmu.h"
#ifdef __cplusplus
extern "C" {
#endif
/* First instructions after reset, no stack needed: SCTLR_EL2 = RES1 (EE in a big-endian build), ISB.
 * STATE, and nothing written, when not at EL2 or when the MMU is on. Clobbers x0 to x2. */
int hypmmu_arch_el2_setup(void);
void hypmmu_arch_read_id(struct hypmmu_id *id); /* EL1 or EL2 */
/* To the Point of Coherency: invalidate with the MMU off, clean with it on. EL1 or EL2. */
void hypmmu_arch_publish(const void *p, size_t size);
/* publish, and the TLBIs that cfg allows; EL2 only (TLBIs of EL2 are UNDEFINED at EL1: a host there
 * queues in its own maint and makes one HVC, whose handler calls hypmmu_arch_invalidate()). */
extern const struct hypmmu_maint hypmmu_arch_maint;
void hypmmu_arch_invalidate(const struct hypmmu_config *cfg, const struct hypmmu_stale *list, size_t n);
/* Turn the MMU on (or, if it is on, go over to these tables) in the one right order: set live; refuse
 * unless the n ranges of must_hold (running code, stack, vectors ...) are mapped exactly so and this
 * code VA = PA; then hypmmu_arch_switch(). Interrupts masked. report: as hypmmu_expect(). */
HYPMMU_CHECKED int hypmmu_arch_enable(struct hypmmu *lower, struct hypmmu *upper,
				      const struct hypmmu_change *must_hold, size_t n,
				      struct hypmmu_report *report);
/* Write the registers, unchecked but for EL and E2H: off to on, or on to off to on, from the identity
 * map. TLB and I-cache of this CPU invalidated. For further CPUs and for HYPMMU_NEW_ROOT. */
HYPMMU_CHECKED int hypmmu_arch_switch(const struct hypmmu_regs *regs);
/* On to off; then cleans [dirty, dirty + size), which must hold the stack, before touching it again. */
HYPMMU_CHECKED int hypmmu_arch_disable(const void *dirty, size_t size);
bool hypmmu_arch_enabled(void);

#ifdef __cplusplus
}
#endif
#endif
