/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole hyp-mode address space, from its description. The identity page is in the lower half, so
 * host memory is in the upper one, at its offset in the linear range, and no bits are random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp_host.h"
#include <string.h>

/* Where the identity page begins. */
static hypmmu_va idmap_of(const struct host *host)
{
	return host->page == 0x1000 ? 0x40201000 : 0x40200000;
}

/* Windows go down from the identity page: a guard and two granules for each stack, then one. */
static hypmmu_va stack_of(const struct host *host, size_t cpu)
{
	return idmap_of(host) - 3 * host->page * (cpu + 1);
}

static hypmmu_va vectors_of(const struct host *host)
{
	return idmap_of(host) - 11 * host->page;
}

/* The end of text, widened. */

static uint64_t text_end(const struct host *host)
{
	return host->page == 0x1000 ? 0x51000 : host->page == 0x4000 ? 0x54000 : 0x60000;
}

static void what_is_described_is_mapped_and_nothing_else(struct host *host)
{
	uint64_t page = host->page, text = text_end(host) - 0x10000;

	host_build_well(host);

	host_assert_mapped(host, idmap_of(host), idmap_of(host), page, HYPMMU_CODE);
	host_assert_mapped(host, host_linear(host, 0x10000), HOST_RAM + 0x10000, text, HYPMMU_CODE);
	host_assert_mapped(host, host_linear(host, 0x60000), HOST_RAM + 0x60000, 0x10000,
			   HYPMMU_RODATA);
	host_assert_mapped(host, host_linear(host, 0x80000), HOST_RAM + 0x80000, 0x20000,
			   HYPMMU_DATA);
	for (size_t i = 0; i < HOST_CPUS; i++) {
		uint64_t data = 0x1000000 + i * 4 * page;

		host_assert_mapped(host, host_linear(host, data), HOST_RAM + data, 2 * page,
				   HYPMMU_DATA);
		host_assert_mapped(host, stack_of(host, i), host->cpus[i].stack, 2 * page,
				   HYPMMU_DATA);
	}
	host_assert_mapped(host, vectors_of(host), 0x70000000, page, HYPMMU_CODE);
	assert_int_equal(host_mapped(host, NULL),
			 text + 0x10000 + 0x20000 + 2 * page + 4 * page * HOST_CPUS);
}

static void a_description_becomes_exactly_its_mappings(void **state)
{
	(void)state;
	host_over_configs(what_is_described_is_mapped_and_nothing_else);
}

static void where_things_are_is_told(struct host *host)
{
	host_build_well(host);

	assert_int_equal(host->hyp.idmap, idmap_of(host));
	assert_int_equal(host->hyp.idmap_vector, 0x40201800);
	assert_int_equal(host->hyp.vectors, vectors_of(host));
	for (size_t i = 0; i < HOST_CPUS; i++) {
		assert_int_equal(host->cpus[i].stack_top, stack_of(host, i) + 2 * host->page);
		assert_int_equal(host->cpus[i].data_va,
				 host_linear(host, 0x1000040 + i * 4 * host->page));
	}
}

static void the_callers_learn_where_their_things_are(void **state)
{
	(void)state;
	host_over_configs(where_things_are_is_told);
}

static void the_registers_are_those_of_the_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		struct hypmmu_regs regs;
		struct host host;

		host_init(&host, &host_configs[i]);
		host_build_well(&host);
		assert_int_equal(hypmmu_get_regs(&host.hyp.mmu, NULL, &regs), HYPMMU_OK);

		assert_memory_equal(&host.hyp.regs, &regs, sizeof regs);
		assert_int_equal(host.hyp.regs.tcr & 0x3f, 64 - host.cfg.va_bits);
		host_end(&host);
	}
}

/* In KVM's order, each with its whole range. */
static void assert_steps(const struct host *host, const struct host_step *steps, size_t n)
{
	assert_int_equal(host->steps, n);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(host->log[i].name, steps[i].name);
		assert_int_equal(host->log[i].first, steps[i].first);
		assert_int_equal(host->log[i].last, steps[i].last);
	}
}

static void each_step_is_told_in_order(void **state)
{
	const hypmmu_va base = UINT64_C(1) << 38;
	const struct host_step steps[] = {
		{"idmap", 0x40201000, 0x40201fff},
		{"text", base + 0x10000, base + 0x50fff},
		{"rodata", base + 0x60000, base + 0x6ffff},
		{"bss", base + 0x80000, base + 0x9efff},
		{"aux", base + 0x9f000, base + 0x9ffff},
		{"stack", 0x401fe000, 0x401fffff},
		{"data", base + 0x1000000, base + 0x1001fff},
		{"stack", 0x401fb000, 0x401fcfff},
		{"data", base + 0x1004000, base + 0x1005fff},
		{"stack", 0x401f8000, 0x401f9fff},
		{"data", base + 0x1008000, base + 0x1009fff},
		{"vectors", 0x401f6000, 0x401f6fff},
	};
	struct host host;

	(void)state;
	host_init(&host, &host_configs[1]);
	host_build_well(&host);
	assert_steps(&host, steps, sizeof(steps) / sizeof(steps[0]));
	host_end(&host);
}

