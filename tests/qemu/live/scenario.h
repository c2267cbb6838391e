/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is changed while CPUs run on the tables, as data: the lists are in scenario.c, cont.c and
 * resize.c; state.c says what each address then is; play.c plays them.
 */
#ifndef SCENARIO_H
#define SCENARIO_H
#include <hypmmu/hypmmu.h>

/* A number of bytes, or an address in the arena or in its memory, whatever the granule. */
typedef int64_t amount;
#define PAGES(n)  ((amount)(n))
#define GROUPS(n) ((amount)(n)*0x100000)      /* contiguous groups of pages */
#define BLOCKS(n) ((amount)(n)*0x10000000000) /* of level 2: 2M, 32M, 512M */

/* Virtual addresses, where the tests map; nothing else is within BLOCKS(ARENA_BLOCKS) of it but
 * one page at its end, so that its level 2 table stays. And physical ones: the second GiB of RAM. */
#define ARENA_BASE   UINT64_C(0x1000000000)
#define ARENA_MEMORY UINT64_C(0x80000000)
#define ARENA_BLOCKS 40

#define DATA	HYPMMU_DATA
#define RODATA	HYPMMU_RODATA
#define CODE	HYPMMU_CODE
#define MMIO	HYPMMU_MMIO
#define DATA_NC (HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_NC)

/* One change; va is from ARENA_BASE, pa from ARENA_MEMORY. */
struct op {
	enum hypmmu_op op;
	amount va, pa, size; /* size 0: no change */
	hypmmu_attr attr;
	uint32_t flags;
};

#define MAP(at, to, length, how)                                                                   \
	{                                                                                          \
		HYPMMU_MAP, at, to, length, how, 0                                                 \
	}
#define MAP_PAGES(at, to, length, how)                                                             \
	{                                                                                          \
		HYPMMU_MAP, at, to, length, how, HYPMMU_PAGES_ONLY                                 \
	}
#define UNMAP(at, length)                                                                          \
	{                                                                                          \
		HYPMMU_UNMAP, at, 0, length, 0, 0                                                  \
	}
#define PROTECT(at, length, how)                                                                   \
	{                                                                                          \
		HYPMMU_PROTECT, at, 0, length, how, 0                                              \
	}
#define SPLIT(at, length)                                                                          \
	{                                                                                          \
		HYPMMU_SPLIT, at, 0, length, 0, 0                                                  \
	}
#define SPLIT_PAGES(at, length)                                                                    \
	{                                                                                          \
		HYPMMU_SPLIT, at, 0, length, 0, HYPMMU_PAGES_ONLY                                  \
	}
#define MERGE(at, length)                                                                          \
	{                                                                                          \
		HYPMMU_MERGE, at, 0, length, 0, 0                                                  \
	}

/* All of the arena. */
#define CLEAR                                                                                      \
	{                                                                                          \
		HYPMMU_UNMAP, 0, 0, BLOCKS(ARENA_BLOCKS), 0, HYPMMU_SKIP_HOLES                     \
	}

#define OPS   6
#define STEPS 7
#define SPOTS 6

/* One call of hypmmu_apply(). */
struct step {
	struct op ops[OPS];
	uint32_t flags; /* for each change */
	int err;	/* not 0: it is refused so, and everything stays as it was */
	/* What is at each spot afterwards: the level of the leaf or of the hole; c and C for a
	 * contiguous leaf of level 3 and 2. NULL: nobody looks until the next step is done. */
	const char *shape;
};

/* It starts and ends with the arena empty. */
struct scenario {
	const char *name;
	unsigned only;	     /* for this granule alone, if not 0 */
	amount spots[SPOTS]; /* addresses that all CPUs try after each step */
	const char *shape;   /* at first */
	struct step steps[STEPS];
};

struct list {
	const struct scenario *scenarios;
	size_t n;
};
extern const struct list plain_scenarios, cont_scenarios;
extern const struct list resize_scenarios, resize_cont_scenarios;
#endif
