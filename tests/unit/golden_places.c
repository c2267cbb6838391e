/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address parts, of every granule, level and layout. Bits [1:0]: 0b11 a table or, at level 3, a
 * page; 0b01 a block. Where the output address OA is:
 *   48 bits:  OA[47:x] in [47:x]
 *   DS:       OA[49:x] in [49:x], OA[51:50] in [9:8]
 *   64K, LPA: OA[47:x] in [47:x], OA[51:48] in [15:12]
 * Nibble [51:48] in DS: 5 is 01 (0x100) and 01 (0x1), 6 is 01 and 10 (0x2), 7 is 01 and 11 (0x3), 9
 * is 10 (0x200) and 01, b is 10 and 11, d is 11 (0x300) and 01, f is 11 and 11.
 *
 * Slots, by the level's lowest bit: 4K 48, 39, 30, 21, 12; 16K 47, 36, 25, 14; 64K 42, 29, 16.
 */
#include "golden.h"

#define TABLES_4K                                                                                  \
	.table_pa = 0x0000b12345678000, .table_step = 0x1000,                                      \
	.table = {0x0000b12345678003, 0x0000b12345679003, 0x0000b1234567a003, 0x0000b1234567b003,  \
		  0x0000b1234567c003}
#define TABLES_4K_DS                                                                               \
	.table_pa = 0x0005123456789000, .table_step = 0x0002000000001000,                          \
	.table = {0x0001123456789103, 0x000312345678a103, 0x000112345678b203, 0x000312345678c203,  \
		  0x000112345678d303}
#define TABLES_16K                                                                                 \
	.table_pa = 0x0000b12345678000, .table_step = 0x4000,                                      \
	.table = {0x0000b12345678003, 0x0000b1234567c003, 0x0000b12345680003, 0x0000b12345684003}
#define TABLES_16K_DS                                                                              \
	.table_pa = 0x0005123456788000, .table_step = 0x0002000000004000,                          \
	.table = {0x0001123456788103, 0x000312345678c103, 0x0001123456790203, 0x0003123456794203}
#define TABLES_64K                                                                                 \
	.table_pa = 0x0000b12345670000, .table_step = 0x10000,                                     \
	.table = {0x0000b12345670003, 0x0000b12345680003, 0x0000b12345690003}
#define TABLES_64K_LPA                                                                             \
	.table_pa = 0x0005123456780000, .table_step = 0x0002000000010000,                          \
	.table = {0x0000123456785003, 0x0000123456797003, 0x00001234567a9003}

#define FORMAT_4K(va, pa)  .granule = HYPMMU_4K, .va_bits = (va), .pa_bits = (pa)
#define FORMAT_16K(va, pa) .granule = HYPMMU_16K, .va_bits = (va), .pa_bits = (pa)
#define FORMAT_64K(va, pa) .granule = HYPMMU_64K, .va_bits = (va), .pa_bits = (pa)
#define DS		   .hw = HYPMMU_HW_LPA2, .ds = true

