/* SPDX-License-Identifier: BSD-2-Clause */
/* The one table of EL2, or the two of EL2&0, as what an address goes through. */
#include "state.h"

#define VA_UPPER BIT(55)

const struct hypmmu *hm_arch_half(const struct hypmmu *lower, const struct hypmmu *upper,
				  hypmmu_va va)
{
	return upper && (va & VA_UPPER) ? upper : lower;
}

static bool are_halves(const struct hypmmu *lower, const struct hypmmu *upper)
{
	if (lower->cfg.regime == HYPMMU_EL2)
		return !upper;
	return lower->cfg.regime == HYPMMU_EL2_0_LOWER &&
	       (!upper || upper->cfg.regime == HYPMMU_EL2_0_UPPER);
}

/* SCTLR_EL2.EE would turn the byte order of this code's data, too. */
static bool is_own_byte_order(const struct hypmmu *half)
{
	return !half || ((half->cfg.use & HYPMMU_USE_BIG_ENDIAN) != 0) == is_big_endian_build();
}

int hm_arch_check_halves(const struct hypmmu *lower, const struct hypmmu *upper)
{
	if (!lower)
		return HYPMMU_ERR_ARG;
	if (!lower->tables || (upper && !upper->tables))
		return HYPMMU_ERR_STATE;
	if (!are_halves(lower, upper))
		return HYPMMU_ERR_ARG;
	if (!is_own_byte_order(lower) || !is_own_byte_order(upper))
		return HYPMMU_ERR_UNSUPPORTED;
	return 0;
}

int hm_arch_expect(const struct hypmmu *lower, const struct hypmmu *upper,
		   const struct hypmmu_change *maps, size_t n, struct hypmmu_report *report)
{
	int err = hypmmu_expect(lower, NULL, 0, report);

	if (!err && upper)
		err = hypmmu_expect(upper, NULL, 0, report);
	if (!err && n && !maps)
		err = HYPMMU_ERR_ARG;
	for (size_t i = 0; i < n && !err; i++) {
		err = hypmmu_expect(hm_arch_half(lower, upper, maps[i].va), &maps[i], 1, report);
		if (err && report)
			report->index = report->other = i;
	}
	return err;
}
