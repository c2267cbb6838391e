/* SPDX-License-Identifier: BSD-2-Clause */
#include "id_file.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_up(const char *path, const char *text)
{
	fprintf(stderr, "%s: cannot read: %s\n", path, text);
	exit(EXIT_FAILURE);
}

static uint64_t *find_register(struct hypmmu_id *id, const char *name)
{
	const struct {
		const char *name;
		uint64_t *value;
	} registers[] = {
		{"midr", &id->midr},   {"ctr", &id->ctr},     {"mmfr0", &id->mmfr0},
		{"mmfr1", &id->mmfr1}, {"mmfr2", &id->mmfr2}, {"mmfr3", &id->mmfr3},
		{"mmfr4", &id->mmfr4}, {"pfr0", &id->pfr0},   {"pfr1", &id->pfr1},
		{"isar0", &id->isar0}, {"isar1", &id->isar1}, {"hcr", &id->hcr},
	};

	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
		if (!strcmp(name, registers[i].name))
			return registers[i].value;
	return NULL;
}

static void read_cpu(const char *path, const char *line, struct id_file_cpu *cpu)
{
	char name[16];
	uint64_t value, *found;
	int used, registers = 0;

	if (sscanf(line, "%15s %31s%n", cpu->source, cpu->name, &used) != 2)
		give_up(path, line);
	for (line += used; sscanf(line, " %15[a-z0-9]=%" SCNx64 "%n", name, &value, &used) == 2;
	     line += used, registers++) {
		found = find_register(&cpu->id, name);
		if (!found)
			give_up(path, line);
		*found = value;
	}
	if (registers != 12 || strspn(line, "\n") != strlen(line))
		give_up(path, line);
}

size_t id_file_read(const char *path, struct id_file_cpu cpus[ID_FILE_CPUS])
{
	char line[1024];
	size_t n = 0;
	FILE *file = fopen(path, "r");

	if (!file)
		give_up(path, "no such file");
	memset(cpus, 0, ID_FILE_CPUS * sizeof(*cpus));
	while (fgets(line, sizeof(line), file)) {
		if (line[0] == '#')
			continue;
		if (n == ID_FILE_CPUS)
			give_up(path, line);
		read_cpu(path, line, &cpus[n++]);
	}
	fclose(file);
	return n;
}
