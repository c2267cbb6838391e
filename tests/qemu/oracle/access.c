/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Real accesses. One that is allowed still ends in an exception, for most addresses: an external
 * abort where there is no memory, an undefined instruction where scratch memory is fetched. These
 * say as much: the walk has come to its end, and to which address.
 */
#include "ask.h"
#include "bits.h"
#include "memory.h"
#include <string.h>

#define DESC_GP	      BIT(50)
#define MAIR_TAGGED   0xf0
#define MAIR_RESERVED 0xe0
#define SCTLR_E0E     BIT(24)
#define SCTLR_EE      BIT(25)
#define PFR1_BT	      BITS(3, 0)
#define PFR1_MTE      BITS(11, 8)
#define HCR_E2H	      BIT(34)

/* ESR_EL2.EC; aborts from EL0 have one less. */
#define EC_UNDEFINED   0x00
#define EC_BRANCH      0x0d
#define EC_FETCH_ABORT 0x21
#define EC_DATA_ABORT  0x25

#define FSC_EXTERNAL 0x10
#define FSC_TAG	     0x11
#define FSC_GRANULE  0x28
#define ISS_WNR	     BIT(6)

/* TBI and TCMA by half, as TCR_EL2 has them for E2H. */
static const uint64_t tbi[2][2] = {{BIT(20)}, {BIT(37), BIT(38)}};
static const uint64_t tcma[2][2] = {{BIT(30)}, {BIT(57), BIT(58)}};

enum hypmmu_access access_of_trial(enum trial trial)
{
	static const enum hypmmu_access access[] = {
		HYPMMU_READ,	 HYPMMU_WRITE,	   HYPMMU_FETCH,     HYPMMU_FETCH,
		HYPMMU_EL0_READ, HYPMMU_EL0_WRITE, HYPMMU_EL0_FETCH, HYPMMU_EL0_FETCH};

	return access[trial];
}

static bool is_fetch(enum trial trial)
{
	return trial & FETCH;
}

static bool is_store(enum trial trial)
{
	return trial == STORE || trial == EL0_STORE;
}

static uint64_t exception(uint64_t ec, uint64_t iss)
{
	return EXCEPTION_MARK | ec << EXCEPTION_EC_LSB | iss;
}

static uint64_t abort_of(enum trial trial, uint64_t fsc)
{
	uint64_t ec = is_fetch(trial) ? EC_FETCH_ABORT : EC_DATA_ABORT;

	return exception(trial >= EL0_LOAD ? ec - 1 : ec, is_store(trial) ? fsc | ISS_WNR : fsc);
}

static bool has_tags(const struct scene *scene)
{
	return get(PFR1_MTE, scene->machine.id.pfr1) >= 2;
}

/* Allocation Tags are all 0, and the main memory alone has any. */
static bool is_wrong_tag(const struct scene *scene, hypmmu_va va,
			 const struct hypmmu_translation *t)
{
	const struct hypmmu_regs *regs = &scene->machine.regs;
	bool e2h = regs->hcr & HCR_E2H, upper = scene_is_upper(scene, va);
	uint64_t tag = get(BITS(59, 56), va);

	if (!has_tags(scene) || t->mair != MAIR_TAGGED || !(regs->tcr & tbi[e2h][upper]) ||
	    !memory_is_main(t->pa))
		return false;
	return tag && !((regs->tcr & tcma[e2h][upper]) && tag == (upper ? 15u : 0));
}

static uint64_t load_word(const struct scene *scene, enum trial trial, hypmmu_pa pa)
{
	bool big_endian = scene->machine.regs.sctlr & (trial == EL0_LOAD ? SCTLR_E0E : SCTLR_EE);
	const unsigned char *at = memory_at(pa);
	uint64_t word = 0;

	for (unsigned i = 0; i < 8; i++)
		word = word << 8 | at[big_endian ? i : 7 - i];
	return word;
}

static void store_word(const struct scene *scene, enum trial trial, hypmmu_va va, hypmmu_pa pa)
{
	bool big_endian = scene->machine.regs.sctlr & (trial == EL0_STORE ? SCTLR_E0E : SCTLR_EE);
	unsigned char bytes[8];

	for (unsigned i = 0; i < 8; i++)
		bytes[big_endian ? 7 - i : i] = (unsigned char)(STORED_AT(va) >> 8 * i);
	memory_put(pa, bytes);
}

