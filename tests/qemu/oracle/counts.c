/* SPDX-License-Identifier: BSD-2-Clause */
#include "counts.h"
#include "support/random.h"
#include <inttypes.h>
#include <stdio.h>

#define LEAST	    50000 /* questions of a cell */
#define LEAST_KIND  20000 /* of each kind in it */
#define LEAST_TRIED 10000
#define LEAST_CASES 100 /* of what is rare, in the whole run */
#define LEAST_SHARE 30	/* percent without a fault */

static const char *const regime_names[] = {"EL2", "EL2&0 lower", "EL2&0 upper"};
static const char *const kind_names[] = {"built", "corrupted", "garbage"};
static const char *const deviation_names[DEVIATIONS] = {
	[NO_CONTIGUOUS] = "the Contiguous bit does not change the output address",
	[NO_HIGH_CHECK] = "52-bit layout, PS of 48 bits or less: address bits above are ignored",
	[NO_NT] = "a block with nT does not fault",
	[NO_WRITABLE_CLEAN] = "to a fetch, a page that hardware may make writable is read-only",
	[DIRTY_BY_DBM] = "permission indices: with bit 51 clear a store does not clear nDirty",
	[HAFDBS] = "not asked: the hardware's update of AF and AP[2], which AT may make or not",
	[NO_NDIRTY] = "not asked: AT for a write that nDirty forbids",
	[SMALL_ROOT] =
		"not asked: a root of less than 64 bytes whose TTBR has address bits in [5:3]",
	[HIGH_ROOT] = "not asked: DS = 1, PS of 48 bits or less, and TTBR[5:2] not 0",
	[LARGE_BLOCK] = "not asked: a block larger than PS, whose output is not checked as a whole",
	[DEVICE_MEMORY] = "not asked: a table where the machine's devices are",
	[RESERVED_TYPE] = "not tried: the reserved memory type 0xe0, where memory has tags",
	[RECKLESS] = "not tried: an access that would reach the guest, a device or a table",
};
static const char *const trial_names[] = {"load",     "store",	   "fetch",	"branch",
					  "EL0 load", "EL0 store", "EL0 fetch", "EL0 branch"};

void counts_add(struct counts *c, const struct count *what, const struct hypmmu_translation *t)
{
	struct cell *cell = &c->cell[what->regime][what->wide];

	c->aborts += t->fault == HYPMMU_FAULT_EXTERNAL;
	if (what->granule != c->granule) {
		c->strays++;
		c->strays_found += !t->fault;
		return;
	}
	cell->asked[what->kind]++;
	cell->found[what->kind] += !t->fault;
	cell->tried += what->tried;
	if (t->fault || !t->desc)
		return;
	c->leaf_level[t->level + 1]++;
	if (what->kind == BUILT)
		c->coverage[what->regime].leaf_levels |= UINT64_C(1) << (t->level + 1);
}

void counts_add_tree(struct counts *c, const struct hypmmu_config *cfg)
{
	struct coverage *coverage = &c->coverage[cfg->regime - HYPMMU_EL2];
	bool big_endian = cfg->use & HYPMMU_USE_BIG_ENDIAN;

	c->trees++;
	coverage->va_bits |= UINT64_C(1) << cfg->va_bits;
	coverage->pa_bits |= UINT64_C(1) << cfg->pa_bits;
	coverage->byte_orders |= UINT64_C(1) << big_endian;
}

static struct cell sum_of(const struct cell *cell)
{
	struct cell sum = {.tried = cell->tried};

	for (unsigned k = 0; k < KINDS; k++) {
		sum.asked[0] += cell->asked[k];
		sum.found[0] += cell->found[k];
	}
	return sum;
}

size_t counts_of_cell(const struct counts *c, unsigned regime, bool wide)
{
	return sum_of(&c->cell[regime][wide]).asked[0];
}

static struct cell total(const struct counts *c)
{
	struct cell sum = {.asked = {c->strays}, .found = {c->strays_found}};

	for (unsigned i = 0; i < 6; i++) {
		struct cell cell = sum_of(&c->cell[i / 2][i % 2]);

		sum.asked[0] += cell.asked[0];
		sum.found[0] += cell.found[0];
		sum.tried += cell.tried;
	}
	return sum;
}

/* ---- For people ---- */

static void print_list(const char *what, uint64_t bits, int first)
{
	printf(" %s", what);
	for (int i = 0; i < 64; i++) {
		if (bits >> i & 1)
			printf(" %d", i + first);
	}
}

static void print_cells(const struct counts *c)
{
	printf("%-21s %8s %8s %5s %9s %9s %9s %9s\n", "granule regime format", "asked", "no fault",
	       "", "built", "corrupted", "garbage", "accesses");
	for (unsigned i = 0; i < 6; i++) {
		const struct cell *cell = &c->cell[i / 2][i % 2];
		struct cell sum = sum_of(cell);

		if (sum.asked[0])
			printf("%2uK %-11s %u-bit %8zu %8zu %3zu %% %9zu %9zu %9zu %9zu\n",
			       1u << (c->granule - 10), regime_names[i / 2], i % 2 ? 52 : 48,
			       sum.asked[0], sum.found[0], sum.found[0] * 100 / sum.asked[0],
			       cell->asked[BUILT], cell->asked[CORRUPTED], cell->asked[GARBAGE],
			       cell->tried);
	}
	printf("with other granules: %zu, %zu without a fault\n", c->strays, c->strays_found);
}

