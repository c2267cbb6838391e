/* SPDX-License-Identifier: BSD-2-Clause */
#include "rig.h"
#include "../../../examples/qemu-virt/host.h"
#include "../../../examples/qemu-virt/layout.h"
#include "../../../examples/qemu-virt/probe.h"
#include "cpus.h"
#include "scenario.h"
#include "state.h"

#define RANGE(symbol, how)                                                                         \
	{                                                                                          \
		.name = #symbol, .va = ADDRESS(symbol##_start), .pa = ADDRESS(symbol##_start),     \
		.size = ADDRESS(symbol##_size), .attr = how, .flags = HYPMMU_PAGES_ONLY            \
	}
#define UART                                                                                       \
	{                                                                                          \
		.name = "UART", .va = UART_BASE, .pa = UART_BASE, .size = 0x10000, .attr = MMIO    \
	}

/* Page by page: QEMU takes blocks out of its TLB together with much else, which would hide a TLBI
 * of the wrong address. */
static const struct hypmmu_change program[] = {RANGE(text, CODE), RANGE(rodata, RODATA),
					       RANGE(writable, DATA), UART};
static const struct hypmmu_change kept[] = {RANGE(text, CODE), RANGE(writable, DATA), UART};
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static struct hypmmu_change blocks(enum hypmmu_granule granule, uint64_t start, uint64_t size,
				   hypmmu_attr attr)
{
	uint64_t block = to_bytes(granule, BLOCKS(1)), first = start / block * block;

	size = (start + size - first + block - 1) / block * block;
	return (struct hypmmu_change){.va = first, .pa = first, .size = size, .attr = attr};
}

struct hypmmu_change code_blocks(enum hypmmu_granule granule)
{
	return blocks(granule, ADDRESS(text_start), ADDRESS(text_size), CODE);
}

struct hypmmu_change data_blocks(enum hypmmu_granule granule)
{
	return blocks(granule, ADDRESS(writable_start), ADDRESS(writable_size), DATA);
}

static int map_program(const struct rig *rig, struct hypmmu *mmu, struct hypmmu_report *report)
{
	const struct hypmmu_change by_blocks[] = {code_blocks(mmu->cfg.granule),
						  data_blocks(mmu->cfg.granule), UART};

	return rig->by_blocks ? hypmmu_apply(mmu, by_blocks, LENGTH(by_blocks), report)
			      : hypmmu_apply(mmu, program, LENGTH(program), report);
}

bool succeeds(const char *call, int err, const struct hypmmu_report *report)
{
	if (!err)
		return true;
	say("%s: %s", call, hypmmu_strerror(err));
	if (report)
		say(" (change %lu, address %016lx, level %d)", report->index, report->va,
		    report->level);
	say("\n");
	return false;
}

static int choose_config(struct rig *rig, enum hypmmu_granule granule, struct hypmmu_config *cfg)
{
	struct hypmmu_id id;
	int err;

	*cfg = (struct hypmmu_config){.granule = granule, .use = rig->use};
	if (rig->trouble == LOCAL)
		cfg->use |= HYPMMU_USE_LOCAL_TLBI;
	hypmmu_arch_read_id(&id);
	err = hypmmu_config_from_id(cfg, &id);
	if (!err)
		cfg->hw |= rig->hw;
	return err;
}

/* The page that keeps the level 2 table of the arena. */
static int map_anchor(struct hypmmu *mmu)
{
	const uint64_t va = to_bytes(mmu->cfg.granule, BLOCKS(ARENA_BLOCKS));

	return hypmmu_map(mmu, &(struct hypmmu_change){.va = ARENA_BASE + va,
						       .pa = ARENA_MEMORY,
						       .size = to_bytes(mmu->cfg.granule, PAGES(1)),
						       .attr = HYPMMU_RODATA});
}

bool build_space(struct rig *rig, enum hypmmu_granule granule)
{
	struct hypmmu_config cfg;
	struct hypmmu_report report;

	return succeeds("hypmmu_config_from_id", choose_config(rig, granule, &cfg), NULL) &&
	       succeeds("hypmmu_pool_init",
			hypmmu_pool_init(&rig->pool, granule, table_memory, ADDRESS(table_memory),
					 ADDRESS(table_memory_size)),
			NULL) &&
	       succeeds("hypmmu_init", hypmmu_init(&rig->mmu, &cfg, &rig->pool.pages), NULL) &&
	       succeeds("hypmmu_apply", map_program(rig, &rig->mmu, &report), &report) &&
	       succeeds("hypmmu_map", map_anchor(&rig->mmu), NULL);
}

static void publish(void *ctx, const void *p, size_t size)
{
	(void)ctx;
	hypmmu_arch_publish(p, size);
}

static void sync_forgets(void *ctx, const struct hypmmu_config *cfg,
			 const struct hypmmu_stale *list, size_t n)
{
	(void)ctx;
	(void)n;
	hypmmu_arch_invalidate(cfg, list, 0);
}

static void sync_elsewhere(void *ctx, const struct hypmmu_config *cfg,
			   const struct hypmmu_stale *list, size_t n)
{
	(void)ctx;
	if (!n)
		hypmmu_arch_invalidate(cfg, list, 0);
	for (size_t i = 0; i < n; i++) {
		struct hypmmu_stale stale = list[i];

		stale.va += stale.size;
		hypmmu_arch_invalidate(cfg, &stale, 1);
	}
}

static const struct hypmmu_maint forgets = {.publish = publish, .sync = sync_forgets, .self = true};
static const struct hypmmu_maint elsewhere = {
	.publish = publish, .sync = sync_elsewhere, .self = true};

static const struct hypmmu_maint *maint_for(enum trouble trouble)
{
	return trouble == FORGETS     ? &forgets
	       : trouble == ELSEWHERE ? &elsewhere
				      : &hypmmu_arch_maint;
}

bool start_cpus(struct rig *rig)
{
	struct hypmmu_report report;

	if (!succeeds("hypmmu_set_live", hypmmu_set_live(&rig->mmu, maint_for(rig->trouble)),
		      NULL) ||
	    !succeeds("hypmmu_arch_enable",
		      hypmmu_arch_enable(&rig->mmu, NULL, kept, LENGTH(kept), &report), &report))
		return false;
	return rig->cpus == 1 || start_second_cpu(&rig->mmu);
}
