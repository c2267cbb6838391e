/* SPDX-License-Identifier: BSD-2-Clause */
/* hypmmu_dump(): every line as a person would write it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dumped.h"
#include <string.h>

static const struct hypmmu_config el2 = {
	.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 39, .pa_bits = 40};

static void an_empty_space_has_its_configuration_and_one_table(void **state)
{
	static const char *const wanted[] = {
		"EL2 4K granule, VA 39 bits, PA 40 bits, root 0x0000000040000000",
		"tables 1 (4K): L1 1 L2 0 L3 0",
	};
	struct space space;

	(void)state;
	begin(&space, &el2);
	ASSERT_LINES(&space.mmu, wanted);
}

static void like_leaves_that_go_on_are_one_line(void **state)
{
	static const char *const wanted[] = {
		"EL2 4K granule, VA 39 bits, PA 40 bits, root 0x0000000040000000",
		"0x0000000000001000-0x0000000000003fff -> 0x0000000080001000 12K r-x normal 3x4K",
		"0x0000000000200000-0x00000000007fffff -> 0x0000000080200000 6M rw- normal 3x2M",
		"0x0000004000000000-0x000000403fffffff -> 0x0000004000000000 1G r-- normal 1x1G",
		"tables 3 (12K): L1 1 L2 1 L3 1",
	};
	struct space space;

	(void)state;
	begin(&space, &el2);
	map(&space, 0x1000, 0x80001000, 0x3000, HYPMMU_CODE);
	map(&space, 0x200000, 0x80200000, 0x600000, HYPMMU_DATA);
	map(&space, 0x4000000000, 0x4000000000, 0x40000000, HYPMMU_RODATA);
	ASSERT_LINES(&space.mmu, wanted);
}

/* A hole, another output address, another attribute, another size. */
static void what_does_not_go_on_is_a_line_of_its_own(void **state)
{
	static const char *const wanted[] = {
		"EL2 4K granule, VA 39 bits, PA 40 bits, root 0x0000000040000000",
		"0x00000000001f8000-0x00000000001f8fff -> 0x00000000801f8000 4K rw- normal 1x4K",
		"0x00000000001fc000-0x00000000001fcfff -> 0x00000000801f9000 4K rw- normal 1x4K",
		"0x00000000001fd000-0x00000000001fdfff -> 0x0000000080000000 4K rw- normal 1x4K",
		"0x00000000001fe000-0x00000000001fefff -> 0x0000000080001000 4K r-- normal 1x4K",
		"0x00000000001ff000-0x00000000001fffff -> 0x00000000801ff000 4K rw- normal 1x4K",
		"0x0000000000200000-0x00000000003fffff -> 0x0000000080200000 2M rw- normal 1x2M",
		"tables 3 (12K): L1 1 L2 1 L3 1",
	};
	struct space space;

	(void)state;
	begin(&space, &el2);
	map(&space, 0x1f8000, 0x801f8000, 0x1000, HYPMMU_DATA);
	map(&space, 0x1fc000, 0x801f9000, 0x1000, HYPMMU_DATA);
	map(&space, 0x1fd000, 0x80000000, 0x1000, HYPMMU_DATA);
	map(&space, 0x1fe000, 0x80001000, 0x1000, HYPMMU_RODATA);
	map(&space, 0x1ff000, 0x801ff000, 0x201000, HYPMMU_DATA);
	ASSERT_LINES(&space.mmu, wanted);
}

static void every_memory_type_has_its_name(void **state)
{
	static const char *const names[] = {
		"normal",	 "normal-nc",	 "normal-wt",	"normal-tagged",
		"device-nGnRnE", "device-nGnRE", "device-nGRE", "device-GRE",
	};
	struct hypmmu_config cfg = el2;
	struct space space;

	(void)state;
	cfg.hw = HYPMMU_HW_MTE;
	begin(&space, &cfg);
	for (hypmmu_attr type = 0; type < 8; type++)
		map(&space, type << 12, type << 12, 0x1000, HYPMMU_R | type << 4);

	dump(&space.mmu);

	assert_int_equal(lines, 10);
	for (size_t i = 0; i < 8; i++) {
		const char *tail = strstr(text[i + 1], " 4K r-- ");

		assert_non_null(tail);
		tail += strlen(" 4K r-- ");
		assert_memory_equal(tail, names[i], strlen(names[i]));
		assert_string_equal(tail + strlen(names[i]), " 1x4K");
	}
}

