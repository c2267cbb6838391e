/* SPDX-License-Identifier: BSD-2-Clause */
#include "visit.h"
#include "../../../examples/qemu-virt/host.h"
#include "../../../examples/qemu-virt/probe.h"
#include "../../../examples/qemu-virt/sysreg.h"
#include "state.h"

#define CODE_OFFSET 8 /* from the start of a page; the value is at 0 */

#define MOVZ_X0(value)	  (0xd2800000 | (uint32_t)((value)&0xffff) << 5)
#define MOVK_X0_16(value) (0xf2a00000 | (uint32_t)((value)&0xffff) << 5)
#define RET		  0xd65f03c0

#define FSC_TRANSLATION 0x04 /* and the level */
#define FSC_PERMISSION	0x0c

#define PAR_F	      UINT64_C(1)
#define PAR_FST(par)  ((par) >> 1 & 0x3f)
#define PAR_PA	      UINT64_C(0x000ffffffffff000)
#define PAR_ATTR(par) ((par) >> 56)

static const char *const accesses[] = {"read", "write", "fetch"};

/* No two pages have the same; it has 32 bits. */
static uint64_t value_at(hypmmu_pa pa)
{
	return pa + 0x5a5;
}

static void plant_at(hypmmu_pa pa)
{
	volatile uint64_t *value = (volatile uint64_t *)(uintptr_t)pa;
	volatile uint32_t *code = (volatile uint32_t *)(uintptr_t)(pa + CODE_OFFSET);

	*value = value_at(pa);
	code[0] = MOVZ_X0(value_at(pa));
	code[1] = MOVK_X0_16(value_at(pa) >> 16);
	code[2] = RET;
}

void plant(const struct list *list, enum hypmmu_granule granule)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct scenario *scenario = &list->scenarios[i];

		if (!is_for(scenario, granule))
			continue;
		for (unsigned k = 0; k < SPOTS * STEPS; k++) {
			struct state state = state_after(scenario, granule, k / SPOTS + 1,
							 scenario->spots[k % SPOTS]);

			if (state.mapped)
				plant_at(state.pa);
		}
	}
}

bool forget_all(const void *nothing)
{
	(void)nothing;
	__asm__ volatile("tlbi alle2\n\tdsb nsh\n\tisb" : : : "memory");
	return true;
}

/* ESR_ELx.FSC of an access that is not allowed. */
static unsigned expected_fsc(const struct state *state, char shape)
{
	unsigned level = shape == 'c' ? 3 : shape == 'C' ? 2 : (unsigned)(shape - '0');

	return (state->mapped ? FSC_PERMISSION : FSC_TRANSLATION) | level;
}

/* A write puts there what is there already: a page that it should not have met is then wrong. */
static struct outcome try_spot(uint64_t va, enum hypmmu_access access, const struct state *state)
{
	return try_word(access == HYPMMU_FETCH ? va + CODE_OFFSET : va, access,
			access == HYPMMU_WRITE ? value_at(state->pa) : 0);
}

static bool is_right(const struct outcome *outcome, uint64_t va, enum hypmmu_access access,
		     const struct state *state, unsigned fsc)
{
	if (access == HYPMMU_FETCH)
		va += CODE_OFFSET;
	if (!is_allowed(state, access))
		return is_fault(outcome, va, access, fsc);
	return !outcome->faulted &&
	       (access == HYPMMU_WRITE || outcome->value == value_at(state->pa));
}

static void say_wrong(const struct visit *visit, uint64_t va, const char *access,
		      const struct state *state, const struct outcome *outcome)
{
	say("    CPU %d, %lu steps done, %s at %016lx: expected %s", (int)(read_mpidr_el1() & 1),
	    (uint64_t)visit->steps, access, va, state->mapped ? "" : "nothing there");
	if (state->mapped)
		say("value %lx, attributes %lx", value_at(state->pa), (uint64_t)state->attr);
	say(", met value %lx, ESR_EL2 %lx, FAR_EL2 %lx\n", outcome->value, (uint64_t)outcome->esr,
	    outcome->far);
}

/* MAIR_EL2 byte of the memory type. */
static uint64_t type_of(hypmmu_attr attr)
{
	switch (attr & (7u << 4)) {
	case HYPMMU_NORMAL_NC:
		return 0x44;
	case HYPMMU_DEVICE_NGNRE:
		return 0x04;
	default:
		return 0xff;
	}
}

struct encounter {
	const struct visit *visit;
	uint64_t va;
	struct state now, held; /* what is there; what this CPU may think is there */
	unsigned fsc;
	bool may_know;
};

/* The tables themselves: AT walks them. */
static bool is_walked_right(const struct encounter *encounter)
{
	const struct state *now = &encounter->now;
	uint64_t par = at_s1e2r(encounter->va);
	bool right = now->mapped ? !(par & PAR_F) && (par & PAR_PA) == now->pa &&
					   PAR_ATTR(par) == type_of(now->attr)
				 : (par & PAR_F) && PAR_FST(par) == encounter->fsc;

	if (!right)
		say_wrong(encounter->visit, encounter->va, "AT S1E2R", now,
			  &(struct outcome){.value = par});
	return right;
}

/* Where the translation that a CPU holds forbids what is allowed now, it walks again; from then on
 * it may go by either: QEMU finds code that it has run before without its TLB. */
static bool meet(struct encounter *encounter, enum hypmmu_access access)
{
	const struct state *now = &encounter->now, *held = &encounter->held;
	const struct state *expected = is_allowed(held, access) ? held : now;
	struct outcome outcome = try_spot(encounter->va, access, expected);
	bool is_new = is_right(&outcome, encounter->va, access, now, encounter->fsc);
	bool right = is_right(&outcome, encounter->va, access, expected, encounter->fsc) ||
		     (encounter->may_know && is_new);

	if (!is_new)
		*encounter->visit->misses += 1;
	if (!right)
		say_wrong(encounter->visit, encounter->va, accesses[access], expected, &outcome);
	encounter->may_know |= expected == now && is_allowed(now, access);
	return right;
}

static bool visit_spot(const struct visit *visit, amount at, char shape)
{
	struct encounter encounter = {
		.visit = visit,
		.va = ARENA_BASE + to_bytes(visit->granule, at),
		.now = state_after(visit->scenario, visit->granule, visit->steps, at),
		.held = state_after(visit->scenario, visit->granule,
				    visit->knowledge == KNOWS ? visit->steps : visit->held, at),
		.may_know = visit->knowledge != MISSES,
	};
	bool right;

	encounter.fsc = expected_fsc(&encounter.now, shape);
	right = is_walked_right(&encounter);
	right = meet(&encounter, HYPMMU_READ) && right;
	/* Which page it would write to is not known. */
	if (visit->knowledge != MAY_KNOW || encounter.held.pa == encounter.now.pa)
		right = meet(&encounter, HYPMMU_WRITE) && right;
	return meet(&encounter, HYPMMU_FETCH) && right;
}

bool visit_spots(const void *what)
{
	const struct visit *visit = what;
	bool right = true;

	for (unsigned spot = 0; visit->shape[spot]; spot++)
		right = visit_spot(visit, visit->scenario->spots[spot], visit->shape[spot]) &&
			right;
	return right;
}
