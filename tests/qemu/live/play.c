/* SPDX-License-Identifier: BSD-2-Clause */
#include "play.h"
#include "../../../examples/qemu-virt/host.h"
#include "cpus.h"
#include "state.h"
#include "visit.h"

#define CPUS 2

struct performance {
	struct rig *rig;
	const struct scenario *scenario;
	unsigned seen;	       /* the CPUs have last looked when so many steps were done */
	unsigned misses[CPUS]; /* of each CPU */
};

/* Of changes that have just been made. */
static enum knowledge knowledge_of(const struct rig *rig, unsigned cpu)
{
	switch (rig->trouble) {
	case FORGETS:
		return MISSES;
	case LOCAL:
		return cpu ? MISSES : KNOWS;
	case ELSEWHERE: /* often enough what is wanted is met by chance */
		return MAY_KNOW;
	default:
		return KNOWS;
	}
}

static bool look(struct performance *performance, unsigned steps, const char *shape, bool late)
{
	bool right = true;

	for (unsigned cpu = 0; cpu < performance->rig->cpus; cpu++) {
		const struct visit visit = {
			.scenario = performance->scenario,
			.granule = performance->rig->mmu.cfg.granule,
			.steps = steps,
			.shape = shape,
			.knowledge = late ? knowledge_of(performance->rig, cpu) : KNOWS,
			.held = performance->seen,
			.misses = &performance->misses[cpu],
		};

		right = run_on(cpu, visit_spots, &visit) && right;
	}
	return right;
}

/* With trouble the CPUs start each step afresh, and know then what was there before. Without, what
 * an earlier step has left in a TLB is found as well. */
static bool look_before(struct performance *performance, unsigned k, const char *shape)
{
	if (performance->seen != k || (performance->rig->trouble == NO_TROUBLE && k))
		return true;
	if (performance->rig->trouble != NO_TROUBLE) {
		for (unsigned cpu = 0; cpu < performance->rig->cpus; cpu++)
			run_on(cpu, forget_all, NULL);
	}
	return look(performance, k, shape, false);
}

static size_t make_changes(const struct step *step, enum hypmmu_granule granule,
			   struct hypmmu_change *changes)
{
	size_t n = 0;

	for (unsigned i = 0; i < OPS; i++) {
		const struct op *op = &step->ops[i];

		if (!op->size)
			continue;
		changes[n++] = (struct hypmmu_change){
			.op = op->op,
			.va = ARENA_BASE + to_bytes(granule, op->va),
			.pa = ARENA_MEMORY + to_bytes(granule, op->pa),
			.size = to_bytes(granule, op->size),
			.attr = op->attr,
			.flags = op->flags | step->flags,
		};
	}
	return n;
}

static bool change(struct rig *rig, const struct step *step)
{
	struct hypmmu_change changes[OPS];
	size_t n = make_changes(step, rig->mmu.cfg.granule, changes), used = rig->pool.used;
	struct hypmmu_report report;
	int err = hypmmu_apply(&rig->mmu, changes, n, &report);

	if (err != step->err) {
		say("    expected %s, met ", hypmmu_strerror(step->err));
		if (!err)
			say("success\n");
		return succeeds("hypmmu_apply", err, &report) && false;
	}
	if (err && rig->pool.used != used) {
		say("    a refused change has kept pages\n");
		return false;
	}
	return succeeds("hypmmu_check", hypmmu_check(&rig->mmu, &report), &report) &&
	       rig->mmu.tables == rig->pool.used;
}

/* Leaves and holes as the reading calls see them. */
static bool has_shape(const struct performance *performance, const char *shape)
{
	const struct hypmmu *mmu = &performance->rig->mmu;
	bool right = true;

	for (unsigned spot = 0; shape[spot]; spot++) {
		const uint64_t va =
			ARENA_BASE + to_bytes(mmu->cfg.granule, performance->scenario->spots[spot]);
		struct hypmmu_leaf leaf;
		bool mapped = !hypmmu_query(mmu, va, &leaf);
		char met = mapped && leaf.contiguous ? (leaf.level == 3 ? 'c' : 'C')
						     : (char)('0' + leaf.level);

		if (met != shape[spot]) {
			say("    spot %d: expected level %s", (int)spot, shape + spot);
			say(", met level %d%s\n", leaf.level,
			    leaf.contiguous ? ", contiguous" : "");
			right = false;
		}
	}
	return right;
}

static bool play_step(struct performance *performance, unsigned k, const char *shape)
{
	const struct step *step = &performance->scenario->steps[k];

	if (!look_before(performance, k, shape) || !change(performance->rig, step))
		return false;
	if (!step->shape)
		return true;
	if (!has_shape(performance, step->shape) || !look(performance, k + 1, step->shape, true))
		return false;
	performance->seen = k + 1;
	return true;
}

static bool play_steps(struct performance *performance)
{
	const struct scenario *scenario = performance->scenario;
	const char *shape = scenario->shape;

	for (unsigned k = 0; k < STEPS && scenario->steps[k].ops[0].size; k++) {
		if (!play_step(performance, k, shape)) {
			say("    step %d is wrong\n", (int)k + 1);
			return false;
		}
		if (scenario->steps[k].shape)
			shape = scenario->steps[k].shape;
	}
	return true;
}

/* A CPU that is to miss changes has to: all scenarios take something away. */
static bool has_missed(const struct performance *performance)
{
	bool right = true;

	for (unsigned cpu = 0; cpu < performance->rig->cpus; cpu++) {
		bool misses = performance->misses[cpu];
		enum knowledge knowledge = knowledge_of(performance->rig, cpu);

		if (knowledge == MAY_KNOW || misses == (knowledge == MISSES))
			continue;
		say("    CPU %d has%s missed changes\n", (int)cpu, misses ? "" : " not");
		right = false;
	}
	return right;
}

static bool play_one(struct rig *rig, const struct scenario *scenario, unsigned missed[CPUS])
{
	struct performance performance = {.rig = rig, .scenario = scenario};
	const size_t tables = rig->mmu.tables;
	bool right;

	say("%s\n", scenario->name);
	right = play_steps(&performance) && has_missed(&performance);
	if (right && rig->mmu.tables != tables) {
		say("    %lu tables are left\n", rig->mmu.tables - tables);
		right = false;
	}
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		missed[cpu] += performance.misses[cpu];
	return right;
}

/* The first that goes wrong is the last: the arena is not empty after it. */
bool play(struct rig *rig, const struct list *list)
{
	size_t played = 0;
	unsigned missed[CPUS] = {0};
	bool right = true;

	for (size_t i = 0; i < list->n && right; i++) {
		if (!is_for(&list->scenarios[i], rig->mmu.cfg.granule))
			continue;
		right = play_one(rig, &list->scenarios[i], missed);
		played++;
	}
	say("%lu scenarios%s\n", played, right ? " as expected" : ", the last one WRONG");
	for (unsigned cpu = 0; cpu < rig->cpus; cpu++) {
		say("CPU %d: %lu accesses by a translation that was no more\n", (int)cpu,
		    (uint64_t)missed[cpu]);
		right = right && (missed[cpu] > 0) == (knowledge_of(rig, cpu) != KNOWS);
	}
	return played && right;
}
