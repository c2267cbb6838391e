/* SPDX-License-Identifier: BSD-2-Clause */
/* The golden walker against the answers of Arm's executable specification, all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <hypmmu/hypmmu.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VECTORS	  9000
#define MAX_READS 5

struct vector {
	struct hypmmu_regs regs;
	hypmmu_va va;
	enum hypmmu_access access;
	unsigned reads, done; /* in the file; by the walker */
	uint64_t pa[MAX_READS], desc[MAX_READS];
	int status, level;
	uint64_t out_pa;
	bool device;
	unsigned sh;
	bool strayed; /* the walker read something else */
};

/* What the head of the file says is implemented. FEAT_LPA, LPA2 (TGran4 1, TGran16 2), PARange 56.
 */
static const struct hypmmu_id vectors_id = {
	.mmfr0 = 0x10200007,	     /* TGran4 [31:28] 1, TGran64 [27:24] 0, TGran16 [23:20] 2 */
	.mmfr1 = 0x2102,	     /* HPDS [15:12] 2, VH [11:8] 1, HAFDBS [3:0] 2 */
	.mmfr2 = 0x0020000010010000, /* BBM [55:52] 2, ST [31:28] 1, VARange [19:16] 1 */
	.mmfr3 = 0x01000101,	     /* AIE [27:24] 1, S1PIE [11:8] 1, TCRX [3:0] 1 */
	.pfr1 = 0x200,		     /* MTE [11:8] 2 */
	.isar1 = 0x0100000000000000, /* XS [59:56] 1 */
};

static bool read_listed(void *ctx, hypmmu_pa pa, unsigned char bytes[8])
{
	struct vector *v = ctx;

	if (v->done >= v->reads || v->pa[v->done] != pa) {
		v->strayed = true;
		return false;
	}
	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(v->desc[v->done] >> 8 * i);
	v->done++;
	return true;
}

static uint64_t next_number(char **cursor, int base)
{
	char *start = *cursor;
	uint64_t value = strtoull(start, cursor, base);

	assert_ptr_not_equal(start, *cursor);
	return value;
}

static enum hypmmu_access next_access(char **cursor)
{
	*cursor += strspn(*cursor, " ");
	switch (*(*cursor)++) {
	case 'r':
		return HYPMMU_READ;
	case 'w':
		return HYPMMU_WRITE;
	case 'x':
		return HYPMMU_FETCH;
	default:
		fail_msg("no such access");
		return HYPMMU_READ;
	}
}

static void parse(char *line, struct vector *v)
{
	char *cursor = line + 1;

	*v = (struct vector){.level = 0};
	v->regs.hcr = next_number(&cursor, 10) << 34; /* E2H */
	v->regs.tcr = next_number(&cursor, 16);
	v->regs.tcr2 = next_number(&cursor, 16);
	v->regs.ttbr0 = next_number(&cursor, 16);
	v->regs.mair = next_number(&cursor, 16);
	v->regs.mair2 = next_number(&cursor, 16);
	v->regs.sctlr = next_number(&cursor, 16);
	v->regs.pir = next_number(&cursor, 16);
	v->regs.pire0 = next_number(&cursor, 16);
	v->va = next_number(&cursor, 16);
	v->access = next_access(&cursor);
	v->reads = (unsigned)next_number(&cursor, 10);
	assert_in_range(v->reads, 0, MAX_READS);
	for (unsigned i = 0; i < v->reads; i++) {
		v->pa[i] = next_number(&cursor, 16);
		v->desc[i] = next_number(&cursor, 16);
	}
	v->status = (int)next_number(&cursor, 10);
	v->level = (int)next_number(&cursor, 10);
	v->out_pa = next_number(&cursor, 16);
	v->device = next_number(&cursor, 10) != 0;
	v->sh = (unsigned)next_number(&cursor, 10);
}

static enum hypmmu_fault fault_of(int status)
{
	switch (status) {
	case 0:
		return HYPMMU_FAULT_NONE;
	case 1:
		return HYPMMU_FAULT_ACCESS_FLAG;
	case 4:
		return HYPMMU_FAULT_TRANSLATION;
	case 5:
		return HYPMMU_FAULT_ADDRESS_SIZE;
	case 8:
		return HYPMMU_FAULT_PERMISSION;
	default:
		fail_msg("status %d is not in the legend", status);
		return HYPMMU_FAULT_EXTERNAL;
	}
}

/* The encoding table of ESR_EL2.DFSC. */
static unsigned fsc_of(int status, int level)
{
	unsigned ll = (unsigned)level & 3;

	switch (status) {
	case 0:
		return 0;
	case 1:
		return 0x08 + ll; /* 0b0010LL */
	case 4:
		return level < 0 ? 0x2b : 0x04 + ll; /* 0b101011, 0b0001LL */
	case 5:
		return level < 0 ? 0x29 : ll; /* 0b101001, 0b0000LL */
	default:
		return 0x0c + ll; /* 0b0011LL */
	}
}

/* What the walker got wrong, or NULL. */
static const char *compare(const struct vector *v, bool ok, const struct hypmmu_translation *t)
{
	bool success = v->status == 0;

	if (v->strayed || v->done != v->reads)
		return "descriptors read";
	if (t->fault != fault_of(v->status) || ok != success)
		return "fault";
	if (t->level != v->level)
		return "level";
	if (t->fsc != fsc_of(v->status, v->level))
		return "fsc";
	if ((t->allowed >> v->access & 1) != success)
		return "allowed";
	if (v->reads && (t->desc != v->desc[v->reads - 1] || t->desc_pa != v->pa[v->reads - 1]))
		return "desc";
	if (!success)
		return (t->par & 0x7fff) == (0x801u | (unsigned)t->fsc << 1) ? NULL
									     : "par of a fault";
	if (t->pa != v->out_pa)
		return "pa";
	if ((t->mair < 0x10) != v->device)
		return "type";
	if (t->sh != v->sh)
		return "sh";
	if ((t->par & 0xffffffffff9ff) != ((v->out_pa & ~UINT64_C(0xfff)) | 0x800 | v->sh << 7))
		return "par";
	return NULL;
}

static void agrees_with_every_answer_of_the_specification(void **state)
{
	FILE *file = fopen(HYPMMU_TEST_DATA "/s1-el2.txt", "r");
	char line[1024];
	unsigned number = 0, vectors = 0, faults = 0, wrong = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		struct hypmmu_machine machine = {.id = vectors_id, .read = read_listed};
		struct hypmmu_translation t;
		struct vector v;
		const char *what;

		number++;
		if (line[0] != 'V')
			continue;
		parse(line, &v);
		machine.regs = v.regs;
		machine.ctx = &v;
		what = compare(&v, hypmmu_walk(&machine, v.va, v.access, &t), &t);
		vectors++;
		faults += v.status != 0;
		if (what && wrong++ < 10)
			print_error("line %u: %s: fault %d level %d pa %llx sh %u\n", number, what,
				    (int)t.fault, t.level, (unsigned long long)t.pa, t.sh);
	}
	fclose(file);
	print_message("%u vectors, %u of them faults, %u wrong\n", vectors, faults, wrong);
	assert_int_equal(vectors, VECTORS);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_every_answer_of_the_specification),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
