/* SPDX-License-Identifier: BSD-2-Clause */
/* What is not mapped, and stays so: guards of stacks and windows, whatever comes next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp_host.h"

#define PA UINT64_C(0x100000000)

/* After host_build(): stacks of two granules, each with a guard below and above. */
static void assert_guards(struct host *host)
{
	for (size_t i = 0; i < HOST_CPUS; i++) {
		hypmmu_va top = host->cpus[i].stack_top;

		host_assert_hole(host, top, host->page);
		host_assert_mapped(host, top - 2 * host->page, host->cpus[i].stack, 2 * host->page,
				   HYPMMU_DATA);
		host_assert_hole(host, top - 3 * host->page, host->page);
	}
}

static void whatever_comes_next_guards_stay(struct host *host)
{
	uint64_t page = host->page;
	hypmmu_va va[20], top;

	host->layout.vectors_size = 0;
	host_build_well(host);
	assert_guards(host);
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(hypmmu_map_private(&host->hyp, PA + i * 77, 1 + i * page / 3,
						    HYPMMU_MMIO, &va[i]),
				 HYPMMU_OK);
		assert_guards(host);
	}
	for (unsigned i = 0; i < 20; i += 2)
		assert_int_equal(hypmmu_unmap_private(&host->hyp, va[i]), HYPMMU_OK);
	assert_int_equal(hypmmu_unmap_private(&host->hyp, host->cpus[1].stack_top - 1), HYPMMU_OK);
	assert_int_equal(hypmmu_map_stack(&host->hyp, host->cpus[1].stack, 2 * page, &top),
			 HYPMMU_OK);
	assert_int_equal(top, host->cpus[1].stack_top);
	assert_int_equal(hypmmu_map_stack(&host->hyp, PA, 7 * page, &top), HYPMMU_OK);
	assert_int_equal(hypmmu_map_private(&host->hyp, PA, 3 * page, HYPMMU_DATA, &va[0]),
			 HYPMMU_OK);
	host_assert_mapped(host, top - 7 * page, PA, 7 * page, HYPMMU_DATA);
	host_assert_hole(host, top - 8 * page, page);
	host_assert_hole(host, top, page);
	assert_guards(host);
	host_assert_sound(host);
}

static void the_granule_below_a_stack_is_never_mapped(void **state)
{
	(void)state;
	host_over_configs(whatever_comes_next_guards_stay);
}

/* As a CPU that runs on it would see it. */
static void an_overflow_faults(struct host *host)
{
	struct hypmmu_translation t;

	host_build_well(host);
	for (size_t i = 0; i < HOST_CPUS; i++) {
		hypmmu_va top = host->cpus[i].stack_top;

		assert_true(hypmmu_translate(&host->hyp.mmu, top - 16, HYPMMU_WRITE, &t));
		assert_int_equal(t.pa, host->cpus[i].stack + 2 * host->page - 16);
		assert_true(
			hypmmu_translate(&host->hyp.mmu, top - 2 * host->page, HYPMMU_WRITE, &t));
		assert_false(hypmmu_translate(&host->hyp.mmu, top - 2 * host->page - 16,
					      HYPMMU_WRITE, &t));
		assert_int_equal(t.fault, HYPMMU_FAULT_TRANSLATION);
	}
}

static void a_stack_that_overflows_meets_its_guard(void **state)
{
	(void)state;
	host_over_configs(an_overflow_faults);
}

static void stacks_are_whole_granules(struct host *host)
{
	uint64_t page = host->page;
	struct host_saved saved;
	hypmmu_va top = 0x5a5a;

	host_build_well(host);
	host_save(host, &saved);
	assert_int_equal(hypmmu_map_stack(&host->hyp, PA + 16, page, &top), HYPMMU_ERR_ALIGN);
	assert_int_equal(hypmmu_map_stack(&host->hyp, PA, page - 16, &top), HYPMMU_ERR_ALIGN);
	assert_int_equal(hypmmu_map_stack(&host->hyp, PA, 0, &top), HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_map_stack(&host->hyp, -page, page, &top), HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_map_stack(&host->hyp, PA, UINT64_C(1) << 34, &top),
			 HYPMMU_ERR_NOSPACE);
	assert_int_equal(top, 0x5a5a);
	host_assert_saved(host, &saved);
}

static void a_stack_is_of_whole_granules(void **state)
{
	(void)state;
	host_over_configs(stacks_are_whole_granules);
}

/* Identity mappings below the identity page: beside windows there is a granule left. */
static void identity_mappings_leave_guards_alone(struct host *host)
{
	hypmmu_va page = host->page, top, va;
	struct host_saved saved;

	host_build_well(host);
	top = host->cpus[1].stack_top;
	host_save(host, &saved);
	assert_int_equal(
		hypmmu_create_idmap(&host->hyp, top - 3 * page, top - 2 * page, HYPMMU_MMIO),
		HYPMMU_ERR_CONFLICT);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, top, top + 1, HYPMMU_DATA),
			 HYPMMU_ERR_CONFLICT);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, top - 3 * page, top, HYPMMU_DATA),
			 HYPMMU_ERR_CONFLICT);
	host_assert_saved(host, &saved);
	assert_guards(host);

	/* Where there is room, they may be side by side; and windows keep off them. */
	va = host->hyp.vectors - 4 * page;
	assert_int_equal(hypmmu_create_idmap(&host->hyp, va, va + 1, HYPMMU_MMIO), HYPMMU_OK);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, va + page, va + page + 1, HYPMMU_DATA),
			 HYPMMU_OK);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, va - page, va + 1, HYPMMU_MMIO),
			 HYPMMU_OK);
	assert_int_equal(hypmmu_map_private(&host->hyp, PA, 1, HYPMMU_MMIO, &top), HYPMMU_OK);
	assert_int_equal(top, va - 3 * page);
	assert_int_equal(hypmmu_unmap_private(&host->hyp, va), HYPMMU_OK);
	host_assert_hole(host, va - page, 3 * page);
	host_assert_sound(host);
}

