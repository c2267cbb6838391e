/* SPDX-License-Identifier: BSD-2-Clause */
#include "oracle.h"

static bool bit(uint64_t word, unsigned n)
{
	return word >> n & 1;
}

/* Bits hi to lo of word, where they are. */
static uint64_t keep(uint64_t word, unsigned hi, unsigned lo)
{
	return word & (~UINT64_C(0) >> (63 - hi)) & (~UINT64_C(0) << lo);
}

static uint64_t field(uint64_t word, unsigned hi, unsigned lo)
{
	return keep(word, hi, lo) >> lo;
}

/* The library's choice of what each PIIndex permits, from 15 down to 0: bit 3 says never executed,
 * bit 2 writable, bit 1 DBM, bit 0 EL0's. C is R and W, A is R and X, 8 is R. */
#define ORACLE_PIR   0xcccc00880000008a
#define ORACLE_PIRE0 0xc0c00080000000a0

void oracle_init(struct oracle *oracle, const struct hypmmu_config *cfg, hypmmu_pa root,
		 const unsigned char *(*at)(void *ctx, hypmmu_pa pa, size_t size), void *ctx)
{
	bool large = cfg->granule == HYPMMU_64K;

	*oracle = (struct oracle){
		.granule = (unsigned)cfg->granule,
		.ia_bits = cfg->va_bits,
		.oa_bits = cfg->pa_bits,
		.upper = cfg->regime == HYPMMU_EL2_0_UPPER,
		.two_privileges = cfg->regime != HYPMMU_EL2,
		.big_endian = cfg->use & HYPMMU_USE_BIG_ENDIAN,
		.ds = !large && (cfg->va_bits > 48 || cfg->pa_bits > 48),
		.lpa = large && (cfg->hw & HYPMMU_HW_LPA),
		.big_block = large && (cfg->hw & HYPMMU_HW_LPA),
		.hd = cfg->use & HYPMMU_USE_HAFDBS,
		.tbi = cfg->use & HYPMMU_USE_TBI,
		.pie = cfg->use & HYPMMU_USE_S1PIE,
		.pir = ORACLE_PIR,
		.pire0 = ORACLE_PIRE0,
		.root = root,
		.at = at,
		.ctx = ctx,
	};
}

/* 3 - floor((IA - 1 - g) / stride) */
int oracle_start_level(const struct oracle *oracle)
{
	return 3 - (int)((oracle->ia_bits - 1 - oracle->granule) / (oracle->granule - 3));
}

unsigned oracle_shift(const struct oracle *oracle, int level)
{
	return oracle->granule + (oracle->granule - 3) * (unsigned)(3 - level);
}

uint64_t oracle_slots(const struct oracle *oracle, int level)
{
	if (level == oracle_start_level(oracle))
		return UINT64_C(1) << (oracle->ia_bits - oracle_shift(oracle, level));
	return UINT64_C(1) << (oracle->granule - 3);
}

bool oracle_is_leaf_level(const struct oracle *oracle, int level)
{
	switch (oracle->granule) {
	case 12: /* 4K: 2M, 1G; 512G with DS */
		return level >= (oracle->ds ? 0 : 1);
	case 14: /* 16K: 32M; 64G with DS */
		return level >= (oracle->ds ? 1 : 2);
	default: /* 64K: 512M; 4T on a CPU with 52 bits of PA */
		return level >= (oracle->big_block ? 1 : 2);
	}
}

hypmmu_va oracle_first_va(const struct oracle *oracle)
{
	return oracle->upper ? ~UINT64_C(0) << oracle->ia_bits : 0;
}

/* Bits [top:IA] all zero, or all one in the upper range. */
static bool is_in_range(const struct oracle *oracle, hypmmu_va va)
{
	unsigned top = oracle->tbi ? 55 : 63;
	uint64_t above = keep(va, top, oracle->ia_bits);

	return above == (oracle->upper ? keep(~UINT64_C(0), top, oracle->ia_bits) : 0);
}

