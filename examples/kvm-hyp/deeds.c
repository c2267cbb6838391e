/* SPDX-License-Identifier: BSD-2-Clause */
#include "deeds.h"
#include "../qemu-virt/host.h"
#include "space.h"

#define PL011_ID  (UART_BASE + 0xfe0) /* PeriphID and CellID: eight registers of a byte each */
#define ID_WORDS  8
#define GICD_BASE UINT64_C(0x08000000)
#define GICD_ID	  0xffe8 /* PIDR2 of GICv3 */

/* ESR_EL2 */
#define ESR_EC(esr)  ((esr) >> 26 & 0x3f)
#define ESR_WNR	     UINT64_C(0x40)
#define ESR_FSC(esr) ((esr)&0x3f)
#define EC_DATA_HERE 0x25 /* Data Abort without a change of Exception level */

static bool outcome(unsigned cpu, const char *what, uint64_t value, bool is_so)
{
	say("    CPU %d %-40s %016lx  %s\n", (int)cpu, what, value, is_so ? "yes" : "NO");
	return is_so;
}

/* The call ended as the tables say that an access there must. */
static bool is_abort(const struct answer *answer, uint64_t status, hypmmu_va va,
		     enum hypmmu_access access)
{
	struct hypmmu_translation t;

	return !hypmmu_translate(&hyp.mmu, va, access, &t) && answer->status == status &&
	       answer->second == va && ESR_EC(answer->value) == EC_DATA_HERE &&
	       ESR_FSC(answer->value) == t.fsc &&
	       ((answer->value & ESR_WNR) != 0) == (access == HYPMMU_WRITE);
}

/* ---- What it may do ---- */

static bool reads_rodata(unsigned cpu)
{
	struct answer a = call_on(cpu, HYP_READ_RODATA, 0, 0);
	hypmmu_va va = hypmmu_kern_hyp_va(&hyp, &hyp_rodata);

	return outcome(cpu, "reads rodata, at", a.second,
		       a.status == CALL_DONE && a.value == RODATA_WORD && a.second == va &&
			       hypmmu_hyp_kern_va(&hyp, a.second) == &hyp_rodata);
}

bool counts_on(unsigned cpu)
{
	uint64_t before = cpu_data[cpu].count;
	struct answer a = call_on(cpu, HYP_COUNT, 0, 0);

	return outcome(cpu, "counts in its own data, up to", a.value,
		       a.status == CALL_DONE && a.value == before + 1 && a.second == cpu &&
			       cpu_data[cpu].count == a.value);
}

/* Another number on each CPU. */
static bool counts(unsigned cpu)
{
	bool right = true;

	for (unsigned i = 0; i < cpu; i++)
		right = call_on(cpu, HYP_COUNT, 0, 0).status == CALL_DONE && right;
	return counts_on(cpu) && right && cpu_data[cpu].count == cpu + 1;
}

static bool uses_its_stack(unsigned cpu)
{
	uint64_t seed = 1000 + cpu;
	struct answer a = call_on(cpu, HYP_USE_STACK, seed, 0);

	return outcome(cpu, "uses its stack, at", a.second,
		       a.status == CALL_DONE && a.value == STACK_SUM(seed) &&
			       a.second >= cpu_data[cpu].stack_low &&
			       a.second < cpu_data[cpu].stack_top);
}

/* Neither is aligned to a granule. */
static hypmmu_va uart_window, gicd_window;

static uint64_t read_io(hypmmu_pa pa)
{
	return *(volatile uint32_t *)(uintptr_t)pa; /* devices: the host's VA is the PA */
}

static bool reads_devices(unsigned cpu)
{
	bool same = true;

	for (unsigned i = 0; i < ID_WORDS; i++) {
		struct answer a = call_on(cpu, HYP_READ_IO, uart_window + 4 * i, 0);

		same = same && a.status == CALL_DONE && a.value == read_io(PL011_ID + 4 * i);
	}
	same = same &&
	       call_on(cpu, HYP_READ_IO, gicd_window, 0).value == read_io(GICD_BASE + GICD_ID);
	return outcome(cpu, "reads UART and GIC, through windows at", uart_window, same);
}

/* What the host maps while hyp is running. */
static bool reads_late_page(unsigned cpu)
{
	hypmmu_va va = hypmmu_kern_hyp_va(&hyp, late_page);
	struct answer a = call_on(cpu, HYP_READ, va, 0);

	return outcome(cpu, "reads what the host has added:", a.value,
		       a.status == CALL_DONE && a.value == *(volatile uint64_t *)late_page &&
			       hypmmu_hyp_kern_va(&hyp, va) == late_page);
}

static bool add_late_page(void)
{
	*(volatile uint64_t *)late_page = UINT64_C(0x1a7e1a7e1a7e1a7e);
	return succeeds("hypmmu_create_hyp_mappings",
			hypmmu_create_hyp_mappings(&hyp, late_page, late_page + 8, HYPMMU_RODATA),
			NULL);
}

/* ---- What it must not ---- */

