/* SPDX-License-Identifier: BSD-2-Clause */
/* What is where: the one list that says it all, and the ranges of the linker script by name. */
#ifndef LAYOUT_H
#define LAYOUT_H
#include <hypmmu/hypmmu.h>

#define RAM_BASE   UINT64_C(0x40000000)
#define BULK_BASE  UINT64_C(0x80000000) /* the second GiB of RAM */
#define ALIAS_BASE UINT64_C(0x1000000000)
#define GIB	   UINT64_C(0x40000000)

/* Symbols of link.ld. The address of a *_size is the size. */
extern unsigned char text_start[], text_size[];
extern unsigned char rodata_start[], rodata_size[];
extern unsigned char guard_start[], guard_size[];
extern unsigned char writable_start[], writable_size[], stack_end[];
extern unsigned char shared_page[], shared_page_size[];
extern unsigned char table_memory[], table_memory_size[];
extern unsigned char hole_start[], hole_size[];
#define ADDRESS(symbol) ((uint64_t)(uintptr_t)(symbol))

/* The whole address space. */
extern const struct hypmmu_change layout[];
extern const size_t layout_length;

/* The upper half of EL2&0. */
#define UPPER_BITS 39
#define UPPER_BASE (UINT64_MAX << UPPER_BITS)
#define UPPER_TEXT UPPER_BASE
#define UPPER_USER (UPPER_BASE + 0x1000000)  /* the text once more, for EL0 */
#define UPPER_PAGE (UPPER_BASE + 0x2000000)  /* the shared page, of this ASID only */
#define UPPER_MANY (UPPER_BASE + 0x20000000) /* pages that come and go */
#define UPPER_BULK (UPPER_BASE + GIB)
#define UPPER_LAST (UINT64_MAX - 0xffff) /* to the last byte there is */
#define ASID	   0x2a
extern const struct hypmmu_change upper_layout[];
extern const size_t upper_layout_length;

/* What this program cannot do without for an instant; the second length is with an upper half. */
extern const struct hypmmu_change must_hold[];
extern const size_t must_hold_length, must_hold_length_of_both;
#endif
