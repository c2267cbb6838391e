/* SPDX-License-Identifier: BSD-2-Clause */
/* Pins: which ranges can be pinned, and what is refused of them, live or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"

#define NC (HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_NC)

/* Not live, then live. */
static void over_both(uint32_t hw, uint32_t use,
		      void (*scenario)(struct live *live, uint64_t page, uint64_t block))
{
	for (size_t i = 0; i < 2 * SUBJECTS; i++) {
		struct hypmmu_config cfg = subject_configs[i / 2];
		struct live live;

		cfg.hw |= hw;
		cfg.use |= use;
		live_init(&live, &cfg);
		if (i % 2)
			live_on(&live);
		scenario(&live, live.s.page, live.s.block);
		live_end(&live);
	}
}

static void pin(struct live *live, uint64_t va, uint64_t size)
{
	assert_int_equal(hypmmu_pin(&live->s.mmu, live->s.base + va, size), HYPMMU_OK);
}

static void unpin(struct live *live, uint64_t va, uint64_t size)
{
	assert_int_equal(hypmmu_unpin(&live->s.mmu, live->s.base + va, size), HYPMMU_OK);
}

/* PINNED at `where`, with what is there. */
static void refuses(struct live *live, enum hypmmu_op op, uint64_t va, uint64_t size,
		    hypmmu_attr attr, uint64_t where)
{
	const uint32_t flags = HYPMMU_MAY_BREAK | HYPMMU_SKIP_HOLES;
	struct hypmmu_change change = live_change(live, op, va, size, attr, flags);
	struct hypmmu_report report = live_refuses(live, HYPMMU_ERR_PINNED, &change, 1);
	struct oracle_answer found = subject_at(&live->s, live->s.base + where);

	assert_int_equal(report.index, 0);
	assert_int_equal(report.va, live->s.base + where);
	assert_int_equal(report.level, found.level);
	assert_int_equal(report.desc, found.desc);
}

static void accepts(struct live *live, enum hypmmu_op op, uint64_t va, uint64_t size,
		    hypmmu_attr attr)
{
	live_do(live, op, va, size, attr, HYPMMU_MAY_BREAK, NULL);
}

static void pin_odd_ranges(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu *mmu = &live->s.mmu;
	const hypmmu_va base = live->s.base, last = base + (live->s.space - 1);

	(void)block;
	subject_save(&live->s);
	assert_int_equal(hypmmu_pin(NULL, base, page), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_unpin(NULL, base, page), HYPMMU_ERR_ARG);
	assert_int_equal(hypmmu_pin(mmu, base, 0), HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_unpin(mmu, base, 0), HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_pin(mmu, last, 2), HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_pin(mmu, last + 1, 1), HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_pin(mmu, base - 1, 2), HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_pin(mmu, base, ~UINT64_C(0)), HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_unpin(mmu, base, page), HYPMMU_ERR_UNMAPPED);
	subject_assert_untouched(&live->s);

	assert_int_equal(hypmmu_pin(mmu, last, 1), HYPMMU_OK);
	assert_int_equal(hypmmu_pin(mmu, base, live->s.space), HYPMMU_OK);
	assert_int_equal(hypmmu_unpin(mmu, base, live->s.space - 1), HYPMMU_ERR_UNMAPPED);
	assert_int_equal(hypmmu_unpin(mmu, base + 1, live->s.space - 1), HYPMMU_ERR_UNMAPPED);
	assert_int_equal(hypmmu_unpin(mmu, base, live->s.space), HYPMMU_OK);
	assert_int_equal(hypmmu_unpin(mmu, last, 1), HYPMMU_OK);
	assert_int_equal(hypmmu_unpin(mmu, last, 1), HYPMMU_ERR_UNMAPPED);
}

static void any_bytes_of_the_space_can_be_pinned_and_no_others(void **state)
{
	(void)state;
	over_both(0, 0, pin_odd_ranges);
}

static void pin_too_much(struct live *live, uint64_t page, uint64_t block)
{
	(void)block;
	for (unsigned i = 0; i < HYPMMU_PINS; i++)
		pin(live, i % 4 * page, page);
	subject_save(&live->s);
	assert_int_equal(hypmmu_pin(&live->s.mmu, live->s.base, page), HYPMMU_ERR_NOSPACE);
	subject_assert_untouched(&live->s);

	unpin(live, page, page);
	refuses(live, HYPMMU_UNMAP, page, page, 0, page); /* it was pinned twice */
	unpin(live, page, page);
	accepts(live, HYPMMU_UNMAP, page, page, 0);
	refuses(live, HYPMMU_UNMAP, 0, page, 0, 0);
	pin(live, 5 * page, page);
	pin(live, 6 * page, page);
	assert_int_equal(hypmmu_pin(&live->s.mmu, live->s.base, 1), HYPMMU_ERR_NOSPACE);
}

