/* SPDX-License-Identifier: BSD-2-Clause */
/* hypmmu_translate(): the golden walker, turned on our own tables. */
#include "idregs.h"
#include "table.h"

/* FEAT_LPA alone decides about the layout of 64K descriptors, and it shows in PARange only. */
static uint64_t pa_range(const struct hypmmu_config *cfg)
{
	static const uint8_t bits[] = {32, 36, 40, 42, 44, 48};
	unsigned code = 0;

	if (cfg->hw & HYPMMU_HW_LPA)
		return 6;
	while (code < sizeof bits && bits[code] < cfg->pa_bits)
		code++;
	return code;
}

/* As much of a CPU as decides about a walk. No leaf of the library has nT: on one that has, this
 * CPU faults. */
static struct hypmmu_id to_id(const struct hypmmu_config *cfg)
{
	uint32_t hw = cfg->hw;

	return (struct hypmmu_id){
		.mmfr0 = put(MMFR0_PARANGE, pa_range(cfg)) |
			 put(MMFR0_TGRAN16, hw & HYPMMU_HW_LPA2 ? 2 : 1) |
			 put(MMFR0_TGRAN4, hw & HYPMMU_HW_LPA2 ? 1 : 0),
		.mmfr1 = put(MMFR1_HAFDBS, hw & HYPMMU_HW_HAFDBS ? 2 : 0) |
			 put(MMFR1_HPDS, hw & HYPMMU_HW_HPD ? 1 : 0),
		.mmfr2 = put(MMFR2_VARANGE, hw & HYPMMU_HW_LVA ? 1 : 0) |
			 put(MMFR2_ST, hw & HYPMMU_HW_TTST ? 1 : 0) | put(MMFR2_BBM, 2),
		.mmfr3 = put(MMFR3_S1PIE, hw & HYPMMU_HW_S1PIE ? 1 : 0),
	};
}

struct source { /* a context that is not const for a struct hypmmu that is */
	const struct hypmmu *mmu;
};

/* The bytes as they lie, though by way of one 64-bit load: another CPU may be writing. */
static bool read_table(void *ctx, hypmmu_pa pa, unsigned char bytes[8])
{
	const struct hypmmu *mmu = ((const struct source *)ctx)->mmu;
	bool big_endian = mmu->cfg.use & HYPMMU_USE_BIG_ENDIAN;
	uint64_t offset = pa & (BIT(mmu->geo.page_shift) - 1);
	const hypmmu_desc *table = hm_table_at(&mmu->pages, pa - offset);
	hypmmu_desc desc;

	if (!table)
		return false;
	desc = hm_load(&mmu->geo, table + offset / sizeof desc);
	for (unsigned i = 0; i < 8; i++)
		bytes[big_endian ? 7 - i : i] = (unsigned char)(desc >> 8 * i);
	return true;
}

bool hypmmu_translate(const struct hypmmu *mmu, hypmmu_va va, enum hypmmu_access access,
		      struct hypmmu_translation *t)
{
	bool upper = mmu->cfg.regime == HYPMMU_EL2_0_UPPER;
	struct source source = {mmu};
	struct hypmmu_machine machine = {
		.id = to_id(&mmu->cfg), .read = read_table, .ctx = &source};

	if (hypmmu_get_regs(upper ? NULL : mmu, upper ? mmu : NULL, &machine.regs)) {
		*t = (struct hypmmu_translation){.fault = HYPMMU_FAULT_TRANSLATION, .fsc = 4};
		return false;
	}
	return hypmmu_walk(&machine, va, access, t);
}
