/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configurations: which ones VMSAv8-64 has, and which one suits a CPU.
 *
 * hypmmu_config_from_id() reads ID fields as the Arm manual's ID scheme says: an unsigned field
 * that holds more than a feature needs has the feature, in a signed one the upper half means "no".
 * So values that are reserved today have what the defined values below them have. It chooses:
 * - granule: the first of 4K, 16K and 64K with which the CPU meets all demands.
 * - regime: EL2&0 (lower half) if HCR_EL2.E2H is 1 or cannot be 0, else EL2. A demand may differ
 *   from E2H as it is now, which the caller can change, but not from what the CPU can do.
 * - hw: all that the CPU has, HYPMMU_HW_LPA2 as it is for the granule, but HYPMMU_HW_S1PIE, which
 *   is always a demand. If any other bit is set already, these bits are demands and stay as they
 *   are, and the sizes are chosen as if the CPU had no more. So a filled configuration passes on a
 *   second CPU only if that has all of hw; where CPUs differ, pass what they have in common.
 *   HYPMMU_HW_BBM_NOABORT on a maker's word has to be taken out for this: ID registers do not
 *   confirm it.
 * - pa_bits: PARange, or the most that descriptors of the granule can hold.
 * - va_bits: pa_bits, or the most that the CPU can translate if that is less: a 64K granule with
 *   FEAT_LPA but without FEAT_LVA has 48 of 52, and memory above 256 TiB needs another VA.
 * Never use and asid. Of use, CNP, HAFDBS, BIG_ENDIAN, TCMA and S1PIE are things that a CPU can
 * lack, as are ASIDs of more than 8 bits.
 */
#include "geometry.h"
#include "idregs.h"

#define KNOWN_HW  ((HYPMMU_HW_S1PIE << 1) - 1)
#define KNOWN_USE ((HYPMMU_USE_S1PIE << 1) - 1)

static int get_signed(uint64_t field, uint64_t word)
{
	int value = (int)get(field, word);

	return value < 8 ? value : value - 16;
}

static uint32_t feature(uint64_t word, uint64_t field, unsigned least, uint32_t bit)
{
	return get(field, word) >= least ? bit : 0;
}

static bool has_granule(const struct hypmmu_id *id, enum hypmmu_granule granule)
{
	switch (granule) {
	case HYPMMU_4K:
		return get_signed(MMFR0_TGRAN4, id->mmfr0) >= 0;
	case HYPMMU_16K:
		return get(MMFR0_TGRAN16, id->mmfr0) >= 1;
	default:
		return get_signed(MMFR0_TGRAN64, id->mmfr0) >= 0;
	}
}

static bool has_lpa2(const struct hypmmu_id *id, enum hypmmu_granule granule)
{
	switch (granule) {
	case HYPMMU_4K:
		return get_signed(MMFR0_TGRAN4, id->mmfr0) >= 1;
	case HYPMMU_16K:
		return get(MMFR0_TGRAN16, id->mmfr0) >= 2;
	default:
		return false;
	}
}

/* HAFDBS = 1 is the access flag alone: too little for HYPMMU_USE_HAFDBS, which sets HA and HD. */
static uint32_t find_hw(const struct hypmmu_id *id, enum hypmmu_granule granule)
{
	return feature(id->mmfr0, MMFR0_PARANGE, 6, HYPMMU_HW_LPA) |
	       (has_lpa2(id, granule) ? HYPMMU_HW_LPA2 : 0) |
	       feature(id->mmfr2, MMFR2_VARANGE, 1, HYPMMU_HW_LVA) |
	       feature(id->mmfr2, MMFR2_ST, 1, HYPMMU_HW_TTST) |
	       feature(id->mmfr2, MMFR2_BBM, 3, HYPMMU_HW_BBM_NOABORT) |
	       feature(id->mmfr1, MMFR1_HPDS, 1, HYPMMU_HW_HPD) |
	       feature(id->isar0, ISAR0_TLB, 2, HYPMMU_HW_TLBIRANGE) |
	       feature(id->mmfr2, MMFR2_TTL, 1, HYPMMU_HW_TTL) |
	       feature(id->mmfr2, MMFR2_CNP, 1, HYPMMU_HW_CNP) |
	       feature(id->pfr1, PFR1_BT, 1, HYPMMU_HW_BTI) |
	       feature(id->pfr1, PFR1_MTE, 2, HYPMMU_HW_MTE) |
	       feature(id->mmfr1, MMFR1_HAFDBS, 2, HYPMMU_HW_HAFDBS);
}

/* What the CPU has, if firmware lets it: on the caller's word. */
static uint32_t find_unsure_hw(const struct hypmmu_id *id)
{
	return feature(id->mmfr3, MMFR3_S1PIE, 1, HYPMMU_HW_S1PIE);
}

/* PARange 7 is 56 bits, which only 128-bit descriptors can hold. */
static uint8_t cpu_pa_bits(const struct hypmmu_id *id)
{
	static const uint8_t sizes[] = {32, 36, 40, 42, 44, 48, 52};

	return sizes[min_u64(get(MMFR0_PARANGE, id->mmfr0), sizeof(sizes) - 1)];
}

static bool is_pa_size(unsigned bits)
{
	return bits == 42 || (bits >= 32 && bits <= 52 && bits % 4 == 0);
}

static bool e2h_stuck(const struct hypmmu_id *id)
{
	return get_signed(MMFR4_E2H0, id->mmfr4) < 0;
}

static uint32_t hw_for_52bit_va(enum hypmmu_granule granule)
{
	return granule == HYPMMU_64K ? HYPMMU_HW_LVA : HYPMMU_HW_LPA2;
}

