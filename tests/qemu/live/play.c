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
	unsigned seen;	     /* the CPUs have last looked when so many steps were done */
	unsigned late[CPUS]; /* accesses by a translation that is no more */
};

static bool may_be_late(const struct rig *rig, unsigned cpu)
{
	return rig->trouble != NO_TROUBLE && (rig->trouble != LOCAL || cpu);
}

/* All CPUs, one after the other. */
static bool look(struct performance *performance, unsigned steps, const char *shape, bool changed)
{
	bool right = true;

	performance->rig->rounds++;
	for (unsigned cpu = 0; cpu < performance->rig->cpus; cpu++) {
		const struct visit visit = {
			.scenario = performance->scenario,
			.granule = performance->rig->mmu.cfg.granule,
			.steps = steps,
			.round = performance->rig->rounds,
			.shape = shape,
			.may_be_late = changed && may_be_late(performance->rig, cpu),
			.held = performance->seen,
			.late = &performance->late[cpu],
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

static bool change(struct rig *rig, const struct step *step)
{
	struct hypmmu_change changes[OPS];
	size_t n = to_changes(step, rig->mmu.cfg.granule, changes), used = rig->pool.used;
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
	return true;
}

static bool is_well_formed(const struct rig *rig)
{
	struct hypmmu_report report;

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

/* The CPUs look before all of the tables are read, which takes much else out of QEMU's TLB. */
static bool play_step(struct performance *performance, unsigned k, const char *shape)
{
	const struct step *step = &performance->scenario->steps[k];

	if (!look_before(performance, k, shape) || !change(performance->rig, step))
		return false;
	if (step->shape) {
		if (!look(performance, k + 1, step->shape, true) ||
		    !has_shape(performance, step->shape))
			return false;
		performance->seen = k + 1;
	}
	return is_well_formed(performance->rig);
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

/* Where changes are to be missed they have to: all scenarios take something away. (The page above
 * one that is taken away may be taken away, too, and its TLBI be enough for QEMU.) */
static bool was_late(const struct performance *performance)
{
	const struct rig *rig = performance->rig;
	bool right = true;

	for (unsigned cpu = 0; cpu < rig->cpus; cpu++) {
		if (!may_be_late(rig, cpu) || rig->trouble == ELSEWHERE || performance->late[cpu])
			continue;
		say("    CPU %d has not missed a change\n", (int)cpu);
		right = false;
	}
	return right;
}

static bool play_one(struct rig *rig, const struct scenario *scenario, unsigned late[CPUS])
{
	struct performance performance = {.rig = rig, .scenario = scenario};
	const size_t tables = rig->mmu.tables;
	bool right;

	say("%s\n", scenario->name);
	right = play_steps(&performance) && was_late(&performance);
	if (right && rig->mmu.tables != tables) {
		say("    %lu tables are left\n", rig->mmu.tables - tables);
		right = false;
	}
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		late[cpu] += performance.late[cpu];
	return right;
}

/* The first that goes wrong is the last: the arena is not empty after it. */
bool play(struct rig *rig, const struct list *list)
{
	size_t played = 0;
	unsigned late[CPUS] = {0};
	bool right = true;

	for (size_t i = 0; i < list->n && right; i++) {
		if (!is_for(&list->scenarios[i], rig->mmu.cfg.granule))
			continue;
		right = play_one(rig, &list->scenarios[i], late);
		played++;
	}
	say("%lu scenarios%s\n", played, right ? " as expected" : ", the last one WRONG");
	for (unsigned cpu = 0; cpu < rig->cpus; cpu++) {
		say("CPU %d: %lu accesses went by what was no more\n", (int)cpu,
		    (uint64_t)late[cpu]);
		right = right && (late[cpu] > 0) == may_be_late(rig, cpu);
	}
	return played && right;
}