hypmmu_desc oracle_load(const struct oracle *oracle, const unsigned char *slot)
{
	hypmmu_desc desc = 0;

	for (unsigned i = 0; i < 8; i++)
		desc |= (hypmmu_desc)slot[i] << 8 * (oracle->big_endian ? 7 - i : i);
	return desc;
}

enum oracle_kind oracle_kind_of(const struct oracle *oracle, int level, hypmmu_desc desc)
{
	if (!bit(desc, 0))
		return ORACLE_INVALID;
	if (bit(desc, 1))
		return level < 3 ? ORACLE_TABLE : ORACLE_LEAF;
	return level < 3 && oracle_is_leaf_level(oracle, level) ? ORACLE_LEAF : ORACLE_INVALID;
}

/* The output address at or above bit `low`, from wherever the layout puts OA[51:48]. */
static uint64_t output_address(const struct oracle *oracle, hypmmu_desc desc, unsigned low)
{
	uint64_t oa = keep(desc, 47, low);

	if (oracle->ds)
		oa |= keep(desc, 49, 48) | field(desc, 9, 8) << 50;
	if (oracle->lpa)
		oa |= field(desc, 15, 12) << 48;
	return oa;
}

hypmmu_pa oracle_next_table(const struct oracle *oracle, hypmmu_desc desc)
{
	return output_address(oracle, desc, oracle->granule);
}

unsigned oracle_group_order(const struct oracle *oracle, int level)
{
	switch (oracle->granule) {
	case 12:
		return level >= 1 ? 4 : 0;
	case 14:
		return level == 3 ? 7 : level == 2 ? 5 : 0;
	default:
		return level >= 2 ? 5 : 0;
	}
}

struct rights {
	bool r, w, x, gcs, wxn;
};

/* A field of PIR_EL2 or PIRE0_EL2, without overlays. */
static struct rights rights_of(uint64_t permission)
{
	switch (permission) {
	case 1:
	case 8:
		return (struct rights){.r = true};
	case 2:
		return (struct rights){.x = true};
	case 3:
	case 10:
		return (struct rights){.r = true, .x = true};
	case 5:
	case 12:
		return (struct rights){.r = true, .w = true};
	case 6:
		return (struct rights){.r = true, .w = true, .x = true, .wxn = true};
	case 7:
	case 14:
		return (struct rights){.r = true, .w = true, .x = true};
	case 9:
		return (struct rights){.r = true, .gcs = true};
	default:
		return (struct rights){.r = false};
	}
}

/* Indirect permissions: PIIndex is [54:53], [51], [6]; nDirty [7]. Tables above have no say. */
static void look_up_permissions(const struct oracle *oracle, hypmmu_desc desc,
				struct oracle_answer *leaf)
{
	unsigned index =
		(unsigned)(field(desc, 54, 53) << 2 | field(desc, 51, 51) << 1 | field(desc, 6, 6));
	struct rights el2 = rights_of(oracle->pir >> 4 * index & 15);
	struct rights el0 = rights_of(oracle->two_privileges ? oracle->pire0 >> 4 * index & 15 : 0);
	bool clean = bit(desc, 7) && !oracle->hd;

	if ((el2.x || el2.gcs) && (el0.w || el0.gcs))
		el2 = el0 = (struct rights){.r = false};
	leaf->r = el2.r;
	leaf->w = el2.w && !clean;
	leaf->x = el2.x && !el2.wxn;
	leaf->el0_r = el0.r;
	leaf->el0_w = el0.w && !clean;
	leaf->el0_x = el0.x && !el0.wxn;
}

/* One privilege: AP[2], XN. Two: AP[2:1], PXN, UXN. The tables above can only take away. */
static void read_permissions(const struct oracle *oracle, hypmmu_desc desc, hypmmu_desc table,
			     struct oracle_answer *leaf)
{
	bool writable = !bit(desc, 7) || (oracle->hd && bit(desc, 51));
	bool xn = bit(desc, 54) || bit(table, 60);

