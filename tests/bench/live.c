/* SPDX-License-Identifier: BSD-2-Clause */
/* Live tables: what a sync would have to issue, counted. */
#include "bench.h"
#include "maint.h"

/* The benchmark's tables are coherent. */
static void publish(void *ctx, const void *p, size_t size)
{
	(void)ctx;
	(void)p;
	(void)size;
}

static void sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		 size_t n)
{
	struct bench *bench = ctx;
	struct hm_tlbis tlbis;
	struct hm_tlbi tlbi;

	bench->syncs++;
	bench->barriers++;
	if (!n)
		return;
	bench->barriers++;
	hm_tlbis_init(&tlbis, cfg, list, n);
	while (hm_tlbis_next(&tlbis, &tlbi))
		bench->tlbis++;
}

int bench_go_live(struct bench *bench)
{
	int err;

	bench->maint = (struct hypmmu_maint){.publish = publish, .sync = sync, .ctx = bench};
	err = hypmmu_set_live(&bench->mmu, &bench->maint);
	bench->syncs = bench->barriers = bench->tlbis = 0;
	return err;
}
