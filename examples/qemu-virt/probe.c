/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe.h"
#include "frame.h"
#include "host.h"
#include "sysreg.h"

#define CPUS 2

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

/* The access under way on each CPU, and the fault that it has met so far; only while one is under
 * way may a fault be met. */
static volatile struct {
	bool expected, met;
	enum hypmmu_access access;
	uint32_t esr;
	uint64_t far;
} under_way[CPUS];

void install_vectors(void)
{
	write_vbar_el2(vectors);
}

static unsigned this_cpu(void)
{
	return read_mpidr_el1() % CPUS;
}

void handle_exception(struct frame *frame, unsigned vector);
void handle_exception(struct frame *frame, unsigned vector)
{
	unsigned cpu = this_cpu();

	if (vector != VECTOR_EL2_SYNC || !under_way[cpu].expected) {
		say("unexpected exception, CPU %d, vector %d: ESR_EL2 %08lx FAR_EL2 %016lx ELR_EL2 "
		    "%016lx\n",
		    (int)cpu, (int)vector, frame->esr, frame->far, frame->elr);
		semihosting_exit(FAILED);
	}
	under_way[cpu].expected = false;
	under_way[cpu].met = true;
	under_way[cpu].esr = (uint32_t)frame->esr;
	under_way[cpu].far = frame->far;
	/* After a fetch: where the branch to it would have returned. Else: the next instruction. */
	frame->elr = under_way[cpu].access == HYPMMU_FETCH ? frame->x30 : frame->elr + 4;
}

static unsigned begin(enum hypmmu_access access)
{
	unsigned cpu = this_cpu();

	under_way[cpu].met = false;
	under_way[cpu].esr = 0;
	under_way[cpu].far = 0;
	under_way[cpu].access = access;
	under_way[cpu].expected = true;
	return cpu;
}

static struct outcome end(unsigned cpu, uint64_t value)
{
	under_way[cpu].expected = false;
	return (struct outcome){.faulted = under_way[cpu].met,
				.esr = under_way[cpu].esr,
				.far = under_way[cpu].far,
				.value = value};
}

static uint64_t call(uint64_t va, uint64_t value)
{
	register uint64_t x0 __asm__("x0") = value;

	__asm__ volatile("blr %1" : "+r"(x0) : "r"(va) : "x30", "memory");
	return x0;
}

struct outcome try_byte(uint64_t va, enum hypmmu_access access)
{
	unsigned cpu = begin(access);
	uint64_t value = 0;

	if (access == HYPMMU_FETCH)
		value = call(va, 0);
	else if (access == HYPMMU_WRITE)
		__asm__ volatile("strb %w1, [%0]" : : "r"(va), "r"(value) : "memory");
	else
		__asm__ volatile("ldrb %w0, [%1]" : "+r"(value) : "r"(va) : "memory");
	return end(cpu, value);
}

struct outcome try_word(uint64_t va, enum hypmmu_access access, uint64_t value)
{
	unsigned cpu = begin(access);

	if (access == HYPMMU_FETCH)
		value = call(va, value);
	else if (access == HYPMMU_WRITE)
		__asm__ volatile("str %1, [%0]" : : "r"(va), "r"(value) : "memory");
	else
		__asm__ volatile("ldr %0, [%1]" : "+r"(value) : "r"(va) : "memory");
	return end(cpu, value);
}

bool is_fault(const struct outcome *outcome, uint64_t va, enum hypmmu_access access, unsigned fsc)
{
	uint32_t ec = access == HYPMMU_FETCH ? EC_INSTRUCTION_HERE : EC_DATA_HERE;
	bool write = access == HYPMMU_WRITE;

	return outcome->faulted && outcome->far == va && ESR_EC(outcome->esr) == ec &&
	       ESR_FSC(outcome->esr) == fsc &&
	       (access == HYPMMU_FETCH || ((outcome->esr & ESR_WNR) != 0) == write);
}
