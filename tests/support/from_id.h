/* SPDX-License-Identifier: BSD-2-Clause */
/* hypmmu_config_from_id() as tests call it. After cmocka.h. */
#ifndef FROM_ID_H
#define FROM_ID_H
#include <hypmmu/hypmmu.h>
#include <string.h>

/* A CPU of Armv8.0 with every granule and 48 bits, to which a test adds what it is about. */
static const struct hypmmu_id plain = {.mmfr0 = 0x101125, .pfr0 = 0x1111};

/* The error, having made sure that cfg is as before. */
static inline int refusal(const struct hypmmu_config *cfg, const struct hypmmu_id *id)
{
	struct hypmmu_config copy;
	int err;

	memcpy(&copy, cfg, sizeof(copy));
	err = hypmmu_config_from_id(&copy, id);
	if (err)
		assert_memory_equal(&copy, cfg, sizeof(copy));
	return err;
}

static inline struct hypmmu_config from_id(struct hypmmu_config cfg, const struct hypmmu_id *id)
{
	assert_int_equal(hypmmu_config_from_id(&cfg, id), HYPMMU_OK);
	return cfg;
}
#endif
