/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host at EL1, hyp at EL2, as in KVM without VHE: the host knows its memory by virtual addresses,
 * builds an address space for the part of itself that is to run at EL2, and takes four CPUs there.
 * Read main() first; what it calls stands above it in the same order.
 */
#include "../qemu-virt/host.h"
#include "cpus.h"
#include "deeds.h"
#include "space.h"

#define PATIENCE 1000000 /* turns of a loop */

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

static unsigned take_number(const char **at)
{
	unsigned number = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++)
		number = number * 10 + (unsigned)(**at - '0');
	if (**at == '-')
		(*at)++;
	return number;
}

/* Granule, bits of a hyp VA, and what to do wrong: 4k-39-without-rodata. */
static bool read_wishes(const char *at, struct wishes *wishes)
{
	wishes->granule = take(&at, "4k")    ? HYPMMU_4K
			  : take(&at, "16k") ? HYPMMU_16K
			  : take(&at, "64k") ? HYPMMU_64K
					     : (enum hypmmu_granule)0;
	wishes->va_bits = take_number(&at);
	wishes->without_text = take(&at, "without-text");
	wishes->without_rodata = take(&at, "without-rodata");
	wishes->forgets = take(&at, "forgets");
	return !*at && wishes->granule && wishes->va_bits;
}

static bool stub_answers(unsigned cpu)
{
	return call_on(cpu, STUB_WHO, 0, 0).status == STUB_IS_HERE;
}

/* ---- Into hyp ---- */

static int prepare_cpus(void)
{
	int status = PASSED;

	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		fill_in_data(cpu);
	for (unsigned cpu = 0; cpu < CPUS - 1 && status == PASSED; cpu++)
		status = prepare_cpu(cpu, hyp_ready, 0);
	return status == PASSED ? prepare_cpu(CPUS - 1, enter_host, CPUS - 1) : status;
}

/* From the host, by HVC: to the vectors of the identity text, and through them into hyp. */
static bool init_here(unsigned cpu)
{
	bool right = stub_answers(cpu);

	right = right && call_on(cpu, STUB_SET_VECTORS, hyp.idmap_vector, 0).status == CALL_DONE &&
		call_on(cpu, STUB_WHO, 0, 0).status == (uint64_t)CALL_UNKNOWN &&
		call_on(cpu, INIT_HYP, pa_of(&params[cpu]), 0).status == CALL_DONE &&
		hypmmu_arch_cpu_stage(&params[cpu]) == HYPMMU_CPU_SWITCHING;
	say("CPU %d: from the host at EL1, by HVC through the stub: data %016lx, stack below "
	    "%016lx: %s\n",
	    (int)cpu, hyp_cpus[cpu].data_va, hyp_cpus[cpu].stack_top, right ? "yes" : "NO");
	return right;
}

static uint64_t wait_for_stage(const struct hypmmu_cpu_params *block, uint64_t least)
{
	for (unsigned i = 0; i < PATIENCE && hypmmu_arch_cpu_stage(block) < least; i++)
		__asm__ volatile("yield");
	return hypmmu_arch_cpu_stage(block);
}

/* From reset, by PSCI, to hyp first and then to the host: as a CPU that wakes up does. */
static bool start_in_hyp(unsigned cpu)
{
	bool right = hypmmu_arch_cpu_stage(&params[cpu]) == HYPMMU_CPU_AWAITED &&
		     start_cpu(cpu, entry_address(), pa_of(&params[cpu])) &&
		     wait_for_stage(&params[cpu], HYPMMU_CPU_SWITCHING) == HYPMMU_CPU_SWITCHING &&
		     has_come(cpu);

	say("CPU %d: from PSCI CPU_ON straight to hyp: data %016lx, stack below %016lx: %s\n",
	    (int)cpu, hyp_cpus[cpu].data_va, hyp_cpus[cpu].stack_top, right ? "yes" : "NO");
	return right;
}