static bool overflows(unsigned cpu)
{
	struct answer a = call_on(cpu, HYP_OVERFLOW, 0, 0);

	return outcome(cpu, "overflows its stack, is stopped at", a.second,
		       is_abort(&a, CALL_OVERFLOW, cpu_data[cpu].stack_low - 16, HYPMMU_WRITE));
}

static bool writes_rodata(unsigned cpu)
{
	struct answer a = call_on(cpu, HYP_WRITE_RODATA, 0, 0);
	hypmmu_va va = hypmmu_kern_hyp_va(&hyp, &hyp_rodata);

	return outcome(cpu, "writes to rodata, and is stopped at", a.second,
		       is_abort(&a, CALL_FAULT, va, HYPMMU_WRITE) &&
			       *(const volatile uint64_t *)&hyp_rodata == RODATA_WORD);
}

static bool does_not_know(unsigned cpu)
{
	struct answer a = call_on(cpu, ~UINT64_C(0), 0, 0);

	return outcome(cpu, "does not know what it is asked for:", a.status,
		       a.status == (uint64_t)CALL_UNKNOWN);
}

static bool goes_on(unsigned cpu)
{
	return uses_its_stack(cpu) && counts_on(cpu);
}

/* ---- A window that comes and goes, by the host's CPU 0 ---- */

#define WORD_AT 0x128 /* in its page */

static hypmmu_va window;
static uint64_t wanted_there;

static bool map_window(unsigned n)
{
	volatile uint64_t *word = (volatile uint64_t *)(windows[n] + WORD_AT);

	wanted_there = *word = UINT64_C(0x1111111111111111) * (n + 1);
	return succeeds(
		"hypmmu_map_private",
		hypmmu_map_private(&hyp, pa_of(windows[n] + WORD_AT), 8, HYPMMU_RODATA, &window),
		NULL);
}

static bool reads_window(unsigned cpu)
{
	struct answer a = call_on(cpu, HYP_READ, window, 0);

	return outcome(cpu, "reads through a new window", a.value,
		       a.status == CALL_DONE && a.value == wanted_there);
}

static bool misses_window(unsigned cpu)
{
	struct answer a = call_on(cpu, HYP_READ, window, 0);

	return outcome(cpu, "finds that the window is gone, at", a.second,
		       is_abort(&a, CALL_FAULT, window, HYPMMU_READ));
}

/* ---- All of it, on all CPUs ---- */

static bool each(bool (*deed)(unsigned cpu))
{
	bool right = true;

	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		right = deed(cpu) && right;
	return right;
}

static bool window_comes_and_goes(void)
{
	hypmmu_va first;
	size_t tables = hyp.mmu.tables;
	bool right = map_window(0) && each(reads_window);

	first = window;
	right = right && succeeds("hypmmu_unmap_private", hypmmu_unmap_private(&hyp, window), NULL);
	right = right && each(misses_window) && map_window(1);
	right = right && outcome(0, "gives the same address to the next:", window, window == first);
	right = right && each(reads_window);
	right = right && succeeds("hypmmu_unmap_private", hypmmu_unmap_private(&hyp, window), NULL);
	return right && each(misses_window) && hyp.mmu.tables == tables;
}

bool root_changes(bool (*switch_root)(unsigned cpu))
{
	uint64_t granule = UINT64_C(1) << hyp.mmu.cfg.granule;
	struct hypmmu_change change = {
		.op = HYPMMU_UNMAP, .size = granule, .flags = HYPMMU_NEW_ROOT};
	hypmmu_pa root = hyp.mmu.root;
	bool right = map_window(0) && each(reads_window);

	change.va = window & ~(granule - 1);
	right = right && succeeds("hypmmu_apply", hypmmu_apply(&hyp.mmu, &change, 1, NULL), NULL) &&
		hyp.mmu.root != root;
	for (unsigned cpu = 0; cpu < CPUS && right; cpu++)
		right = reads_window(cpu) && switch_root(cpu) && misses_window(cpu);
	return right && succeeds("hypmmu_reclaim", hypmmu_reclaim(&hyp.mmu), NULL) &&
	       succeeds("hypmmu_check", hypmmu_check(&hyp.mmu, NULL), NULL) && each(goes_on) &&
	       each(reads_rodata);
}

static bool open_devices(void)
{
	return succeeds("hypmmu_map_private",
			hypmmu_map_private(&hyp, PL011_ID, ID_WORDS * 4, HYPMMU_MMIO, &uart_window),
			NULL) &&
	       succeeds("hypmmu_map_private",
			hypmmu_map_private(&hyp, GICD_BASE + GICD_ID, 4, HYPMMU_MMIO, &gicd_window),
			NULL);
}

bool deeds_are_right(void)
{
	return each(reads_rodata) && each(counts) && each(uses_its_stack) && open_devices() &&
	       each(reads_devices) && add_late_page() && each(reads_late_page) && each(overflows) &&
	       each(goes_on) && each(writes_rodata) && each(does_not_know) && each(goes_on) &&
	       window_comes_and_goes() &&
	       succeeds("hypmmu_check", hypmmu_check(&hyp.mmu, NULL), NULL);
}
