/* SPDX-License-Identifier: BSD-2-Clause */
#include "visit.h"
#include "../../../examples/qemu-virt/host.h"
#include "../../../examples/qemu-virt/layout.h"
#include "../../../examples/qemu-virt/probe.h"
#include "../../../examples/qemu-virt/sysreg.h"
#include "state.h"

/* In a page: the value, then the same code again and again. Each round calls it at another place:
 * QEMU finds code that it has run before without its TLB. */
#define CODE_SIZE 16
#define CODES	  255

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

/* The last 4K of a page: QEMU's TLB has one place for addresses of 4K that are a power of two apart,
 * and tables are mostly used at their start. */
static uint64_t spot_offset(enum hypmmu_granule granule)
{
	return to_bytes(granule, PAGES(1)) - 4096;
}

static struct state state_of_spot(const struct scenario *scenario, enum hypmmu_granule granule,
				  unsigned steps, unsigned spot)
{
	struct state state = state_after(scenario, granule, steps, scenario->spots[spot]);

	state.pa += spot_offset(granule);
	return state;
}

static uint64_t code_offset(unsigned round)
{
	return CODE_SIZE * (1 + round % CODES);
}

static void plant_at(hypmmu_pa pa)
{
	volatile uint64_t *value = (volatile uint64_t *)(uintptr_t)pa;

	*value = value_at(pa);
	for (unsigned round = 0; round < CODES; round++) {
		volatile uint32_t *code = (volatile uint32_t *)(uintptr_t)(pa + code_offset(round));

		code[0] = MOVZ_X0(value_at(pa));
		code[1] = MOVK_X0_16(value_at(pa) >> 16);
		code[2] = RET;
	}
}

void plant(const struct list *list, enum hypmmu_granule granule)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct scenario *scenario = &list->scenarios[i];

		if (!is_for(scenario, granule))
			continue;
		for (unsigned k = 0; k < SPOTS * STEPS; k++) {
			struct state state =
				state_of_spot(scenario, granule, k / SPOTS + 1, k % SPOTS);

			if (state.mapped)
				plant_at(state.pa);
		}
	}
}

/* QEMU makes a TLB that is emptied as large as it was used lately: here, large enough for nothing to
 * fall out by chance. */
bool forget_all(const void *nothing)
{
	const volatile unsigned char *memory = table_memory;

	(void)nothing;
	for (uint64_t at = 0; at < ADDRESS(table_memory_size); at += 4096)
		(void)memory[at];
	__asm__ volatile("tlbi alle2\n\tdsb nsh\n\tisb" : : : "memory");
	return true;
}

/* ESR_ELx.FSC of an access that is not allowed. */
static unsigned expected_fsc(const struct state *state, char shape)
{
	unsigned level = shape == 'c' ? 3 : shape == 'C' ? 2 : (unsigned)(shape - '0');

	return (state->mapped ? FSC_PERMISSION : FSC_TRANSLATION) | level;
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
	struct state now, held; /* what is there; what was there */
	unsigned fsc;
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

static uint64_t address_of(const struct encounter *encounter, enum hypmmu_access access)
{
	return encounter->va + (access == HYPMMU_FETCH ? code_offset(encounter->visit->round) : 0);
}

static bool is_as(const struct encounter *encounter, const struct state *state,
		  enum hypmmu_access access, const struct outcome *outcome)
{
	if (!is_allowed(state, access))
		return is_fault(outcome, address_of(encounter, access), access, encounter->fsc);
	return !outcome->faulted &&
	       (access == HYPMMU_WRITE || outcome->value == value_at(state->pa));
}

/* A write puts there what is there already: a page that it should not have met is then wrong. */
static bool meet(const struct encounter *encounter, enum hypmmu_access access)
{
	const struct state *now = &encounter->now;
	struct outcome outcome = try_word(address_of(encounter, access), access,
					  access == HYPMMU_WRITE ? value_at(now->pa) : 0);

	if (is_as(encounter, now, access, &outcome))
		return true;
	if (encounter->visit->may_be_late && is_allowed(&encounter->held, access) &&
	    is_as(encounter, &encounter->held, access, &outcome)) {
		*encounter->visit->late += 1;
		return true;
	}
	say_wrong(encounter->visit, encounter->va, accesses[access], now, &outcome);
	return false;
}

/* Where it is not known which page a write would meet, there is none. */
static bool may_write(const struct encounter *encounter)
{
	return !encounter->visit->may_be_late || !encounter->held.mapped ||
	       encounter->held.pa == encounter->now.pa;
}

static bool visit_spot(const struct visit *visit, unsigned spot)
{
	const struct scenario *scenario = visit->scenario;
	struct encounter encounter = {
		.visit = visit,
		.va = ARENA_BASE + to_bytes(visit->granule, scenario->spots[spot]) +
		      spot_offset(visit->granule),
		.now = state_of_spot(scenario, visit->granule, visit->steps, spot),
		.held = state_of_spot(scenario, visit->granule, visit->held, spot),
	};
	bool right;

	encounter.fsc = expected_fsc(&encounter.now, visit->shape[spot]);
	right = is_walked_right(&encounter);
	right = meet(&encounter, HYPMMU_READ) && right;
	if (may_write(&encounter))
		right = meet(&encounter, HYPMMU_WRITE) && right;
	return meet(&encounter, HYPMMU_FETCH) && right;
}

bool visit_spots(const void *what)
{
	const struct visit *visit = what;
	bool right = true;

	for (unsigned spot = 0; visit->shape[spot]; spot++)
		right = visit_spot(visit, spot) && right;
	return right;
}
