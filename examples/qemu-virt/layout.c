/* SPDX-License-Identifier: BSD-2-Clause */
#include "layout.h"
#include "host.h"

#define IDENTITY(symbol)                                                                           \
	.va = ADDRESS(symbol##_start), .pa = ADDRESS(symbol##_start), .size = ADDRESS(symbol##_size)

/* An entry within an earlier one replaces it there; HYPMMU_KEEP leaves a hole in it. */
const struct hypmmu_change layout[] = {
	{.name = "RAM", .va = RAM_BASE, .pa = RAM_BASE, .size = GIB, .attr = HYPMMU_DATA},
	{.name = "text", IDENTITY(text), .attr = HYPMMU_CODE},
	{.name = "rodata", IDENTITY(rodata), .attr = HYPMMU_RODATA},
	{.name = "stack guard", .op = HYPMMU_KEEP, IDENTITY(guard)},
	{.name = "firewalled hole", .op = HYPMMU_KEEP, IDENTITY(hole)},
	{.name = "bulk, by blocks",
	 .va = BULK_BASE,
	 .pa = BULK_BASE,
	 .size = GIB,
	 .attr = HYPMMU_DATA},
	{.name = "UART", .va = UART_BASE, .pa = UART_BASE, .size = 0x10000, .attr = HYPMMU_MMIO},
	{.name = "alias of a page of RAM",
	 .va = ALIAS_BASE,
	 .pa = ADDRESS(shared_page),
	 .size = ADDRESS(shared_page_size),
	 .attr = HYPMMU_DATA},
};
const size_t layout_length = sizeof(layout) / sizeof(layout[0]);

#define UPPER(at, symbol) .va = (at), .pa = ADDRESS(symbol##_start), .size = ADDRESS(symbol##_size)

const struct hypmmu_change upper_layout[] = {
	{.name = "text", UPPER(UPPER_TEXT, text), .attr = HYPMMU_CODE},
	{.name = "text, for EL0",
	 UPPER(UPPER_USER, text),
	 .attr = HYPMMU_CODE | HYPMMU_USER | HYPMMU_NG},
	{.name = "page of RAM",
	 .va = UPPER_PAGE,
	 .pa = ADDRESS(shared_page),
	 .size = ADDRESS(shared_page_size),
	 .attr = HYPMMU_DATA | HYPMMU_NG},
	{.name = "bulk, by blocks",
	 .va = UPPER_BULK,
	 .pa = BULK_BASE,
	 .size = GIB,
	 .attr = HYPMMU_DATA},
	{.name = "last", .va = UPPER_LAST, .pa = BULK_BASE, .size = 0x10000, .attr = HYPMMU_DATA},
};
const size_t upper_layout_length = sizeof(upper_layout) / sizeof(upper_layout[0]);

const struct hypmmu_change must_hold[] = {
	{.name = "text and vectors", IDENTITY(text), .attr = HYPMMU_CODE},
	{.name = "rodata", IDENTITY(rodata), .attr = HYPMMU_RODATA},
	{.name = "stack, data and tables", IDENTITY(writable), .attr = HYPMMU_DATA},
	{.name = "UART", .va = UART_BASE, .pa = UART_BASE, .size = 0x1000, .attr = HYPMMU_MMIO},
	{.name = "text", UPPER(UPPER_TEXT, text), .attr = HYPMMU_CODE},
};
const size_t must_hold_length_of_both = sizeof(must_hold) / sizeof(must_hold[0]);
const size_t must_hold_length = sizeof(must_hold) / sizeof(must_hold[0]) - 1;
