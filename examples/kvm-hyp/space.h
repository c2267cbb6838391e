/* SPDX-License-Identifier: BSD-2-Clause */
/* The hyp-mode address space, as the host builds it, and what each CPU needs to enter it. */
#ifndef SPACE_H
#define SPACE_H
#include "hyp_code.h"
#include "image.h"

/* What is asked for on the command line. */
struct wishes {
	enum hypmmu_granule granule;
	unsigned va_bits;
	bool without_text, without_rodata; /* a section is left out */
	bool forgets;			   /* the host does not tell EL2 what is stale */
};

extern struct hypmmu_hyp hyp;
extern struct hypmmu_hyp_cpu hyp_cpus[CPUS];
extern struct hyp_cpu cpu_data[CPUS];
extern struct hypmmu_cpu_params params[CPUS];
extern struct hypmmu_pool pool;

/* Builds all of it and says each step. */
bool build_space(const struct wishes *wishes);

/* What CPU n finds in its own data. */
void fill_in_data(unsigned n);

/* The parameters of CPU n, for the tables as they are now; entry is the host's address of it. REFUSED
 * if the preflight refuses, else PASSED. */
int prepare_cpu(unsigned n, const unsigned char *entry, uint64_t argument);

hypmmu_pa entry_address(void); /* of hypmmu_arch_cpu_entry() */

/* Says what failed, if something did. */
bool succeeds(const char *what, int err, const struct hypmmu_report *report);
#endif
