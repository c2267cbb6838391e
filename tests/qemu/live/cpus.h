/* SPDX-License-Identifier: BSD-2-Clause */
/* The second CPU: it does what it is told, while the first one waits. */
#ifndef CPUS_H
#define CPUS_H
#include <hypmmu/arch.h>

/* Starts it by PSCI CPU_ON, on the tables that this CPU runs on. */
bool start_second_cpu(const struct hypmmu *mmu);

/* Calls the function there, CPU 0 or 1, and gives its answer. Changes of tables that this CPU has
 * made before are seen there: it waits for them with an ISB. */
bool run_on(unsigned cpu, bool (*function)(const void *what), const void *what);

/* The same, while this CPU goes on: the answer is there when it has finished. */
void start_on_second(bool (*function)(const void *what), const void *what);
bool finish_on_second(void);
#endif
