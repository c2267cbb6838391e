/* SPDX-License-Identifier: BSD-2-Clause */
/* First success: the MMU on at EL2, in six calls. */
#include <hypmmu/arch.h>

/* From the linker script: code, and everything that is written to, the stack included. */
extern unsigned char text_start[], text_end[], writable_start[], writable_end[];

static unsigned char memory[16 * 4096] __attribute__((aligned(4096)));
static struct hypmmu_pool pool;
static struct hypmmu mmu;

int enable_mmu(struct hypmmu_report *report)
{
	const hypmmu_pa text = (hypmmu_pa)text_start, data = (hypmmu_pa)writable_start;
	const uint64_t text_size = (uint64_t)(text_end - text_start);
	const uint64_t data_size = (uint64_t)(writable_end - writable_start);
	const struct hypmmu_change layout[] = {
		{.va = 0x40000000, .pa = 0x40000000, .size = 0x40000000, .attr = HYPMMU_DATA},
		{.va = text, .pa = text, .size = text_size, .attr = HYPMMU_CODE},
		{.va = 0x9000000, .pa = 0x9000000, .size = 0x1000, .attr = HYPMMU_MMIO},
	};
	const struct hypmmu_change must_hold[] = {
		{.va = text, .pa = text, .size = text_size, .attr = HYPMMU_CODE},
		{.va = data, .pa = data, .size = data_size, .attr = HYPMMU_DATA},
	};
	struct hypmmu_config cfg = {.granule = HYPMMU_4K};
	struct hypmmu_id id;
	int err;

	hypmmu_arch_read_id(&id);
	err = hypmmu_config_from_id(&cfg, &id);
	if (!err)
		err = hypmmu_pool_init(&pool, HYPMMU_4K, memory, (hypmmu_pa)memory, sizeof(memory));
	if (!err)
		err = hypmmu_init(&mmu, &cfg, &pool.pages);
	if (!err)
		err = hypmmu_apply(&mmu, layout, 3, report);
	if (!err)
		err = hypmmu_arch_enable(&mmu, NULL, must_hold, 2, report);
	return err;
}
