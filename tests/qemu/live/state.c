/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#define FIELD PAGES(0x100000)
_Static_assert(GROUPS(1) == FIELD && BLOCKS(1) == FIELD * FIELD, "scenario.h");

bool is_for(const struct scenario *scenario, enum hypmmu_granule granule)
{
	return !scenario->only || scenario->only == granule;
}

/* The lowest field of an amount, which may be negative, is taken off. */
static int64_t take_field(amount *of)
{
	int64_t field = (*of + FIELD / 2) % FIELD;

	if (field < 0)
		field += FIELD;
	field -= FIELD / 2;
	*of = (*of - field) / FIELD;
	return field;
}

static unsigned log2_group(enum hypmmu_granule granule)
{
	return granule == HYPMMU_4K ? 4 : granule == HYPMMU_16K ? 7 : 5;
}

uint64_t to_bytes(enum hypmmu_granule granule, amount of)
{
	int64_t page = INT64_C(1) << granule, entries = page / 8;
	int64_t pages = take_field(&of), groups = take_field(&of);

	return (uint64_t)(page * (pages + (groups << log2_group(granule)) + entries * of));
}

static struct state change_state(struct state state, const struct op *op, uint64_t offset,
				 enum hypmmu_granule granule)
{
	switch (op->op) {
	case HYPMMU_MAP:
		return (struct state){.mapped = true,
				      .pa = ARENA_MEMORY + to_bytes(granule, op->pa) + offset,
				      .attr = op->attr};
	case HYPMMU_UNMAP:
		return (struct state){0};
	case HYPMMU_PROTECT:
		state.attr = op->attr;
		return state;
	default: /* leaf sizes only */
		return state;
	}
}

/* Of the changes of one list the last one that holds the address counts. */
static struct state state_after_step(struct state state, const struct step *step, uint64_t va,
				     enum hypmmu_granule granule)
{
	for (unsigned i = OPS; i-- > 0;) {
		uint64_t offset = va - to_bytes(granule, step->ops[i].va);

		if (offset < to_bytes(granule, step->ops[i].size))
			return change_state(state, &step->ops[i], offset, granule);
	}
	return state;
}

struct state state_after(const struct scenario *scenario, enum hypmmu_granule granule,
			 unsigned steps, amount va)
{
	struct state state = {0};

	for (unsigned i = 0; i < steps; i++) {
		if (!scenario->steps[i].err)
			state = state_after_step(state, &scenario->steps[i], to_bytes(granule, va),
						 granule);
	}
	return state;
}

bool is_allowed(const struct state *state, enum hypmmu_access access)
{
	hypmmu_attr needed = access == HYPMMU_READ    ? HYPMMU_R
			     : access == HYPMMU_WRITE ? HYPMMU_W
						      : HYPMMU_X;

	return state->mapped && (state->attr & needed);
}

size_t to_changes(const struct step *step, enum hypmmu_granule granule,
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
