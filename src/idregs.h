/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of the ID registers, and of HCR_EL2. */
#ifndef HM_IDREGS_H
#define HM_IDREGS_H
#include "bits.h"

/* ID_AA64MMFR0_EL1. Its TGran*_2 fields are about stage 2. */
#define MMFR0_PARANGE  BITS(3, 0)
#define MMFR0_ASIDBITS BITS(7, 4)
#define MMFR0_BIGEND   BITS(11, 8)
#define MMFR0_TGRAN16  BITS(23, 20)
#define MMFR0_TGRAN64  BITS(27, 24) /* signed */
#define MMFR0_TGRAN4   BITS(31, 28) /* signed */
/* ID_AA64MMFR1_EL1 */
#define MMFR1_HAFDBS   BITS(3, 0)
#define MMFR1_VH       BITS(11, 8)
#define MMFR1_HPDS     BITS(15, 12)
/* ID_AA64MMFR2_EL1 */
#define MMFR2_CNP      BITS(3, 0)
#define MMFR2_VARANGE  BITS(19, 16)
#define MMFR2_ST       BITS(31, 28)
#define MMFR2_TTL      BITS(51, 48)
#define MMFR2_BBM      BITS(55, 52)
#define MMFR2_E0PD     BITS(63, 60)
/* ID_AA64MMFR3_EL1, ID_AA64MMFR4_EL1 */
#define MMFR3_S1PIE    BITS(11, 8)
#define MMFR3_AIE      BITS(27, 24)
#define MMFR4_E2H0     BITS(27, 24) /* signed; negative: E2H is RES1 */
/* ID_AA64PFR0_EL1, ID_AA64PFR1_EL1, ID_AA64ISAR0_EL1 */
#define PFR0_EL2       BITS(11, 8)
#define PFR1_BT	       BITS(3, 0)
#define PFR1_MTE       BITS(11, 8)
#define ISAR0_TLB      BITS(59, 56)

#define HCR_E2H BIT(34)
#endif
