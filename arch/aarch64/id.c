/* SPDX-License-Identifier: BSD-2-Clause */
/* The ID registers of this CPU. */
#include "state.h"

void hypmmu_arch_read_id(struct hypmmu_id *id)
{
	*id = (struct hypmmu_id){
		.midr = read_midr_el1(),
		.ctr = read_ctr_el0(),
		.mmfr0 = read_id_aa64mmfr0_el1(),
		.mmfr1 = read_id_aa64mmfr1_el1(),
		.mmfr2 = read_id_aa64mmfr2_el1(),
		.mmfr3 = read_id_aa64mmfr3_el1(),
		.mmfr4 = read_id_aa64mmfr4_el1(),
		.pfr0 = read_id_aa64pfr0_el1(),
		.pfr1 = read_id_aa64pfr1_el1(),
		.isar0 = read_id_aa64isar0_el1(),
		.isar1 = read_id_aa64isar1_el1(),
		.hcr = is_at_el2() ? read_hcr_el2() : 0, /* UNDEFINED at EL1 */
	};
}
