/* SPDX-License-Identifier: BSD-2-Clause */
#include "faults.h"
#include "frame.h"
#include "host.h"
#include "layout.h"
#include "sysreg.h"

/* ESR_EL2 */
#define ESR_EC(esr)	    ((esr) >> 26 & 0x3f)
#define ESR_WNR		    (1u << 6)
#define ESR_FSC(esr)	    ((esr)&0x3f)
#define EC_INSTRUCTION_HERE 0x21 /* Instruction Abort without a change of Exception level */
#define EC_DATA_HERE	    0x25 /* Data Abort without a change of Exception level */

_Static_assert(offsetof(struct frame, x18) == FRAME_X18, "frame.h");
_Static_assert(offsetof(struct frame, elr) == FRAME_ELR, "frame.h");
_Static_assert(offsetof(struct frame, esr) == FRAME_ESR, "frame.h");
_Static_assert(sizeof(struct frame) == FRAME_SIZE, "frame.h");

extern const unsigned char vectors[];

struct fault {
	bool taken;
	uint32_t esr;
	uint64_t far;
};

/* What the access under way has met so far; only while it is under way may one be met. */
static volatile bool expected;
static enum hypmmu_access under_way;
static volatile struct fault met;

/* RET, in data: should a fetch from there succeed, it does no harm and is noticed. */
static uint32_t code_in_data = 0xd65f03c0;
static uint32_t scratch;

void install_vectors(void)
{
	write_vbar_el2(vectors);
}

void handle_exception(struct frame *frame, unsigned vector);
void handle_exception(struct frame *frame, unsigned vector)
{
	if (vector != VECTOR_EL2_SYNC || !expected) {
		say("unexpected exception, vector %d: ESR_EL2 %08lx FAR_EL2 %016lx ELR_EL2 "
		    "%016lx\n",
		    (int)vector, frame->esr, frame->far, frame->elr);
		semihosting_exit(FAILED);
	}
	expected = false;
	met.taken = true;
	met.esr = (uint32_t)frame->esr;
	met.far = frame->far;
	/* After a fetch: where the branch to it would have returned. Else: the next instruction. */
	frame->elr = under_way == HYPMMU_FETCH ? frame->x30 : frame->elr + 4;
}

static struct fault try_access(uint64_t va, enum hypmmu_access access)
{
	uint64_t value = 0;

	met.taken = false;
	met.esr = 0;
	met.far = 0;
	under_way = access;
	expected = true;
	if (access == HYPMMU_FETCH)
		__asm__ volatile("blr %0" : : "r"(va) : "x30", "memory");
	else if (access == HYPMMU_WRITE)
		__asm__ volatile("strb %w1, [%0]" : : "r"(va), "r"(value) : "memory");
	else
		__asm__ volatile("ldrb %w0, [%1]" : "+r"(value) : "r"(va) : "memory");
	expected = false;
	return (struct fault){.taken = met.taken, .esr = met.esr, .far = met.far};
}

static bool is_as_predicted(const struct fault *fault, const struct hypmmu_translation *t,
			    uint64_t va, enum hypmmu_access access)
{
	uint32_t ec = access == HYPMMU_FETCH ? EC_INSTRUCTION_HERE : EC_DATA_HERE;
	bool write = access == HYPMMU_WRITE;

	return fault->taken && fault->far == va && ESR_EC(fault->esr) == ec &&
	       ESR_FSC(fault->esr) == t->fsc &&
	       (access == HYPMMU_FETCH || ((fault->esr & ESR_WNR) != 0) == write);
}

struct trial {
	const char *what;
	uint64_t va;
	enum hypmmu_access access;
	enum hypmmu_fault fault; /* that the layout asks for */
};

static const char *const kinds[] = {"no fault",	   "translation fault", "address size fault",
				    "access flag", "permission fault",	"external abort"};
static const char *const accesses[] = {"read", "write", "fetch"};

static bool try_one(const struct hypmmu *mmu, const struct trial *trial)
{
	struct hypmmu_translation t;
	struct fault fault;
	bool right, allowed = hypmmu_translate(mmu, trial->va, trial->access, &t);

	right = t.fault == trial->fault && allowed == (t.fault == HYPMMU_FAULT_NONE);
	fault = try_access(trial->va, trial->access);
	if (allowed)
		right = right && !fault.taken;
	else
		right = right && is_as_predicted(&fault, &t, trial->va, trial->access);
	say("    %-5s %-26s %016lx  predicted %s", accesses[trial->access], trial->what, trial->va,
	    kinds[t.fault]);
	if (!allowed)
		say(" %02lx level %d", (uint64_t)t.fsc, t.level);
	if (fault.taken)
		say(", met ESR_EL2 %08lx", (uint64_t)fault.esr);
	say("%s\n", right ? "" : "  WRONG");
	return right;
}

bool faults_are_as_predicted(const struct hypmmu *mmu)
{
	const uint64_t beyond = UINT64_C(1) << mmu->cfg.va_bits;
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
		{"last byte there is", UINT64_MAX, HYPMMU_WRITE, HYPMMU_FAULT_TRANSLATION},
	};
	size_t n = sizeof(trials) / sizeof(trials[0]), right = 0, faults = 0;

	say("Accesses, against hypmmu_translate():\n");
	for (size_t i = 0; i < n; i++) {
		right += try_one(mmu, &trials[i]);
		faults += trials[i].fault != HYPMMU_FAULT_NONE;
	}
	say("%lu of %lu as predicted, %lu of them faults\n\n", right, n, faults);
	return right == n;
}
