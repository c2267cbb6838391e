/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address space at EL2, or the two halves of EL2&0, from a list to the MMU and back. Read main() first; what it calls stands
 * above it in the same order.
 */
#include "agree.h"
#include "faults.h"
#include "host.h"
#include "layout.h"
#include "machine.h"
#include "probe.h"
#include "second.h"
#include "steps.h"
#include "sysreg.h"
#include "upper.h"
#include <hypmmu/arch.h>

static struct hypmmu_pool pool;
static struct hypmmu space, second_space;

/* Of EL2&0, in a run that has it; else NULL. */
static struct hypmmu upper_half, *upper;

static bool starts_with(const char *word, const char *with)
{
	while (*with && *word == *with)
		word++, with++;
	return !*with;
}

static bool has(const char *word, const char *suffix)
{
	while (*word && !starts_with(word, suffix))
		word++;
	return *word;
}

/* 4k, 16k or 64k; with -vhe: EL2&0; with -pie: permission indirection. */
static void read_wishes(struct hypmmu_config *cfg)
{
	char buffer[128];
	const char *word = last_argument(buffer, sizeof(buffer));

	if (starts_with(word, "4k"))
		cfg->granule = HYPMMU_4K;
	else if (starts_with(word, "16k"))
		cfg->granule = HYPMMU_16K;
	else if (starts_with(word, "64k"))
		cfg->granule = HYPMMU_64K;
	cfg->regime = has(word, "-vhe") ? HYPMMU_EL2_0_LOWER : HYPMMU_EL2;
	if (has(word, "-pie")) { /* no EL3 here: nobody traps TCR2_EL2 */
		cfg->hw = HYPMMU_HW_S1PIE;
		cfg->use = HYPMMU_USE_S1PIE;
	}
}

static uint64_t kib(enum hypmmu_granule granule)
{
	return UINT64_C(1) << (granule - 10);
}

/* REFUSED when the CPU lacks the granule: said before any register is written. */
static int choose_config(struct hypmmu_config *cfg)
{
	const struct hypmmu_regs before = read_registers();
	struct hypmmu_regs after;
	struct hypmmu_id id;
	int err;

	hypmmu_arch_read_id(&id);
	say("CPU: MIDR_EL1 %08lx, ID_AA64MMFR0_EL1 %016lx\n", id.midr, id.mmfr0);
	err = hypmmu_config_from_id(cfg, &id);
	if (!err) {
		say("Configuration: VA %d bits, PA %d bits, features %04lx\n\n", cfg->va_bits,
		    cfg->pa_bits, (uint64_t)cfg->hw);
		return PASSED;
	}
	after = read_registers();
	say("Refused: this CPU has no %luK granule%s%s (%s)\n", kib(cfg->granule),
	    cfg->regime == HYPMMU_EL2 ? "" : ", or no EL2&0",
	    cfg->use & HYPMMU_USE_S1PIE ? ", or no FEAT_S1PIE" : "", hypmmu_strerror(err));
	return holds("MAIR_EL2, TCR_EL2, TTBR0_EL2, SCTLR_EL2 are as they were",
		     same_registers(&before, &after)) &&
			       err == HYPMMU_ERR_UNSUPPORTED
		       ? REFUSED
		       : FAILED;
}

static bool build(struct hypmmu *mmu, const struct hypmmu_config *cfg)
{
	struct hypmmu_report report;

	return succeeds("hypmmu_init", hypmmu_init(mmu, cfg, &pool.pages), NULL) &&
	       succeeds("hypmmu_apply", hypmmu_apply(mmu, layout, layout_length, &report),
			&report) &&
	       succeeds("hypmmu_check", hypmmu_check(mmu, &report), &report);
}

static bool build_first(const struct hypmmu_config *cfg)
{
	struct hypmmu_report needed;

	if (!succeeds("hypmmu_tables_needed",
		      hypmmu_tables_needed(cfg, layout, layout_length, &needed), &needed))
		return false;
	for (size_t i = 0; i < layout_length; i++)
		say("    %-24s %016lx %10lx%s\n", layout[i].name, layout[i].va, layout[i].size,
		    layout[i].op == HYPMMU_KEEP ? " (nothing)" : "");
	say("Tables needed: %lu.", needed.tables);
	if (!succeeds("hypmmu_pool_init",
		      hypmmu_pool_init(&pool, cfg->granule, table_memory, ADDRESS(table_memory),
				       ADDRESS(table_memory_size)),
		      NULL) ||
	    !build(&space, cfg))
		return false;
	say(" Tables used: %lu.\n\n", space.tables);
	return space.tables == needed.tables && pool.used == needed.tables;
}

