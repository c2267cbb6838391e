/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host sends in the file "questions" and the guest sends back in the file "answers": words
 * of 64 bits, little-endian.
 *
 * Questions: records, each a header and as many words as it says. Answers: struct hypmmu_id, then
 * one word for each question:
 * - to an AT, PAR_EL1 or, where it ended in an exception, ABORT_MARK with ESR_EL3.EC and DFSC;
 * - to a real access, the 8 bytes loaded or stored or, where it was not to be, EXCEPTION_MARK with
 *   ESR_EL2.EC, WnR and xFSC;
 * - to a look at memory, the 8 bytes that lie there.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

/* Not an answer of PAR_EL1, which has bits [62:56] clear after a fault. */
#define ABORT_MARK    0x8000000000000001
#define ABORT_EC_LSB  32
#define ABORT_FSC_LSB 1 /* where PAR_EL1 has FST */

/* Nothing that is ever loaded or stored. */
#define EXCEPTION_MARK	   0xe5c0000000000000
#define EXCEPTION_EC_LSB   8
#define EXCEPTION_ISS_MASK 0x7f	   /* of an abort: WnR, xFSC */
#define EXCEPTION_AWAY	   0x10000 /* an abort, and FAR_EL2 is not the address of the access */

/* Physical addresses in the guest's main memory. */
#define GUEST_RAM     0x40000000 /* 512M */
#define PROBE_AT      0x40400000 /* a page of any granule: the code that EL2 and EL0 run */
#define GPT_AT	      0x42000000 /* for Realm state: which physical address space memory is in */
#define QUESTIONS_AT  0x44000000
#define ANSWERS_AT    0x50000000
#define TABLES_AT     0x58000000
#define GUEST_RAM_END 0x60000000

#define PROBE_SIZE 0x10000

/* In that page. */
#define PROBE_LOAD	0x00
#define PROBE_STORE	0x08
#define PROBE_EL0_LOAD	0x10
#define PROBE_EL0_STORE 0x18
#define PROBE_VECTORS	0x800

/* A descriptor for each GiB of 52-bit addresses: a block, in any space or in Realm's alone. */
#define GPT_BLOCK_LSB 30
#define GPT_BLOCKS    (1 << (52 - GPT_BLOCK_LSB))
#define GPT_ANY	      0xf1
#define GPT_REALM     0xb1

#ifndef __ASSEMBLER__
#include <stdint.h>

enum {
	RECORD_END,
	RECORD_STORE,  /* words to be stored at `where` */
	RECORD_REGS,   /* struct oracle_regs */
	RECORD_PROBES, /* two virtual addresses of PROBE_AT: where EL2 and where EL0 may execute */
	/* Questions: addresses. In virtual ones the low bits are replaced by what to do there. */
	RECORD_ASK,  /* enum question */
	RECORD_TRY,  /* enum trial */
	RECORD_LOOK, /* physical addresses */
};

struct record {
	uint64_t kind, words, where;
};

struct oracle_regs { /* of EL2, but for scr_el3 */
	uint64_t mair, tcr, ttbr0, ttbr1, sctlr, hcr, scr_el3;
	uint64_t tcr2, mair2, pir, pire0; /* written where the CPU has them */
};

enum question { AT_S1E2R, AT_S1E2W, AT_S1E0R, AT_S1E0W };
/* BRANCH: a fetch after an indirect branch (PSTATE.BTYPE = 1). */
enum trial { LOAD, STORE, FETCH, BRANCH, EL0_LOAD, EL0_STORE, EL0_FETCH, EL0_BRANCH };
#define QUESTION_BITS UINT64_C(7)

/* What is stored at va: its lower word is an undefined instruction. */
#define STORED_AT(va) ((va) << 32 | ((va) >> 3 & 0xffff))
#endif
#endif
