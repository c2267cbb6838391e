/* SPDX-License-Identifier: BSD-2-Clause */
#include "cpus.h"
#include "../qemu-virt/host.h"

#define PSCI_CPU_ON	   UINT64_C(0xc4000003)
#define PSCI_CPU_OFF	   UINT64_C(0x84000002)
#define PSCI_AFFINITY_INFO UINT64_C(0xc4000004)
#define PSCI_IS_OFF	   1
#define PATIENCE	   2000000 /* turns of a loop */

/* One order at a time for each CPU. The numbers are stored after what they announce, and loaded
 * before it. */
static struct mailbox {
	uint64_t what, first, second;
	struct answer answer;
	uint32_t given, done, here;
} __attribute__((aligned(64))) mailboxes[CPUS + 1];

static uint32_t load(const uint32_t *number)
{
	return __atomic_load_n(number, __ATOMIC_ACQUIRE);
}

static void store(uint32_t *number, uint32_t value)
{
	__atomic_store_n(number, value, __ATOMIC_RELEASE);
}

/* QEMU runs one CPU after the other: without this it would wait out its time. */
static void yield(void)
{
	__asm__ volatile("yield" : : : "memory");
}

struct answer call(uint64_t what, uint64_t first, uint64_t second)
{
	register uint64_t x0 __asm__("x0") = what;
	register uint64_t x1 __asm__("x1") = first;
	register uint64_t x2 __asm__("x2") = second;
	register uint64_t x3 __asm__("x3") = 0;

	__asm__ volatile("hvc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
			   "x15", "x16", "x17", "cc", "memory");
	return (struct answer){x0, x1, x2, x3};
}

/* By SMC: QEMU's virt has EL2 but no EL3. */
static uint64_t call_psci(uint64_t what, uint64_t first, uint64_t second, uint64_t third)
{
	register uint64_t x0 __asm__("x0") = what;
	register uint64_t x1 __asm__("x1") = first;
	register uint64_t x2 __asm__("x2") = second;
	register uint64_t x3 __asm__("x3") = third;

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
			   "x15", "x16", "x17", "memory");
	return x0;
}

_Noreturn void serve(uint64_t cpu);
void serve(uint64_t cpu)
{
	struct mailbox *mailbox = &mailboxes[cpu];

	store(&mailbox->here, 1);
	for (uint32_t done = load(&mailbox->done);; store(&mailbox->done, ++done)) {
		while (load(&mailbox->given) == done)
			yield();
		if (mailbox->what == PSCI_CPU_OFF) {
			store(&mailbox->here, 0);
			store(&mailbox->done, done + 1);
			(void)call_psci(PSCI_CPU_OFF, 0, 0, 0);
		}
		mailbox->answer = call(mailbox->what, mailbox->first, mailbox->second);
	}
}

struct answer call_on(unsigned cpu, uint64_t what, uint64_t first, uint64_t second)
{
	struct mailbox *mailbox = &mailboxes[cpu];

	if (cpu == 0)
		return call(what, first, second);
	mailbox->what = what;
	mailbox->first = first;
	mailbox->second = second;
	store(&mailbox->given, mailbox->given + 1);
	while (load(&mailbox->done) != mailbox->given)
		yield();
	return mailbox->answer;
}

/* A CPU's number is its MPIDR_EL1 on QEMU's virt. */
bool start_cpu(unsigned cpu, hypmmu_pa at, uint64_t argument)
{
	uint64_t error = call_psci(PSCI_CPU_ON, cpu, at, argument);

	if (error)
		say("CPU %d: PSCI CPU_ON says %d\n", (int)cpu, (int)error);
	return !error;
}

bool stop_cpu(unsigned cpu)
{
	uint64_t state = 0;

	(void)call_on(cpu, PSCI_CPU_OFF, 0, 0);
	for (unsigned i = 0; i < PATIENCE && state != PSCI_IS_OFF; i++) {
		state = call_psci(PSCI_AFFINITY_INFO, cpu, 0, 0);
		yield();
	}
	return state == PSCI_IS_OFF && !load(&mailboxes[cpu].here);
}

bool has_come(unsigned cpu)
{
	for (unsigned i = 0; i < PATIENCE && !load(&mailboxes[cpu].here); i++)
		yield();
	return load(&mailboxes[cpu].here);
}

_Noreturn void host_exception(uint64_t esr, uint64_t elr, uint64_t far);
void host_exception(uint64_t esr, uint64_t elr, uint64_t far)
{
	say("unexpected exception at EL1: ESR_EL1 %08lx ELR_EL1 %016lx FAR_EL1 %016lx\n", esr, elr,
	    far);
	semihosting_exit(FAILED);
}