static uint32_t hw_for_52bit_pa(enum hypmmu_granule granule)
{
	return granule == HYPMMU_64K ? HYPMMU_HW_LPA : HYPMMU_HW_LPA2;
}

/* The features that the address sizes need. */
static uint32_t hw_for_sizes(const struct hypmmu_config *cfg)
{
	uint32_t hw = 0;

	if (cfg->va_bits < 64 - 39)
		hw |= HYPMMU_HW_TTST;
	if (cfg->va_bits > 48)
		hw |= hw_for_52bit_va(cfg->granule);
	if (cfg->pa_bits > 48)
		hw |= hw_for_52bit_pa(cfg->granule);
	return hw;
}

static uint32_t hw_for_wishes(const struct hypmmu_config *cfg)
{
	return (cfg->use & HYPMMU_USE_CNP ? HYPMMU_HW_CNP : 0) |
	       (cfg->use & HYPMMU_USE_HAFDBS ? HYPMMU_HW_HAFDBS : 0) |
	       (cfg->use & HYPMMU_USE_TCMA ? HYPMMU_HW_MTE : 0) |
	       (cfg->use & HYPMMU_USE_S1PIE ? HYPMMU_HW_S1PIE : 0);
}

/* Is there a CPU that has it? */
static bool is_architected(const struct hypmmu_config *cfg)
{
	/* The largest TxSZ is 48, with 64K 47. */
	unsigned least_va = cfg->granule == HYPMMU_64K ? 64 - 47 : 64 - 48;

	if (cfg->granule != HYPMMU_4K && cfg->granule != HYPMMU_16K && cfg->granule != HYPMMU_64K)
		return false;
	if (cfg->regime < HYPMMU_EL2 || cfg->regime > HYPMMU_EL2_0_UPPER)
		return false;
	if (cfg->asid && cfg->regime == HYPMMU_EL2)
		return false;
	return cfg->va_bits >= least_va && cfg->va_bits <= 52 && is_pa_size(cfg->pa_bits);
}

static int check_values(const struct hypmmu_config *cfg)
{
	if ((cfg->hw & ~KNOWN_HW) || (cfg->use & ~KNOWN_USE))
		return HYPMMU_ERR_ARG;
	return is_architected(cfg) ? 0 : HYPMMU_ERR_CONFIG;
}

int hypmmu_config_check(const struct hypmmu_config *cfg)
{
	int err = cfg ? check_values(cfg) : HYPMMU_ERR_ARG;

	if (err)
		return err;
	if (hw_for_sizes(cfg) & ~cfg->hw)
		return HYPMMU_ERR_CONFIG;
	if (hw_for_wishes(cfg) & ~cfg->hw)
		return HYPMMU_ERR_UNSUPPORTED;
	return 0;
}

/* The granule is there already. */
static void choose_rest(struct hypmmu_config *cfg, const struct hypmmu_id *id)
{
	if (!cfg->regime)
		cfg->regime =
			(id->hcr & HCR_E2H) || e2h_stuck(id) ? HYPMMU_EL2_0_LOWER : HYPMMU_EL2;
	if (!(cfg->hw & ~HYPMMU_HW_S1PIE))
		cfg->hw |= find_hw(id, cfg->granule);
	if (!cfg->pa_bits) {
		bool wide = cfg->hw & hw_for_52bit_pa(cfg->granule);

		cfg->pa_bits = (uint8_t)min_u64(cpu_pa_bits(id), wide ? 52 : 48);
	}
	if (!cfg->va_bits) {
		bool wide = cfg->hw & hw_for_52bit_va(cfg->granule);

		cfg->va_bits = (uint8_t)min_u64(cfg->pa_bits, wide ? 52 : 48);
	}
}

/* Can this CPU do it? */
static bool is_met(const struct hypmmu_config *cfg, const struct hypmmu_id *id)
{
	if (!get(PFR0_EL2, id->pfr0) || !has_granule(id, cfg->granule))
		return false;
	if (cfg->regime == HYPMMU_EL2 ? e2h_stuck(id) : !get(MMFR1_VH, id->mmfr1))
		return false;
	if ((cfg->use & HYPMMU_USE_BIG_ENDIAN) && !get(MMFR0_BIGEND, id->mmfr0))
		return false;
	if (cfg->asid > 0xff && get(MMFR0_ASIDBITS, id->mmfr0) < 2)
		return false;
	return cfg->pa_bits <= cpu_pa_bits(id) &&
	       !(cfg->hw & ~(find_hw(id, cfg->granule) | find_unsure_hw(id)));
}

static int choose(struct hypmmu_config *cfg, const struct hypmmu_id *id,
		  enum hypmmu_granule granule)
{
	struct hypmmu_config chosen = *cfg;
	int err;

	chosen.granule = granule;
	choose_rest(&chosen, id);
	err = check_values(&chosen);
	if (err)
		return err;
	if (hypmmu_config_check(&chosen) || !is_met(&chosen, id))
		return HYPMMU_ERR_UNSUPPORTED;
	*cfg = chosen;
	return 0;
}

/* What no CPU has with 4K, none has with another granule; the reverse is not true. */
int hypmmu_config_from_id(struct hypmmu_config *cfg, const struct hypmmu_id *id)
{
	int err;

	if (!cfg || !id)
		return HYPMMU_ERR_ARG;
	if (cfg->granule)
		return choose(cfg, id, cfg->granule);
	err = choose(cfg, id, HYPMMU_4K);
	if (err == HYPMMU_ERR_UNSUPPORTED)
		err = choose(cfg, id, HYPMMU_16K);
	if (err == HYPMMU_ERR_UNSUPPORTED && !choose(cfg, id, HYPMMU_64K))
		err = 0;
	return err;
}
