/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hm_desc_transition() over every pair of kinds, every field, and every pair of fields, for each
 * granule, regime and layout, with and without a CPU that may resize live mappings. The verdicts
 * are those of the Arm manual's rules on break-before-make, as docs/DESIGN.md lists them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "desc.h"

#define B(n) (UINT64_C(1) << (n))
#define CONT B(52)
#define SH   (B(8) | B(9))

/* Valid [0], AP[1] [6], AF [10]; the address is 4 TiB, aligned for every leaf. */
#define LEAF (B(42) | B(10) | B(6) | B(0))

struct layout {
	const char *what;
	struct hypmmu_config cfg;
	int first_block;	/* the highest level that may hold leaves */
	hypmmu_desc address[4]; /* bits that hold output address in a page, one by one */
	bool has_sh;		/* [9:8] are shareability */
};

#define CFG(g, r, va, pa, features)                                                                \
	{                                                                                          \
		.granule = HYPMMU_##g, .regime = HYPMMU_##r, .va_bits = va, .pa_bits = pa,         \
		.hw = features                                                                     \
	}

static const struct layout layouts[] = {
	{"4K EL2", CFG(4K, EL2, 48, 48, 0), 1, {B(12), B(30), B(47)}, true},
	{"4K EL2&0", CFG(4K, EL2_0_LOWER, 48, 48, 0), 1, {B(12), B(29), B(47)}, true},
	{"4K DS", CFG(4K, EL2, 52, 52, HYPMMU_HW_LPA2), 0, {B(8), B(9), B(48), B(49)}, false},
	{"4K DS EL2&0",
	 CFG(4K, EL2_0_UPPER, 52, 52, HYPMMU_HW_LPA2),
	 0,
	 {B(8), B(9), B(12), B(49)},
	 false},
	{"16K EL2", CFG(16K, EL2, 48, 48, 0), 2, {B(14), B(25), B(47)}, true},
	{"16K EL2&0", CFG(16K, EL2_0_UPPER, 47, 44, 0), 2, {B(14), B(31), B(43)}, true},
	{"16K DS", CFG(16K, EL2, 52, 52, HYPMMU_HW_LPA2), 1, {B(8), B(9), B(48), B(49)}, false},
	{"64K EL2", CFG(64K, EL2, 48, 48, 0), 2, {B(16), B(29), B(47)}, true},
	{"64K EL2&0", CFG(64K, EL2_0_LOWER, 48, 40, 0), 2, {B(16), B(28), B(39)}, true},
	{"64K LPA",
	 CFG(64K, EL2, 52, 52, HYPMMU_HW_LPA | HYPMMU_HW_LVA),
	 1,
	 {B(12), B(13), B(15), B(47)},
	 true},
};

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

/* What a change of one field asks for, where it stands alone: `before` becomes `after`. */
struct field {
	const char *what;
	hypmmu_desc before, after;
	enum hm_transition verdict;
	enum { ANY, TWO_PRIVILEGES, WITH_SH, BLOCKS } where;
};