/* Nothing is known of what happens then, or too much. */
static bool is_reckless(const struct hypmmu_translation *t, enum trial trial)
{
	const unsigned char *at = memory_at(t->pa);

	if (is_store(trial) && t->pa - PROBE_AT < PROBE_SIZE) /* QEMU need not walk for that page */
		return true;
	if (t->fault)
		return false;
	if (!at)
		return memory_is_main(t->pa);
	if (is_fetch(trial)) /* an instruction? */
		return at[2] || at[3];
	return is_store(trial) && !memory_is_scratch(t->pa);
}

/* After a walk without a fault. */
static uint64_t outcome_of(struct scene *scene, hypmmu_va va, enum trial trial,
			   const struct hypmmu_translation *t)
{
	bool branch = trial == BRANCH || trial == EL0_BRANCH;

	if (!memory_at(t->pa))
		return abort_of(trial, FSC_EXTERNAL);
	if (is_fetch(trial)) {
		branch = branch && (t->desc & DESC_GP) && get(PFR1_BT, scene->machine.id.pfr1);
		scene->counts->branches += branch;
		return exception(branch ? EC_BRANCH : EC_UNDEFINED, 0);
	}
	if (is_wrong_tag(scene, va, t)) {
		scene->counts->tags++;
		return abort_of(trial, FSC_TAG);
	}
	if (!is_store(trial))
		return load_word(scene, trial, t->pa);
	store_word(scene, trial, va, t->pa);
	return STORED_AT(va);
}

/* Memory of Realm state, by way of the Non-secure address space. */
static bool is_other_space(const struct scene *scene, const struct reading *reading,
			   const struct hypmmu_translation *t)
{
	return scene->world == REALM && memory_is_realm(t->pa) &&
	       scene_is_to_non_secure(scene, reading);
}

static uint64_t answer_of(struct scene *scene, hypmmu_va va, enum trial trial,
			  const struct reading *reading, const struct hypmmu_translation *t)
{
	if (t->fault)
		return abort_of(trial, t->fsc);
	if (!is_other_space(scene, reading, t))
		return outcome_of(scene, va, trial, t);
	scene->counts->spaces++;
	return abort_of(trial, FSC_GRANULE);
}

/* What lies there. */
static void look(struct scene *scene, const struct hypmmu_translation *t)
{
	struct expected expected = {.desc = t->desc, .desc_pa = t->desc_pa};
	const unsigned char *at = memory_at(t->desc_pa);

	for (unsigned i = 8; i-- > 0;)
		expected.answer = expected.answer << 8 | at[i];
	batch_ask(scene->batch, RECORD_LOOK, t->desc_pa, &expected);
	scene->counts->looks++;
}

bool try_access(struct scene *scene, hypmmu_va va, enum trial trial, struct hypmmu_translation *t)
{
	struct expected expected = {.ignore = 0};
	enum deviation objection;
	struct reading reading;
	bool update;

	va &= ~QUESTION_BITS;
	reading = scene_walk(scene, va, access_of_trial(trial), t);
	objection = scene_objection(scene, va, &reading, t);
	if (objection == DEVIATIONS && is_reckless(t, trial))
		objection = RECKLESS;
	if (objection == DEVIATIONS && has_tags(scene) && t->mair == MAIR_RESERVED)
		objection = RESERVED_TYPE;
	if (objection != DEVIATIONS) {
		scene->counts->deviations[objection]++;
		return false;
	}
	update = !t->fault && scene_is_update(reading.half, t, is_store(trial));
	if (update)
		scene_update(scene, reading.half, t, is_store(trial));
	if (!t->fault && is_store(trial) && scene_stays_clean(reading.half, t))
		scene->counts->deviations[DIRTY_BY_DBM]++;
	expected.desc = t->desc;
	expected.desc_pa = t->desc_pa;
	expected.answer = answer_of(scene, va, trial, &reading, t);
	scene_count(scene, va, &reading, true, t);
	scene->counts->trials[trial]++;
	scene->counts->trials_done[trial] += !t->fault;
	scene->counts->updates += update;
	batch_ask(scene->batch, RECORD_TRY, va | trial, &expected);
	if (t->desc_pa && memory_at(t->desc_pa) && (update || (reading.half->ha && t->fault)))
		look(scene, t);
	return true;
}
