/* SPDX-License-Identifier: BSD-2-Clause */
#include "batch.h"
#include "memory.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_OF(type) (sizeof(type) / sizeof(uint64_t))
#define MOST_WORDS     ((ANSWERS_AT - QUESTIONS_AT) / sizeof(uint64_t))
#define MOST_QUESTIONS ((TABLES_AT - ANSWERS_AT) / sizeof(uint64_t) - 64)
#define SHOWN	       10
#define GUEST_SECONDS  "5" /* of CPU time: a probe that may not run after all never comes back */

void batch_reset(struct batch *batch)
{
	batch->n = batch->asking = batch->asked = batch->sets = 0;
	memory_reset();
}

void batch_destroy(struct batch *batch)
{
	free(batch->words);
	free(batch->expected);
	free(batch->regs);
	free(batch->answers);
	*batch = (struct batch){.n = 0};
}

bool batch_is_full(const struct batch *batch)
{
	return batch->n > MOST_WORDS / 2 || batch->asked > MOST_QUESTIONS / 2;
}

static void *at_least(void *array, size_t *room, size_t n, size_t size)
{
	if (n <= *room)
		return array;
	*room = 2 * n + 1024;
	array = realloc(array, *room * size);
	if (!array) {
		fprintf(stderr, "oracle: no memory\n");
		exit(1);
	}
	return array;
}

static uint64_t *append(struct batch *batch, const void *words, size_t n)
{
	uint64_t *to;

	batch->words = at_least(batch->words, &batch->room, batch->n + n, sizeof *batch->words);
	to = batch->words + batch->n;
	memcpy(to, words, n * sizeof *to);
	batch->n += n;
	return to;
}

static void append_record(struct batch *batch, uint64_t kind, uint64_t where, const void *words,
			  size_t n)
{
	struct record record = {kind, n, where};

	append(batch, &record, WORDS_OF(record));
	append(batch, words, n);
	batch->asking = 0;
}

static void put_store(void *ctx, hypmmu_pa pa, const void *bytes, size_t size)
{
	append_record(ctx, RECORD_STORE, pa, bytes, size / sizeof(uint64_t));
}

void batch_send(struct batch *batch, hypmmu_pa pa, size_t size)
{
	memory_send(pa, size, put_store, batch);
}

void batch_store(struct batch *batch, hypmmu_pa pa, uint64_t word)
{
	append_record(batch, RECORD_STORE, pa, &word, 1);
}

void batch_set(struct batch *batch, const struct oracle_regs *regs)
{
	append_record(batch, RECORD_REGS, 0, regs, WORDS_OF(*regs));
	batch->regs = at_least(batch->regs, &batch->sets_room, batch->sets + 1, sizeof *regs);
	batch->regs[batch->sets++] = *regs;
}

void batch_set_probes(struct batch *batch, hypmmu_va el2, hypmmu_va el0)
{
	uint64_t words[] = {el2, el0};

	append_record(batch, RECORD_PROBES, 0, words, 2);
}

void batch_ask(struct batch *batch, uint64_t kind, uint64_t word, const struct expected *expected)
{
	struct expected *e;

	if (!batch->asking || batch->asking_kind != kind) {
		append_record(batch, kind, 0, NULL, 0);
		batch->asking = batch->n - WORDS_OF(struct record) + 1; /* .words */
		batch->asking_kind = kind;
	}
	append(batch, &word, 1);
	batch->words[batch->asking]++;
	batch->expected = at_least(batch->expected, &batch->asked_room, batch->asked + 1,
				   sizeof *batch->expected);
	e = &batch->expected[batch->asked++];
	*e = *expected;
	e->kind = kind;
	e->word = word;
	e->regs = batch->sets - 1;
}

static bool write_questions(struct batch *batch)
{
	FILE *file = fopen("questions", "wb");
	bool done;

	append_record(batch, RECORD_END, 0, NULL, 0);
	if (!file)
		return false;
	done = fwrite(batch->words, sizeof(uint64_t), batch->n, file) == batch->n;
	return !fclose(file) && done;
}

static bool read_answers(struct batch *batch, struct hypmmu_id *id)
{
	FILE *file = fopen("answers", "rb");
	bool done;

	free(batch->answers);
	batch->answers = malloc((batch->asked + 1) * sizeof(uint64_t));
	if (!file || !batch->answers)
		return false;
	done = fread(id, sizeof *id, 1, file) == 1 &&
	       fread(batch->answers, sizeof(uint64_t), batch->asked + 1, file) == batch->asked;
	fclose(file);
	return done;
}

