/* SPDX-License-Identifier: BSD-2-Clause */
#include "faults.h"
#include "host.h"
#include "layout.h"
#include "probe.h"

/* RET, in data: should a fetch from there succeed, it does no harm and is noticed. */
static uint32_t code_in_data = 0xd65f03c0;
static uint32_t scratch;

#define BIT_55 (UINT64_C(1) << 55) /* clear: the lower half, if there are two */

struct trial {
	const char *what;
	uint64_t va;
	enum hypmmu_access access;
	enum hypmmu_fault fault; /* that the layout asks for */
};

static const char *const kinds[] = {"no fault",	   "translation fault", "address size fault",
				    "access flag", "permission fault",	"external abort"};
static const char *const accesses[] = {"read", "write", "fetch"};

static bool try_one(const struct hypmmu_machine *machine, const struct trial *trial)
{
	struct hypmmu_translation t;
	struct outcome outcome;
	bool right, allowed = hypmmu_walk(machine, trial->va, trial->access, &t);

	right = t.fault == trial->fault && allowed == (t.fault == HYPMMU_FAULT_NONE);
	outcome = try_byte(trial->va, trial->access);
	if (allowed)
		right = right && !outcome.faulted;
	else
		right = right && is_fault(&outcome, trial->va, trial->access, t.fsc);
	say("    %-5s %-26s %016lx  predicted %s", accesses[trial->access], trial->what, trial->va,
	    kinds[t.fault]);
	if (!allowed)
		say(" %02lx level %d", (uint64_t)t.fsc, t.level);
	if (outcome.faulted)
		say(", met ESR_EL2 %08lx", (uint64_t)outcome.esr);
	say("%s\n", right ? "" : "  WRONG");
	return right;
}

static bool try_all(const struct hypmmu_machine *machine, const struct trial *trials, size_t n)
{
	size_t right = 0, faults = 0;

	say("Accesses, against hypmmu_walk():\n");
	for (size_t i = 0; i < n; i++) {
		right += try_one(machine, &trials[i]);
		faults += trials[i].fault != HYPMMU_FAULT_NONE;
	}
	say("%lu of %lu as predicted, %lu of them faults\n\n", right, n, faults);
	return right == n;
}

bool upper_faults_are_as_predicted(const struct hypmmu_machine *machine)
{
	const uint64_t page_end = UPPER_PAGE + ADDRESS(shared_page_size);
	const struct trial trials[] = {
		{"text", UPPER_TEXT, HYPMMU_READ, HYPMMU_FAULT_NONE},
		{"text", UPPER_TEXT, HYPMMU_WRITE, HYPMMU_FAULT_PERMISSION},
		{"text, for EL0", UPPER_USER, HYPMMU_READ, HYPMMU_FAULT_NONE},
		{"text, for EL0", UPPER_USER, HYPMMU_FETCH, HYPMMU_FAULT_PERMISSION},
		{"page of RAM", UPPER_PAGE, HYPMMU_READ, HYPMMU_FAULT_NONE},
		{"page of RAM", UPPER_PAGE, HYPMMU_FETCH, HYPMMU_FAULT_PERMISSION},
		{"nothing, above it", page_end, HYPMMU_READ, HYPMMU_FAULT_TRANSLATION},
		{"bulk RAM", UPPER_BULK + GIB - 4, HYPMMU_WRITE, HYPMMU_FAULT_NONE},
		{"bulk RAM", UPPER_BULK, HYPMMU_FETCH, HYPMMU_FAULT_PERMISSION},
		{"below the space", UPPER_BASE - 1, HYPMMU_READ, HYPMMU_FAULT_TRANSLATION},
		{"last byte there is", UINT64_MAX, HYPMMU_WRITE, HYPMMU_FAULT_NONE},
	};

	return try_all(machine, trials, sizeof(trials) / sizeof(trials[0]));
}

bool faults_are_as_predicted(const struct hypmmu_machine *machine, const struct hypmmu *lower)
{
	const uint64_t beyond = UINT64_C(1) << lower->cfg.va_bits;
	const struct trial trials[] = {
		{"text", ADDRESS(text_start), HYPMMU_READ, HYPMMU_FAULT_NONE},
		{"text", ADDRESS(text_start), HYPMMU_WRITE, HYPMMU_FAULT_PERMISSION},
		{"rodata", ADDRESS(rodata_start), HYPMMU_READ, HYPMMU_FAULT_NONE},
		{"rodata", ADDRESS(rodata_start), HYPMMU_WRITE, HYPMMU_FAULT_PERMISSION},
		{"rodata", ADDRESS(rodata_start), HYPMMU_FETCH, HYPMMU_FAULT_PERMISSION},
		{"data", ADDRESS(&scratch), HYPMMU_WRITE, HYPMMU_FAULT_NONE},
		{"data", ADDRESS(&code_in_data), HYPMMU_FETCH, HYPMMU_FAULT_PERMISSION},
		{"bulk RAM", BULK_BASE + GIB - 4, HYPMMU_WRITE, HYPMMU_FAULT_NONE},
		{"bulk RAM", BULK_BASE + GIB - 4, HYPMMU_FETCH, HYPMMU_FAULT_PERMISSION},
		{"UART", UART_BASE, HYPMMU_FETCH, HYPMMU_FAULT_PERMISSION},
		{"stack guard, last byte", ADDRESS(guard_start + ADDRESS(guard_size) - 1),
		 HYPMMU_WRITE, HYPMMU_FAULT_TRANSLATION},
		{"stack guard", ADDRESS(guard_start), HYPMMU_READ, HYPMMU_FAULT_TRANSLATION},
		{"firewalled hole", ADDRESS(hole_start), HYPMMU_READ, HYPMMU_FAULT_TRANSLATION},
		{"firewalled hole", ADDRESS(hole_start), HYPMMU_WRITE, HYPMMU_FAULT_TRANSLATION},
		{"firewalled hole", ADDRESS(hole_start), HYPMMU_FETCH, HYPMMU_FAULT_TRANSLATION},
		{"nothing, below RAM", RAM_BASE - 1, HYPMMU_READ, HYPMMU_FAULT_TRANSLATION},
		{"nothing, above RAM", BULK_BASE + GIB, HYPMMU_WRITE, HYPMMU_FAULT_TRANSLATION},
		{"nothing, at 0", 0, HYPMMU_FETCH, HYPMMU_FAULT_TRANSLATION},
		{"last byte of the space", beyond - 1, HYPMMU_READ, HYPMMU_FAULT_TRANSLATION},
		{"first byte beyond it", beyond, HYPMMU_READ, HYPMMU_FAULT_TRANSLATION},
		{"last with bit 55 clear", UINT64_MAX - BIT_55, HYPMMU_WRITE,
		 HYPMMU_FAULT_TRANSLATION},
	};

	return try_all(machine, trials, sizeof(trials) / sizeof(trials[0]));
}
