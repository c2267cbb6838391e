/* SPDX-License-Identifier: BSD-2-Clause */
/* The oracle against the answers of Arm's executable specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/oracle.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_READS	 5
#define PERMISSION_FAULT 8
#define VECTORS		 9000

struct vector {
	bool e2h, device;
	uint64_t tcr, tcr2, ttbr, mair, mair2, sctlr, pir, pire0, va;
	char access;
	unsigned reads;
	uint64_t pa[MAX_READS];
	unsigned char desc[MAX_READS][8];
	unsigned asked; /* bit i: descriptor i was read */
	unsigned status, sh;
	int level;
	uint64_t out;
};

static uint64_t field(uint64_t word, unsigned hi, unsigned lo)
{
	return word >> lo & (~UINT64_C(0) >> (63 - (hi - lo)));
}

static const unsigned char *listed(void *ctx, hypmmu_pa pa, size_t size)
{
	struct vector *v = ctx;

	for (unsigned i = 0; i < v->reads; i++) {
		if (v->pa[i] == pa && size == 8) {
			v->asked |= 1u << i;
			return v->desc[i];
		}
	}
	return NULL;
}

static uint64_t hex(char **cursor)
{
	return strtoull(*cursor, cursor, 16);
}

static struct vector parse(char *line)
{
	char *cursor = line + 1;
	struct vector v = {.e2h = hex(&cursor) != 0};

	v.tcr = hex(&cursor);
	v.tcr2 = hex(&cursor);
	v.ttbr = hex(&cursor);
	v.mair = hex(&cursor);
	v.mair2 = hex(&cursor);
	v.sctlr = hex(&cursor);
	v.pir = hex(&cursor);
	v.pire0 = hex(&cursor);
	v.va = hex(&cursor);
	v.access = cursor[1];
	cursor += 2;
	v.reads = (unsigned)hex(&cursor);
	assert_true(v.reads <= MAX_READS);
	for (unsigned i = 0; i < v.reads; i++) {
		v.pa[i] = hex(&cursor);
		uint64_t desc = hex(&cursor);

		for (unsigned byte = 0; byte < 8; byte++)
			v.desc[i][byte] = (unsigned char)(desc >> 8 * byte);
	}
	v.status = (unsigned)strtoul(cursor, &cursor, 10);
	v.level = (int)strtol(cursor, &cursor, 10);
	v.out = hex(&cursor);
	v.device = hex(&cursor) != 0;
	v.sh = (unsigned)hex(&cursor);
	return v;
}

static unsigned granule_of(const struct vector *v)
{
	switch (field(v->tcr, 15, 14)) { /* TG0 */
	case 0:
		return 12;
	case 1:
		return 16;
	default:
		return 14;
	}
}

static unsigned pa_bits_of(const struct vector *v)
{
	static const unsigned bits[8] = {32, 36, 40, 42, 44, 48, 52, 52}; /* 56 is for D128 */

	return bits[v->e2h ? field(v->tcr, 34, 32) : field(v->tcr, 18, 16)];
}

/* The two forms of TTBR0_EL2; the base is aligned to the size of the root table. */
static uint64_t base_of(const struct vector *v, const struct oracle *oracle)
{
	uint64_t size = 8 * oracle_slots(oracle, oracle_start_level(oracle));
	bool wide = oracle->ds || (oracle->granule == 16 && oracle->oa_bits == 52);
	uint64_t base = v->ttbr & 0xfffffffffffe;

	if (wide) {
		base = (v->ttbr & 0xffffffffffc0) | field(v->ttbr, 5, 2) << 48;
		size = size < 64 ? 64 : size;
	}
	return base & ~(size - 1);
}

static struct oracle machine_of(struct vector *v)
{
	bool tbi = field(v->tcr, v->e2h ? 37 : 20, v->e2h ? 37 : 20);
	bool tbid = field(v->tcr, v->e2h ? 51 : 29, v->e2h ? 51 : 29);
	struct oracle oracle = {
		.granule = granule_of(v),
		.ia_bits = 64 - (unsigned)field(v->tcr, 5, 0),
		.oa_bits = pa_bits_of(v),
		.two_privileges = v->e2h,
		.hpd = field(v->tcr, v->e2h ? 41 : 24, v->e2h ? 41 : 24),
		.wxn = field(v->sctlr, 19, 19),
		.tbi = tbi && !(tbid && v->access == 'x'),
		.pie = field(v->tcr2, 1, 1),
		.pir = v->pir,
		.pire0 = v->pire0,
		.at = listed,
		.ctx = v,
	};

	oracle.ds = oracle.granule != 16 && field(v->tcr, v->e2h ? 59 : 32, v->e2h ? 59 : 32);
	oracle.lpa = oracle.big_block = oracle.granule == 16; /* PAMax is 56 */
	oracle.root = base_of(v, &oracle);
	return oracle;
}

static bool is_allowed(const struct oracle_answer *answer, char access)
{
	return access == 'r' ? answer->r : access == 'w' ? answer->w : answer->x;
}

/* MAIR2_EL2 with FEAT_AIE. A fetch from Device memory counts as Normal. */
static unsigned type_of(const struct vector *v, const struct oracle_answer *answer)
{
	unsigned index = (unsigned)field(answer->desc, 4, 2);
	bool second = field(v->tcr2, 4, 4) && field(answer->desc, 59, 59);

	return (unsigned)field(second ? v->mair2 : v->mair, 8 * index + 7, 8 * index);
}

static const char *compare(const struct vector *v, const struct oracle_answer *answer)
{
	unsigned status = (unsigned)answer->result;

	if (status == ORACLE_OK && !is_allowed(answer, v->access))
		status = PERMISSION_FAULT;
	if (status != v->status)
		return "status";
	if (answer->level != v->level)
		return "level";
	if (answer->reads != v->reads || v->asked != (1u << v->reads) - 1)
		return "descriptors read";
	if (status)
		return NULL;
	if (answer->pa != v->out)
		return "pa";
	return (v->access != 'x' && type_of(v, answer) < 0x10) == v->device ? NULL : "type";
}

static void agrees_with_every_answer_of_the_specification(void **state)
{
	FILE *file = fopen(HYPMMU_TEST_DATA "/s1-el2.txt", "r");
	unsigned looked_at = 0, wrong = 0, number = 0;
	char line[1024];

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		number++;
		if (line[0] != 'V')
			continue;
		struct vector v = parse(line);
		struct oracle oracle = machine_of(&v);
		struct oracle_answer answer = oracle_walk(&oracle, v.va);
		const char *what = compare(&v, &answer);

		looked_at++;
		if (what && wrong++ < 10)
			print_error("line %u: %s: %d level %d pa %" PRIx64 "\n", number, what,
				    (int)answer.result, answer.level, answer.pa);
	}
	fclose(file);
	print_message("%u vectors, %u wrong\n", looked_at, wrong);
	assert_int_equal(wrong, 0);
	assert_int_equal(looked_at, VECTORS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_every_answer_of_the_specification),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
