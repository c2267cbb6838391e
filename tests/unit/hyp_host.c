/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp_host.h"
#include <stdio.h>
#include <string.h>

const struct hypmmu_config host_configs[HOST_CONFIGS] = {
	{.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 36, .pa_bits = 40},
	{.granule = HYPMMU_4K, .va_bits = 39, .pa_bits = 48, .use = HYPMMU_USE_BIG_ENDIAN},
	{.granule = HYPMMU_4K, .va_bits = 48, .pa_bits = 48, .use = HYPMMU_USE_CONT},
	{.granule = HYPMMU_4K, .va_bits = 52, .pa_bits = 52, .hw = HYPMMU_HW_LPA2},
	{.granule = HYPMMU_16K, .va_bits = 36, .pa_bits = 44},
	{.granule = HYPMMU_16K, .va_bits = 47, .pa_bits = 48, .use = HYPMMU_USE_CONT},
	{.granule = HYPMMU_16K, .va_bits = 52, .pa_bits = 52, .hw = HYPMMU_HW_LPA2},
	{.granule = HYPMMU_64K, .va_bits = 42, .pa_bits = 48, .hw = HYPMMU_HW_LPA},
	{.granule = HYPMMU_64K,
	 .va_bits = 52,
	 .pa_bits = 52,
	 .hw = HYPMMU_HW_LPA | HYPMMU_HW_LVA,
	 .use = HYPMMU_USE_CONT},
};

hypmmu_pa host_to_pa(void *ctx, const void *p)
{
	struct host *host = ctx;
	uint64_t offset = (uintptr_t)p - HOST_LINEAR;
	bool lies = ++host->asked >= host->lie_at && host->lie_at;

	assert_int_equal((uintptr_t)p % host->page, 0);
	if (lies && !host->lie_on)
		host->lie_at = 0;
	if (host->hook)
		host->hook(host);
	if (host->none && offset == host->none)
		return HYPMMU_PA_NONE;
	if (offset >= host->scattered && offset < host->scattered_end)
		offset = host->scattered_end - host->page - (offset - host->scattered);
	return (HOST_RAM + offset) ^ (lies ? host->lie : 0);
}

static void note_step(void *ctx, const char *step, hypmmu_va first, hypmmu_va last)
{
	struct host *host = ctx;

	assert_true(host->steps < HOST_LOG);
	snprintf(host->log[host->steps].name, sizeof host->log[0].name, "%s", step);
	host->log[host->steps].first = first;
	host->log[host->steps++].last = last;
}

static void describe_cpus(struct host *host)
{
	for (size_t i = 0; i < HOST_CPUS; i++) {
		uint64_t data = 0x1000000 + i * 4 * host->page;

		host->cpus[i] = (struct hypmmu_hyp_cpu){
			.stack = HOST_RAM + 0x2000000 + i * 2 * host->page,
			.stack_size = 2 * host->page,
			.data = host_at(data + 0x40),
			.data_end = host_at(data + host->page + 1),
		};
	}
}

/* Offsets: text 0x10040 to 0x50010, rodata from 0x60000, bss from 0x80000, aux, as bss, on its last
 * granule; data of the CPUs from 0x1000000; their stacks are no part of the linear range. */
static void describe(struct host *host)
{
	host->sections[0] = (struct hypmmu_hyp_section){host_at(0x10040), host_at(0x50010),
							HYPMMU_CODE, "text"};
	host->sections[1] = (struct hypmmu_hyp_section){host_at(0x60000), host_at(0x70000),
							HYPMMU_RODATA, "rodata"};
	host->sections[2] =
		(struct hypmmu_hyp_section){host_at(0x80000), host_at(0x9f000), HYPMMU_DATA, "bss"};
	host->sections[3] =
		(struct hypmmu_hyp_section){host_at(0x9f010), host_at(0x9f014), HYPMMU_DATA, "aux"};
	describe_cpus(host);
	host->layout = (struct hypmmu_hyp_layout){
		.idmap_start = HOST_IDMAP,
		.idmap_end = HOST_IDMAP + 0xc01,
		.idmap_vector = HOST_IDMAP + 0x800,
		.linear_start = host_at(0),
		.linear_end = host_at(HOST_BYTES),
		.sections = host->sections,
		.cpus = host->cpus,
		.nsections = 4,
		.ncpus = HOST_CPUS,
		.vectors = 0x70000000,
		.vectors_size = host->page,
		.to_pa = host_to_pa,
		.trace = note_step,
		.ctx = host,
	};
}

