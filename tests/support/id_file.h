/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads tests/data/id-*.txt: the ID registers of CPUs, one CPU a line. */
#ifndef ID_FILE_H
#define ID_FILE_H
#include <hypmmu/hypmmu.h>

#define ID_FILE_CPUS 64

struct id_file_cpu {
	char source[16], name[32]; /* "7.2", "cortex-a53" */
	struct hypmmu_id id;
};

/* How many CPUs there are; ends the program on a line that it does not understand. */
size_t id_file_read(const char *path, struct id_file_cpu cpus[ID_FILE_CPUS]);
#endif
