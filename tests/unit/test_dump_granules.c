/* SPDX-License-Identifier: BSD-2-Clause */
/* hypmmu_dump(): 16K and 64K, runs across tables, slots that no table of ours holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dumped.h"

/* Pages in two tables that go on are one line; blocks of 32M. */
static void tables_of_16k(void **state)
{
	static const char *const wanted[] = {
		"EL2 16K granule, VA 47 bits, PA 48 bits, root 0x0000000040000000",
		"0x0000000000004000-0x000000000000ffff -> 0x0000000080004000 48K r-x normal 3x16K",
		"0x0000000001ffc000-0x0000000002003fff -> 0x0000000081ffc000 32K rw- normal 2x16K",
		("0x0000000004000000-0x0000000007ffffff -> 0x0000000084000000 64M rw- device-nGnRE "
		 "2x32M"),
		"tables 4 (64K): L1 1 L2 1 L3 2",
	};
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_16K, .regime = HYPMMU_EL2, .va_bits = 47, .pa_bits = 48};
	struct space space;

	(void)state;
	begin(&space, &cfg);
	map(&space, 0x4000, 0x80004000, 0xc000, HYPMMU_CODE);
	map(&space, 0x1ffc000, 0x81ffc000, 0x8000, HYPMMU_DATA);
	map(&space, 0x4000000, 0x84000000, 0x4000000, HYPMMU_MMIO);
	ASSERT_LINES(&space.mmu, wanted);
}

/* TCR_EL2.DS: blocks of 64G, and OA[51:48]. */
static void tables_of_16k_with_52_bits(void **state)
{
	static const char *const wanted[] = {
		"EL2 16K granule, VA 52 bits, PA 52 bits, root 0x0000000040000000",
		"0x0000001000000000-0x0000001fffffffff -> 0x000f001000000000 64G r-x normal 1x64G",
		("0x000fffffffffc000-0x000fffffffffffff -> 0x000fffffffffc000 16K r-- normal-nc "
		 "1x16K"),
		"tables 5 (80K): L0 1 L1 2 L2 1 L3 1",
	};
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_16K,
		.regime = HYPMMU_EL2,
		.va_bits = 52,
		.pa_bits = 52,
		.hw = HYPMMU_HW_LPA2,
	};
	struct space space;

	(void)state;
	begin(&space, &cfg);
	map(&space, 0x1000000000, 0xf001000000000, 0x1000000000, HYPMMU_CODE);
	map(&space, 0xfffffffffc000, 0xfffffffffc000, 0x4000, HYPMMU_R | HYPMMU_NORMAL_NC);
	ASSERT_LINES(&space.mmu, wanted);
}

static void tables_of_64k_with_52_bits(void **state)
{
	static const char *const wanted[] = {
		"EL2 64K granule, VA 48 bits, PA 52 bits, root 0x0000000040000000",
		"0x0000000000010000-0x000000000001ffff -> 0x000f000000010000 64K rw- normal 1x64K",
		("0x0000000020000000-0x000000003fffffff -> 0x0000000080000000 512M rw- "
		 "device-nGnRE 1x512M"),
		"0x0000040000000000-0x00000bffffffffff -> 0x000c000000000000 8T r-- normal 2x4T",
		"tables 3 (192K): L1 1 L2 1 L3 1",
	};
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_64K,
		.regime = HYPMMU_EL2,
		.va_bits = 48,
		.pa_bits = 52,
		.hw = HYPMMU_HW_LPA,
	};
	struct space space;

	(void)state;
	begin(&space, &cfg);
	map(&space, 0x10000, 0xf000000010000, 0x10000, HYPMMU_DATA);
	map(&space, 0x20000000, 0x80000000, 0x20000000, HYPMMU_MMIO);
	map(&space, 0x40000000000, 0xc000000000000, 0x80000000000, HYPMMU_RODATA);
	ASSERT_LINES(&space.mmu, wanted);
}

/* The root is the first page of the pool, its first sub-tree the next two. In the last one: a
 * reserved descriptor. In the root: a block too large, and a table beyond the pool. */
static void what_no_table_of_ours_holds_has_a_line(void **state)
{
	static const char *const wanted[] = {
		"EL2 4K granule, VA 48 bits, PA 48 bits, root 0x0000000040000000",
		"0x0000000000004000-0x0000000000004fff -> 0x0000000080004000 4K rw- normal 1x4K",
		"0x0000000000005000-0x0000000000005fff corrupt: descriptor 0x0040000080005741",
		"0x0000000000006000-0x0000000000006fff -> 0x0000000080006000 4K rw- normal 1x4K",
		"0x0000008000000000-0x000000ffffffffff corrupt: descriptor 0x0000000000000741",
		"0x0000010000000000-0x0000017fffffffff corrupt: descriptor 0x0000000050000003",
		"tables 4 (16K): L0 1 L1 1 L2 1 L3 1",
	};
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 48, .pa_bits = 48};
	struct space space;
	struct hypmmu_leaf leaf;
	hypmmu_desc *root = (hypmmu_desc *)(void *)memory, *last;

	(void)state;
	begin(&space, &cfg);
	map(&space, 0x4000, 0x80004000, 0x3000, HYPMMU_DATA);
	assert_int_equal(hypmmu_query(&space.mmu, 0x5000, &leaf), 0);
	for (size_t page = 1; page < 4; page++) {
		last = (hypmmu_desc *)(void *)(memory + page * 0x1000);
		if (last[5] == leaf.desc)
			last[5] &= ~UINT64_C(2);
	}
	root[1] = 0x741;
	root[2] = 0x50000003;
	ASSERT_LINES(&space.mmu, wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_of_16k),
		cmocka_unit_test(tables_of_16k_with_52_bits),
		cmocka_unit_test(tables_of_64k_with_52_bits),
		cmocka_unit_test(what_no_table_of_ours_holds_has_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
