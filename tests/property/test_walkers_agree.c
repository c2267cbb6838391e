/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The golden walker and the tests' own oracle, two readings of the manual, over the same random
 * tables: both halves, EL0, byte orders, HPD, WXN, TBI, hardware management, indirection with EL0,
 * which the vectors lack.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/oracle.h"
#include "support/random.h"
#include <hypmmu/hypmmu.h>
#include <string.h>

#define WALKS  300000
#define BIT(n) (UINT64_C(1) << (n))

struct memory {
	uint64_t key;
	unsigned oa_bits;
	bool big_endian;
	bool ha; /* the oracle knows HD, and nothing of what HA does to AF = 0: so there is none */
	unsigned char bytes[8];
};

/* Mostly tables within the address size; sometimes anything, sometimes an abort. */
static const unsigned char *word_at(void *ctx, hypmmu_pa pa, size_t size)
{
	struct memory *m = ctx;
	struct random word = {m->key ^ pa};
	uint64_t desc = random_next(&word), kind = random_below(&word, 64);
	uint64_t address = 0x0000fffffffff000;

	if (size != 8 || kind == 0)
		return NULL;
	if (kind < 48)
		desc &= ~address | (BIT(m->oa_bits < 48 ? m->oa_bits : 48) - 1);
	if (kind < 56)
		desc |= random_once_in(&word, 3) ? 1 : 3;
	if (m->ha || !random_once_in(&word, 8))
		desc |= BIT(10);
	for (unsigned i = 0; i < 8; i++)
		m->bytes[m->big_endian ? 7 - i : i] = (unsigned char)(desc >> 8 * i);
	return m->bytes;
}

static bool read_word(void *ctx, hypmmu_pa pa, unsigned char bytes[8])
{
	const unsigned char *word = word_at(ctx, pa, 8);

	if (word)
		memcpy(bytes, word, 8);
	return word != NULL;
}

static bool flip(struct random *random)
{
	return random_once_in(random, 2);
}

/* One question to both, the registers of the one spelt out from the fields of the other. */
struct question {
	struct oracle oracle;
	struct hypmmu_machine machine;
	struct memory memory;
	hypmmu_va va;
};

static void draw_format(struct random *random, struct question *q)
{
	static const uint8_t oa_sizes[] = {32, 36, 40, 42, 44, 48, 52};
	struct oracle *o = &q->oracle;
	bool large = flip(random); /* the CPU has 52 bits, and the registers ask for them */
	unsigned code = (unsigned)random_below(random, large ? 7 : 6);
	unsigned smallest, longest;

	o->granule = 12 + 2 * (unsigned)random_below(random, 3);
	o->oa_bits = oa_sizes[code];
	o->ds = large && o->granule != 16;
	o->lpa = o->big_block = large && o->granule == 16;
	smallest = large ? 12 : 16;
	longest = o->granule == 16 ? 47 : 48;
	o->ia_bits = 64 - smallest - (unsigned)random_below(random, longest - smallest + 1);
	q->machine.id.mmfr0 = large ? 0x10200006 : 0x00100005;
	q->machine.id.mmfr1 = 0x2102;
	q->machine.id.mmfr2 = large ? 0x10010000 : 0x10000000;
	q->machine.regs.tcr = code << (o->two_privileges ? 0 : 16);
	if (o->two_privileges)
		q->machine.regs.tcr = (uint64_t)code << 32;
}

static void set_tcr(struct question *q)
{
	static const uint8_t tg0[] = {0, 2, 1}, tg1[] = {2, 1, 3};
	const struct oracle *o = &q->oracle;
	unsigned tsz = 64 - o->ia_bits, g = (o->granule - 12) / 2;
	bool two = o->two_privileges;
	uint64_t *tcr = &q->machine.regs.tcr;

	*tcr |= o->upper ? (uint64_t)tsz << 16 | (uint64_t)tg1[g] << 30 | 3u << 28
			 : tsz | (uint64_t)tg0[g] << 14 | 3u << 12;
	if (o->ds)
		*tcr |= BIT(two ? 59 : 32);
	if (o->hpd)
		*tcr |= BIT(!two ? 24 : o->upper ? 42 : 41);
	if (o->tbi)
		*tcr |= BIT(!two ? 20 : o->upper ? 38 : 37);
	if (o->hd)
		*tcr |= two ? BIT(39) | BIT(40) : BIT(21) | BIT(22);
}

