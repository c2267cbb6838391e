/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig.h"
#include <string.h>

/* A word that was never put does not exist: external abort. */
static bool read_word(void *ctx, hypmmu_pa pa, unsigned char bytes[8])
{
	struct rig *rig = ctx;

	rig->reads++;
	for (unsigned i = 0; i < rig->words; i++) {
		if (rig->pa[i] != pa)
			continue;
		for (unsigned b = 0; b < 8; b++)
			bytes[rig->big_endian ? 7 - b : b] = (unsigned char)(rig->desc[i] >> 8 * b);
		return true;
	}
	return false;
}

static void init(struct rig *rig, uint64_t tcr, uint64_t hcr)
{
	*rig = (struct rig){.words = 0};
	rig->machine.regs.mair = 0x4f0444ff;
	rig->machine.regs.tcr = tcr;
	rig->machine.regs.ttbr0 = RIG_ROOT;
	rig->machine.regs.ttbr1 = RIG_ROOT + 0x1000;
	rig->machine.regs.sctlr = 0x30c51835; /* RES1, I [12], C [2], M [0] */
	rig->machine.regs.hcr = hcr;
	/* TGran4 [31:28] 0, TGran64 [27:24] 0, TGran16 [23:20] 1, PARange [3:0] 48 bits */
	rig->machine.id.mmfr0 = 0x00100005;
	rig->machine.read = read_word;
	rig->machine.ctx = rig;
}

void rig_init_el2(struct rig *rig)
{
	/* RES1 31, 23; PS [18:16] 101; TG0 [15:14] 00; SH0 [13:12] 11; T0SZ 25 */
	init(rig, 0x80853019, 0);
}

void rig_init_el2_0(struct rig *rig)
{
	/* IPS [34:32] 101; TG1 [31:30] 10; SH1 [29:28] 11; T1SZ [21:16] 25; TG0, SH0, T0SZ as
	 * above; HCR_EL2.E2H is bit 34 */
	init(rig, 0x5b0193019, UINT64_C(1) << 34);
}

void rig_set_t0sz(struct rig *rig, unsigned t0sz)
{
	rig->machine.regs.tcr &= ~UINT64_C(0x3f);
	rig->machine.regs.tcr |= t0sz;
}

void rig_put(struct rig *rig, hypmmu_pa pa, hypmmu_desc desc)
{
	unsigned i = 0;

	while (i < rig->words && rig->pa[i] != pa)
		i++;
	assert_int_not_equal(i, RIG_WORDS);
	rig->pa[i] = pa;
	rig->desc[i] = desc;
	if (i == rig->words)
		rig->words++;
}

struct hypmmu_translation rig_walk(struct rig *rig, hypmmu_va va, enum hypmmu_access access)
{
	struct hypmmu_translation t;
	bool ok;

	memset(&t, 0xa5, sizeof t);
	rig->reads = 0;
	ok = hypmmu_walk(&rig->machine, va, access, &t);
	assert_int_equal(ok, t.fault == HYPMMU_FAULT_NONE);
	return t;
}

void rig_assert_fault(const struct hypmmu_translation *t, enum hypmmu_fault fault, int level,
		      unsigned fsc)
{
	assert_int_equal(t->fault, fault);
	assert_int_equal(t->level, level);
	assert_int_equal(t->fsc, fsc);
	assert_int_equal(t->par, 0x801 | fsc << 1); /* RES1 [11], FST [6:1], F [0] */
}

void rig_assert_early(const struct rig *rig, const struct hypmmu_translation *t)
{
	rig_assert_fault(t, HYPMMU_FAULT_TRANSLATION, 0, 0x04);
	assert_int_equal(rig->reads, 0);
	assert_int_equal(t->allowed, 0);
	assert_int_equal(t->size, 0);
	assert_int_equal(t->desc_pa, 0);
}
