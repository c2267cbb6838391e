/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge.h"

/* ---- What hardware is told ---- */

/* A walk in the middle of the list: what was, what will be, or, during a break, nothing. */
static void judge_walk(const struct run *run, uint64_t at)
{
	const struct model *model = &run->model;
	const struct model_leaf *was = model_find(model->leaves, model->n, at);
	const struct model_leaf *will = model_find(model->next, model->next_n, at);
	const struct model_verdict *verdict = run->watch.verdict;
	struct oracle_answer there = oracle_walk(&run->oracle, oracle_first_va(&run->oracle) + at);
	hypmmu_attr attr;

	if (was && model_end(model, was) <= at)
		was = NULL;
	if (will && model_end(model, will) <= at)
		will = NULL;
	if (!model->walked) /* this root stays as it is */
		will = was;
	if (there.result == ORACLE_TRANSLATION) {
		must(run, !was || !will || verdict->breaks || verdict->grouped,
		     "mapped before and after, and not in between");
		return;
	}
	attr = oracle_attr(&run->oracle, &there);
	must(run,
	     (was && there.pa - was->pa == at - was->at && attr == was->attr) ||
		     (will && there.pa - will->pa == at - will->at && attr == will->attr),
	     "neither what was nor what will be");
}

static void judge_walks(struct run *run)
{
	const struct model_piece *piece;
	uint64_t space = UINT64_C(1) << run->oracle.ia_bits, at;

	if (!run->model.pieces_n)
		return;
	piece = &run->model.pieces[random_below(&run->random, run->model.pieces_n)];
	judge_walk(run, piece->first + random_below(&run->random, piece->end - piece->first));
	judge_walk(run, (piece->first - 1) & (space - 1));
	judge_walk(run, piece->end & (space - 1));
	if (!run->model.n)
		return;
	at = run->model.leaves[random_below(&run->random, run->model.n)].at;
	judge_walk(run, at);
}

static void publish(void *ctx, const void *p, size_t size)
{
	struct run *run = ctx;

	must(run, p && size && size % 8 == 0, "publish: a range");
	run->watch.publishes++;
	machine_publish(run, p, size);
	if (run->watch.verdict && random_once_in(&run->random, 8))
		judge_walks(run);
}

static void sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		 size_t n)
{
	struct run *run = ctx;

	must(run, cfg->granule == run->theme.cfg.granule, "sync: the configuration");
	must(run, n <= 8 && (list || !n), "sync: at most 8 ranges");
	run->watch.syncs++;
	run->watch.stale_syncs += n != 0;
	if (run->watch.verdict)
		judge_walks(run);
	machine_sync(run, cfg, list, n);
}

void start_watch(struct run *run, const struct model_verdict *verdict)
{
	run->watch = (struct watch){.verdict = verdict};
}

void judge_watch(struct run *run)
{
	const struct watch *watch = &run->watch;
	const struct model_verdict *verdict = watch->verdict;
	bool copied = verdict->copied;

	run->watch.verdict = NULL;
	must(run, watch->syncs <= 3 && watch->stale_syncs <= 2, "syncs of one change");
	if (!run->model.live)
		must(run, !watch->publishes && !watch->syncs, "nobody is told of a change");
	else if (!verdict->grouped)
		must(run,
		     !watch->syncs == !(verdict->changed || copied) &&
			     !watch->publishes == !watch->syncs,
		     "publishes and syncs if something has changed");
	if (!verdict->unsure)
		must(run, !watch->stale_syncs == !verdict->stale,
		     "TLBIs if something valid has gone or changed");
}

/* ---- Into and out of it ---- */

void go_live(struct run *run)
{
	run->maint = (struct hypmmu_maint){.publish = publish, .sync = sync, .ctx = run};
	start_watch(run, NULL);
	must(run, machine_go_live(run) == HYPMMU_OK, "set_live");
	must(run, run->watch.publishes == run->mmu->tables, "every table is published");
	must(run, run->watch.syncs == 1 && !run->watch.stale_syncs, "one sync, no TLBI");
	must(run, !machine_fault(run), machine_fault(run));
	run->model.live = true;
}

void stop_live(struct run *run)
{
	start_watch(run, NULL);
	must(run, machine_stop(run) == HYPMMU_OK, "set_live NULL");
	must(run, !run->watch.publishes && !run->watch.syncs, "nothing is published");
	run->model.live = false;
}

/* ---- A new root beside the old one ---- */

/* Every other change has to wait. */
static void judge_waiting(struct run *run)
{
	struct hypmmu_change change = {.op = HYPMMU_SPLIT,
				       .va = oracle_first_va(&run->oracle),
				       .size = UINT64_C(1) << run->oracle.granule};
	struct hypmmu_report report;

	must(run, hypmmu_plan(run->mmu, &change, 1, &report) == HYPMMU_ERR_STATE, "plan waits");
	must(run, hypmmu_apply(run->mmu, &change, 1, NULL) == HYPMMU_ERR_STATE, "apply waits");
	must(run, hypmmu_unmap(run->mmu, change.va, change.size, 0) == HYPMMU_ERR_STATE,
	     "unmap waits");
}

/* CPUs that have not switched yet write, too. */
static void write_to_old(struct run *run, const struct oracle *old)
{
	struct model *model = &run->model;
	struct model_leaf *leaf;

	if (!model->next_n || !run->oracle.hd)
		return;
	leaf = &model->next[random_below(&run->random, model->next_n)];
	write_to(run, old, leaf,
		 leaf->at + random_below(&run->random, model_size_at(model, leaf->level)));
}

void judge_new_root(struct run *run, hypmmu_pa old_root)
{
	struct model *model = &run->model;
	struct oracle old = run->oracle;

	must(run, run->mmu->root != old_root, "a new root");
	old.root = old_root;
	run->oracle.root = run->mmu->root;
	show_strikes(run);
	judge_leaves(run, &old, model->next, model->next_n);
	must(run, judge_leaves(run, &run->oracle, model->leaves, model->n) == run->mmu->tables,
	     "mmu->tables of the new root");
	judge_waiting(run);
	for (unsigned i = 0; i < 4; i++)
		write_to_old(run, &old);
	machine_switch(run);
	machine_call(run);
	machine_unleash(run);
	must(run, hypmmu_reclaim(run->mmu) == HYPMMU_OK, "reclaim");
	machine_return(run);
	must(run, !machine_fault(run), machine_fault(run));
	must(run, hypmmu_reclaim(run->mmu) == HYPMMU_ERR_STATE, "a second reclaim");
	run->roots++;
}