/* A -device for each region that is not main memory. */
static void add_memory(char *command, size_t size, unsigned pa_bits)
{
	for (unsigned i = 0; i < memory_regions_of(pa_bits); i++) {
		size_t n = strlen(command);

		if (memory_is_main(memory_region[i]))
			continue;

		snprintf(command + n, size - n,
			 " -object memory-backend-ram,id=m%u,size=%zuM"
			 " -device pc-dimm,memdev=m%u,addr=%#" PRIx64,
			 i, MEMORY_REGION_SIZE >> 20, i, memory_region[i]);
	}
}

/* QEMU plugs memory where firmware is: any file will do for -bios, which never runs. */
static bool run_guest(const struct guest *guest)
{
	char command[8192];
	size_t n = (size_t)snprintf(
		command, sizeof command,
		"ulimit -t " GUEST_SECONDS
		"; timeout 120 %s -M virt,secure=on,virtualization=on,gic-version=3,"
		"highmem-mmio=off,highmem-ecam=off,highmem-redists=off%s -cpu %s"
		" -m 512M,slots=%d,maxmem=%uT -nic none -nographic -monitor none -serial stdio"
		" -semihosting-config enable=on,target=native -bios '%s'"
		" -device loader,file='%s',cpu-num=0",
		guest->qemu, guest->machine, guest->cpu, MEMORY_REGIONS,
		(1u << (guest->pa_bits - 40)) - 1, guest->elf, guest->elf);
	int status;

	if (n >= sizeof command)
		return false;
	add_memory(command, sizeof command, guest->pa_bits);
	strncat(command, " </dev/null 2>messages", sizeof command - strlen(command) - 1);
	status = system(command);
	if (status)
		fprintf(stderr, "oracle: status %#x; see the file messages. %s\n", (unsigned)status,
			command);
	return !status;
}

bool batch_run(struct batch *batch, const struct guest *guest, struct hypmmu_id *id)
{
	remove("answers");
	if (!write_questions(batch) || !run_guest(guest) || !read_answers(batch, id)) {
		fprintf(stderr, "oracle: the guest has not answered\n");
		return false;
	}
	return true;
}

static void show(const struct batch *batch, size_t i)
{
	static const char *const names[] = {
		[RECORD_ASK] = "AT", [RECORD_TRY] = "access", [RECORD_LOOK] = "memory"};
	const struct expected *e = &batch->expected[i];
	const struct oracle_regs *regs = &batch->regs[e->regs];
	uint64_t what = e->kind == RECORD_LOOK ? 0 : e->word & QUESTION_BITS;

	printf("question %zu, %s %" PRIu64 " of %#" PRIx64 ": QEMU %016" PRIx64
	       ", hypmmu_walk() %016" PRIx64 " with descriptor %016" PRIx64 " at %#" PRIx64
	       "\n    set %zu: TCR %016" PRIx64 " TTBR0 %016" PRIx64 " TTBR1 %016" PRIx64
	       " MAIR %016" PRIx64 " SCTLR %010" PRIx64 " HCR %010" PRIx64 " SCR_EL3 %" PRIx64
	       "\n    TCR2 %" PRIx64 " MAIR2 %016" PRIx64 " PIR %016" PRIx64 " PIRE0 %016" PRIx64
	       "\n",
	       i, names[e->kind], what, e->word - what, batch->answers[i], e->answer, e->desc,
	       e->desc_pa, e->regs, regs->tcr, regs->ttbr0, regs->ttbr1, regs->mair, regs->sctlr,
	       regs->hcr, regs->scr_el3, regs->tcr2, regs->mair2, regs->pir, regs->pire0);
}

size_t batch_judge(const struct batch *batch)
{
	size_t wrong = 0, last = batch->sets;

	for (size_t i = 0; i < batch->asked; i++) {
		const struct expected *e = &batch->expected[i];

		if (!((batch->answers[i] ^ e->answer) & ~e->ignore))
			continue;
		if (wrong < SHOWN || (e->regs != last && wrong < 50 * SHOWN))
			show(batch, i);
		last = e->regs;
		wrong++;
	}
	return wrong;
}
