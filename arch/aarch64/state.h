/* SPDX-License-Identifier: BSD-2-Clause */
/* Where this CPU stands, and the data cache work that the parts of the backend share. */
#ifndef HM_STATE_H
#define HM_STATE_H
#include "../../src/idregs.h"
#include "insn.h"
#include <hypmmu/arch.h>

#define CURRENT_EL   BITS(3, 2)
#define SCTLR_M	     BIT(0)
#define SCTLR_C	     BIT(2)
#define CTR_DMINLINE BITS(19, 16) /* log2 of the words in the smallest data cache line */

static inline bool is_at_el2(void)
{
	return get(CURRENT_EL, read_current_el()) == 2;
}

static inline bool is_big_endian_build(void)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
}

/* Do this CPU's stores go to its caches? */
static inline bool stores_are_cached(void)
{
	uint64_t sctlr = is_at_el2() ? read_sctlr_el2() : read_sctlr_el1();

	return (sctlr & SCTLR_M) && (sctlr & SCTLR_C);
}

static inline uint64_t data_line_size(void)
{
	return UINT64_C(4) << get(CTR_DMINLINE, read_ctr_el0());
}

#define HM_NOWHERE UINT64_MAX

/* Where va leads now, at EL1 or EL2; or HM_NOWHERE. */
hypmmu_pa hm_arch_translate(hypmmu_va va);

/* The half that translates va; EL2 has one table, and upper is NULL. */
const struct hypmmu *hm_arch_half(const struct hypmmu *lower, const struct hypmmu *upper,
				  hypmmu_va va);

/* Are these all the tables of a CPU with this build's byte order? STATE: not initialised. */
int hm_arch_check_halves(const struct hypmmu *lower, const struct hypmmu *upper);

/* HCR_EL2.E2H, in its place, with which a CPU can use the tables. */
static inline uint64_t wanted_e2h(const struct hypmmu *lower)
{
	return lower->cfg.regime == HYPMMU_EL2 ? 0 : HCR_E2H;
}

/* May EL2 itself use the leaf so? In EL0's memory it executes nothing, and with PSTATE.PAN it does
 * not even read. */
static inline bool is_usable(const struct hypmmu_leaf *leaf, hypmmu_attr needed)
{
	return (leaf->attr & (needed | HYPMMU_USER)) == needed;
}

/* hypmmu_expect() of a list that may be about both halves. */
int hm_arch_expect(const struct hypmmu *lower, const struct hypmmu *upper,
		   const struct hypmmu_change *maps, size_t n, struct hypmmu_report *report);

/* Cleans and invalidates [start, start + size) to the Point of Coherency. */
void hm_arch_flush(uint64_t start, uint64_t size);
#endif