static void print_coverage(const struct counts *c)
{
	for (unsigned r = 0; r < 3; r++) {
		const struct coverage *coverage = &c->coverage[r];

		printf("%s:", regime_names[r]);
		print_list("va_bits", coverage->va_bits, 0);
		print_list("; pa_bits", coverage->pa_bits, 0);
		print_list("; leaf levels", coverage->leaf_levels, -1);
		printf("; %s\n",
		       coverage->byte_orders == 3 ? "both byte orders" : "not both byte orders");
	}
}

static void print_accesses(const struct counts *c)
{
	printf("accesses in %zu of %zu trees:", c->probed, c->trees);
	for (unsigned i = 0; i < 8; i++)
		printf(" %s %zu of %zu%s", trial_names[i], c->trials_done[i], c->trials[i],
		       i < 7 ? "," : "\n");
	printf("%zu tag check faults, %zu branch target exceptions, %zu updates by hardware, %zu "
	       "descriptors looked at afterwards; %zu external aborts on walks\n",
	       c->tags, c->branches, c->updates, c->looks, c->aborts);
	printf("with permission indices: %zu; granule protection faults: %zu\n", c->indirect,
	       c->spaces);
}

void counts_print(const struct counts *c, const char *title)
{
	struct cell sum = total(c);

	print_cells(c);
	print_coverage(c);
	print_accesses(c);
	for (unsigned level = 0; level < 5; level++) {
		if (c->leaf_level[level])
			printf("leaves at level %d: %zu\n", (int)level - 1, c->leaf_level[level]);
	}
	for (unsigned d = 0; d < DEVIATIONS; d++)
		printf("QEMU, %s: %zu\n", deviation_names[d], c->deviations[d]);
	printf("oracle %s: %zu questions, %zu without a fault, %zu real accesses, all as "
	       "hypmmu_walk() says\n",
	       title, sum.asked[0], sum.found[0], sum.tried);
}

bool counts_write(const struct counts *c)
{
	FILE *file = fopen("total", "w");
	struct cell sum = total(c);

	if (!file)
		return false;
	fprintf(file, "%zu %zu %zu\n", sum.asked[0], sum.found[0], sum.tried);
	return !fclose(file);
}

/* ---- Is it enough? ---- */

static bool is_enough(const char *what, size_t n, size_t least)
{
	if (n >= least)
		return true;
	printf("too few: %s, %zu of %zu\n", what, n, least);
	return false;
}

static bool suffices(const struct cell *cell)
{
	struct cell sum = sum_of(cell);
	bool enough = is_enough("questions of a cell", sum.asked[0], random_scaled(LEAST));

	enough &= is_enough("without a fault", sum.found[0], sum.asked[0] * LEAST_SHARE / 100);
	enough &= is_enough("real accesses", cell->tried, random_scaled(LEAST_TRIED));
	for (unsigned k = 0; k < KINDS; k++)
		enough &= is_enough(kind_names[k], cell->asked[k], random_scaled(LEAST_KIND));
	return enough;
}

static uint64_t all_from(unsigned first, unsigned last)
{
	return (UINT64_C(2) << last) - (UINT64_C(1) << first);
}

static bool covers(const struct coverage *coverage, const struct hypmmu_config *cpu)
{
	static const uint8_t sizes[] = {32, 36, 40, 42, 44, 48, 52};
	bool large = cpu->granule == HYPMMU_64K, wide = cpu->pa_bits == 52;
	unsigned fewest = !(cpu->hw & HYPMMU_HW_TTST) ? 25 : large ? 17 : 16;
	unsigned most = wide || (large && (cpu->hw & HYPMMU_HW_LVA)) ? 52 : 48;
	unsigned top = cpu->granule == HYPMMU_4K ? wide ? 0 : 1 : wide ? 1 : 2;
	uint64_t pa_bits = 0;

	for (unsigned i = 0; i < sizeof sizes; i++)
		pa_bits |= sizes[i] <= cpu->pa_bits ? UINT64_C(1) << sizes[i] : 0;
	if (coverage->va_bits == all_from(fewest, most) && coverage->pa_bits == pa_bits &&
	    coverage->byte_orders == 3 && coverage->leaf_levels == all_from(top + 1, 4))
		return true;
	printf("not every legal va_bits, pa_bits, byte order and leaf level was drawn\n");
	return false;
}

bool counts_suffice(const struct counts *c, const struct hypmmu_config *cpu)
{
	bool enough = true;

	for (unsigned i = 0; i < 6; i++) {
		if (cpu->pa_bits == 52 || i % 2 == 0)
			enough &= suffices(&c->cell[i / 2][i % 2]);
	}
	if (random_scaled(1000) < 1000)
		return enough;
	for (unsigned r = 0; r < 3; r++)
		enough &= covers(&c->coverage[r], cpu);
	for (unsigned i = 0; i < 8; i++)
		enough &= is_enough(trial_names[i], c->trials_done[i], LEAST_CASES);
	if (cpu->hw & HYPMMU_HW_BTI)
		enough &= is_enough("branch target exceptions", c->branches, LEAST_CASES);
	if (cpu->hw & HYPMMU_HW_MTE)
		enough &= is_enough("tag check faults", c->tags, LEAST_CASES);
	if (c->realm)
		enough &= is_enough("granule protection faults", c->spaces, LEAST_CASES);
	if (cpu->hw & HYPMMU_HW_S1PIE)
		enough &= is_enough("permission indices", c->indirect, LEAST);
	if (cpu->hw & HYPMMU_HW_HAFDBS)
		enough &= is_enough("updates by hardware", c->updates, LEAST_CASES);
	return enough;
}
