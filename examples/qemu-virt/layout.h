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

/* What this program cannot do without for an instant. */
extern const struct hypmmu_change must_hold[];
extern const size_t must_hold_length;
#endif
