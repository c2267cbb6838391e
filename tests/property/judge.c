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
		    "pa_bits %d, hw %#x, use %#x, %s, %s\n",
		    what, run->seed, run->round, run->step, (int)cfg->granule, (int)cfg->regime,
		    cfg->va_bits, cfg->pa_bits, cfg->hw, cfg->use,
		    run->arena && run->arena->window ? "window" : "callbacks",
		    run->model.live ? "live" : "not live");
	for (size_t i = 0; i < run->model.pins_n; i++)
		print_error("  pin %#" PRIx64 " to %#" PRIx64 "\n", run->model.pins[i].first,
			    run->model.pins[i].end);
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

void start_round(struct run *run, const struct wish *wish)
{
	struct arena memory;

	run->n = 0;
	run->step = 0;
	run->theme = draw_theme(&run->random, wish);
	memory = draw_arena(&run->random, &run->theme.cfg);
	must(run, oracle_start_level(&run->theme.shape) == wish->start_level,
	     "the draw went wrong");
	must(run, hypmmu_config_check(&run->theme.cfg) == HYPMMU_OK, "config_check refuses");
	must(run, machine_start(run, &memory), "init");
	must(run, model_init(&run->model, &run->theme.shape, MOST_LEAVES),
	     "no memory for the model");
	run->model.noabort = run->theme.cfg.hw & HYPMMU_HW_BBM_NOABORT;
	run->model.cont = run->theme.cfg.use & HYPMMU_USE_CONT;
	oracle_init(&run->oracle, &run->theme.cfg, run->mmu->root, arena_at, run->arena);
}

void end_round(struct run *run)
{
	static const struct hypmmu zero;

	run->n = 0;
	if (run->model.live) {
		must(run, hypmmu_destroy(run->mmu) == HYPMMU_ERR_STATE, "destroy while live");
		stop_live(run);
	}
	must(run, hypmmu_destroy(run->mmu) == HYPMMU_OK, "destroy");
	must(run, !memcmp(run->mmu, &zero, sizeof zero), "destroy leaves all zero");
	must(run, run->arena->live == 0, "destroy gives every page back");
	must(run, !arena_fault(run->arena), "page source");
	machine_end(run);
	model_destroy(&run->model);
}

void pin_something(struct run *run)
{
	struct model *model = &run->model;
	hypmmu_va base = oracle_first_va(&run->oracle);

	if (model->n && model->pins_n < 2 && random_once_in(&run->random, 24)) {
		struct model_range pin = draw_pin(&run->random, &run->theme, model);

		model->pins[model->pins_n++] = pin;
		must(run, hypmmu_pin(run->mmu, base + pin.first, pin.end - pin.first) == HYPMMU_OK,
		     "pin");
	} else if (model->pins_n && random_once_in(&run->random, 8)) {
		size_t i = (size_t)random_below(&run->random, model->pins_n);
		struct model_range pin = model->pins[i];

		model->pins[i] = model->pins[--model->pins_n];
		must(run,
		     hypmmu_unpin(run->mmu, base + pin.first, pin.end - pin.first) == HYPMMU_OK,
		     "unpin");
	}
}