	if (oracle->hpd) {
		table = 0;
		xn = bit(desc, 54);
	}
	leaf->r = true;
	leaf->w = writable && !bit(table, 62);
	if (oracle->two_privileges) {
		leaf->el0_r = bit(desc, 6) && !bit(table, 61);
		leaf->el0_w = leaf->el0_r && leaf->w;
		leaf->el0_x = !xn && !(oracle->wxn && leaf->el0_w);
		xn = bit(desc, 53) || bit(table, 59) || leaf->el0_w;
	}
	leaf->x = !xn && !(oracle->wxn && leaf->w);
}

static enum oracle_result leaf_result(const struct oracle *oracle, const struct oracle_answer *leaf)
{
	if (leaf->pa >> oracle->oa_bits)
		return ORACLE_ADDRESS_SIZE;
	return bit(leaf->desc, 10) || oracle->hd ? ORACLE_OK : ORACLE_ACCESS_FLAG;
}

void oracle_read_leaf(const struct oracle *oracle, int level, hypmmu_desc desc, hypmmu_desc table,
		      struct oracle_answer *leaf)
{
	unsigned shift = oracle_shift(oracle, level);
	unsigned group = oracle_group_order(oracle, level);

	leaf->level = level;
	leaf->desc = desc;
	leaf->size = UINT64_C(1) << shift;
	leaf->contiguous = group && bit(desc, 52);
	leaf->pa = output_address(oracle, desc, shift);
	if (leaf->contiguous)
		leaf->pa = keep(leaf->pa, 63, shift + group) | keep(leaf->va, shift + group - 1, 0);
	else
		leaf->pa |= keep(leaf->va, shift - 1, 0);
	leaf->result = leaf_result(oracle, leaf);
	if (leaf->result != ORACLE_OK)
		return;
	if (oracle->pie)
		look_up_permissions(oracle, desc, leaf);
	else
		read_permissions(oracle, desc, table, leaf);
}

/* Reads the descriptor of leaf->va at leaf->level. */
static bool read_slot(const struct oracle *oracle, hypmmu_pa table, struct oracle_answer *leaf)
{
	unsigned shift = oracle_shift(oracle, leaf->level);
	uint64_t index = leaf->va >> shift & (oracle_slots(oracle, leaf->level) - 1);
	const unsigned char *slot;

	leaf->desc_pa = table + 8 * index;
	slot = oracle->at(oracle->ctx, leaf->desc_pa, 8);
	if (!slot)
		return false;
	leaf->desc = oracle_load(oracle, slot);
	leaf->size = UINT64_C(1) << shift;
	leaf->reads++;
	return true;
}

static struct oracle_answer end(struct oracle_answer answer, enum oracle_result result)
{
	answer.result = result;
	return answer;
}

struct oracle_answer oracle_walk(const struct oracle *oracle, hypmmu_va va)
{
	struct oracle_answer answer = {.va = va};
	hypmmu_pa table = oracle->root;
	hypmmu_desc attributes = 0;

	if (!is_in_range(oracle, va))
		return end(answer, ORACLE_TRANSLATION);
	if (table >> oracle->oa_bits)
		return end(answer, ORACLE_ADDRESS_SIZE);
	for (answer.level = oracle_start_level(oracle); answer.level <= 3; answer.level++) {
		if (!read_slot(oracle, table, &answer))
			return end(answer, ORACLE_EXTERNAL);
		switch (oracle_kind_of(oracle, answer.level, answer.desc)) {
		case ORACLE_INVALID:
			return end(answer, ORACLE_TRANSLATION);
		case ORACLE_LEAF:
			oracle_read_leaf(oracle, answer.level, answer.desc, attributes, &answer);
			return answer;
		case ORACLE_TABLE:
			break;
		}
		attributes |= answer.desc;
		table = oracle_next_table(oracle, answer.desc);
		if (table >> oracle->oa_bits)
			return end(answer, ORACLE_ADDRESS_SIZE);
	}
	return end(answer, ORACLE_EXTERNAL); /* level 3 has no tables */
}
