/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words in which the traces of this folder are written, and the tables that each starts from:
 * 4K granule, 39-bit addresses, two PEs, MMU on, in the middle of a call of the library.
 *
 *   ROOT[0] -> TABLE      0 GiB..1 GiB
 *     TABLE[0] -> LEAVES  0..2 MiB: [0..15] pages, [16..31] a contiguous group, [32..] holes
 *     TABLE[1] = BLOCK    2 MiB..4 MiB
 *     TABLE[2..] holes
 *   SPARE                 a page of the library's that is not linked, contents undefined
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H
#include "support/bbm.h"

struct scene {
	const char *name, *rule; /* rule: what is broken; NULL: a good trace */
	void (*play)(void);
};

#define GOOD(name)	SCENE(name, NULL)
#define BAD(name, rule) SCENE(name, rule)
#define SCENE(name, rule)                                                                          \
	static void play_##name(void);                                                             \
	extern const struct scene name;                                                            \
	const struct scene name = {#name, rule, play_##name};                                      \
	static void play_##name(void)

#define ROOT		   0x80000000u
#define TABLE		   0x80001000u
#define LEAVES		   0x80002000u
#define SPARE		   0x80003000u
#define SLOT(table, index) ((hypmmu_pa)(table) + 8 * (index))
#define PAGE_VA(n)	   ((hypmmu_va)(n) << 12)
#define BLOCK_VA	   0x200000

/* Descriptors: AF [10], SH [9:8] 11, AP [7:6] 01, AttrIndx 0; XN [54] */
#define RW	    (0x0040000000000741)
#define RO	    (RW | 0x80)
#define DEVICE	    (RW | 5 << 2)
#define TAGGED	    (RW | 3 << 2)
#define OUTER	    (RW ^ 0x100) /* SH 10 */
#define CONT	    0x0010000000000000
#define SW	    0x0080000000000000
#define AF	    0x400
#define NG	    0x800
#define DBM_CLEAN   0x0008000000000080 /* DBM [51], AP[2] */
#define DBM_DIRTY   0x0008000000000000
#define LEAF(n, a)  ((hypmmu_desc)(a) | 2 | (0x40000000 + ((hypmmu_desc)(n) << 12)))
#define BLOCK(a)    ((hypmmu_desc)(a) | 0x40200000) /* the one at BLOCK_VA */
#define TABLE_TO(p) ((hypmmu_desc)(p) | 3)

/* What is different from: EL2, walkers that snoop, no optional feature. */
enum {
	NO_SNOOP = 1,
	NOABORT = 2,
	RANGES = 4,
	ASID_7 = 8, /* EL2&0, lower half */
	HAFDBS = 16,
	ONE_PE = 32,
	NO_TTL = 64,
	NEW_FIRST = 128, /* the architecture alone, not what the library says of the order */
};
void begin(unsigned features);

void store(hypmmu_pa slot, hypmmu_desc value);
void release(hypmmu_pa slot, hypmmu_desc value);
void exchange(hypmmu_pa slot, hypmmu_desc value);
void hardware(hypmmu_pa slot, hypmmu_desc value);
/* No event tells of it. */
void store_behind(hypmmu_pa slot, hypmmu_desc value);
/* All 512 slots of SPARE as pages from here on: BLOCK split, if n is 512. */
void fill_spare(unsigned n, hypmmu_desc attributes);
/* All of the contiguous group's slots: pages 16 to 31 with these attributes, or 0. */
void store_group(hypmmu_desc attributes);
void publish(hypmmu_pa pa, uint64_t size);
void free_page(hypmmu_pa page);
void dsb(enum trace_barrier barrier);
void dmb(enum trace_barrier barrier);
void isb(void);
/* Operand: VA[55:12]. */
void tlbi(enum trace_tlbi op, hypmmu_va va);
void tlbi_group(void); /* each of its pages, last level */
void tlbi_operand(enum trace_tlbi op, uint64_t operand);
void end_of_call(void);
void switch_root(unsigned pe, hypmmu_pa root);
#define ISHST TRACE_ISHST
#define ISH   TRACE_ISH
#define NSH   TRACE_NSH
#define NSHST TRACE_NSHST
#endif