static void set_regs(struct random *random, struct question *q)
{
	struct oracle *o = &q->oracle;
	struct hypmmu_regs *regs = &q->machine.regs;
	uint64_t root = random_next(random) & (BIT(o->oa_bits) - 1) & ~(BIT(o->granule) - 1);
	uint64_t ttbr = (root & (BIT(48) - 1)) | root >> 48 << 2;

	o->root = root;
	if (o->upper)
		regs->ttbr1 = ttbr;
	else
		regs->ttbr0 = ttbr;
	regs->hcr = o->two_privileges ? BIT(34) : 0;
	regs->sctlr = 0x1005 | (o->wxn ? BIT(19) : 0) | (o->big_endian ? BIT(25) : 0);
	regs->mair = 0xff44;
	o->pir = regs->pir = random_next(random);
	o->pire0 = regs->pire0 = random_next(random);
	regs->tcr2 = o->pie ? BIT(1) : 0;
	q->machine.id.mmfr3 = 0x101; /* S1PIE [11:8], TCRX [3:0] */
}

static void draw_question(struct random *random, struct question *q)
{
	struct oracle *o = &q->oracle;

	*q = (struct question){.memory.key = random_next(random)};
	o->two_privileges = flip(random);
	o->upper = o->two_privileges && flip(random);
	o->big_endian = flip(random);
	o->hpd = flip(random);
	o->wxn = flip(random);
	o->tbi = flip(random);
	o->hd = flip(random);
	o->pie = flip(random);
	draw_format(random, q);
	set_tcr(q);
	set_regs(random, q);
	q->memory.oa_bits = o->oa_bits;
	q->memory.ha = o->hd;
	q->memory.big_endian = o->big_endian;
	q->va = random_next(random) & (BIT(o->ia_bits) - 1);
	if (o->upper)
		q->va |= ~(BIT(o->ia_bits) - 1);
	if (random_once_in(random, 8))
		q->va ^= BIT(random_below(random, 64)); /* a bit above the range, perhaps */
	o->at = word_at;
	o->ctx = &q->memory;
	q->machine.read = read_word;
	q->machine.ctx = &q->memory;
}

static enum hypmmu_fault fault_of(enum oracle_result result)
{
	switch (result) {
	case ORACLE_ACCESS_FLAG:
		return HYPMMU_FAULT_ACCESS_FLAG;
	case ORACLE_TRANSLATION:
		return HYPMMU_FAULT_TRANSLATION;
	case ORACLE_ADDRESS_SIZE:
		return HYPMMU_FAULT_ADDRESS_SIZE;
	case ORACLE_EXTERNAL:
		return HYPMMU_FAULT_EXTERNAL;
	default:
		return HYPMMU_FAULT_NONE;
	}
}

static const char *compare(const struct oracle_answer *a, const struct hypmmu_translation *t)
{
	int may = a->r | a->w << 1 | a->x << 2 | a->el0_r << 3 | a->el0_w << 4 | a->el0_x << 5;
	bool found = a->result == ORACLE_OK;

	if (t->fault != (found && !a->r ? HYPMMU_FAULT_PERMISSION : fault_of(a->result)))
		return "fault";
	if (t->level != a->level)
		return "level";
	if (a->result == ORACLE_EXTERNAL) /* to the oracle nothing was read */
		return NULL;
	if (t->desc != a->desc || t->desc_pa != a->desc_pa)
		return "descriptor";
	if (t->allowed != (found ? may : 0))
		return "allowed";
	if (found && t->pa != a->pa)
		return "pa";
	return t->size != a->size ? "size" : NULL;
}

static void two_readings_of_the_manual_agree(void **state)
{
	struct random random = {random_seed()};
	size_t count = random_scaled(WALKS), found = 0, wrong = 0;

	(void)state;
	for (size_t i = 0; i < count; i++) {
		struct hypmmu_translation t;
		struct oracle_answer answer;
		struct question q;
		const char *what;

		draw_question(&random, &q);
		answer = oracle_walk(&q.oracle, q.va);
		hypmmu_walk(&q.machine, q.va, HYPMMU_READ, &t);
		found += answer.result == ORACLE_OK;
		what = compare(&answer, &t);
		if (what && wrong++ < 10)
			print_error(
				"walk %zu: %s: granule %u ia %u oa %u ds %d va %#llx desc %#llx: "
				"%d/%d level %d/%d pa %#llx/%#llx allowed %#x\n",
				i, what, q.oracle.granule, q.oracle.ia_bits, q.oracle.oa_bits,
				q.oracle.ds, (unsigned long long)q.va, (unsigned long long)t.desc,
				(int)answer.result, (int)t.fault, answer.level, t.level,
				(unsigned long long)answer.pa, (unsigned long long)t.pa, t.allowed);
	}
	print_message("%zu walks, %zu found a leaf, %zu answers differ\n", count, found, wrong);
	assert_in_range(found, count / 5, count);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_readings_of_the_manual_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
