/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions for one run of the guest, and what the answers ought to be. */
#ifndef BATCH_H
#define BATCH_H
#include "protocol.h"
#include <hypmmu/hypmmu.h>
#include <stdbool.h>
#include <stddef.h>

struct expected {
	uint64_t answer, ignore; /* bits of the answer that say nothing */
	/* for people: */
	uint64_t desc, desc_pa; /* hypmmu_walk()'s last descriptor */
	uint64_t kind, word;	/* of the record; the question */
	size_t regs;		/* an index in struct batch */
};

struct batch {
	uint64_t *words; /* of the file "questions" */
	size_t n, room;
	size_t asking; /* where the .words of the latest record of questions is; 0: it is closed */
	uint64_t asking_kind;
	struct expected *expected;
	size_t asked, asked_room;
	struct oracle_regs *regs;
	size_t sets, sets_room;
	uint64_t *answers; /* after batch_run() */
};

void batch_reset(struct batch *batch);
void batch_destroy(struct batch *batch);
/* Is there room for a tree and its questions? */
bool batch_is_full(const struct batch *batch);

/* The guest gets what has changed there. */
void batch_send(struct batch *batch, hypmmu_pa pa, size_t size);
/* One word, of which the host does not keep account. */
void batch_store(struct batch *batch, hypmmu_pa pa, uint64_t word);
void batch_set(struct batch *batch, const struct oracle_regs *regs);
void batch_set_probes(struct batch *batch, hypmmu_va el2, hypmmu_va el0);
/* A question of that kind of record. */
void batch_ask(struct batch *batch, uint64_t kind, uint64_t word, const struct expected *expected);
/* How many answers are not as expected; shows the first few. */
size_t batch_judge(const struct batch *batch);

/* The command that runs the guest, but for the options of the machine. */
struct guest {
	const char *qemu, *cpu, *elf;
	unsigned pa_bits;    /* of the CPU */
	const char *machine; /* more options of -M, with commas in front */
};
/* Runs the guest in the current folder; fills in batch->answers and the CPU's ID registers. False,
 * with a message, if it did not answer everything. */
bool batch_run(struct batch *batch, const struct guest *guest, struct hypmmu_id *id);
#endif
