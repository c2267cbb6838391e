/* SPDX-License-Identifier: BSD-2-Clause */
/* An address space over a pool of its own, and the text that hypmmu_dump() makes of it. */
#ifndef DUMPED_H
#define DUMPED_H
#include <hypmmu/hypmmu.h>

#define LINES 16
#define PAGES 20
#define PA    UINT64_C(0x40000000) /* of the pool; the root is its first page */

extern unsigned char memory[PAGES << 16];
/* What dump() printed. */
extern char text[LINES][128];
extern size_t lines;

struct space {
	struct hypmmu_pool pool;
	struct hypmmu mmu;
};

void begin(struct space *space, const struct hypmmu_config *cfg);
void map(struct space *space, hypmmu_va va, hypmmu_pa pa, uint64_t size, hypmmu_attr attr);
void dump(const struct hypmmu *mmu);
/* Its printer; ctx is &lines. */
void keep_line(void *ctx, const char *line);
void assert_lines(const struct hypmmu *mmu, const char *const *wanted, size_t n);
#define ASSERT_LINES(mmu, wanted) assert_lines(mmu, wanted, sizeof(wanted) / sizeof((wanted)[0]))
#endif
