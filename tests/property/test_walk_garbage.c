/* SPDX-License-Identifier: BSD-2-Clause */
/* What must hold of the golden walker for any registers, ID values and memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/random.h"
#include <hypmmu/hypmmu.h>
#include <string.h>

#define MACHINES  100000
#define MAX_READS 5 /* levels -1 to 3 */

struct garbage {
	uint64_t key;
	unsigned reads;
	hypmmu_pa pa[MAX_READS];
	hypmmu_desc desc[MAX_READS];
};

/* Mostly tables with addresses of 36 bits, so that walks go deep; sometimes nothing, sometimes an
 * abort. The same address always holds the same. */
static bool read_garbage(void *ctx, hypmmu_pa pa, unsigned char bytes[8])
{
	struct garbage *g = ctx;
	struct random word = {g->key ^ pa};
	uint64_t desc = random_next(&word), kind = random_below(&word, 16);

	assert_in_range(g->reads, 0, MAX_READS - 1);
	assert_int_equal(pa % 8, 0);
	assert_int_equal(pa >> 52, 0);
	if (kind == 0)
		return false;
	if (kind < 12)
		desc = (desc & ~UINT64_C(0x0000fff000000003)) | 3;
	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(desc >> 8 * i);
	g->pa[g->reads] = pa;
	g->desc[g->reads++] = desc;
	return true;
}

static void draw_machine(struct random *random, struct hypmmu_machine *m)
{
	uint64_t words[22];

	for (unsigned i = 0; i < 22; i++)
		words[i] = random_next(random);
	memcpy(&m->regs, words, sizeof(m->regs));
	memcpy(&m->id, words + 10, sizeof(m->id));
	m->regs.sctlr &= ~(UINT64_C(1) << 25);
	if (words[0] % 16)
		m->regs.sctlr |= 1;
	/* Three in four have a legal size in both halves, no half disabled, a PA size and a
	 * root. */
	if (words[1] % 4) {
		m->regs.tcr &= ~UINT64_C(0x00bf00bf);
		m->regs.tcr |= 16 + words[2] % 24;
		m->regs.tcr |= (16 + words[3] % 24) << 16;
		m->regs.ttbr0 &= ~UINT64_C(0x0000fff000000000);
		m->regs.ttbr1 &= ~UINT64_C(0x0000fff000000000);
		m->id.mmfr0 |= 5;
	}
}

static hypmmu_va draw_va(struct random *random)
{
	uint64_t va = random_next(random);

	switch (random_below(random, 8)) {
	case 0:
		return va;
	case 1:
		return va >> 8 | UINT64_C(0xa5) << 56;
	case 2:
	case 3:
	case 4:
		return va >> (16 + random_below(random, 40));
	default:
		return ~(va >> (16 + random_below(random, 40)));
	}
}

static void assert_sound(const struct garbage *g, bool ok, enum hypmmu_access access,
			 const struct hypmmu_translation *t)
{
	assert_int_equal(ok, t->fault == HYPMMU_FAULT_NONE);
	assert_int_equal(ok, t->allowed >> access & 1);
	assert_int_equal(t->par & 1, !ok);
	assert_in_range(t->level + 1, 0, 4);
	assert_int_equal(t->pa >> 56, 0);
	if (!ok)
		assert_int_equal(t->par >> 1 & 0x3f, t->fsc);
	/* What it says of a descriptor is the last one that it read. */
	if (t->desc) {
		assert_int_not_equal(g->reads, 0);
		assert_int_equal(t->desc, g->desc[g->reads - 1]);
		assert_int_equal(t->desc_pa, g->pa[g->reads - 1]);
	}
}

/* `allowed` is the verdict on all six accesses, so it is the same whichever was asked for. */
static void accesses_agree_and_reads_are_bounded(void **state)
{
	size_t faults[HYPMMU_FAULT_EXTERNAL + 1] = {0}, count = random_scaled(MACHINES);
	struct random random = {random_seed()};

	(void)state;
	for (size_t n = 0; n < count; n++) {
		struct hypmmu_machine m = {.read = read_garbage};
		struct garbage g = {.key = random_next(&random)};
		hypmmu_va va = draw_va(&random);
		unsigned allowed = 0;

		draw_machine(&random, &m);
		m.ctx = &g;
		for (unsigned access = HYPMMU_READ; access <= HYPMMU_EL0_FETCH; access++) {
			struct hypmmu_translation t;
			bool ok;

			memset(&t, 0xa5, sizeof(t));
			g.reads = 0;
			ok = hypmmu_walk(&m, va, (enum hypmmu_access)access, &t);
			assert_sound(&g, ok, (enum hypmmu_access)access, &t);
			if (access)
				assert_int_equal(t.allowed, allowed);
			allowed = t.allowed;
			faults[t.fault]++;
		}
	}
	print_message("%zu machines; ends:", count);
	for (unsigned i = 0; i <= HYPMMU_FAULT_EXTERNAL; i++)
		print_message(" %zu", faults[i]);
	print_message("\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accesses_agree_and_reads_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
