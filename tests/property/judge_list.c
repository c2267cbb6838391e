/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge.h"
#include <inttypes.h>
#include <string.h>

static void must_report(const struct run *run, const struct hypmmu_report *a,
			const struct hypmmu_report *b)
{
	must(run,
	     a->tables == b->tables && a->freed == b->freed && a->leaves == b->leaves &&
		     a->breaks == b->breaks && a->index == b->index && a->other == b->other &&
		     a->va == b->va && a->desc == b->desc && a->level == b->level,
	     "plan and apply report alike");
}

/* Like hypmmu_apply(), by a call without a report. */
static int apply_silently(struct run *run)
{
	const struct hypmmu_change *c = run->changes;

	if (run->n != 1)
		return hypmmu_apply(run->mmu, c, run->n, NULL);
	switch (c->op) {
	case HYPMMU_MAP:
		if (c->va == c->pa && !c->flags)
			return hypmmu_idmap(run->mmu, c->pa, c->size, c->attr);
		return hypmmu_map(run->mmu, c);
	case HYPMMU_UNMAP:
		return hypmmu_unmap(run->mmu, c->va, c->size, c->flags);
	case HYPMMU_PROTECT:
		return hypmmu_protect(run->mmu, c->va, c->size, c->attr, c->flags);
	default:
		return hypmmu_apply(run->mmu, c, 1, NULL);
	}
}

/* Tries the list, which must fail and leave no trace. */
static void must_fail(struct run *run, int err, struct hypmmu_report *report)
{
	struct hypmmu before;

	memcpy(&before, run->mmu, sizeof before);
	machine_call(run);
	arena_save(run->arena);
	memset(report, 0x5a, sizeof *report);
	start_watch(run, NULL);
	must(run, hypmmu_apply(run->mmu, run->changes, run->n, report) == err, "the error");
	if (!run->arena->trick)
		must(run, apply_silently(run) == err, "the error without a report");
	must(run, !machine_stores(run), "an error stores nothing");
	machine_return(run);
	must(run, !memcmp(&before, run->mmu, sizeof before), "an error leaves the object alone");
	must(run, arena_is_as_saved(run->arena), "an error leaves the tables alone");
	must(run, !run->arena->wrong, "page source");
	must(run, !run->watch.publishes && !run->watch.syncs, "an error tells hardware nothing");
	must(run, !report->tables && !report->freed && !report->leaves && !report->breaks,
	     "on error the counts are 0");
}

/* The first change that crosses an earlier one; n: none. */
static size_t first_crossing(const struct run *run)
{
	for (size_t i = 1; i < run->n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (model_crosses(&run->changes[k], &run->changes[i]))
				return i;
		}
	}
	return run->n;
}

static void judge_crossing(struct run *run, size_t index)
{
	struct hypmmu_report planned, report;

	must(run, hypmmu_plan(run->mmu, run->changes, run->n, &planned) == HYPMMU_ERR_OVERLAP,
	     "plan sees the crossing");
	must_fail(run, HYPMMU_ERR_OVERLAP, &report);
	must_report(run, &planned, &report);
	must(run, report.index == index, "the change that crosses");
	must(run,
	     report.other < index &&
		     model_crosses(&run->changes[report.other], &run->changes[index]),
	     "the change that it crosses");
	run->results[SEEN_OVERLAP]++;
}

static enum seen kind_of(int err)
{
	switch (err) {
	case HYPMMU_ERR_CONFLICT:
		return SEEN_CONFLICT;
	case HYPMMU_ERR_UNMAPPED:
		return SEEN_UNMAPPED;
	case HYPMMU_ERR_BREAK:
		return SEEN_BREAK;
	default:
		return SEEN_PINNED;
	}
}

static bool is_merge(const struct run *run, size_t index)
{
	return run->changes[index].op == HYPMMU_MERGE;
}

static void judge_refusal(struct run *run, const struct model_verdict *verdict,
			  const struct hypmmu_report *planned)
{
	hypmmu_va va = oracle_first_va(&run->oracle) + verdict->at;
	struct oracle_answer there = oracle_walk(&run->oracle, va);
	struct hypmmu_report report;

	must_fail(run, verdict->err, &report);
	must_report(run, planned, &report);
	must(run,
	     report.index == verdict->index || (is_merge(run, report.index) /* joined */
						&& is_merge(run, verdict->index)),
	     "the change at fault");
	must(run, report.va == va, "the lowest address at fault");
	must(run, report.desc == there.desc && report.level == there.level, "the descriptor there");
	run->results[kind_of(verdict->err)]++;
}