static const struct field fields[] = {
	{"AF set", 0, B(10), HM_RELABEL_QUIET, ANY},
	{"AF cleared", B(10), 0, HM_RELABEL, ANY},
	{"SW [55]", 0, B(55), HM_RELABEL_QUIET, ANY},
	{"SW [56] cleared", B(56), 0, HM_RELABEL_QUIET, ANY},
	{"SW [58]", 0, B(58), HM_RELABEL_QUIET, ANY},
	{"AP[2] set", 0, B(7), HM_RELABEL, ANY},
	{"AP[2] cleared", B(7), 0, HM_RELABEL, ANY},
	{"XN set", 0, B(54), HM_RELABEL, ANY},
	{"XN cleared", B(54), 0, HM_RELABEL, ANY},
	{"GP set", 0, B(50), HM_RELABEL, ANY},
	{"GP cleared", B(50), 0, HM_RELABEL, ANY},
	{"DBM set", 0, B(51), HM_RELABEL, ANY},
	{"DBM cleared", B(51), 0, HM_RELABEL, ANY},
	{"AP[1] set", 0, B(6), HM_RELABEL, TWO_PRIVILEGES},
	{"AP[1] cleared", B(6), 0, HM_RELABEL, TWO_PRIVILEGES},
	{"PXN set", 0, B(53), HM_RELABEL, TWO_PRIVILEGES},
	{"PXN cleared", B(53), 0, HM_RELABEL, TWO_PRIVILEGES},
	{"nG set", 0, B(11), HM_RELABEL, TWO_PRIVILEGES},
	{"nG cleared", B(11), 0, HM_BREAK, TWO_PRIVILEGES},
	{"Normal to tagged", 0, 3 * B(2), HM_RELABEL, ANY},
	{"tagged to Normal", 3 * B(2), 0, HM_RELABEL, ANY},
	{"Normal to Non-cacheable", 0, B(2), HM_BREAK, ANY},
	{"Device to Normal", 4 * B(2), 0, HM_BREAK, ANY},
	{"NS set", 0, B(5), HM_BREAK, ANY},
	{"NS cleared", B(5), 0, HM_BREAK, ANY},
	{"inner to outer", SH, B(9), HM_BREAK, WITH_SH},
	{"none to inner", 0, SH, HM_BREAK, WITH_SH},
	{"nT set", 0, B(16), HM_BREAK, BLOCKS},
	{"nT cleared", B(16), 0, HM_BREAK, BLOCKS},
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

struct world {
	const struct layout *layout;
	struct hypmmu_geometry geo;
	bool resizes; /* the CPU promises HYPMMU_HW_BBM_NOABORT */
	int level;
};

static bool exists(const struct world *world, const struct field *field)
{
	switch (field->where) {
	case TWO_PRIVILEGES:
		return world->layout->cfg.regime != HYPMMU_EL2;
	case WITH_SH:
		return world->layout->has_sh;
	case BLOCKS:
		return world->level < 3;
	default:
		return true;
	}
}

static void expect(const struct world *world, const char *one, const char *other,
		   hypmmu_desc before, hypmmu_desc after, enum hm_transition wanted)
{
	enum hm_transition is = hm_desc_transition(&world->geo, world->level, before, after);

	if (is != wanted)
		fail_msg("%s, level %d%s: %s %s: %d is not %d", world->layout->what, world->level,
			 world->resizes ? ", NOABORT" : "", one, other, (int)is, (int)wanted);
}

/* Each level of each layout, on both kinds of CPU. */
static void over_worlds(void (*scenario)(const struct world *world))
{
	for (size_t i = 0; i < LAYOUTS * 2; i++) {
		struct world world = {.layout = &layouts[i / 2], .resizes = i % 2};
		struct hypmmu_config cfg = world.layout->cfg;

		cfg.hw |= world.resizes ? HYPMMU_HW_BBM_NOABORT : 0;
		assert_int_equal(hypmmu_config_check(&cfg), 0);
		hm_geometry_init(&world.geo, &cfg);
		for (world.level = world.geo.start_level; world.level <= 3; world.level++)
			scenario(&world);
	}
}

static bool holds_leaves(const struct world *world)
{
	return world->level >= world->layout->first_block;
}

/* A leaf of this level without the field's bits: AttrIndx 0, no SH, so that all bits are free. */
static hypmmu_desc leaf_of(const struct world *world)
{
	return world->level == 3 ? LEAF | B(1) : LEAF;
}

static hypmmu_desc with(hypmmu_desc leaf, const struct field *field, hypmmu_desc value)
{
	return (leaf & ~(field->before | field->after)) | value;
}

static void judge_single_fields(const struct world *world)
{
	hypmmu_desc leaf = leaf_of(world);

	if (!holds_leaves(world))
		return;
	expect(world, "nothing", "", leaf, leaf, HM_SAME);
	for (size_t i = 0; i < FIELDS; i++) {
		if (exists(world, &fields[i]))
			expect(world, fields[i].what, "", with(leaf, &fields[i], fields[i].before),
			       with(leaf, &fields[i], fields[i].after), fields[i].verdict);
	}
}

static void each_field_alone_has_its_verdict(void **state)
{
	(void)state;
	over_worlds(judge_single_fields);
}

/* A break is stronger than a TLBI, and a TLBI than none. */
static enum hm_transition stronger(enum hm_transition a, enum hm_transition b)
{
	if (a == HM_BREAK || b == HM_BREAK)
		return HM_BREAK;
	return a == HM_RELABEL || b == HM_RELABEL ? HM_RELABEL : HM_RELABEL_QUIET;
}

static void judge_pair(const struct world *world, const struct field *one,
		       const struct field *other)
{
	hypmmu_desc before = with(leaf_of(world), one, one->before);
	hypmmu_desc after = with(leaf_of(world), one, one->after);

	expect(world, one->what, other->what, with(before, other, other->before),
	       with(after, other, other->after), stronger(one->verdict, other->verdict));
}

static void judge_pairs(const struct world *world)
{
	for (size_t i = 0; holds_leaves(world) && i < FIELDS; i++) {
		for (size_t j = 0; j < FIELDS; j++) {
			hypmmu_desc one = fields[i].before | fields[i].after;
			hypmmu_desc other = fields[j].before | fields[j].after;

			if (!(one & other) && exists(world, &fields[i]) &&
			    exists(world, &fields[j]))
				judge_pair(world, &fields[i], &fields[j]);
		}
	}
}

static void the_stronger_of_two_fields_decides(void **state)
{
	(void)state;
	over_worlds(judge_pairs);
}

/* Contiguous alone is a change of size; with anything else, even without a TLBI, it is a break. */
static void judge_contiguous(const struct world *world)
{
	hypmmu_desc leaf = leaf_of(world);
	enum hm_transition alone = world->resizes ? HM_RESIZE : HM_BREAK;

	if (!holds_leaves(world))
		return;
	expect(world, "Contiguous set", "", leaf, leaf | CONT, alone);
	expect(world, "Contiguous cleared", "", leaf | CONT, leaf, alone);
	for (size_t i = 0; i < FIELDS; i++) {
		hypmmu_desc before = with(leaf, &fields[i], fields[i].before);
		hypmmu_desc after = with(leaf, &fields[i], fields[i].after);

		if (!exists(world, &fields[i]))
			continue;
		expect(world, "Contiguous set and", fields[i].what, before, after | CONT, HM_BREAK);
		expect(world, "Contiguous cleared and", fields[i].what, before | CONT, after,
		       HM_BREAK);
		expect(world, "Contiguous kept,", fields[i].what, before | CONT, after | CONT,
		       fields[i].verdict);
	}
}

static void contiguous_alone_is_a_change_of_size(void **state)
{
	(void)state;
	over_worlds(judge_contiguous);
}

static void judge_addresses(const struct world *world)
{
	for (size_t i = 0; world->level == 3 && i < 4; i++) {
		hypmmu_desc leaf = leaf_of(world), bit = world->layout->address[i];

		if (!bit)
			continue;
		expect(world, "address", "", leaf, leaf ^ bit, HM_BREAK);
		expect(world, "address", "AF set", leaf & ~B(10), leaf ^ bit, HM_BREAK);
		expect(world, "address", "AP[2]", leaf, leaf ^ bit ^ B(7), HM_BREAK);
		expect(world, "address", "SW", leaf, leaf ^ bit ^ B(57), HM_BREAK);
		expect(world, "address", "Contiguous", leaf, leaf ^ bit ^ CONT, HM_BREAK);
	}
}

static void each_bit_of_the_output_address_needs_a_break(void **state)
{
	(void)state;
	over_worlds(judge_addresses);
}

/* Only whether tags are checked may change on the fly: 0 and 3. */
static void judge_types(const struct world *world)
{
	for (unsigned i = 0; holds_leaves(world) && i < 64; i++) {
		unsigned from = i / 8, to = i % 8;
		bool tags = from + to == 3 && from * to == 0;
		hypmmu_desc before = leaf_of(world) | from * B(2);
		hypmmu_desc after = leaf_of(world) | to * B(2);
		enum hm_transition wanted = HM_BREAK;

		if (from == to)
			wanted = HM_SAME;
		else if (tags)
			wanted = HM_RELABEL;
		expect(world, "AttrIndx", "", before, after, wanted);
		if (from != to)
			expect(world, "AttrIndx", "and SW", before, after | B(55), wanted);
	}
}

static void of_memory_types_normal_and_tagged_alone_may_replace_each_other(void **state)
{
	(void)state;
	over_worlds(judge_types);
}

enum { HOLE, LOW_BIT_CLEAR, RESERVED, TABLE, OTHER_TABLE, SMALL_LEAF, KINDS };

/* SAME, MAKE, CLEAR, BREAK; Z: RESIZE where the CPU allows it, else BREAK. */
static const char verdicts[KINDS][KINDS + 1] = {
	/* to:  hole, invalid, reserved, table, other table, leaf */
	[HOLE] = "SSSMMM",  [LOW_BIT_CLEAR] = "SSSMMM", [RESERVED] = "SSSMMM",
	[TABLE] = "CCCSBZ", [OTHER_TABLE] = "CCCBSZ",	[SMALL_LEAF] = "CCCZZS",
};

/* 0: this level has no such descriptor. */
static hypmmu_desc of_kind(const struct world *world, int kind)
{
	bool last = world->level == 3, leaves = holds_leaves(world);

	switch (kind) {
	case LOW_BIT_CLEAR:
		return LEAF & ~B(0);
	case RESERVED: /* [1:0] = 01: a block where none may be */
		return last || !leaves ? LEAF : 0;
	case TABLE:
		return last ? 0 : B(40) | B(1) | B(0);
	case OTHER_TABLE:
		return last ? 0 : B(41) | B(1) | B(0);
	case SMALL_LEAF:
		return leaves ? leaf_of(world) : 0;
	default:
		return 0;
	}
}

static enum hm_transition verdict_of(const struct world *world, char letter)
{
	switch (letter) {
	case 'S':
		return HM_SAME;
	case 'M':
		return HM_MAKE;
	case 'C':
		return HM_CLEAR;
	case 'Z':
		return world->resizes ? HM_RESIZE : HM_BREAK;
	default:
		return HM_BREAK;
	}
}

static void judge_kinds(const struct world *world)
{
	static const char *const names[KINDS] = {"hole",  "bit 0 clear", "reserved",
						 "table", "other table", "leaf"};

	for (int from = HOLE; from < KINDS; from++) {
		for (int to = HOLE; to < KINDS; to++) {
			hypmmu_desc before = of_kind(world, from), after = of_kind(world, to);

			if ((from == HOLE || before) && (to == HOLE || after))
				expect(world, names[from], names[to], before, after,
				       verdict_of(world, verdicts[from][to]));
		}
	}
}

static void each_pair_of_kinds_has_its_verdict(void **state)
{
	(void)state;
	over_worlds(judge_kinds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pair_of_kinds_has_its_verdict),
		cmocka_unit_test(each_field_alone_has_its_verdict),
		cmocka_unit_test(the_stronger_of_two_fields_decides),
		cmocka_unit_test(contiguous_alone_is_a_change_of_size),
		cmocka_unit_test(each_bit_of_the_output_address_needs_a_break),
		cmocka_unit_test(of_memory_types_normal_and_tagged_alone_may_replace_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
