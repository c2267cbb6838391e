/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of contiguous groups, with HYPMMU_USE_CONT. */
#include "scenario.h"

#define BREAK HYPMMU_MAY_BREAK

static const struct scenario scenarios[] = {
	{
		.name = "a group of pages, and one of them unmapped",
		.spots = {PAGES(0), PAGES(1), GROUPS(1) - PAGES(1), GROUPS(1)},
		.shape = "2222",
		.steps =
			{
				{.ops = {MAP(PAGES(0), GROUPS(1), GROUPS(1), DATA)},
				 .shape = "ccc3"},
				{.ops = {UNMAP(PAGES(1), PAGES(1))},
				 .err = HYPMMU_ERR_BREAK,
				 .shape = "ccc3"},
				{.ops = {UNMAP(PAGES(1), PAGES(1))},
				 .flags = BREAK,
				 .shape = "3333"},
				{.ops = {MAP(PAGES(1), GROUPS(1) + PAGES(1), PAGES(1), DATA)},
				 .shape = "3333"},
				{.ops = {MERGE(PAGES(0), GROUPS(1))},
				 .flags = BREAK,
				 .shape = "ccc3"},
				{.ops = {UNMAP(PAGES(0), GROUPS(1))}, .shape = "2222"},
			},
	},
	{
		.name = "two groups of pages, and a page of one protected",
		.spots = {PAGES(0), PAGES(1), PAGES(2), GROUPS(1), GROUPS(2) - PAGES(1)},
		.shape = "22222",
		.steps =
			{
				{.ops = {MAP(PAGES(0), GROUPS(1), GROUPS(2), DATA)},
				 .shape = "ccccc"},
				{.ops = {PROTECT(PAGES(1), PAGES(1), RODATA)},
				 .err = HYPMMU_ERR_BREAK,
				 .shape = "ccccc"},
				{.ops = {PROTECT(PAGES(1), PAGES(1), RODATA)},
				 .flags = BREAK,
				 .shape = "333cc"},
				{.ops = {PROTECT(GROUPS(1), GROUPS(1), RODATA)}, .shape = "333cc"},
				{.ops = {PROTECT(PAGES(1), PAGES(1), DATA)}, .shape = "333cc"},
				{.ops = {CLEAR}, .shape = "22222"},
			},
	},
	{
		.name = "pages that become a group, and a group that becomes pages",
		.spots = {PAGES(0), GROUPS(1) - PAGES(1), GROUPS(1)},
		.shape = "222",
		.steps =
			{
				{.ops = {MAP_PAGES(PAGES(0), PAGES(0), GROUPS(1), CODE)},
				 .shape = "333"},
				{.ops = {MERGE(PAGES(0), GROUPS(1))},
				 .flags = BREAK,
				 .shape = "cc3"},
				{.ops = {SPLIT_PAGES(PAGES(0), GROUPS(1))},
				 .flags = BREAK,
				 .shape = "333"},
				{.ops = {CLEAR}, .shape = "222"},
			},
	},
	{
		.name = "a group of blocks of 4K, and a page of it unmapped",
		.only = HYPMMU_4K,
		.spots = {BLOCKS(0), BLOCKS(3), BLOCKS(3) + PAGES(5), BLOCKS(16) - PAGES(1)},
		.shape = "2222",
		.steps =
			{
				{.ops = {MAP(PAGES(0), BLOCKS(16), BLOCKS(16), DATA)},
				 .shape = "CCCC"},
				{.ops = {UNMAP(BLOCKS(3) + PAGES(5), PAGES(1))},
				 .err = HYPMMU_ERR_BREAK,
				 .shape = "CCCC"},
				{.ops = {UNMAP(BLOCKS(3) + PAGES(5), PAGES(1))},
				 .flags = BREAK,
				 .shape = "2332"},
				{.ops = {CLEAR}, .shape = "2222"},
			},
	},
	{
		.name = "a group of blocks of 16K, and a page of it protected",
		.only = HYPMMU_16K,
		.spots = {BLOCKS(0), BLOCKS(3), BLOCKS(3) + PAGES(5), BLOCKS(32) - PAGES(1)},
		.shape = "2222",
		.steps =
			{
				{.ops = {MAP(PAGES(0), BLOCKS(0), BLOCKS(32), DATA)},
				 .shape = "CCCC"},
				{.ops = {PROTECT(BLOCKS(3) + PAGES(5), PAGES(1), RODATA)},
				 .err = HYPMMU_ERR_BREAK,
				 .shape = "CCCC"},
				{.ops = {PROTECT(BLOCKS(3) + PAGES(5), PAGES(1), RODATA)},
				 .flags = BREAK,
				 .shape = "2332"},
				{.ops = {CLEAR}, .shape = "2222"},
			},
	},
};

const struct list cont_scenarios = {scenarios, sizeof(scenarios) / sizeof(scenarios[0])};
