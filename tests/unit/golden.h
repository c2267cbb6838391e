/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors worked out by hand from the Arm manual: an address part and an attribute part. */
#ifndef GOLDEN_H
#define GOLDEN_H
#include <hypmmu/hypmmu.h>

#define GOLDEN_TABLES 5

/* One leaf in one format, and the tables above it. */
struct golden_place {
	const char *name;
	enum hypmmu_granule granule;
	uint8_t va_bits, pa_bits;
	uint32_t hw;
	bool ds; /* SH is not in the leaf */
	uint64_t offset, pa, size;
	int level;
	hypmmu_desc leaf; /* without attributes */
	/* The slot in each table, root first; the tables may be any of these: */
	unsigned tables, slots[GOLDEN_TABLES];
	hypmmu_pa table_pa, table_step;
	hypmmu_desc table[GOLDEN_TABLES]; /* what points to table_pa + i * table_step */
};

struct golden_attr {
	hypmmu_attr attr;
	hypmmu_desc with_sh, without_sh;
};

extern const struct golden_place golden_places[];
extern const size_t golden_places_n;
/* Direct permissions, then indirect ones. */
extern const struct golden_attr golden_el2[], golden_el2_0[];
extern const size_t golden_el2_n, golden_el2_0_n;
extern const struct golden_attr golden_pie_el2[], golden_pie_el2_0[];
extern const size_t golden_pie_el2_n, golden_pie_el2_0_n;
#endif