/* One more, which is told that the tables have more PA bits than any CPU. */
static bool is_refused(unsigned cpu)
{
	static struct hypmmu_cpu_params block;
	uint64_t stage;

	block = params[0];
	block.pa.least = 7;
	block.stage = HYPMMU_CPU_AWAITED;
	hypmmu_arch_publish(&block, sizeof(block));
	if (!start_cpu(cpu, entry_address(), pa_of(&block)))
		return false;
	stage = wait_for_stage(&block, HYPMMU_CPU_NOT_EL2);
	say("CPU %d: refuses tables for more PA bits than it has, stage %lu: %s\n\n", (int)cpu,
	    stage, stage == HYPMMU_CPU_NO_PA ? "yes" : "NO");
	return stage == HYPMMU_CPU_NO_PA;
}

static bool start_second_cpus(void)
{
	bool right = true;

	for (unsigned cpu = 1; cpu < CPUS - 1 && right; cpu++)
		right = start_cpu(cpu, pa_of(start_second), cpu) && has_come(cpu);
	return right;
}

static bool enter_hyp(void)
{
	bool right = start_second_cpus();

	for (unsigned cpu = 0; cpu < CPUS - 1 && right; cpu++)
		right = init_here(cpu);
	return right && start_in_hyp(CPUS - 1) && is_refused(CPUS);
}

/* ---- Over to another root, which is what some changes take: as by __pkvm_init_switch_pgd() ---- */

static bool switch_root(unsigned cpu)
{
	bool right = prepare_cpu(cpu, hyp_ready, 0) == PASSED &&
		     call_on(cpu, HYP_SWITCH, pa_of(&params[cpu]), 0).status == CALL_DONE;

	say("CPU %d: MMU off and on, with TTBR0_EL2 %016lx: %s\n", (int)cpu, params[cpu].regs.ttbr0,
	    right ? "yes" : "NO");
	return right;
}

/* ---- And out of it ---- */

static bool leave_hyp(unsigned cpu)
{
	bool right = call_on(cpu, HYP_RESET, 0, 0).status == CALL_DONE && stub_answers(cpu) &&
		     call_on(cpu, HYP_COUNT, 0, 0).status == (uint64_t)CALL_UNKNOWN;

	say("CPU %d: MMU off, the stub answers: %s\n", (int)cpu, right ? "yes" : "NO");
	return right;
}

/* What hyp has written is still there. */
static bool comes_back(unsigned cpu)
{
	return leave_hyp(cpu) && init_here(cpu) && counts_on(cpu);
}

static bool wakes_up(unsigned cpu)
{
	bool right = prepare_cpu(cpu, enter_host, cpu) == PASSED && stop_cpu(cpu);

	say("CPU %d: PSCI CPU_OFF: %s\n", (int)cpu, right ? "yes" : "NO");
	return right && start_in_hyp(cpu) && counts_on(cpu);
}

static bool tear_down(void)
{
	bool right = true;

	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		right = leave_hyp(cpu) && right;
	right = right && succeeds("hypmmu_set_live", hypmmu_set_live(&hyp.mmu, NULL), NULL) &&
		succeeds("hypmmu_hyp_destroy", hypmmu_hyp_destroy(&hyp), NULL);
	say("Tables given back: %s\n", right && !pool.used ? "yes" : "NO");
	return right && !pool.used;
}

static int perform(const struct wishes *wishes)
{
	int status = build_space(wishes) ? prepare_cpus() : FAILED;

	if (status == PASSED)
		status = enter_hyp() && deeds_are_right() && root_changes(switch_root) &&
					 comes_back(1) && comes_back(2) && wakes_up(CPUS - 1) &&
					 tear_down()
				 ? PASSED
				 : FAILED;
	return status;
}

int main(void)
{
	struct wishes wishes;
	char buffer[128];
	int status;

	if (!read_wishes(last_argument(buffer, sizeof(buffer)), &wishes)) {
		say("Which granule, how many bits? 4k-39 (16k, 64k), with -without-text, "
		    "-without-rodata, -forgets\n");
		return USAGE;
	}
	say("A hyp-mode address space of %d bits, granule %luK\n\n", (int)wishes.va_bits,
	    UINT64_C(1) << (wishes.granule - 10));
	status = perform(&wishes);
	say("\n%s\n", status == PASSED ? "PASSED" : status == REFUSED ? "REFUSED" : "FAILED");
	return status;
}