/* With HCR_EL2.E2H = 0 it cannot be used; then it is 1. */
static bool build_upper_half(const struct hypmmu_config *cfg)
{
	int err = hypmmu_arch_enable(&space, NULL, NULL, 0, NULL);

	upper = &upper_half;
	return holds("EL2&0 is refused while HCR_EL2.E2H is 0", err == HYPMMU_ERR_STATE) &&
	       enter_el2_0() && build_upper(upper, cfg, &pool.pages);
}

/* Tables under which this program would hang must be refused, with everything as it was. */
static bool refuses(const char *what, struct hypmmu *mmu, const struct hypmmu_change *hold,
		    size_t n, size_t index)
{
	const struct hypmmu_regs before = read_registers();
	struct hypmmu_report report;
	int err = hypmmu_arch_enable(mmu, upper, hold, n, &report);
	const struct hypmmu_regs after = read_registers();

	say("Preflight, %s: %s at %016lx, ", what, hypmmu_strerror(err), report.va);
	return holds("refused", err == HYPMMU_ERR_UNMAPPED && report.index == index &&
					same_registers(&before, &after) && !mmu->maint &&
					!upper_half.maint && !hypmmu_arch_enabled());
}

static bool refuses_wrong_tables(const struct hypmmu_config *cfg)
{
	const struct hypmmu_change guard_held[] = {
		must_hold[0],
		{.va = ADDRESS(guard_start),
		 .pa = ADDRESS(guard_start),
		 .size = ADDRESS(guard_size),
		 .attr = HYPMMU_DATA},
	};
	bool right = refuses("the stack guard must hold", &space, guard_held, 2, 1);

	if (!succeeds("hypmmu_init", hypmmu_init(&second_space, cfg, &pool.pages), NULL) ||
	    !succeeds("hypmmu_idmap", hypmmu_idmap(&second_space, UART_BASE, 0x10000, HYPMMU_MMIO),
		      NULL))
		return false;
	right = refuses("tables without this code", &second_space, NULL, 0, 0) && right;
	say("\n");
	return succeeds("hypmmu_destroy", hypmmu_destroy(&second_space), NULL) && right;
}

/* The caller's side of hypmmu_arch_enable(): exceptions are masked since start.S, and the vectors
 * are where they were. */
static bool turn_on(struct hypmmu *mmu)
{
	struct hypmmu_report report;
	struct hypmmu_regs wanted, now;
	size_t n = upper ? must_hold_length_of_both : must_hold_length;

	if (!succeeds("hypmmu_get_regs", hypmmu_get_regs(mmu, upper, &wanted), NULL) ||
	    !succeeds("hypmmu_arch_enable", hypmmu_arch_enable(mmu, upper, must_hold, n, &report),
		      &report))
		return false;
	now = read_registers();
	if (upper)
		say("TTBR1_EL2 %016lx\n", now.ttbr1);
	say("MAIR_EL2  %016lx\nTCR_EL2   %016lx\nTTBR0_EL2 %016lx\nSCTLR_EL2 %016lx\n", now.mair,
	    now.tcr, now.ttbr0, now.sctlr);
	return holds("The MMU is on, and the registers are what hypmmu_get_regs() says",
		     hypmmu_arch_enabled() && same_registers(&wanted, &now));
}