static void every_attribute_has_its_name(void **state)
{
	static const char *const wanted[] = {
		"EL2&0 lower 4K granule, VA 48 bits, PA 48 bits, root 0x0000000040000000",
		"0x0000000000000000-0x0000000000000fff -> 0x0000000000000000 4K r-x normal user "
		"1x4K",
		"0x0000000000001000-0x0000000000001fff -> 0x0000000000001000 4K r-x normal guarded "
		"1x4K",
		"0x0000000000002000-0x0000000000002fff -> 0x0000000000002000 4K r-- normal ns 1x4K",
		"0x0000000000003000-0x0000000000003fff -> 0x0000000000003000 4K rw- normal dbm "
		"1x4K",
		"0x0000000000004000-0x0000000000004fff -> 0x0000000000004000 4K r-- normal ng 1x4K",
		"0x0000000000005000-0x0000000000005fff -> 0x0000000000005000 4K r-- normal sw=13 "
		"1x4K",
		"0x0000000000006000-0x0000000000006fff -> 0x0000000000006000 4K rw- normal-tagged "
		"user guarded ns dbm ng sw=1 1x4K",
		"tables 4 (16K): L0 1 L1 1 L2 1 L3 1",
	};
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_4K,
		.regime = HYPMMU_EL2_0_LOWER,
		.va_bits = 48,
		.pa_bits = 48,
		.hw = HYPMMU_HW_BTI | HYPMMU_HW_MTE | HYPMMU_HW_HAFDBS,
		.use = HYPMMU_USE_HAFDBS,
	};
	struct space space;

	(void)state;
	begin(&space, &cfg);
	map(&space, 0x0000, 0x0000, 0x1000, HYPMMU_CODE | HYPMMU_USER);
	map(&space, 0x1000, 0x1000, 0x1000, HYPMMU_CODE | HYPMMU_GUARDED);
	map(&space, 0x2000, 0x2000, 0x1000, HYPMMU_RODATA | HYPMMU_NS);
	map(&space, 0x3000, 0x3000, 0x1000, HYPMMU_DATA | HYPMMU_DBM);
	map(&space, 0x4000, 0x4000, 0x1000, HYPMMU_RODATA | HYPMMU_NG);
	map(&space, 0x5000, 0x5000, 0x1000, HYPMMU_RODATA | HYPMMU_SW(13));
	map(&space, 0x6000, 0x6000, 0x1000,
	    HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_TAGGED | HYPMMU_USER | HYPMMU_GUARDED | HYPMMU_NS |
		    HYPMMU_DBM | HYPMMU_NG | HYPMMU_SW(1));
	ASSERT_LINES(&space.mmu, wanted);
}

static void the_upper_half_ends_at_the_last_byte(void **state)
{
	static const char *const wanted[] = {
		"EL2&0 upper 64K granule, VA 42 bits, PA 52 bits, root 0x0000000040000000",
		"0xfffffc0000000000-0xfffffc000000ffff -> 0x000fffffffff0000 64K rw- normal 1x64K",
		"0xffffffffffff0000-0xffffffffffffffff -> 0x0000000000000000 64K r-- normal 1x64K",
		"tables 3 (192K): L2 1 L3 2",
	};
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_64K,
		.regime = HYPMMU_EL2_0_UPPER,
		.va_bits = 42,
		.pa_bits = 52,
		.hw = HYPMMU_HW_LPA,
	};
	struct space space;

	(void)state;
	begin(&space, &cfg);
	map(&space, 0xfffffc0000000000, 0x000fffffffff0000, 0x10000, HYPMMU_DATA);
	map(&space, 0xffffffffffff0000, 0, 0x10000, HYPMMU_RODATA);
	ASSERT_LINES(&space.mmu, wanted);
}

static void sizes_go_up_to_petabytes_and_levels_down_to_minus_1(void **state)
{
	static const char *const wanted[] = {
		"EL2 4K granule, VA 52 bits, PA 52 bits, root 0x0000000040000000",
		("0x0000000000000000-0x000fffffffffffff -> 0x0000000000000000 4P rw- normal "
		 "8192x512G"),
		"tables 17 (68K): L-1 1 L0 16 L1 0 L2 0 L3 0",
	};
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_4K,
		.regime = HYPMMU_EL2,
		.va_bits = 52,
		.pa_bits = 52,
		.hw = HYPMMU_HW_LPA2,
	};
	struct space space;

	(void)state;
	begin(&space, &cfg);
	map(&space, 0, 0, UINT64_C(1) << 52, HYPMMU_DATA);
	ASSERT_LINES(&space.mmu, wanted);
}

static void ignore(void *ctx, const void *p, size_t size)
{
	(void)ctx;
	(void)p;
	(void)size;
}

