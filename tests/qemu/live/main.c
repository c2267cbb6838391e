/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables that are changed at EL2 while one CPU, or two, run on them. QEMU's TLBs hold translations
 * until they are told to forget them, so that a TLBI that is missing, that is for this CPU alone or
 * for another address leaves a CPU with what was there before; the runs with a trouble of that kind
 * prove it. What QEMU does not show (barriers, break-before-make, caches of table entries, level
 * and range of a TLBI) is not tested here.
 */
#include "../../../examples/qemu-virt/host.h"
#include "../../../examples/qemu-virt/probe.h"
#include "beside.h"
#include "dirty.h"
#include "play.h"
#include "stand.h"
#include "visit.h"

static struct rig rig;

static bool take(const char **at, const char *word)
{
	const char *p = *at;

	while (*word && *p == *word)
		p++, word++;
	if (*word || (*p && *p != '-'))
		return false;
	*at = *p ? p + 1 : p;
	return true;
}

/* Granule, CPUs, and what else: 4k-2cpu-cont-forgets. */
static bool read_options(const char *at, enum hypmmu_granule *granule)
{
	*granule = take(&at, "4k")    ? HYPMMU_4K
		   : take(&at, "16k") ? HYPMMU_16K
		   : take(&at, "64k") ? HYPMMU_64K
				      : (enum hypmmu_granule)0;
	rig.cpus = take(&at, "1cpu") ? 1 : take(&at, "2cpu") ? 2 : 0;
	if (take(&at, "stand"))
		rig.by_blocks = true;
	if (take(&at, "beside"))
		rig.beside = true;
	if (take(&at, "dirty"))
		rig.use |= HYPMMU_USE_HAFDBS;
	if (take(&at, "cont"))
		rig.use |= HYPMMU_USE_CONT;
	if (take(&at, "noabort"))
		rig.hw |= HYPMMU_HW_BBM_NOABORT;
	if (take(&at, "forgets"))
		rig.trouble = FORGETS;
	else if (take(&at, "elsewhere"))
		rig.trouble = ELSEWHERE;
	else if (take(&at, "local"))
		rig.trouble = LOCAL;
	else if (take(&at, "breaks"))
		rig.trouble = BREAKS;
	return !*at && *granule && rig.cpus;
}

static const struct list *choose_list(void)
{
	if (rig.hw & HYPMMU_HW_BBM_NOABORT)
		return rig.use & HYPMMU_USE_CONT ? &resize_cont_scenarios : &resize_scenarios;
	return rig.use & HYPMMU_USE_CONT ? &cont_scenarios : &plain_scenarios;
}

static bool perform(const struct list *list)
{
	if (rig.by_blocks)
		return stand(&rig);
	if (rig.use & HYPMMU_USE_HAFDBS)
		return keep_dirty(&rig);
	return rig.beside ? change_beside(&rig) : play(&rig, list);
}

int main(void)
{
	enum hypmmu_granule granule;
	const struct list *list;
	char buffer[128];
	bool right;

	install_vectors();
	if (!read_options(last_argument(buffer, sizeof(buffer)), &granule)) {
		say("4k|16k|64k-1cpu|2cpu[-stand|-beside|-dirty][-cont][-noabort][-forgets|-"
		    "elsewhere|-"
		    "local]\n");
		return USAGE;
	}
	say("%s\n", buffer);
	list = choose_list();
	plant(list, granule);
	right = build_space(&rig, granule) && start_cpus(&rig) && perform(list);
	say("%s\n", right ? "PASSED" : "FAILED");
	return right ? PASSED : FAILED;
}