void host_init(struct host *host, const struct hypmmu_config *cfg)
{
	memset(host, 0, sizeof *host);
	host->cfg = *cfg;
	host->page = UINT64_C(1) << cfg->granule;
	host->block = UINT64_C(1) << (2 * cfg->granule - 3);
	host->arena = (struct arena){.granule = cfg->granule,
				     .capacity = 48,
				     .base_pa = 0x120000000,
				     .trick_pa_bits = cfg->pa_bits};
	assert_true(arena_init(&host->arena));
	describe(host);
}

void host_over_configs(void (*scenario)(struct host *host))
{
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		struct host host;

		host_init(&host, &host_configs[i]);
		scenario(&host);
		host_end(&host);
	}
}

int host_build(struct host *host)
{
	static const struct hypmmu_hyp zero;
	int err;

	host->steps = 0;
	memset(&host->hyp, 0x5a, sizeof host->hyp);
	memset(&host->report, 0x5a, sizeof host->report);
	err = hypmmu_hyp_init(&host->hyp, &host->cfg, &host->arena.pages, &host->layout,
			      &host->report);
	assert_int_equal(host->report.freed | host->report.leaves | host->report.breaks, 0);
	assert_int_equal(host->report.tables, err ? 0 : host->arena.live);
	if (err) {
		assert_memory_equal(&host->hyp, &zero, sizeof zero);
		assert_int_equal(host->arena.live, 0);
		assert_null(arena_fault(&host->arena));
	} else {
		host_assert_sound(host);
	}
	return err;
}

void host_build_well(struct host *host)
{
	assert_int_equal(host_build(host), HYPMMU_OK);
}

struct oracle host_oracle(struct host *host)
{
	struct oracle oracle;

	oracle_init(&oracle, &host->hyp.mmu.cfg, host->hyp.mmu.root, arena_at, &host->arena);
	return oracle;
}

void host_assert_sound(struct host *host)
{
	struct oracle oracle = host_oracle(host);
	struct oracle_tree tree;

	oracle_scan(&oracle, NULL, NULL, &tree);
	assert_null(tree.wrong);
	assert_int_equal(tree.tables, host->hyp.mmu.tables);
	assert_int_equal(tree.tables, host->arena.live);
	assert_null(host->arena.wrong);
	assert_int_equal(hypmmu_check(&host->hyp.mmu, NULL), HYPMMU_OK);
}

void host_end(struct host *host)
{
	if (host->hyp.mmu.tables)
		assert_int_equal(hypmmu_hyp_destroy(&host->hyp), HYPMMU_OK);
	assert_int_equal(host->arena.live, 0);
	assert_null(arena_fault(&host->arena));
	arena_destroy(&host->arena);
}

static void assert_byte(const struct oracle *oracle, hypmmu_va va, hypmmu_pa pa, hypmmu_attr attr)
{
	struct oracle_answer answer = oracle_walk(oracle, va);

	if (!attr) {
		assert_int_equal(answer.result, ORACLE_TRANSLATION);
		return;
	}
	if (answer.result != ORACLE_OK || answer.pa != pa || oracle_attr(oracle, &answer) != attr)
		fail_msg("%llx: result %d, at %llx, not %llx, attr %x, not %x",
			 (unsigned long long)va, answer.result, (unsigned long long)answer.pa,
			 (unsigned long long)pa, oracle_attr(oracle, &answer), attr);
}

void host_assert_mapped(struct host *host, hypmmu_va va, hypmmu_pa pa, uint64_t size,
			hypmmu_attr attr)
{
	struct oracle oracle = host_oracle(host);

	for (uint64_t at = 0; at < size; at += host->page)
		assert_byte(&oracle, va + at, pa + at, attr);
	assert_byte(&oracle, va + size - 1, pa + size - 1, attr);
}

void host_assert_hole(struct host *host, hypmmu_va va, uint64_t size)
{
	host_assert_mapped(host, va, 0, size, 0);
}

struct sum {
	uint64_t bytes;
	size_t leaves;
};

static void add_leaf(void *ctx, const struct oracle_answer *leaf)
{
	struct sum *sum = ctx;

	sum->bytes += leaf->size;
	sum->leaves++;
}

uint64_t host_mapped(struct host *host, size_t *leaves)
{
	struct oracle oracle = host_oracle(host);
	struct oracle_tree tree;
	struct sum sum = {0};

	oracle_scan(&oracle, add_leaf, &sum, &tree);
	assert_null(tree.wrong);
	if (leaves)
		*leaves = sum.leaves;
	return sum.bytes;
}

void host_save(struct host *host, struct host_saved *saved)
{
	memcpy(&saved->hyp, &host->hyp, sizeof saved->hyp);
	arena_save(&host->arena);
}

void host_assert_saved(struct host *host, const struct host_saved *saved)
{
	assert_memory_equal(&host->hyp, &saved->hyp, sizeof saved->hyp);
	assert_true(arena_is_as_saved(&host->arena));
	assert_null(host->arena.wrong);
}
