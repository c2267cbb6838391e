/* SPDX-License-Identifier: BSD-2-Clause */
/* The door to table memory: what is in memory after each way through it, in either byte order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "table.h"

#define SLOTS	  40
#define UNTOUCHED UINT64_C(0xa5a5a5a5a5a5a5a5)
#define LEAF	  UINT64_C(0x0060000040000743)

static const struct hypmmu_geometry orders[] = {{.swap = false}, {.swap = true}};

/* As it lies in memory. */
static hypmmu_desc raw(const struct hypmmu_geometry *geo, hypmmu_desc desc)
{
	hypmmu_desc turned = 0;

	for (unsigned byte = 0; geo->swap && byte < 8; byte++)
		turned |= (desc >> 8 * byte & 0xff) << (56 - 8 * byte);
	return geo->swap ? turned : desc;
}

static void clear(hypmmu_desc *slots)
{
	for (unsigned i = 0; i < SLOTS; i++)
		slots[i] = UNTOUCHED;
}

static void a_slot_is_stored_and_loaded_in_the_order_of_the_tables(void **state)
{
	hypmmu_desc slots[SLOTS];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		clear(slots);
		hm_store(&orders[i], &slots[1], LEAF);
		hm_link(&orders[i], &slots[3], LEAF + 1);

		assert_int_equal(slots[0], UNTOUCHED);
		assert_int_equal(slots[1], raw(&orders[i], LEAF));
		assert_int_equal(slots[2], UNTOUCHED);
		assert_int_equal(slots[3], raw(&orders[i], LEAF + 1));
		assert_int_equal(slots[4], UNTOUCHED);
		assert_int_equal(hm_load(&orders[i], &slots[1]), LEAF);
		assert_int_equal(hm_load(&orders[i], &slots[3]), LEAF + 1);
	}
}

static void an_exchange_stores_only_over_what_it_expects(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		hypmmu_desc slot = raw(&orders[i], LEAF);

		assert_int_equal(hm_exchange(&orders[i], &slot, LEAF + 1, 0), LEAF);
		assert_int_equal(slot, raw(&orders[i], LEAF));
		assert_int_equal(hm_exchange(&orders[i], &slot, LEAF, LEAF + 2), LEAF);
		assert_int_equal(slot, raw(&orders[i], LEAF + 2));
	}
}

static void a_run_of_slots_is_filled_step_by_step(void **state)
{
	const uint64_t step = 0x1000;
	hypmmu_desc slots[SLOTS];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned n = 0; n < SLOTS - 1; n++) {
			clear(slots);
			hm_fill(&orders[i], slots + 1, n, LEAF, step);

			assert_int_equal(slots[0], UNTOUCHED);
			for (unsigned k = 0; k < n; k++)
				assert_int_equal(slots[1 + k], raw(&orders[i], LEAF + k * step));
			assert_int_equal(slots[1 + n], UNTOUCHED);
		}
	}
}

static void a_run_of_slots_keeps_some_bits_and_gets_others(void **state)
{
	const uint64_t keep = UINT64_C(0x0000fffffffff000);
	hypmmu_desc slots[SLOTS];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned n = 0; n < SLOTS - 1; n++) {
			clear(slots);
			hm_rewrite(&orders[i], slots + 1, n, keep, 0x7c3);

			assert_int_equal(slots[0], UNTOUCHED);
			for (unsigned k = 0; k < n; k++) /* UNTOUCHED is the same in either order */
				assert_int_equal(slots[1 + k],
						 raw(&orders[i], UINT64_C(0x0000a5a5a5a5a7c3)));
			assert_int_equal(slots[1 + n], UNTOUCHED);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slot_is_stored_and_loaded_in_the_order_of_the_tables),
		cmocka_unit_test(an_exchange_stores_only_over_what_it_expects),
		cmocka_unit_test(a_run_of_slots_is_filled_step_by_step),
		cmocka_unit_test(a_run_of_slots_keeps_some_bits_and_gets_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
