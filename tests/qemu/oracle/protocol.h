/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host sends in the file "questions" and the guest sends back in the file "answers": words
 * of 64 bits, little-endian.
 *
 * Questions: records, each a header and as many words as it says. Answers: struct hypmmu_id, then
 * one word for each question: PAR_EL1 or, where the AT ended in an exception, ABORT_MARK with
 * ESR_EL3.EC and DFSC.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

/* Not an answer of PAR_EL1, which has bits [62:56] clear after a fault. */
#define ABORT_MARK    0x8000000000000001
#define ABORT_EC_LSB  32
#define ABORT_FSC_LSB 1 /* where PAR_EL1 has FST */

/* Physical addresses in the guest's main memory. */
#define GUEST_RAM     0x40000000 /* 512M */
#define QUESTIONS_AT  0x44000000
#define ANSWERS_AT    0x50000000
#define TABLES_AT     0x58000000
#define GUEST_RAM_END 0x60000000

#ifndef __ASSEMBLER__
#include <stdint.h>

enum {
	RECORD_END,
	RECORD_STORE, /* words to be stored at `where` */
	RECORD_REGS,  /* struct oracle_regs */
	RECORD_ASK,   /* questions: a virtual address, its low bits replaced by enum question */
};

struct record {
	uint64_t kind, words, where;
};

struct oracle_regs { /* of EL2, but for the last */
	uint64_t mair, tcr, ttbr0, ttbr1, sctlr, hcr, scr_el3;
};

enum question { AT_S1E2R, AT_S1E2W, AT_S1E0R, AT_S1E0W };
#define QUESTION_BITS UINT64_C(7)
#endif
#endif