static uint64_t pattern(uint64_t i)
{
	return (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

static void write_pattern(volatile uint64_t *at)
{
	for (uint64_t i = 0; i < ADDRESS(shared_page_size) / sizeof(*at); i++)
		at[i] = pattern(i);
}

static bool reads_pattern(const volatile uint64_t *at)
{
	uint64_t i = 0, n = ADDRESS(shared_page_size) / sizeof(*at);

	while (i < n && at[i] == pattern(i))
		i++;
	return i == n;
}

static bool alias_is_the_page(void)
{
	write_pattern((volatile uint64_t *)(uintptr_t)ALIAS_BASE);
	return holds("What is written through the alias is read through the identity map",
		     reads_pattern((volatile uint64_t *)shared_page));
}

static bool mmu_is_as_predicted(void)
{
	const struct hypmmu_machine machine = this_machine();
	const struct half lower = {"from 0", 0, RAM_BASE, 2 * GIB, space.cfg.va_bits};
	const struct half high = {"upper half", UPPER_BASE, UPPER_BULK, GIB, UPPER_BITS};

	return faults_are_as_predicted(&machine, &space) && mmu_agrees(&machine, &lower) &&
	       (!upper || (upper_faults_are_as_predicted(&machine) && mmu_agrees(&machine, &high)));
}

/* Over to other tables while the MMU is on. */
static bool goes_over(const struct hypmmu_config *cfg)
{
	const uint64_t before = read_ttbr0_el2();

	say("Over to a second set of tables:\n");
	return build(&second_space, cfg) && turn_on(&second_space) &&
	       holds("TTBR0_EL2 has changed, memory has not",
		     read_ttbr0_el2() != before &&
			     reads_pattern((volatile uint64_t *)(uintptr_t)ALIAS_BASE));
}

static bool turn_off(void)
{
	int err = hypmmu_arch_disable(writable_start, ADDRESS(writable_size));

	return succeeds("hypmmu_arch_disable", err, NULL) &&
	       holds("\nThe MMU is off", !hypmmu_arch_enabled()) &&
	       holds("Memory is as it was written",
		     reads_pattern((volatile uint64_t *)shared_page));
}

/* On and off once more, with the same tables. */
static bool goes_on_again(void)
{
	say("\nOn again:\n");
	return turn_on(&space) &&
	       holds("Memory is as it was written",
		     reads_pattern((volatile uint64_t *)(uintptr_t)ALIAS_BASE)) &&
	       (!upper || (upper_half_is_used() && upper_half_can_be_left_out(&space))) &&
	       turn_off();
}

static bool gives_back(struct hypmmu *mmu)
{
	return succeeds("hypmmu_set_live", hypmmu_set_live(mmu, NULL), NULL) &&
	       succeeds("hypmmu_destroy", hypmmu_destroy(mmu), NULL);
}

/* No walker uses the tables any more: every page comes back. */
static bool gives_all_back(void)
{
	return gives_back(&space) && gives_back(&second_space) && (!upper || gives_back(upper)) &&
	       holds("All table pages are given back", pool.used == 0);
}

static bool prove(const struct hypmmu_config *cfg)
{
	if (!build_first(cfg) || (cfg->regime != HYPMMU_EL2 && !build_upper_half(cfg)) ||
	    !refuses_wrong_tables(cfg) || !turn_on(&space))
		return false;
	say("\n");
	hypmmu_dump(&space, say_line, NULL);
	say("\n");
	if (upper)
		hypmmu_dump(upper, say_line, NULL);
	return alias_is_the_page() && (!upper || upper_half_is_used()) && mmu_is_as_predicted() &&
	       (!upper || (upper_half_changes(upper) && second_cpu_comes(&space, upper))) &&
	       goes_over(cfg) && turn_off() && goes_on_again() && gives_all_back();
}

int main(void)
{
	struct hypmmu_config cfg = {.asid = 0};
	int status;

	read_wishes(&cfg);
	if (!cfg.granule) {
		say("Which granule? -semihosting-config enable=on,target=native,arg=4k (16k, "
		    "64k; 4k-vhe, 4k-pie...)\n");
		return USAGE;
	}
	cfg.asid = cfg.regime == HYPMMU_EL2 ? 0 : ASID;
	say("libhypmmu at EL2 of QEMU's virt: a granule of %luK%s\n", kib(cfg.granule),
	    cfg.regime == HYPMMU_EL2 ? "" : ", HCR_EL2.E2H = 1");
	status = choose_config(&cfg);
	if (status != PASSED)
		return status;
	install_vectors();
	status = prove(&cfg) ? PASSED : FAILED;
	say("\n%luK: %s\n", kib(cfg.granule), status == PASSED ? "PASSED" : "FAILED");
	return status;
}
