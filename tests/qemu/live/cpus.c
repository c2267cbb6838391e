/* SPDX-License-Identifier: BSD-2-Clause */
#include "cpus.h"
#include "../../../examples/qemu-virt/host.h"
#include "../../../examples/qemu-virt/probe.h"

#define PSCI_CPU_ON	UINT64_C(0xc4000003)
#define SECOND_AFFINITY 1 /* its MPIDR_EL1 on QEMU's virt */

extern unsigned char second_start[], second_stack[], second_stack_end[];

/* What it needs before its MMU is on; published, since it is then read around the caches. */
static struct {
	struct hypmmu_regs regs;
	struct hypmmu_config cfg;
} handed_over;

/* One order at a time. The numbers are stored after what they announce, and loaded before it. */
static struct {
	bool (*function)(const void *what);
	const void *what;
	bool answer;
	uint32_t given, done;
} mailbox;

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

static void isb(void)
{
	__asm__ volatile("isb" : : : "memory");
}

_Noreturn static void serve(void)
{
	for (uint32_t done = 0;; store(&mailbox.done, ++done)) {
		while (load(&mailbox.given) == done)
			yield();
		isb(); /* the first CPU's changes are known | what it has mapped is used */
		mailbox.answer = mailbox.function(mailbox.what);
	}
}

/* Can this CPU use tables that were made for the first one? */
static bool is_alike(void)
{
	struct hypmmu_config cfg = handed_over.cfg;
	struct hypmmu_id id;

	cfg.hw &= ~HYPMMU_HW_BBM_NOABORT; /* for the caller to say, on every CPU */
	hypmmu_arch_read_id(&id);
	return !hypmmu_config_from_id(&cfg, &id);
}

_Noreturn void second_main(void);
void second_main(void)
{
	int err = is_alike() ? 0 : HYPMMU_ERR_UNSUPPORTED;

	/* The first CPU may have lines of this stack in a cache: it has all of memory mapped. */
	hypmmu_arch_publish(second_stack, (size_t)(second_stack_end - second_stack));
	if (!err)
		err = hypmmu_arch_switch(&handed_over.regs);
	if (err) {
		say("second CPU: %s\n", hypmmu_strerror(err));
		semihosting_exit(FAILED);
	}
	install_vectors();
	serve();
}

/* 0, or a PSCI error. By SMC: QEMU's virt has EL2 but no EL3. */
static int64_t call_cpu_on(uint64_t affinity, uint64_t entry)
{
	register uint64_t x0 __asm__("x0") = PSCI_CPU_ON;
	register uint64_t x1 __asm__("x1") = affinity;
	register uint64_t x2 __asm__("x2") = entry;
	register uint64_t x3 __asm__("x3") = 0;

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
			   "x15", "x16", "x17", "memory");
	return (int64_t)x0;
}

static bool is_there(const void *what)
{
	(void)what;
	return hypmmu_arch_enabled();
}

bool start_second_cpu(const struct hypmmu *mmu)
{
	int64_t psci;
	int err = hypmmu_get_regs(mmu, NULL, &handed_over.regs);

	handed_over.cfg = mmu->cfg;
	hypmmu_arch_publish(&handed_over, sizeof(handed_over));
	psci = err ? 0 : call_cpu_on(SECOND_AFFINITY, (uintptr_t)second_start);
	if (err || psci) {
		say("CPU_ON: %s, PSCI %d\n", hypmmu_strerror(err), (int)psci);
		return false;
	}
	return run_on(1, is_there, NULL);
}

void start_on_second(bool (*function)(const void *what), const void *what)
{
	mailbox.function = function;
	mailbox.what = what;
	store(&mailbox.given, mailbox.given + 1);
}

bool finish_on_second(void)
{
	while (load(&mailbox.done) != mailbox.given)
		yield();
	return mailbox.answer;
}

bool run_on(unsigned cpu, bool (*function)(const void *what), const void *what)
{
	if (cpu == 0)
		return function(what);
	start_on_second(function, what);
	return finish_on_second();
}
