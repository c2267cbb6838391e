/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dumped.h"
#include <string.h>

_Alignas(1 << 16) unsigned char memory[PAGES << 16];
char text[LINES][128];
size_t lines;

void keep_line(void *ctx, const char *line)
{
	assert_ptr_equal(ctx, &lines);
	assert_true(lines < LINES);
	assert_true(strlen(line) < sizeof(text[0]));
	assert_null(strchr(line, '\n'));
	strcpy(text[lines++], line);
}

void dump(const struct hypmmu *mmu)
{
	lines = 0;
	hypmmu_dump(mmu, keep_line, &lines);
}

void begin(struct space *space, const struct hypmmu_config *cfg)
{
	assert_int_equal(hypmmu_pool_init(&space->pool, cfg->granule, memory, PA, sizeof(memory)),
			 0);
	assert_int_equal(hypmmu_init(&space->mmu, cfg, &space->pool.pages), 0);
}

void map(struct space *space, hypmmu_va va, hypmmu_pa pa, uint64_t size, hypmmu_attr attr)
{
	const struct hypmmu_change change = {.va = va, .pa = pa, .size = size, .attr = attr};

	assert_int_equal(hypmmu_map(&space->mmu, &change), 0);
}

void assert_lines(const struct hypmmu *mmu, const char *const *wanted, size_t n)
{
	dump(mmu);
	for (size_t i = 0; i < n && i < lines; i++)
		assert_string_equal(text[i], wanted[i]);
	assert_int_equal(lines, n);
}