static void identity_mappings_keep_off_windows(void **state)
{
	(void)state;
	host_over_configs(identity_mappings_leave_guards_alone);
}

/* Unmapped like windows, they end where the identity page begins, and at address 0. */
static void identity_mappings_at_the_ends(struct host *host)
{
	uint64_t page = host->page;
	hypmmu_va high = HOST_IDMAP - HOST_IDMAP % page;

	host->layout.ncpus = 0;
	host->layout.vectors_size = 0;
	host_build_well(host);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, high - 2 * page, high, HYPMMU_DATA),
			 HYPMMU_OK);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, 0, 2 * page, HYPMMU_DATA), HYPMMU_OK);
	assert_int_equal(hypmmu_unmap_private(&host->hyp, high - 2 * page), HYPMMU_OK);
	assert_int_equal(hypmmu_unmap_private(&host->hyp, page), HYPMMU_OK);
	host_assert_mapped(host, high, high, page, HYPMMU_CODE);
	host_assert_hole(host, high - 2 * page, 2 * page);
	host_assert_hole(host, 0, 2 * page);
	host_assert_sound(host);
}

static void identity_mappings_end_at_the_identity_page(void **state)
{
	(void)state;
	host_over_configs(identity_mappings_at_the_ends);
}

/* Else it would pass for an identity mapping, and another one could touch it. */
static void no_window_is_at_its_own_address(struct host *host)
{
	uint64_t page = host->page, size = 2 * page;
	hypmmu_va high = HOST_IDMAP - HOST_IDMAP % page, va;

	host->layout.ncpus = 0;
	host->layout.vectors_size = 0;
	host_build_well(host);
	assert_int_equal(hypmmu_map_private(&host->hyp, high - 3 * page, size, HYPMMU_DATA, &va),
			 HYPMMU_OK);
	assert_int_equal(va, high - 4 * page);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, va + 2 * page, va + 3 * page, HYPMMU_DATA),
			 HYPMMU_ERR_CONFLICT);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, va - page, va, HYPMMU_DATA),
			 HYPMMU_ERR_CONFLICT);
	host_assert_mapped(host, va, high - 3 * page, size, HYPMMU_DATA);
}

static void a_window_is_never_at_its_own_address(void **state)
{
	(void)state;
	host_over_configs(no_window_is_at_its_own_address);
}

/* No window ever reaches the half of host memory, whichever half that is: see test_hyp_private.c for
 * the room; here the linear range is mapped to its last granule, and windows are beside it. */
static void host_memory_is_not_disturbed(struct host *host)
{
	hypmmu_va low = UINT64_C(1) << (host->cfg.va_bits - 1), va;

	if (low >> host->cfg.pa_bits)
		return;
	host->layout.ncpus = 0;
	host->layout.vectors_size = 0;
	host->layout.idmap_vector = 0;
	host->layout.idmap_start = low + 3 * host->page;
	host->layout.idmap_end = low + 4 * host->page;
	host->layout.seed = UINT64_MAX; /* at the end of its half */
	host_build_well(host);
	assert_int_equal(hypmmu_create_hyp_mappings(&host->hyp, host_at(HOST_BYTES - 1),
						    host_at(HOST_BYTES), HYPMMU_DATA),
			 HYPMMU_OK);
	host_assert_mapped(host, low - host->page, HOST_RAM + HOST_BYTES - host->page, host->page,
			   HYPMMU_DATA);
	assert_int_equal(hypmmu_map_private(&host->hyp, PA, 1, HYPMMU_MMIO, &va), HYPMMU_OK);
	assert_int_equal(va, low + host->page);
	assert_int_equal(hypmmu_map_private(&host->hyp, PA, 1, HYPMMU_MMIO, &va),
			 HYPMMU_ERR_NOSPACE);
	assert_int_equal(hypmmu_unmap_private(&host->hyp, low - 1), HYPMMU_ERR_RANGE);
	assert_int_equal(hypmmu_unmap_private(&host->hyp, low + host->page), HYPMMU_OK);
	assert_int_equal(hypmmu_create_idmap(&host->hyp, low, low + 1, HYPMMU_MMIO), HYPMMU_OK);
	host_assert_mapped(host, low - host->page, HOST_RAM + HOST_BYTES - host->page, host->page,
			   HYPMMU_DATA);
	assert_int_equal(hypmmu_unmap_private(&host->hyp, low), HYPMMU_OK);
	host_assert_hole(host, low, 3 * host->page);
	host_assert_mapped(host, low - host->page, HOST_RAM + HOST_BYTES - host->page, host->page,
			   HYPMMU_DATA);
}

static void windows_and_host_memory_cannot_meet(void **state)
{
	(void)state;
	host_over_configs(host_memory_is_not_disturbed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_granule_below_a_stack_is_never_mapped),
		cmocka_unit_test(a_stack_that_overflows_meets_its_guard),
		cmocka_unit_test(a_stack_is_of_whole_granules),
		cmocka_unit_test(identity_mappings_keep_off_windows),
		cmocka_unit_test(identity_mappings_end_at_the_identity_page),
		cmocka_unit_test(a_window_is_never_at_its_own_address),
		cmocka_unit_test(windows_and_host_memory_cannot_meet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
