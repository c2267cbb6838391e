/* SPDX-License-Identifier: BSD-2-Clause */
/* No libc: the same file is part of the bare-metal consumer. `expected` has the text, by hand. */
#include "space.h"
#include <hypmmu/hypmmu.h>

#define PAGE	 UINT64_C(4096)
#define TABLE_PA UINT64_C(0x88000000)
#define TABLES	 5
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct hypmmu_config cfg = {
	.granule = HYPMMU_4K,
	.regime = HYPMMU_EL2,
	.va_bits = 39,
	.pa_bits = 40,
};

static const struct hypmmu_change layout[] = {
	{.va = 0x40200000, .pa = 0x80200000, .size = 0x200000, .attr = HYPMMU_DATA},
	{.va = 0x40400000, .pa = 0x80401000, .size = 0x3000, .attr = HYPMMU_CODE},
	{.va = 0x09000000, .pa = 0x09000000, .size = 0x1000, .attr = HYPMMU_MMIO},
};

static const struct probe {
	hypmmu_va va;
	enum hypmmu_access access;
	const char *name;
} probes[] = {
	{0x40234567, HYPMMU_WRITE, "write "}, {0x40401008, HYPMMU_FETCH, "fetch "},
	{0x40401008, HYPMMU_WRITE, "write "}, {0x40234567, HYPMMU_FETCH, "fetch "},
	{0x40403000, HYPMMU_READ, "read "},   {0x09000018, HYPMMU_READ, "read "},
	{0x8040200000, HYPMMU_READ, "read "},
};

static _Alignas(4096) unsigned char memory[TABLES * PAGE];

struct line {
	char text[96];
	unsigned n;
};

static void add(struct line *line, const char *text)
{
	while (*text && line->n < sizeof(line->text) - 1)
		line->text[line->n++] = *text++;
	line->text[line->n] = '\0';
}

static void add_hex(struct line *line, uint64_t value)
{
	char digits[17];
	unsigned i = sizeof(digits) - 1;

	digits[i] = '\0';
	do {
		digits[--i] = "0123456789abcdef"[value & 15];
		value >>= 4;
	} while (value);
	add(line, "0x");
	add(line, digits + i);
}

static bool read_memory(void *ctx, hypmmu_pa pa, unsigned char bytes[8])
{
	(void)ctx;
	if (pa - TABLE_PA > sizeof(memory) - 8)
		return false;
	for (unsigned i = 0; i < 8; i++)
		bytes[i] = memory[pa - TABLE_PA + i];
	return true;
}

static void describe_walk(struct line *line, const struct hypmmu_machine *machine,
			  const struct probe *probe)
{
	struct hypmmu_translation t;

	add(line, probe->name);
	add_hex(line, probe->va);
	if (hypmmu_walk(machine, probe->va, probe->access, &t)) {
		add(line, " -> ");
		add_hex(line, t.pa);
		add(line, " by ");
		add_hex(line, t.desc);
	} else {
		add(line, " faults, status ");
		add_hex(line, t.fsc);
	}
}

static int build_space(struct hypmmu *mmu, struct hypmmu_pool *pool)
{
	struct hypmmu_report report;
	int err = hypmmu_tables_needed(&cfg, layout, COUNT(layout), &report);

	if (!err && report.tables != TABLES)
		err = HYPMMU_ERR_NOMEM;
	if (!err)
		err = hypmmu_pool_init(pool, cfg.granule, memory, TABLE_PA, sizeof(memory));
	if (!err)
		err = hypmmu_init(mmu, &cfg, &pool->pages);
	if (!err)
		err = hypmmu_apply(mmu, layout, COUNT(layout), &report);
	return err;
}

int show_space(void (*print)(void *ctx, const char *line), void *ctx)
{
	struct hypmmu_machine machine = {.read = read_memory};
	struct hypmmu_pool pool;
	struct hypmmu mmu;
	struct line head = {.n = 0};
	int err = build_space(&mmu, &pool);

	if (!err)
		err = hypmmu_get_regs(&mmu, NULL, &machine.regs);
	if (err)
		return err;
	hypmmu_dump(&mmu, print, ctx);
	add(&head, "TCR_EL2 ");
	add_hex(&head, machine.regs.tcr);
	add(&head, ", TTBR0_EL2 ");
	add_hex(&head, machine.regs.ttbr0);
	print(ctx, head.text);
	machine.id.mmfr0 = 2; /* PARange: 40 bits */
	for (unsigned i = 0; i < COUNT(probes); i++) {
		struct line line = {.n = 0};

		describe_walk(&line, &machine, &probes[i]);
		print(ctx, line.text);
	}
	return hypmmu_destroy(&mmu);
}
