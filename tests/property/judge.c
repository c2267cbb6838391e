/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge.h"
#include <inttypes.h>
#include <string.h>

#define MOST_LEAVES 24576

static const char *const op_names[] = {"MAP", "UNMAP", "PROTECT", "SPLIT", "MERGE", "KEEP"};

static void explain(const struct run *run, const char *what)
{
	const struct hypmmu_config *cfg = &run->theme.cfg;

	print_error("%s\nseed %#" PRIx64
		    ", round %zu, step %zu: granule %d, regime %d, va_bits %d, "
		    "pa_bits %d, hw %#x, use %#x, %s\n",
		    what, run->seed, run->round, run->step, (int)cfg->granule, (int)cfg->regime,
		    cfg->va_bits, cfg->pa_bits, cfg->hw, cfg->use,
		    run->arena.window ? "window" : "callbacks");
	for (size_t i = 0; i < run->n; i++) {
		const struct hypmmu_change *c = &run->changes[i];

		print_error("  %zu: %-7s va %#" PRIx64 " pa %#" PRIx64 " size %#" PRIx64
			    " attr %#x flags %u\n",
			    i, op_names[c->op], c->va, c->pa, c->size, c->attr, c->flags);
	}
}

void must(const struct run *run, bool holds, const char *what)
{
	if (holds)
		return;
	explain(run, what);
	fail_msg("%s", what);
}

/* ---- A round ---- */

void start_round(struct run *run, enum hypmmu_granule granule, int start_level)
{
	run->n = 0;
	run->step = 0;
	run->theme = draw_theme(&run->random, granule, start_level);
	run->arena = draw_arena(&run->random, &run->theme.cfg);
	must(run, oracle_start_level(&run->theme.shape) == start_level, "the draw went wrong");
	must(run, hypmmu_config_check(&run->theme.cfg) == HYPMMU_OK, "config_check refuses");
	must(run, arena_init(&run->arena), "no memory for the arena");
	must(run, model_init(&run->model, &run->theme.shape, MOST_LEAVES),
	     "no memory for the model");
	must(run, hypmmu_init(&run->mmu, &run->theme.cfg, &run->arena.pages) == HYPMMU_OK, "init");
	oracle_init(&run->oracle, &run->theme.cfg, run->mmu.root, arena_at, &run->arena);
}

void end_round(struct run *run)
{
	static const struct hypmmu zero;

	run->n = 0;
	must(run, hypmmu_destroy(&run->mmu) == HYPMMU_OK, "destroy");
	must(run, !memcmp(&run->mmu, &zero, sizeof zero), "destroy leaves all zero");
	must(run, run->arena.live == 0, "destroy gives every page back");
	must(run, !arena_fault(&run->arena), "page source");
	arena_destroy(&run->arena);
	model_destroy(&run->model);
}

/* ---- One list ---- */

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
		return hypmmu_apply(&run->mmu, c, run->n, NULL);
	switch (c->op) {
	case HYPMMU_MAP:
		if (c->va == c->pa && !c->flags)
			return hypmmu_idmap(&run->mmu, c->pa, c->size, c->attr);
		return hypmmu_map(&run->mmu, c);
	case HYPMMU_UNMAP:
		return hypmmu_unmap(&run->mmu, c->va, c->size, c->flags);
	case HYPMMU_PROTECT:
		return hypmmu_protect(&run->mmu, c->va, c->size, c->attr, c->flags);
	default:
		return hypmmu_apply(&run->mmu, c, 1, NULL);
	}
}

