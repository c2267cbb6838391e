/* SPDX-License-Identifier: BSD-2-Clause */
/* What needs no break on a CPU with HYPMMU_HW_BBM_NOABORT. QEMU's CPUs never abort for it. */
#include "scenario.h"

static const struct scenario scenarios[] = {
	{
		.name = "a block split without a break",
		.spots = {PAGES(0), PAGES(3), PAGES(5), BLOCKS(1) - PAGES(1)},
		.shape = "2222",
		.steps =
			{
				{.ops = {MAP(PAGES(0), BLOCKS(1), BLOCKS(1), DATA)},
				 .shape = "2222"},
				{.ops = {PROTECT(PAGES(4), PAGES(2), RODATA)}, .shape = "3333"},
				{.ops = {UNMAP(PAGES(3), PAGES(1))}, .shape = "3333"},
				{.ops = {MAP(PAGES(3), BLOCKS(1) + PAGES(3), PAGES(1), DATA),
					 PROTECT(PAGES(4), PAGES(2), DATA)},
				 .shape = "3333"},
				{.ops = {MERGE(PAGES(0), BLOCKS(1))},
				 .err = HYPMMU_ERR_BREAK,
				 .shape = "3333"},
				{.ops = {MERGE(PAGES(0), BLOCKS(1))},
				 .flags = HYPMMU_MAY_BREAK,
				 .shape = "2222"},
				{.ops = {CLEAR}, .shape = "2222"},
			},
	},
	{
		.name = "a block split by an unmap and by boundaries, without a break",
		.spots = {PAGES(0), PAGES(1), BLOCKS(1), BLOCKS(2) - PAGES(1)},
		.shape = "2222",
		.steps =
			{
				{.ops = {MAP(PAGES(0), BLOCKS(0), BLOCKS(2), CODE)},
				 .shape = "2222"},
				{.ops = {UNMAP(PAGES(1), PAGES(1)),
					 SPLIT_PAGES(BLOCKS(1), BLOCKS(1))},
				 .shape = "3333"},
				{.ops = {PROTECT(BLOCKS(1), BLOCKS(1), RODATA)}, .shape = "3333"},
				{.ops = {CLEAR}, .shape = "2222"},
			},
	},
};

static const struct scenario with_cont[] = {
	{
		.name = "a group that loses a page and gets it back, without a break",
		.spots = {PAGES(0), PAGES(1), GROUPS(1) - PAGES(1), GROUPS(1)},
		.shape = "2222",
		.steps =
			{
				{.ops = {MAP(PAGES(0), GROUPS(1), GROUPS(1), DATA)},
				 .shape = "ccc3"},
				{.ops = {UNMAP(PAGES(1), PAGES(1))}, .shape = "3333"},
				{.ops = {MAP(PAGES(1), GROUPS(1) + PAGES(1), PAGES(1), DATA)},
				 .shape = "ccc3"},
				{.ops = {PROTECT(PAGES(0), PAGES(1), RODATA)}, .shape = "3333"},
				{.ops = {CLEAR}, .shape = "2222"},
			},
	},
};

const struct list resize_scenarios = {scenarios, sizeof(scenarios) / sizeof(scenarios[0])};
const struct list resize_cont_scenarios = {with_cont, sizeof(with_cont) / sizeof(with_cont[0])};