const struct golden_place golden_places[] = {
	{"4K page", FORMAT_4K(48, 48), .offset = 0x28180e09000, .pa = 0xa98765432000,
	 .size = 0x1000, .level = 3, .leaf = 0x0000a98765432003, .tables = 4, .slots = {5, 6, 7, 9},
	 TABLES_4K},
	{"4K 2M", FORMAT_4K(48, 48), .offset = 0x28180e00000, .pa = 0xa98765400000,
	 .size = 0x200000, .level = 2, .leaf = 0x0000a98765400001, .tables = 3, .slots = {5, 6, 7},
	 TABLES_4K},
	{"4K 1G", FORMAT_4K(48, 48), .offset = 0x28180000000, .pa = 0xa98740000000,
	 .size = 0x40000000, .level = 1, .leaf = 0x0000a98740000001, .tables = 2, .slots = {5, 6},
	 TABLES_4K},
	{"4K root 1", FORMAT_4K(39, 48), .offset = 0x180e09000, .pa = 0xa98765432000,
	 .size = 0x1000, .level = 3, .leaf = 0x0000a98765432003, .tables = 3, .slots = {6, 7, 9},
	 TABLES_4K},
	{"4K root 1, 1G", FORMAT_4K(33, 48), .offset = 0x180000000, .pa = 0xa98740000000,
	 .size = 0x40000000, .level = 1, .leaf = 0x0000a98740000001, .tables = 1, .slots = {6},
	 TABLES_4K},
	{"4K root 2", FORMAT_4K(30, 48), .offset = 0xe09000, .pa = 0xa98765432000, .size = 0x1000,
	 .level = 3, .leaf = 0x0000a98765432003, .tables = 2, .slots = {7, 9}, TABLES_4K},
	{"4K root 3", FORMAT_4K(16, 48), .offset = 0x9000, .pa = 0xa98765432000, .size = 0x1000,
	 .level = 3, .leaf = 0x0000a98765432003, .tables = 1, .slots = {9}, TABLES_4K},
	{"4K DS page", FORMAT_4K(52, 52), DS, .offset = 0x3028180e09000, .pa = 0x6543210987000,
	 .size = 0x1000, .level = 3, .leaf = 0x0002543210987103, .tables = 5,
	 .slots = {3, 5, 6, 7, 9}, TABLES_4K_DS},
	{"4K DS last page", FORMAT_4K(52, 52), DS, .offset = 0xffffffffff000, .pa = 0xffffffffff000,
	 .size = 0x1000, .level = 3, .leaf = 0x0003fffffffff303, .tables = 5,
	 .slots = {15, 511, 511, 511, 511}, TABLES_4K_DS},
	{"4K DS 2M", FORMAT_4K(52, 52), DS, .offset = 0x3028180e00000, .pa = 0x6543210800000,
	 .size = 0x200000, .level = 2, .leaf = 0x0002543210800101, .tables = 4,
	 .slots = {3, 5, 6, 7}, TABLES_4K_DS},
	{"4K DS 1G", FORMAT_4K(52, 52), DS, .offset = 0x3028180000000, .pa = 0x9876540000000,
	 .size = 0x40000000, .level = 1, .leaf = 0x0001876540000201, .tables = 3,
	 .slots = {3, 5, 6}, TABLES_4K_DS},
	{"4K DS 512G", FORMAT_4K(52, 52), DS, .offset = 0x3028000000000, .pa = 0xd808000000000,
	 .size = 0x8000000000, .level = 0, .leaf = 0x0001808000000301, .tables = 2, .slots = {3, 5},
	 TABLES_4K_DS},
	{"4K DS, 48-bit VA", FORMAT_4K(48, 52), DS, .offset = 0x28180e09000, .pa = 0x9876543210000,
	 .size = 0x1000, .level = 3, .leaf = 0x0001876543210203, .tables = 4, .slots = {5, 6, 7, 9},
	 TABLES_4K_DS},
	{"4K DS, 48-bit PA", FORMAT_4K(52, 48), DS, .offset = 0x3028180e09000, .pa = 0xa98765432000,
	 .size = 0x1000, .level = 3, .leaf = 0x0000a98765432003, .tables = 5,
	 .slots = {3, 5, 6, 7, 9}, TABLES_4K},
	{"16K page", FORMAT_16K(47, 48), .offset = 0x500c01c000, .pa = 0xa98765434000,
	 .size = 0x4000, .level = 3, .leaf = 0x0000a98765434003, .tables = 3, .slots = {5, 6, 7},
	 TABLES_16K},
	{"16K 32M", FORMAT_16K(47, 48), .offset = 0x500c000000, .pa = 0xa98766000000,
	 .size = 0x2000000, .level = 2, .leaf = 0x0000a98766000001, .tables = 2, .slots = {5, 6},
	 TABLES_16K},
	{"16K root 0", FORMAT_16K(48, 48), .offset = 0x80500c01c000, .pa = 0xa98765434000,
	 .size = 0x4000, .level = 3, .leaf = 0x0000a98765434003, .tables = 4, .slots = {1, 5, 6, 7},
	 TABLES_16K},
	{"16K root 2", FORMAT_16K(36, 48), .offset = 0xc01c000, .pa = 0xa98765434000,
	 .size = 0x4000, .level = 3, .leaf = 0x0000a98765434003, .tables = 2, .slots = {6, 7},
	 TABLES_16K},
	{"16K root 3", FORMAT_16K(25, 48), .offset = 0x1c000, .pa = 0xa98765434000, .size = 0x4000,
	 .level = 3, .leaf = 0x0000a98765434003, .tables = 1, .slots = {7}, TABLES_16K},
	{"16K DS page", FORMAT_16K(52, 52), DS, .offset = 0x480500c01c000, .pa = 0x6543210984000,
	 .size = 0x4000, .level = 3, .leaf = 0x0002543210984103, .tables = 4, .slots = {9, 5, 6, 7},
	 TABLES_16K_DS},
	{"16K DS 32M", FORMAT_16K(52, 52), DS, .offset = 0x480500c000000, .pa = 0x9876542000000,
	 .size = 0x2000000, .level = 2, .leaf = 0x0001876542000201, .tables = 3, .slots = {9, 5, 6},
	 TABLES_16K_DS},
	{"16K DS 64G", FORMAT_16K(52, 52), DS, .offset = 0x4805000000000, .pa = 0xb876000000000,
	 .size = 0x1000000000, .level = 1, .leaf = 0x0003876000000201, .tables = 2, .slots = {9, 5},
	 TABLES_16K_DS},
	{"64K page", FORMAT_64K(48, 48), .offset = 0x1400c0070000, .pa = 0xa98765430000,
	 .size = 0x10000, .level = 3, .leaf = 0x0000a98765430003, .tables = 3, .slots = {5, 6, 7},
	 TABLES_64K},
	{"64K 512M", FORMAT_64K(48, 48), .offset = 0x1400c0000000, .pa = 0xa98760000000,
	 .size = 0x20000000, .level = 2, .leaf = 0x0000a98760000001, .tables = 2, .slots = {5, 6},
	 TABLES_64K},
	{"64K root 2", FORMAT_64K(42, 48), .offset = 0xc0070000, .pa = 0xa98765430000,
	 .size = 0x10000, .level = 3, .leaf = 0x0000a98765430003, .tables = 2, .slots = {6, 7},
	 TABLES_64K},
	{"64K root 3", FORMAT_64K(29, 48), .offset = 0x70000, .pa = 0xa98765430000, .size = 0x10000,
	 .level = 3, .leaf = 0x0000a98765430003, .tables = 1, .slots = {7}, TABLES_64K},
	{"64K LPA page", FORMAT_64K(52, 52), .hw = HYPMMU_HW_LPA | HYPMMU_HW_LVA,
	 .offset = 0x81400c0070000, .pa = 0x6543210980000, .size = 0x10000, .level = 3,
	 .leaf = 0x0000543210986003, .tables = 3, .slots = {517, 6, 7}, TABLES_64K_LPA},
	{"64K LPA 512M", FORMAT_64K(52, 52), .hw = HYPMMU_HW_LPA | HYPMMU_HW_LVA,
	 .offset = 0x81400c0000000, .pa = 0x9876540000000, .size = 0x20000000, .level = 2,
	 .leaf = 0x0000876540009001, .tables = 2, .slots = {517, 6}, TABLES_64K_LPA},
	{"64K LPA 4T", FORMAT_64K(52, 52), .hw = HYPMMU_HW_LPA | HYPMMU_HW_LVA,
	 .offset = 0x8140000000000, .pa = 0xd840000000000, .size = 0x40000000000, .level = 1,
	 .leaf = 0x000084000000d001, .tables = 1, .slots = {517}, TABLES_64K_LPA},
	{"64K LPA, 48-bit PA", FORMAT_64K(48, 48), .hw = HYPMMU_HW_LPA, .offset = 0x1400c0070000,
	 .pa = 0xa98765430000, .size = 0x10000, .level = 3, .leaf = 0x0000a98765430003, .tables = 3,
	 .slots = {5, 6, 7}, TABLES_64K},
};
const size_t golden_places_n = sizeof golden_places / sizeof golden_places[0];
