/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asks QEMU's MMU what it makes of tables, and compares every answer with hypmmu_walk().
 *
 *	oracle <guest.elf> <qemu> <granule: 12, 14, 16> <cpu> [secure]
 *
 * Leaves the files of the last run in the current folder.
 */
#include "memory.h"
#include "scenes.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUESTIONS 400000 /* for each regime and address format, times HYPMMU_TEST_SCALE */
#define LEAST	  50000	 /* whatever the scale, if it is 1 or more */
#define BATCH	  250000 /* in one run of the guest */

static const char *const regime_names[] = {"EL2", "EL2&0 lower", "EL2&0 upper"};
static const uint8_t pa_sizes[] = {32, 36, 40, 42, 44, 48, 52, 52};

/* One run of the guest; false if it says something else. */
static bool run_batch(struct setting *setting, const struct guest *guest, enum hypmmu_regime regime,
		      bool wide)
{
	struct batch *batch = setting->batch;
	struct hypmmu_id id;
	size_t wrong, most = random_scaled(QUESTIONS);

	most = most < BATCH ? most : BATCH;
	batch_reset(batch);
	make_garbage(setting, wide);
	while (batch->asked < most && !batch_is_full(batch) && !setting->wrong) {
		ask_about_tree(setting, regime, wide);
		ask_about_garbage(setting, regime, wide);
	}
	if (!batch_run(batch, guest, &id))
		return false;
	wrong = batch_judge(batch);
	if (wrong)
		printf("%s, %u-bit layout: %zu of %zu answers differ\n",
		       regime_names[regime - HYPMMU_EL2], wide ? 52 : 48, wrong, batch->asked);
	return !wrong && !setting->wrong;
}

/* So many questions about one regime and format, most of them not answered by a fault. */
static bool run_cell(struct setting *setting, const struct guest *guest, enum hypmmu_regime regime,
		     bool wide)
{
	unsigned g = ((unsigned)setting->cpu.granule - 12) / 2, r = (unsigned)regime - HYPMMU_EL2;
	size_t wanted = random_scaled(QUESTIONS);
	const size_t *asked = &setting->counts->asked[g][r][wide];
	const size_t *found = &setting->counts->found[g][r][wide];

	while (*asked < wanted) {
		if (!run_batch(setting, guest, regime, wide))
			return false;
	}
	if (*found * 10 >= *asked * 3 && (*asked >= LEAST || wanted < QUESTIONS))
		return true;
	printf("too few questions, or too few without a fault\n");
	return false;
}

static void print_counts(const struct counts *c, const char *title)
{
	static const char *const kinds[] = {"tables as built", "corrupted", "garbage"};
	size_t total = 0, found = 0;

	for (unsigned i = 0; i < 18; i++) {
		unsigned g = i / 6, r = i / 2 % 3, wide = i % 2;

		if (c->asked[g][r][wide])
			printf("%2uK %-11s %u-bit: %7zu questions, %7zu without a fault\n",
			       4u << 2 * g, regime_names[r], wide ? 52 : 48, c->asked[g][r][wide],
			       c->found[g][r][wide]);
		total += c->asked[g][r][wide];
		found += c->found[g][r][wide];
	}
	for (unsigned k = 0; k < KINDS; k++)
		printf("%s: %zu questions, %zu without a fault\n", kinds[k], c->kind[k],
		       c->kind_found[k]);
	for (unsigned i = 0; i < 15; i++) {
		if (c->leaf_level[i / 5][i % 5])
			printf("%uK, leaf at level %d: %zu\n", 4u << 2 * (i / 5), (int)(i % 5) - 1,
			       c->leaf_level[i / 5][i % 5]);
	}
	printf("%zu trees; %zu external aborts\n", c->trees, c->aborts);
	for (unsigned d = 0; d < DEVIATIONS; d++)
		printf("QEMU, %s: %zu\n", deviation_names[d], c->deviations[d]);
	printf("oracle %s: %zu questions, %zu without a fault, all as hypmmu_walk() says\n", title,
	       total, found);
}

/* What the CPU is, from a run without questions. */
static bool read_cpu(struct setting *setting, struct guest *guest)
{
	batch_reset(setting->batch);
	guest->pa_bits = 48;
	if (!batch_run(setting->batch, guest, &setting->id))
		return false;
	guest->pa_bits = pa_sizes[setting->id.mmfr0 & 7];
	setting->cpu.regime = HYPMMU_EL2;
	return !hypmmu_config_from_id(&setting->cpu, &setting->id);
}

int main(int argc, char **argv)
{
	static struct counts counts;
	struct batch batch = {.n = 0};
	struct setting setting = {.batch = &batch, .counts = &counts};
	struct guest guest = {.machine = ""};
	bool ok;

	if (argc < 5)
		return 2;
	guest.elf = argv[1];
	guest.qemu = argv[2];
	guest.cpu = argv[4];
	setting.cpu.granule = (enum hypmmu_granule)atoi(argv[3]);
	setting.world = argc > 5 && !strcmp(argv[5], "secure") ? SECURE : NON_SECURE;
	setting.random.state = random_seed() + setting.world;
	ok = read_cpu(&setting, &guest);
	for (unsigned i = 0; ok && i < (setting.cpu.pa_bits == 52 ? 6u : 3u); i++)
		ok = run_cell(&setting, &guest, (enum hypmmu_regime)(HYPMMU_EL2 + i % 3), i >= 3);
	if (ok)
		print_counts(&counts, setting.world == SECURE ? "in Secure state" : guest.cpu);
	batch_destroy(&batch);
	return !ok;
}