static void ignore_stale(void *ctx, const struct hypmmu_config *cfg,
			 const struct hypmmu_stale *list, size_t n)
{
	(void)ctx;
	(void)cfg;
	(void)list;
	(void)n;
}

static void live_tables_are_said_to_be(void **state)
{
	static const char *const wanted[] = {
		"EL2 4K granule, VA 39 bits, PA 40 bits, root 0x0000000040000000, live",
		"tables 1 (4K): L1 1 L2 0 L3 0",
	};
	static const struct hypmmu_maint maint = {.publish = ignore, .sync = ignore_stale};
	struct space space;

	(void)state;
	begin(&space, &el2);
	assert_int_equal(hypmmu_set_live(&space.mmu, &maint), 0);
	ASSERT_LINES(&space.mmu, wanted);
}

/* What the descriptors mean depends on it; what is printed of the mappings does not. */
static void permission_indirection_is_named(void **state)
{
	static const char *const wanted[] = {
		"EL2 4K granule, VA 39 bits, PA 40 bits, root 0x0000000040000000, S1PIE",
		"0x0000000000001000-0x0000000000001fff -> 0x0000000000001000 4K r-x normal 1x4K",
		"0x0000000000002000-0x0000000000002fff -> 0x0000000000002000 4K rw- normal 1x4K",
		"0x0000000000003000-0x0000000000003fff -> 0x0000000000003000 4K r-- normal 1x4K",
		"tables 3 (12K): L1 1 L2 1 L3 1",
	};
	struct hypmmu_config cfg = el2;
	struct space space;

	(void)state;
	cfg.hw = HYPMMU_HW_S1PIE;
	cfg.use = HYPMMU_USE_S1PIE;
	begin(&space, &cfg);
	map(&space, 0x1000, 0x1000, 0x1000, HYPMMU_CODE);
	map(&space, 0x2000, 0x2000, 0x1000, HYPMMU_DATA);
	map(&space, 0x3000, 0x3000, 0x1000, HYPMMU_RODATA);
	ASSERT_LINES(&space.mmu, wanted);
}

/* The root out of its window; then a table that is its own, which has as many tables as one
 * likes. */
static void corrupt_tables_end_in_few_lines(void **state)
{
	static const char *const wanted[] = {
		"EL2 4K granule, VA 39 bits, PA 40 bits, root 0x0000000080000000",
	};
	struct space space;
	hypmmu_desc *root;

	(void)state;
	begin(&space, &el2);
	space.mmu.root = 0x80000000;
	ASSERT_LINES(&space.mmu, wanted);

	space.mmu.root = PA;
	root = (hypmmu_desc *)(void *)memory;
	root[0] = PA | 3;
	root[1] = PA | 3;
	dump(&space.mmu);
	assert_true(lines > 1);
	assert_string_equal(text[lines - 1], "tables 1 (4K): L1 0 L2 0 L3 1");
}

static void the_tables_that_are_there_are_counted(void **state)
{
	struct space space;

	(void)state;
	begin(&space, &el2);
	map(&space, 0x1000, 0x1000, 0x1000, HYPMMU_DATA);
	space.mmu.tables = 1000;
	dump(&space.mmu);
	assert_int_equal(lines, 3);
	assert_string_equal(text[2], "tables 3 (12K): L1 1 L2 1 L3 1");
}

static void without_a_space_or_a_printer_nothing_is_printed(void **state)
{
	struct hypmmu none = {.tables = 0};
	struct space space;

	(void)state;
	begin(&space, &el2);
	lines = 0;
	hypmmu_dump(NULL, keep_line, &lines);
	hypmmu_dump(&none, keep_line, &lines);
	hypmmu_dump(&space.mmu, NULL, NULL);
	assert_int_equal(lines, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_space_has_its_configuration_and_one_table),
		cmocka_unit_test(like_leaves_that_go_on_are_one_line),
		cmocka_unit_test(what_does_not_go_on_is_a_line_of_its_own),
		cmocka_unit_test(every_memory_type_has_its_name),
		cmocka_unit_test(every_attribute_has_its_name),
		cmocka_unit_test(the_upper_half_ends_at_the_last_byte),
		cmocka_unit_test(sizes_go_up_to_petabytes_and_levels_down_to_minus_1),
		cmocka_unit_test(live_tables_are_said_to_be),
		cmocka_unit_test(permission_indirection_is_named),
		cmocka_unit_test(corrupt_tables_end_in_few_lines),
		cmocka_unit_test(the_tables_that_are_there_are_counted),
		cmocka_unit_test(without_a_space_or_a_printer_nothing_is_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
