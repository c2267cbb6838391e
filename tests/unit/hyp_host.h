/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host that wants a hyp-mode address space. Its linear range is at HOST_LINEAR, of HOST_BYTES; the
 * granule at HOST_LINEAR + x is at PA HOST_RAM + x, unless it is scattered: see host_to_pa(). What
 * the library made of it is asked of the oracle, granule by granule.
 */
#ifndef HYP_HOST_H
#define HYP_HOST_H
#include "support/arena.h"
#include "support/oracle.h"
#include <hypmmu/hyp.h>

#define HOST_LINEAR UINT64_C(0xffff000000000000)
#define HOST_BYTES  (UINT64_C(8) << 30)
#define HOST_RAM    UINT64_C(0x80000000)
#define HOST_IDMAP  UINT64_C(0x40201000) /* at a multiple of 2 KiB, in each granule */

#define HOST_CONFIGS 9
#define HOST_CPUS    3
#define HOST_LOG     64

struct host_step {
	char name[16];
	hypmmu_va first, last;
};

struct host {
	struct arena arena;
	struct hypmmu_hyp hyp;
	struct hypmmu_config cfg;
	struct hypmmu_hyp_layout layout;
	struct hypmmu_hyp_section sections[4];
	struct hypmmu_hyp_cpu cpus[HOST_CPUS];
	struct hypmmu_report report;
	uint64_t page, block; /* block: the smallest, of level 2 */
	/* of to_pa: */
	uint64_t scattered, scattered_end; /* offsets: granules from last to first */
	uint64_t none;			   /* the offset that has no memory; 0: all have */
	size_t asked, lie_at;		   /* it lies when it has been asked so often; 0: never */
	bool lie_on;			   /* and ever after; else once */
	hypmmu_pa lie;			   /* how the lie differs, by XOR */
	void (*hook)(struct host *host);
	/* of trace: */
	struct host_step log[HOST_LOG];
	size_t steps;
};

/* Every granule, start level and layout of descriptors. */
extern const struct hypmmu_config host_configs[HOST_CONFIGS];

/* Text, rodata, bss and auxiliary data, three CPUs with stacks of two granules, data and vectors;
 * nothing is built yet. */
void host_init(struct host *host, const struct hypmmu_config *cfg);
/* For each of host_configs: init, scenario, end. */
void host_over_configs(void (*scenario)(struct host *host));
/* hypmmu_hyp_init(); the oracle finds the tree sound if it succeeds, and else nothing is left. */
int host_build(struct host *host);
void host_build_well(struct host *host);
void host_assert_sound(struct host *host);
/* hypmmu_hyp_destroy(), if it was built; every page is back. */
void host_end(struct host *host);

static inline const void *host_at(uint64_t offset)
{
	return (const void *)(uintptr_t)(HOST_LINEAR + offset);
}

/* Its hyp address without a seed, while the identity page is in the lower half. */
static inline hypmmu_va host_linear(const struct host *host, uint64_t offset)
{
	return (UINT64_C(1) << (host->cfg.va_bits - 1)) + offset;
}

hypmmu_pa host_to_pa(void *host, const void *p);

struct oracle host_oracle(struct host *host);
/* [va, va + size) is at pa onwards with attr, asked at each granule and the last byte of all; or, attr
 * 0, not mapped. */
void host_assert_mapped(struct host *host, hypmmu_va va, hypmmu_pa pa, uint64_t size,
			hypmmu_attr attr);
void host_assert_hole(struct host *host, hypmmu_va va, uint64_t size);
/* How many bytes are mapped in all, and how many leaves that takes. */
uint64_t host_mapped(struct host *host, size_t *leaves);

/* The whole of tables and hyp, before and after: nothing has changed. */
struct host_saved {
	struct hypmmu_hyp hyp;
};
void host_save(struct host *host, struct host_saved *saved);
void host_assert_saved(struct host *host, const struct host_saved *saved);
#endif
