/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * On a build machine: how many table pages does a layout need, and what will it look like? There are
 * no ID registers here, so the configuration says what the CPU has.
 */
#include <hypmmu/hypmmu.h>
#include <stdio.h>
#include <stdlib.h>

#define GIB UINT64_C(0x40000000)

static const struct hypmmu_change layout[] = {
	{.name = "RAM", .va = GIB, .pa = GIB, .size = 2 * GIB, .attr = HYPMMU_DATA},
	{.name = "text", .va = GIB, .pa = GIB, .size = 0x10000, .attr = HYPMMU_CODE},
	{.name = "UART", .va = 0x9000000, .pa = 0x9000000, .size = 0x1000, .attr = HYPMMU_MMIO},
};
#define COUNT (sizeof(layout) / sizeof(layout[0]))

static void print_line(void *ctx, const char *line)
{
	(void)ctx;
	puts(line);
}

static int build(const struct hypmmu_config *cfg, void *memory, size_t size)
{
	const hypmmu_pa where = 0x50000000; /* where the tables will lie on the machine */
	struct hypmmu_pool pool;
	struct hypmmu mmu;
	int err = hypmmu_pool_init(&pool, cfg->granule, memory, where, size);

	if (!err)
		err = hypmmu_init(&mmu, cfg, &pool.pages);
	if (!err)
		err = hypmmu_apply(&mmu, layout, COUNT, NULL);
	if (!err)
		hypmmu_dump(&mmu, print_line, NULL);
	return err;
}

int main(void)
{
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 40, .pa_bits = 40};
	struct hypmmu_report report;
	int err = hypmmu_tables_needed(&cfg, layout, COUNT, &report);
	size_t size = report.tables << cfg.granule;
	void *memory = err ? NULL : aligned_alloc((size_t)1 << cfg.granule, size);

	if (memory) {
		printf("tables needed: %zu\n", report.tables);
		err = build(&cfg, memory, size);
		free(memory);
	}
	if (err)
		fprintf(stderr, "%s: %s\n", layout[report.index].name, hypmmu_strerror(err));
	return err || !memory;
}
