/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs at EL3 with the MMU off, so that any table, garbage included, can be put before the MMU of
 * EL2: AT walks it with the registers of EL2. Only a real access is made at EL2 or EL0; what
 * becomes of it comes back to EL3 by the code of PROBE_AT, which those tables have to map.
 */
#include "../protocol.h"
#include <hypmmu/arch.h>

enum { SYS_OPEN = 1, SYS_CLOSE, SYS_WRITE = 5, SYS_READ, SYS_FLEN = 12 };
enum { OPEN_READ = 1, OPEN_WRITE = 5 }; /* "rb", "wb" */
enum { NO_FILE = 2, TOO_LARGE, SHORT, NO_RECORD };

#define NO_HANDLE (~UINT64_C(0))

uint64_t semihosting_call(uint64_t operation, void *block);
uint64_t try_access(uint64_t va, uint64_t value, uint64_t entry, uint64_t spsr);
_Noreturn void finish(int status);
int main(void);

/* ID_AA64MMFR3_EL1 */
#define MMFR3_TCRX_LSB	0
#define MMFR3_S1PIE_LSB 8
#define MMFR3_AIE_LSB	24

#define TCR2_PIE     2
#define TCR_TBID     (UINT64_C(1) << 29)
#define TCR_E2H_TBID (UINT64_C(3) << 51)
#define HCR_E2H	     (UINT64_C(1) << 34)

#define WRITE_REGISTER(name, value) __asm__ volatile("msr " name ", %0" : : "r"(value) : "memory")

/* What a compiler may call. */
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memset(void *to, int byte, size_t n);

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	const unsigned char *q = from;

	for (volatile unsigned char *p = to; n; n--)
		*p++ = *q++;
	return to;
}

void *memset(void *to, int byte, size_t n)
{
	for (volatile unsigned char *p = to; n; n--)
		*p++ = (unsigned char)byte;
	return to;
}

static uint64_t open_file(const char *name, uint64_t length, uint64_t mode)
{
	uint64_t block[] = {(uint64_t)(uintptr_t)name, mode, length};
	uint64_t handle = semihosting_call(SYS_OPEN, block);

	if (handle == NO_HANDLE)
		finish(NO_FILE);
	return handle;
}

static void read_questions(void)
{
	uint64_t block[] = {open_file("questions", 9, OPEN_READ), QUESTIONS_AT, 0};

	block[2] = semihosting_call(SYS_FLEN, block);
	if (block[2] > ANSWERS_AT - QUESTIONS_AT)
		finish(TOO_LARGE);
	if (semihosting_call(SYS_READ, block))
		finish(SHORT);
}

static void write_answers(const uint64_t *end)
{
	uint64_t block[] = {open_file("answers", 7, OPEN_WRITE), ANSWERS_AT,
			    (uint64_t)(uintptr_t)end - ANSWERS_AT};

	if (semihosting_call(SYS_WRITE, block))
		finish(SHORT);
	semihosting_call(SYS_CLOSE, block);
}

static void forget_translations(void)
{
	__asm__ volatile("dsb sy\n\tisb\n\ttlbi alle2\n\tdsb sy\n\tisb" : : : "memory");
}

/* What QEMU looks at only when it walks: TBID for a fetch, nDirty (TCR2_EL2.PIE) for a store. Not if
 * another access has brought the page to the TLB. */
static bool walks_anew;

static bool has_feature(unsigned lsb)
{
	return ((const struct hypmmu_id *)ANSWERS_AT)->mmfr3 >> lsb & 15;
}

static void set_registers(const struct oracle_regs *regs)
{
	WRITE_REGISTER("scr_el3", regs->scr_el3);
	__asm__ volatile("isb");
	WRITE_REGISTER("hcr_el2", regs->hcr);
	__asm__ volatile("isb");
	WRITE_REGISTER("mair_el2", regs->mair);
	WRITE_REGISTER("tcr_el2", regs->tcr);
	WRITE_REGISTER("ttbr0_el2", regs->ttbr0);
	WRITE_REGISTER("s3_4_c2_c0_1", regs->ttbr1); /* TTBR1_EL2 */
	walks_anew = (regs->tcr2 & TCR2_PIE) ||
		     (regs->tcr & (regs->hcr & HCR_E2H ? TCR_E2H_TBID : TCR_TBID));
	if (has_feature(MMFR3_TCRX_LSB))
		WRITE_REGISTER("s3_4_c2_c0_3", regs->tcr2); /* TCR2_EL2 */
	if (has_feature(MMFR3_AIE_LSB))
		WRITE_REGISTER("s3_4_c10_c1_1", regs->mair2); /* MAIR2_EL2 */
	if (has_feature(MMFR3_S1PIE_LSB)) {
		WRITE_REGISTER("s3_4_c10_c2_3", regs->pir);   /* PIR_EL2 */
		WRITE_REGISTER("s3_4_c10_c2_2", regs->pire0); /* PIRE0_EL2 */
	}
	WRITE_REGISTER("sctlr_el2", regs->sctlr);
	forget_translations();
}

static void store(const struct record *record)
{
	const uint64_t *from = (const uint64_t *)(record + 1);
	volatile uint64_t *to = (volatile uint64_t *)record->where;

	for (uint64_t i = 0; i < record->words; i++)
		to[i] = from[i];
}

