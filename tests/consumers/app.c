/* SPDX-License-Identifier: BSD-2-Clause */
/* What every consumer builds: one block is mapped and found again. */
#include <hypmmu/hypmmu.h>
#include <stdio.h>

#define GRANULE 4096
#define VA	UINT64_C(0x40200000)
#define PA	UINT64_C(0x80200000)

static _Alignas(GRANULE) unsigned char memory[8 * GRANULE];

int main(void)
{
	const struct hypmmu_config cfg = {
		.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 39, .pa_bits = 40};
	const struct hypmmu_change map = {
		.va = VA, .pa = PA, .size = UINT64_C(1) << 21, .attr = HYPMMU_DATA};
	struct hypmmu_pool pool;
	struct hypmmu mmu;
	struct hypmmu_leaf leaf = {0};
	int err = hypmmu_pool_init(&pool, cfg.granule, memory, 0x40000000, sizeof(memory));

	if (!err)
		err = hypmmu_init(&mmu, &cfg, &pool.pages);
	if (!err)
		err = hypmmu_map(&mmu, &map);
	if (!err)
		err = hypmmu_query(&mmu, VA + 5, &leaf);
	printf("%s: pa %#llx, level %d\n", hypmmu_strerror(err), (unsigned long long)leaf.pa,
	       leaf.level);
	return err || leaf.pa != PA || leaf.level != 2;
}
