/* SPDX-License-Identifier: BSD-2-Clause */
/* Single: the calls of one change. Fields are set one by one: no memset, little stack. */
#include <hypmmu/hypmmu.h>

static int apply_single(struct hypmmu *mmu, struct hypmmu_change *change, enum hypmmu_op op,
			hypmmu_va va, uint64_t size)
{
	change->op = op;
	change->va = va;
	change->size = size;
	change->name = NULL;
	return hypmmu_apply(mmu, change, 1, NULL);
}

int hypmmu_map(struct hypmmu *mmu, const struct hypmmu_change *map)
{
	if (!map || map->op != HYPMMU_MAP)
		return HYPMMU_ERR_ARG;
	return hypmmu_apply(mmu, map, 1, NULL);
}

int hypmmu_idmap(struct hypmmu *mmu, hypmmu_pa pa, uint64_t size, hypmmu_attr attr)
{
	struct hypmmu_change map;

	map.pa = pa;
	map.attr = attr;
	map.flags = 0;
	return apply_single(mmu, &map, HYPMMU_MAP, pa, size);
}

int hypmmu_unmap(struct hypmmu *mmu, hypmmu_va va, uint64_t size, uint32_t flags)
{
	struct hypmmu_change unmap;

	unmap.pa = 0;
	unmap.attr = 0;
	unmap.flags = flags;
	return apply_single(mmu, &unmap, HYPMMU_UNMAP, va, size);
}

int hypmmu_protect(struct hypmmu *mmu, hypmmu_va va, uint64_t size, hypmmu_attr attr,
		   uint32_t flags)
{
	struct hypmmu_change protect;

	protect.pa = 0;
	protect.attr = attr;
	protect.flags = flags;
	return apply_single(mmu, &protect, HYPMMU_PROTECT, va, size);
}