static uint64_t translate(uint64_t question)
{
	uint64_t va = question & ~QUESTION_BITS, par;

	switch (question & QUESTION_BITS) {
	case AT_S1E2R:
		__asm__ volatile("at s1e2r, %0" : : "r"(va) : "memory");
		break;
	case AT_S1E2W:
		__asm__ volatile("at s1e2w, %0" : : "r"(va) : "memory");
		break;
	case AT_S1E0R:
		__asm__ volatile("at s1e0r, %0" : : "r"(va) : "memory");
		break;
	default:
		__asm__ volatile("at s1e0w, %0" : : "r"(va) : "memory");
		break;
	}
	__asm__ volatile("isb\n\tmrs %0, par_el1" : "=r"(par) : : "memory");
	return par;
}

/* Where an access starts, for those that are not fetches of the address itself, and PSTATE. */
struct start {
	uint64_t offset, spsr;
};

#define SPSR_MASKED (UINT64_C(15) << 6)
#define SPSR_EL2    (SPSR_MASKED | 9)
#define SPSR_EL0    SPSR_MASKED
#define SPSR_BTYPE  (UINT64_C(1) << 10)

static uint64_t try_question(const uint64_t probes[2], uint64_t question)
{
	static const struct start starts[] = {
		[LOAD] = {PROBE_LOAD, SPSR_EL2},
		[STORE] = {PROBE_STORE, SPSR_EL2},
		[FETCH] = {0, SPSR_EL2},
		[BRANCH] = {0, SPSR_EL2 | SPSR_BTYPE},
		[EL0_LOAD] = {PROBE_EL0_LOAD, SPSR_EL0},
		[EL0_STORE] = {PROBE_EL0_STORE, SPSR_EL0},
		[EL0_FETCH] = {0, SPSR_EL0},
		[EL0_BRANCH] = {0, SPSR_EL0 | SPSR_BTYPE},
	};
	enum trial trial = (enum trial)(question & QUESTION_BITS);
	uint64_t va = question & ~QUESTION_BITS, entry = va;

	if (trial == LOAD || trial == STORE)
		entry = probes[0] + starts[trial].offset;
	else if (trial == EL0_LOAD || trial == EL0_STORE)
		entry = probes[1] + starts[trial].offset;
	if (walks_anew)
		forget_translations();
	return try_access(va, STORED_AT(va), entry, starts[trial].spsr);
}

#define PFR0_RME_LSB 52
#define GPCCR	     "s3_6_c2_c1_6" /* GPCCR_EL3 */
#define GPTBR	     "s3_6_c2_c1_4"
/* 52-bit addresses, granules of 4K, tables Write-Back and Inner Shareable. */
#define GPCCR_SIZES  (UINT64_C(6) | 1 << 8 | 1 << 10 | 3 << 12)
#define GPCCR_GPC    (UINT64_C(1) << 16)

static bool has_realms(void)
{
	return ((const struct hypmmu_id *)ANSWERS_AT)->pfr0 >> PFR0_RME_LSB & 15;
}

static void make_spaces(void)
{
	volatile uint64_t *gpt = (volatile uint64_t *)GPT_AT;

	for (uint64_t i = 0; i < GPT_BLOCKS; i++)
		gpt[i] = GPT_ANY;
	WRITE_REGISTER(GPTBR, (uint64_t)GPT_AT >> 12);
}

/* Granule protection checks: not while EL3 itself, in Root state, is about to use tables of Realm
 * state. */
static void check_spaces(bool on)
{
	if (has_realms())
		WRITE_REGISTER(GPCCR, GPCCR_SIZES | (on ? GPCCR_GPC : 0));
	__asm__ volatile("isb" : : : "memory");
}

static uint64_t *answer(const struct record *record, const uint64_t probes[2], uint64_t *to)
{
	const uint64_t *question = (const uint64_t *)(record + 1);

	WRITE_REGISTER("vbar_el2", probes[0] + PROBE_VECTORS);
	check_spaces(record->kind == RECORD_TRY);
	forget_translations();
	for (uint64_t i = 0; i < record->words; i++) {
		if (record->kind == RECORD_ASK)
			*to++ = translate(question[i]);
		else if (record->kind == RECORD_TRY)
			*to++ = try_question(probes, question[i]);
		else
			*to++ = *(volatile uint64_t *)question[i];
	}
	check_spaces(false);
	forget_translations();
	return to;
}

int main(void)
{
	const struct record *record = (const struct record *)QUESTIONS_AT;
	uint64_t *to = (uint64_t *)ANSWERS_AT;
	static const uint64_t nowhere[2];
	const uint64_t *probes = nowhere;

	hypmmu_arch_read_id((struct hypmmu_id *)to);
	to += sizeof(struct hypmmu_id) / sizeof *to;
	if (has_realms())
		make_spaces();
	read_questions();
	while (record->kind != RECORD_END) {
		const uint64_t *words = (const uint64_t *)(record + 1);

		if (record->kind == RECORD_STORE)
			store(record);
		else if (record->kind == RECORD_REGS)
			set_registers((const struct oracle_regs *)words);
		else if (record->kind == RECORD_PROBES)
			probes = words;
		else if (record->kind <= RECORD_LOOK)
			to = answer(record, probes, to);
		else
			return NO_RECORD;
		record = (const struct record *)(words + record->words);
	}
	write_answers(to);
	return 0;
}
