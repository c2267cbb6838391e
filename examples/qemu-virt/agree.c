/* SPDX-License-Identifier: BSD-2-Clause */
#include "agree.h"
#include "host.h"
#include "layout.h"
#include "sysreg.h"

#define ADDRESSES_AT_LEAST 10000
#define EACH_AT_LEAST	   3000
#define DRAWS		   8192
#define LEVELS		   5 /* -1 to 3 */

#define PAR_F	    UINT64_C(1)
#define PAR_SH	    UINT64_C(0x180)
#define PAR_UNKNOWN UINT64_C(0x600)	   /* NS and an IMPLEMENTATION DEFINED bit */
#define PAR_NORMAL  (UINT64_C(0xf0) << 56) /* ATTR: not Device */

struct tally {
	uint64_t addresses, differ;
	struct {
		uint64_t translated, faulted, read_only;
	} level[LEVELS];
};

/* Bits that may differ. After a fault: none; there FST says why, and S and PTW that it was stage 1.
 * SH is 2 for Device memory whatever the descriptor says; QEMU 7.2 gives the descriptor's. */
static uint64_t ignored_bits(uint64_t predicted)
{
	if (predicted & PAR_F)
		return 0;
	return predicted & PAR_NORMAL ? PAR_UNKNOWN : PAR_UNKNOWN | PAR_SH;
}

static bool same_par(uint64_t par, uint64_t predicted)
{
	return !((par ^ predicted) & ~ignored_bits(predicted));
}

static void report_difference(struct tally *tally, const char *access, uint64_t va, uint64_t par,
			      uint64_t predicted)
{
	if (tally->differ++ < 8)
		say("    %s %016lx: PAR_EL1 %016lx, predicted %016lx\n", access, va, par,
		    predicted);
}

static void ask(struct tally *tally, const struct hypmmu_machine *machine, uint64_t va)
{
	struct hypmmu_translation read, write;
	bool readable = hypmmu_walk(machine, va, HYPMMU_READ, &read);
	bool writable = hypmmu_walk(machine, va, HYPMMU_WRITE, &write);
	uint64_t par_read = at_s1e2r(va), par_write = at_s1e2w(va);

	tally->addresses++;
	if (!same_par(par_read, read.par))
		report_difference(tally, "AT S1E2R", va, par_read, read.par);
	if (!same_par(par_write, write.par))
		report_difference(tally, "AT S1E2W", va, par_write, write.par);
	/* By what the MMU has said, not by what was predicted. */
	tally->level[read.level + 1].translated += !(par_read & PAR_F);
	tally->level[read.level + 1].faulted += par_read & PAR_F;
	tally->level[read.level + 1].read_only += !(par_read & PAR_F) && (par_write & PAR_F);
	if (readable == (par_read & PAR_F) || writable == (par_write & PAR_F))
		report_difference(tally, "allowed", va, par_read, read.par);
}

/* Leaves and holes follow each other without a gap, so that these are both sides of every edge. */
static void ask_edges(struct tally *tally, const struct hypmmu_machine *machine,
		      const struct half *half)
{
	const uint64_t size = UINT64_C(1) << half->bits;
	struct hypmmu_translation t;

	for (uint64_t at = 0; at < size; at += t.size) {
		uint64_t va = half->first + at;

		hypmmu_walk(machine, va, HYPMMU_READ, &t);
		if (!t.size) {
			report_difference(tally, "a leaf or hole without a size", va, 0, t.par);
			return;
		}
		ask(tally, machine, va);
		ask(tally, machine, va + (t.size - 1));
	}
}

/* xorshift64: the same draws in every run. */
static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Where much is mapped; at any distance from the first address, so that each level sees holes; where
 * much is mapped but for one bit beyond the half. */
static void ask_draws(struct tally *tally, const struct hypmmu_machine *machine,
		      const struct half *half, uint64_t seed)
{
	const unsigned bits = half->bits;

	for (unsigned i = 0; i < DRAWS; i++) {
		uint64_t busy = half->busy + draw(&seed) % half->busy_size;
		unsigned length = 20 + (unsigned)(draw(&seed) % (bits - 19));
		unsigned bit = bits + (unsigned)(draw(&seed) % (64 - bits));

		ask(tally, machine, busy);
		ask(tally, machine, half->first + (draw(&seed) >> (64 - length)));
		if (i % 4 == 0)
			ask(tally, machine, busy ^ UINT64_C(1) << bit);
	}
}

/* Three quarters up there is a hole in the root table. */
static int start_level(const struct hypmmu_machine *machine, const struct half *half)
{
	struct hypmmu_translation t;

	hypmmu_walk(machine, half->first + (UINT64_C(3) << (half->bits - 2)), HYPMMU_READ, &t);
	return t.level;
}

static bool is_enough(const struct tally *tally, int first_level)
{
	uint64_t translated = 0, faulted = 0;
	bool all_levels = true;

	say("    level  translated  of these read-only  faulted\n");
	for (int level = -1; level < LEVELS - 1; level++) {
		if (tally->level[level + 1].translated + tally->level[level + 1].faulted)
			say("    %5d  %10lu  %18lu  %7lu\n", level,
			    tally->level[level + 1].translated, tally->level[level + 1].read_only,
			    tally->level[level + 1].faulted);
		else
			all_levels = all_levels && level < first_level;
		translated += tally->level[level + 1].translated;
		faulted += tally->level[level + 1].faulted;
	}
	say("%lu addresses, %lu translated, %lu faulted, %lu differences\n\n", tally->addresses,
	    translated, faulted, tally->differ);
	return all_levels && tally->addresses >= ADDRESSES_AT_LEAST &&
	       translated >= EACH_AT_LEAST && faulted >= EACH_AT_LEAST;
}

bool mmu_agrees(const struct hypmmu_machine *machine, const struct half *half)
{
	const uint64_t seed = UINT64_C(0x2545f4914f6cdd1d);
	struct tally tally = {0};

	say("AT S1E2R and S1E2W, %s, against hypmmu_walk(), seed %lx:\n", half->name, seed);
	ask_edges(&tally, machine, half);
	ask_draws(&tally, machine, half, seed);
	return is_enough(&tally, start_level(machine, half)) && !tally.differ;
}