static void without_a_trace_all_is_the_same(void **state)
{
	struct host traced, silent;

	(void)state;
	host_init(&traced, &host_configs[0]);
	host_init(&silent, &host_configs[0]);
	silent.layout.trace = NULL;
	host_build_well(&traced);
	assert_int_equal(hypmmu_hyp_init(&silent.hyp, &silent.cfg, &silent.arena.pages,
					 &silent.layout, NULL),
			 HYPMMU_OK);

	assert_int_equal(silent.steps, 0);
	assert_int_equal(silent.hyp.mmu.tables, traced.report.tables);
	assert_memory_equal(silent.arena.memory, traced.arena.memory,
			    silent.arena.capacity * silent.page);
	host_end(&traced);
	host_end(&silent);
}

/* A description of no more than the identity text. */
static void only_an_identity_page(struct host *host)
{
	host->layout.nsections = host->layout.ncpus = 0;
	host->layout.sections = NULL;
	host->layout.cpus = NULL;
	host->layout.vectors_size = 0;
	host->layout.idmap_vector = 0;
	host_build_well(host);

	assert_int_equal(host_mapped(host, NULL), host->page);
	assert_int_equal(host->hyp.vectors | host->hyp.idmap_vector, 0);
	assert_int_equal(host->hyp.mmu.pins, 1);
}

static void the_least_is_an_identity_page(void **state)
{
	(void)state;
	host_over_configs(only_an_identity_page);
}

/* Neither the identity page nor code can be unmapped or weakened; data can. */
static void code_is_pinned(struct host *host)
{
	struct hypmmu *mmu = &host->hyp.mmu;
	uint64_t page = host->page;

	host_build_well(host);
	assert_int_equal(hypmmu_unmap(mmu, idmap_of(host), page, 0), HYPMMU_ERR_PINNED);
	assert_int_equal(hypmmu_unmap(mmu, host_linear(host, text_end(host) - page), page, 0),
			 HYPMMU_ERR_PINNED);
	assert_int_equal(hypmmu_protect(mmu, host_linear(host, 0x10000), page, HYPMMU_RODATA, 0),
			 HYPMMU_ERR_PINNED);
	assert_int_equal(hypmmu_protect(mmu, vectors_of(host), page, HYPMMU_DATA, 0),
			 HYPMMU_ERR_PINNED);
	assert_int_equal(hypmmu_unmap_private(&host->hyp, host->hyp.vectors), HYPMMU_ERR_PINNED);
	assert_int_equal(hypmmu_unmap(mmu, host_linear(host, 0x60000), 0x10000, 0), HYPMMU_OK);
}

static void nobody_can_take_code_away(void **state)
{
	(void)state;
	host_over_configs(code_is_pinned);
}

static void a_cpu_may_have_no_stack_or_no_data(void **state)
{
	struct host host;

	(void)state;
	host_init(&host, &host_configs[2]);
	host.cpus[0].stack_size = 0;
	host.cpus[0].stack = 0x123; /* not looked at */
	host.cpus[1].data = host.cpus[1].data_end;
	host.cpus[0].stack_top = host.cpus[1].data_va = 0x5a5a;
	host_build_well(&host);

	assert_int_equal(host.cpus[0].stack_top, 0);
	assert_int_equal(host.cpus[1].data_va, 0);
	assert_int_equal(host.cpus[1].stack_top, 0x40201000 - 0x1000);
	host_assert_hole(&host, host_linear(&host, 0x1004000), 2 * host.page);
	host_end(&host);
}

/* Data of all CPUs side by side, as an array has them. */
static void data_of_cpus_may_share_granules(void **state)
{
	struct host host;

	(void)state;
	host_init(&host, &host_configs[7]);
	for (size_t i = 0; i < HOST_CPUS; i++) {
		host.cpus[i].data = host_at(0x1000000 + 0x100 * i);
		host.cpus[i].data_end = host_at(0x1000100 + 0x100 * i);
	}
	host_build_well(&host);

	assert_int_equal(host.cpus[2].data_va, host_linear(&host, 0x1000200));
	host_assert_mapped(&host, host_linear(&host, 0x1000000), HOST_RAM + 0x1000000, host.page,
			   HYPMMU_DATA);
	host_assert_hole(&host, host_linear(&host, 0x1000000 + host.page), host.page);
	host_end(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_description_becomes_exactly_its_mappings),
		cmocka_unit_test(the_callers_learn_where_their_things_are),
		cmocka_unit_test(the_registers_are_those_of_the_tables),
		cmocka_unit_test(each_step_is_told_in_order),
		cmocka_unit_test(without_a_trace_all_is_the_same),
		cmocka_unit_test(the_least_is_an_identity_page),
		cmocka_unit_test(nobody_can_take_code_away),
		cmocka_unit_test(a_cpu_may_have_no_stack_or_no_data),
		cmocka_unit_test(data_of_cpus_may_share_granules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
