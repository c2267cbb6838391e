/* SPDX-License-Identifier: BSD-2-Clause */
/* hypmmu_get_regs() as tests call it. After cmocka.h. */
#ifndef SPACE_H
#define SPACE_H
#include <hypmmu/hypmmu.h>
#include <string.h>

#define HW_ALL 0x1fffu

static inline struct hypmmu space(int granule, int regime, unsigned va_bits, unsigned pa_bits)
{
	return (struct hypmmu){.tables = 1,
			       .cfg = {.granule = (enum hypmmu_granule)granule,
				       .regime = (enum hypmmu_regime)regime,
				       .va_bits = (uint8_t)va_bits,
				       .pa_bits = (uint8_t)pa_bits}};
}

static inline struct hypmmu_regs regs_of(const struct hypmmu *lower, const struct hypmmu *upper)
{
	struct hypmmu_regs regs;

	memset(&regs, 0x5a, sizeof(regs));
	assert_int_equal(hypmmu_get_regs(lower, upper, &regs), HYPMMU_OK);
	return regs;
}

/* The error, having made sure that nothing was written. */
static inline int refusal_of_regs(const struct hypmmu *lower, const struct hypmmu *upper)
{
	struct hypmmu_regs regs, before;
	int err;

	memset(&before, 0x5a, sizeof(before));
	memcpy(&regs, &before, sizeof(regs));
	err = hypmmu_get_regs(lower, upper, &regs);
	if (err)
		assert_memory_equal(&regs, &before, sizeof(regs));
	return err;
}
#endif
