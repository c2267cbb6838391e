/* SPDX-License-Identifier: BSD-2-Clause */
/* Hyp: runs at EL2 in the address space that the host has built for it, on the stack of its CPU. No
 * pointers in its constants: the linker gave them the host's addresses. */
#include "hyp_code.h"

#define PIN_OFFSET(field, offset)                                                                  \
	_Static_assert(offsetof(struct hyp_cpu, field) == (offset), "calls.h")
PIN_OFFSET(handler, HYP_CPU_HANDLER);
PIN_OFFSET(stack_top, HYP_CPU_STACK_TOP);
PIN_OFFSET(emergency, HYP_CPU_EMERGENCY);
PIN_OFFSET(exit, HYP_CPU_EXIT);
PIN_OFFSET(entry, HYP_CPU_ENTRY);
PIN_OFFSET(back, HYP_CPU_BACK);
PIN_OFFSET(saved, HYP_CPU_SAVED);
PIN_OFFSET(result, HYP_CPU_RESULT);

const uint64_t hyp_rodata = RODATA_WORD;
struct hyp_request hyp_request;

void hyp_overflow(void);
void hyp_call(struct hyp_cpu *cpu, uint64_t what, uint64_t argument);
void hyp_fault(struct hyp_cpu *cpu, uint64_t esr, uint64_t far, uint64_t elr);

static void use_stack(struct hyp_cpu *cpu, uint64_t seed)
{
	volatile uint64_t buffer[STACK_WORDS];

	for (unsigned i = 0; i < STACK_WORDS; i++)
		buffer[i] = seed + i;
	cpu->result[1] = 0;
	for (unsigned i = 0; i < STACK_WORDS; i++)
		cpu->result[1] += buffer[i];
	cpu->result[2] = (uintptr_t)buffer;
}

void hyp_call(struct hyp_cpu *cpu, uint64_t what, uint64_t argument)
{
	uint64_t *result = cpu->result;

	result[0] = CALL_DONE;
	switch (what) {
	case HYP_READ_RODATA:
		result[1] = *(const volatile uint64_t *)&hyp_rodata;
		result[2] = (uintptr_t)&hyp_rodata;
		break;
	case HYP_COUNT:
		result[1] = ++cpu->count;
		result[2] = cpu->index;
		break;
	case HYP_USE_STACK:
		use_stack(cpu, argument);
		break;
	case HYP_READ_IO:
		result[1] = *(volatile uint32_t *)argument;
		break;
	case HYP_READ:
		result[1] = *(volatile uint64_t *)argument;
		break;
	case HYP_OVERFLOW:
		hyp_overflow();
		break;
	case HYP_WRITE_RODATA:
		__asm__ volatile("str xzr, [%0]" : : "r"(&hyp_rodata) : "memory");
		break;
	case HYP_INVALIDATE:
		hypmmu_arch_invalidate(&hyp_request.cfg, hyp_request.list, hyp_request.n);
		break;
	default:
		result[0] = (uint64_t)CALL_UNKNOWN;
	}
}

/* On the emergency stack. */
void hyp_fault(struct hyp_cpu *cpu, uint64_t esr, uint64_t far, uint64_t elr)
{
	bool overflow = far >= cpu->guard && far < cpu->stack_low;

	cpu->result[0] = overflow ? CALL_OVERFLOW : CALL_FAULT;
	cpu->result[1] = esr & UINT32_MAX;
	cpu->result[2] = far;
	cpu->result[3] = elr;
}