static void there_are_so_many_pins_and_each_is_taken_back_once(void **state)
{
	(void)state;
	over_both(0, 0, pin_too_much);
}

static void pin_single_bytes(struct live *live, uint64_t page, uint64_t block)
{
	const uint64_t bytes[] = {2 * page, 2 * page + page / 2, 3 * page - 1};

	(void)block;
	for (unsigned i = 0; i < 3; i++) {
		pin(live, bytes[i], 1);
		refuses(live, HYPMMU_UNMAP, 0, 4 * page, 0, bytes[i]);
		refuses(live, HYPMMU_UNMAP, 0, block, 0, bytes[i]);
		refuses(live, HYPMMU_UNMAP, 2 * page, page, 0, bytes[i]);
		refuses(live, HYPMMU_PROTECT, 0, 4 * page, HYPMMU_RODATA, bytes[i]);
		refuses(live, HYPMMU_PROTECT, 2 * page, page, NC, bytes[i]);
		unpin(live, bytes[i], 1);
	}
	pin(live, page, 2 * page + 1);
	refuses(live, HYPMMU_UNMAP, 0, 4 * page, 0, page);
	refuses(live, HYPMMU_UNMAP, 3 * page, page, 0, 3 * page);
	refuses(live, HYPMMU_UNMAP, 2 * page, 2 * page, 0, 2 * page);
	accepts(live, HYPMMU_UNMAP, 0, page, 0);
}

static void one_byte_of_a_pin_is_enough(void **state)
{
	(void)state;
	over_both(0, 0, pin_single_bytes);
}

static void pin_in_any_order(struct live *live, uint64_t page, uint64_t block)
{
	(void)block;
	pin(live, 3 * page, page);
	pin(live, page + 8, 8);
	pin(live, 2 * page, page);
	refuses(live, HYPMMU_UNMAP, 0, 4 * page, 0, page + 8);
	refuses(live, HYPMMU_PROTECT, 0, 4 * page, HYPMMU_RODATA, page + 8);
	refuses(live, HYPMMU_UNMAP, 2 * page, 2 * page, 0, 2 * page);
}

static void the_lowest_pinned_byte_is_reported(void **state)
{
	(void)state;
	over_both(0, 0, pin_in_any_order);
}

static void weaken(struct live *live, uint64_t page, uint64_t block)
{
	static const hypmmu_attr weaker[] = {
		HYPMMU_RODATA,
		HYPMMU_CODE,
		NC,
		HYPMMU_MMIO,
		HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_TAGGED,
		HYPMMU_DATA | HYPMMU_GUARDED,
		HYPMMU_DATA | HYPMMU_NS,
		HYPMMU_DATA | HYPMMU_DBM,
	};

	pin(live, page, page);
	pin(live, block, 8);
	for (size_t i = 0; i < sizeof weaker / sizeof *weaker; i++) {
		refuses(live, HYPMMU_PROTECT, page, page, weaker[i], page);
		refuses(live, HYPMMU_PROTECT, block, block, weaker[i], block);
	}
	if (live->s.cfg.regime == HYPMMU_EL2)
		return;
	refuses(live, HYPMMU_PROTECT, page, page, HYPMMU_DATA | HYPMMU_USER, page);
	refuses(live, HYPMMU_PROTECT, page, page, HYPMMU_DATA | HYPMMU_NG, page);
}

static void whatever_is_not_a_right_or_a_software_bit_weakens(void **state)
{
	(void)state;
	over_both(HYPMMU_HW_BTI | HYPMMU_HW_MTE | HYPMMU_HW_HAFDBS, HYPMMU_USE_HAFDBS, weaken);
}

static void lose_x(struct live *live, uint64_t page, uint64_t block)
{
	(void)block;
	live_do(live, HYPMMU_PROTECT, 0, 2 * page, HYPMMU_CODE, 0, NULL);
	pin(live, page, 4);
	refuses(live, HYPMMU_PROTECT, 0, 2 * page, HYPMMU_RODATA, page);
	refuses(live, HYPMMU_PROTECT, 0, 2 * page, HYPMMU_DATA, page);
	accepts(live, HYPMMU_PROTECT, 0, page, HYPMMU_DATA);
}

static void code_that_is_pinned_stays_executable(void **state)
{
	(void)state;
	over_both(0, 0, lose_x);
}

