/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's CPUs: how they start, do what they are told, and call EL2. */
#ifndef CPUS_H
#define CPUS_H
#include "calls.h"
#include "image.h"
#include <hypmmu/arch.h>

struct answer {
	uint64_t status, value, second, third; /* x0 to x3 */
};

/* An HVC from this CPU; and from another one, which has been started. */
struct answer call(uint64_t what, uint64_t first, uint64_t second);
struct answer call_on(unsigned cpu, uint64_t what, uint64_t first, uint64_t second);

/* PSCI CPU_ON: the CPU goes to a PA at EL2, MMU off, with the argument in x0. False: PSCI's error has
 * been said. */
bool start_cpu(unsigned cpu, hypmmu_pa at, uint64_t argument);

/* PSCI CPU_OFF there; true when it is off. */
bool stop_cpu(unsigned cpu);

/* The CPU has come up to the host, and waits for orders; or it has not within a while. */
bool has_come(unsigned cpu);
#endif
