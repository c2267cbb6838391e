/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asks QEMU's MMU what it makes of tables, and compares every answer with hypmmu_walk().
 *
 *	oracle <guest.elf> <qemu> <granule: 12, 14, 16> <cpu> [secure | realm | tags]
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
#define BATCH	  250000 /* in one run of the guest */

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
	for (unsigned i = 0; i < memory_regions_of(guest->pa_bits); i++)
		batch_send(batch, memory_region[i] + MEMORY_SCRATCH, MEMORY_SCRATCH_SIZE);
	for (unsigned i = 1; setting->world == REALM && i < memory_regions_of(guest->pa_bits);
	     i += 2)
		batch_store(batch, GPT_AT + (memory_region[i] >> GPT_BLOCK_LSB) * 8, GPT_REALM);
	make_garbage(setting, wide);
	while (batch->asked < most && !batch_is_full(batch) && !setting->wrong) {
		ask_about_tree(setting, regime, wide);
		ask_about_garbage(setting, regime, wide);
	}
	if (!batch_run(batch, guest, &id))
		return false;
	wrong = batch_judge(batch);
	if (wrong)
		printf("regime %d, %u-bit layout: %zu of %zu answers differ\n", (int)regime,
		       wide ? 52 : 48, wrong, batch->asked);
	return !wrong && !setting->wrong;
}

/* So many questions about one regime and format. */
static bool run_cell(struct setting *setting, const struct guest *guest, enum hypmmu_regime regime,
		     bool wide)
{
	while (counts_of_cell(setting->counts, regime - HYPMMU_EL2, wide) <
	       random_scaled(QUESTIONS)) {
		if (!run_batch(setting, guest, regime, wide))
			return false;
	}
	return true;
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
	if (setting->id.mmfr3 >> 8 & 15) /* EL3 is ours */
		setting->cpu.hw = HYPMMU_HW_S1PIE;
	return !hypmmu_config_from_id(&setting->cpu, &setting->id);
}

/* What else is special about this run. */
static void set_world(struct setting *setting, struct guest *guest, const char *name)
{
	if (!strcmp(name, "secure")) {
		setting->world = SECURE;
	} else if (!strcmp(name, "realm")) {
		setting->world = REALM;
		setting->counts->realm = true;
	} else if (!strcmp(name, "tags")) {
		guest->machine = ",mte=on"; /* and nothing may be plugged */
		memory_keep_to_main();
	}
}

static bool run(struct setting *setting, struct guest *guest)
{
	bool ok = read_cpu(setting, guest);

	for (unsigned i = 0; ok && i < (setting->cpu.pa_bits == 52 ? 6u : 3u); i++)
		ok = run_cell(setting, guest, (enum hypmmu_regime)(HYPMMU_EL2 + i % 3), i >= 3);
	return ok;
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
	counts.granule = (unsigned)atoi(argv[3]);
	setting.cpu.granule = (enum hypmmu_granule)counts.granule;
	set_world(&setting, &guest, argc > 5 ? argv[5] : "");
	setting.random.state = random_seed() + setting.world;
	ok = run(&setting, &guest);
	if (ok) {
		counts_print(&counts, argc > 5 ? argv[5] : guest.cpu);
		ok = counts_suffice(&counts, &setting.cpu) && counts_write(&counts);
	}
	batch_destroy(&batch);
	return !ok;
}