static void strengthen(struct live *live, uint64_t page, uint64_t block)
{
	live_do(live, HYPMMU_PROTECT, 0, 4 * page, HYPMMU_RODATA, 0, NULL);
	pin(live, 0, 3 * page);
	pin(live, block, block);
	accepts(live, HYPMMU_PROTECT, 0, page, HYPMMU_DATA);
	accepts(live, HYPMMU_PROTECT, page, page, HYPMMU_CODE);
	accepts(live, HYPMMU_PROTECT, 2 * page, page, HYPMMU_RODATA | HYPMMU_SW(9));
	accepts(live, HYPMMU_PROTECT, block, block, HYPMMU_DATA | HYPMMU_SW(1));
	accepts(live, HYPMMU_MAP, 0, page, HYPMMU_DATA);
	accepts(live, HYPMMU_MAP, 4 * page, 4 * page, HYPMMU_DATA);
	accepts(live, HYPMMU_UNMAP, 3 * page, 2 * page, 0);
}

static void more_rights_software_bits_and_changes_beside_it_are_no_harm(void **state)
{
	(void)state;
	over_both(0, 0, strengthen);
}

static void change_the_rest_of_the_block(struct live *live, uint64_t page, uint64_t block)
{
	pin(live, block + 5 * page, page);
	if (live->s.mmu.maint && !(live->s.cfg.hw & HYPMMU_HW_BBM_NOABORT)) {
		refuses(live, HYPMMU_SPLIT, block, page, 0, block + 5 * page);
		refuses(live, HYPMMU_UNMAP, block, page, 0, block + 5 * page);
		refuses(live, HYPMMU_PROTECT, block, page, HYPMMU_RODATA, block + 5 * page);
		return;
	}
	accepts(live, HYPMMU_SPLIT, block, page, 0);
	accepts(live, HYPMMU_UNMAP, block, page, 0);
	accepts(live, HYPMMU_PROTECT, block + page, page, NC);
	refuses(live, HYPMMU_UNMAP, block + page, block - page, 0, block + 5 * page);
}

static void a_block_with_a_pin_in_it_is_not_broken(void **state)
{
	(void)state;
	over_both(0, 0, change_the_rest_of_the_block);
	over_both(HYPMMU_HW_BBM_NOABORT, 0, change_the_rest_of_the_block);
}

static void copy_the_rest_of_the_block(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_change change =
		live_change(live, HYPMMU_UNMAP, block + 5 * page, page, 0, HYPMMU_NEW_ROOT);
	struct hypmmu_report report;

	pin(live, block + 5 * page, page);
	report = live_refuses(live, HYPMMU_ERR_PINNED, &change, 1);
	assert_int_equal(report.va, change.va);
	change = live_change(live, HYPMMU_PROTECT, block + 5 * page, page, NC, HYPMMU_NEW_ROOT);
	live_refuses(live, HYPMMU_ERR_PINNED, &change, 1);
	change = live_change(live, HYPMMU_UNMAP, block, page, 0, HYPMMU_NEW_ROOT);
	live_apply(live, &change, 1, NULL);
	assert_int_equal(subject_at(&live->s, live->s.base + block + 5 * page).pa,
			 block + 5 * page);
	if (live->s.mmu.maint)
		assert_int_equal(hypmmu_reclaim(&live->s.mmu), HYPMMU_OK);
}

static void a_new_root_splits_a_block_with_a_pin_in_it_and_keeps_the_pin(void **state)
{
	(void)state;
	over_both(0, 0, copy_the_rest_of_the_block);
}

static void merge_over_a_pin(struct live *live, uint64_t page, uint64_t block)
{
	live_do(live, HYPMMU_MAP, 2 * block, block, HYPMMU_DATA, HYPMMU_PAGES_ONLY, NULL);
	pin(live, 2 * block + page, 1);
	if (live->s.mmu.maint)
		refuses(live, HYPMMU_MERGE, 2 * block, block, 0, 2 * block + page);
	else
		accepts(live, HYPMMU_MERGE, 2 * block, block, 0);
	unpin(live, 2 * block + page, 1);
	accepts(live, HYPMMU_MERGE, 2 * block, block, 0);
}

static void a_live_merge_breaks_so_a_pin_forbids_it(void **state)
{
	(void)state;
	over_both(0, 0, merge_over_a_pin);
	over_both(HYPMMU_HW_BBM_NOABORT, 0, merge_over_a_pin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_bytes_of_the_space_can_be_pinned_and_no_others),
		cmocka_unit_test(there_are_so_many_pins_and_each_is_taken_back_once),
		cmocka_unit_test(one_byte_of_a_pin_is_enough),
		cmocka_unit_test(the_lowest_pinned_byte_is_reported),
		cmocka_unit_test(whatever_is_not_a_right_or_a_software_bit_weakens),
		cmocka_unit_test(code_that_is_pinned_stays_executable),
		cmocka_unit_test(more_rights_software_bits_and_changes_beside_it_are_no_harm),
		cmocka_unit_test(a_block_with_a_pin_in_it_is_not_broken),
		cmocka_unit_test(a_new_root_splits_a_block_with_a_pin_in_it_and_keeps_the_pin),
		cmocka_unit_test(a_live_merge_breaks_so_a_pin_forbids_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