/* Every allocation fails once; then one of them goes wrong. */
static void inject(struct run *run, size_t tables)
{
	static const enum arena_trick tricks[] = {ARENA_MISALIGNED, ARENA_BEYOND_PA, ARENA_ODD_PA,
						  ARENA_LOST, ARENA_NO_WAY_BACK};
	struct hypmmu_report report;

	run->arena->trick = ARENA_NULL;
	for (size_t k = 1; k <= tables; k++) {
		run->arena->trick_at = k;
		must_fail(run, HYPMMU_ERR_NOMEM, &report);
		run->injected++;
	}
	if (tables) {
		run->arena->trick = tricks[random_below(&run->random, run->arena->window ? 2 : 5)];
		run->arena->trick_at = 1 + (size_t)random_below(&run->random, tables);
		must_fail(run, HYPMMU_ERR_PAGES, &report);
	}
	run->arena->trick = ARENA_HONEST;
	run->arena->trick_at = 0;
}

static void apply(struct run *run, const struct hypmmu_report *planned)
{
	struct hypmmu_report report;

	if (random_once_in(&run->random, 2)) {
		memset(&report, 0x5a, sizeof report);
		must(run, hypmmu_apply(run->mmu, run->changes, run->n, &report) == HYPMMU_OK,
		     "apply");
		must_report(run, planned, &report);
	} else {
		must(run, apply_silently(run) == HYPMMU_OK, "apply without a report");
	}
}

static void carry_out(struct run *run, const struct model_verdict *verdict,
		      const struct hypmmu_report *planned)
{
	size_t allocs = run->arena->allocs, frees = run->arena->frees;
	hypmmu_pa root = run->mmu->root;

	start_watch(run, verdict);
	machine_call(run);
	machine_unleash(run);
	apply(run, planned);
	machine_return(run);
	must(run, !machine_fault(run), machine_fault(run));
	judge_watch(run);
	must(run, run->arena->allocs - allocs == verdict->tables, "pages taken");
	must(run, !run->arena->wrong, "page source");
	model_commit(&run->model);
	if (run->model.live && model_wants_new_root(run->changes, run->n))
		judge_new_root(run, root);
	pass_on_strikes(run);
	must(run, run->arena->frees - frees == verdict->freed, "pages given back");
	run->merged += run->model.folded;
	run->grouped += verdict->grouped;
	run->broken += verdict->breaks;
	run->live += run->model.live;
	run->results[SEEN_OK]++;
}

/* What plan says of a list that it does not refuse. */
static void judge_counts(const struct run *run, const struct model_verdict *verdict,
			 const struct hypmmu_report *planned)
{
	if (!verdict->resized && !verdict->grouped)
		must(run, planned->leaves == verdict->leaves, "leaves in the report");
	if (!verdict->grouped)
		must(run, planned->breaks == verdict->breaks, "breaks in the report");
	else if (!verdict->unsure)
		must(run, !planned->breaks == !verdict->breaks, "breaks or none in the report");
}

bool judge_list(struct run *run)
{
	size_t crossing = first_crossing(run);
	struct model_verdict verdict;
	struct hypmmu_report planned, report;
	int err;

	if (crossing < run->n) {
		judge_crossing(run, crossing);
		return true;
	}
	verdict = model_try(&run->model, run->changes, run->n);
	if (verdict.too_big)
		return false;
	memset(&planned, 0x5a, sizeof planned);
	err = hypmmu_plan(run->mmu, run->changes, run->n, &planned);
	if (err != verdict.err)
		print_error("plan says %d at %#" PRIx64 " of change %zu, the model %d at %#" PRIx64
			    " of change %zu\n",
			    err, planned.va, planned.index, verdict.err, verdict.at, verdict.index);
	must(run, err == verdict.err, "the verdict of plan");
	must(run, planned.tables == verdict.tables, "tables in the report");
	must(run, planned.freed == verdict.freed, "freed in the report");
	if (verdict.err) {
		judge_refusal(run, &verdict, &planned);
	} else if (verdict.tables > run->arena->capacity - run->arena->live) {
		must_fail(run, HYPMMU_ERR_NOMEM, &report);
		run->results[SEEN_NOMEM]++;
	} else {
		judge_counts(run, &verdict, &planned);
		inject(run, verdict.tables);
		carry_out(run, &verdict, &planned);
	}
	return true;
}