/* Tries the list, which must fail and leave no trace. */
static void must_fail(struct run *run, int err, struct hypmmu_report *report)
{
	struct hypmmu before;

	memcpy(&before, &run->mmu, sizeof before);
	arena_save(&run->arena);
	memset(report, 0x5a, sizeof *report);
	must(run, hypmmu_apply(&run->mmu, run->changes, run->n, report) == err, "the error");
	if (!run->arena.trick)
		must(run, apply_silently(run) == err, "the error without a report");
	must(run, !memcmp(&before, &run->mmu, sizeof before), "an error leaves the object alone");
	must(run, arena_is_as_saved(&run->arena), "an error leaves the tables alone");
	must(run, !run->arena.wrong, "page source");
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

	must(run, hypmmu_plan(&run->mmu, run->changes, run->n, &planned) == HYPMMU_ERR_OVERLAP,
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

static void judge_refusal(struct run *run, const struct model_verdict *verdict,
			  const struct hypmmu_report *planned)
{
	hypmmu_va va = oracle_first_va(&run->oracle) + verdict->at;
	struct oracle_answer there = oracle_walk(&run->oracle, va);
	struct hypmmu_report report;

	must_fail(run, verdict->err, &report);
	must_report(run, planned, &report);
	must(run, report.index == verdict->index, "the change at fault");
	must(run, report.va == va, "the lowest address at fault");
	must(run, report.desc == there.desc && report.level == there.level, "the descriptor there");
	run->results[verdict->err == HYPMMU_ERR_CONFLICT ? SEEN_CONFLICT : SEEN_UNMAPPED]++;
}

/* Every allocation fails once; then one of them goes wrong. */
static void inject(struct run *run, size_t tables)
{
	static const enum arena_trick tricks[] = {ARENA_MISALIGNED, ARENA_BEYOND_PA, ARENA_ODD_PA,
						  ARENA_LOST, ARENA_NO_WAY_BACK};
	struct hypmmu_report report;

	run->arena.trick = ARENA_NULL;
	for (size_t k = 1; k <= tables; k++) {
		run->arena.trick_at = k;
		must_fail(run, HYPMMU_ERR_NOMEM, &report);
		run->injected++;
	}
	if (tables) {
		run->arena.trick = tricks[random_below(&run->random, run->arena.window ? 2 : 5)];
		run->arena.trick_at = 1 + (size_t)random_below(&run->random, tables);
		must_fail(run, HYPMMU_ERR_PAGES, &report);
	}
	run->arena.trick = ARENA_HONEST;
	run->arena.trick_at = 0;
}

static void carry_out(struct run *run, const struct model_verdict *verdict,
		      const struct hypmmu_report *planned)
{
	size_t allocs = run->arena.allocs, frees = run->arena.frees;
	struct hypmmu_report report;

	if (random_once_in(&run->random, 2)) {
		memset(&report, 0x5a, sizeof report);
		must(run, hypmmu_apply(&run->mmu, run->changes, run->n, &report) == HYPMMU_OK,
		     "apply");
		must_report(run, planned, &report);
	} else {
		must(run, apply_silently(run) == HYPMMU_OK, "apply without a report");
	}
	must(run, run->arena.allocs - allocs == verdict->tables, "pages taken");
	must(run, run->arena.frees - frees == verdict->freed, "pages given back");
	must(run, !run->arena.wrong, "page source");
	model_commit(&run->model);
	run->merged += run->model.folded;
	run->results[SEEN_OK]++;
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
	err = hypmmu_plan(&run->mmu, run->changes, run->n, &planned);
	must(run, err == verdict.err, "the verdict of plan");
	must(run, planned.tables == verdict.tables, "tables in the report");
	must(run, planned.freed == verdict.freed, "freed in the report");
	if (verdict.err) {
		judge_refusal(run, &verdict, &planned);
	} else if (verdict.tables > run->arena.capacity - run->arena.live) {
		must_fail(run, HYPMMU_ERR_NOMEM, &report);
		run->results[SEEN_NOMEM]++;
	} else {
		must(run, verdict.resized || planned.leaves == verdict.leaves,
		     "leaves in the report");
		must(run, !planned.breaks, "nothing is broken");
		inject(run, verdict.tables);
		carry_out(run, &verdict, &planned);
	}
	return true;
}

void write_somewhere(struct run *run)
{
	size_t i = run->model.n ? (size_t)random_below(&run->random, run->model.n) : 0;
	const struct model_leaf *leaf = &run->model.leaves[i];
	unsigned char *byte;
	hypmmu_va va;

	if (!run->model.n || !(leaf->attr & HYPMMU_DBM))
		return;
	va = oracle_first_va(&run->oracle) + leaf->at;
	byte = arena_poke(&run->arena, oracle_walk(&run->oracle, va).desc_pa);
	if (run->oracle.big_endian)
		byte += 7;
	*byte &= 0x7f; /* AP[2] is bit 7 */
	model_write(&run->model, i);
	run->written++;
}
