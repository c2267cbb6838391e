/* SPDX-License-Identifier: BSD-2-Clause */
#include "ask.h"
#include "bits.h"

#define PAR_NS	     BIT(9)
#define PAR_DIRTYBIT BIT(15) /* of a fault */
#define PAR_IMPL     BIT(10) /* IMPLEMENTATION DEFINED */

enum hypmmu_access access_of(enum question question)
{
	static const enum hypmmu_access access[] = {HYPMMU_READ, HYPMMU_WRITE, HYPMMU_EL0_READ,
						    HYPMMU_EL0_WRITE};

	return access[question];
}

/* PAR_EL1; NS is UNKNOWN in Non-secure state, and not shown by QEMU in Realm state. */
static struct expected expected_of(const struct scene *scene, const struct reading *reading,
				   const struct hypmmu_translation *t)
{
	struct expected expected = {
		.answer = t->par, .ignore = PAR_IMPL, .desc = t->desc, .desc_pa = t->desc_pa};

	if (t->fault == HYPMMU_FAULT_EXTERNAL) {
		expected.answer = ABORT_MARK | UINT64_C(0x25) << ABORT_EC_LSB |
				  (uint64_t)t->fsc << ABORT_FSC_LSB;
		expected.ignore = 0;
	} else if (t->fault == HYPMMU_FAULT_NONE && scene->world == SECURE && t->desc) {
		if (!scene_is_to_non_secure(scene, reading))
			expected.answer &= ~PAR_NS;
	} else if (t->fault == HYPMMU_FAULT_NONE) {
		expected.ignore |= PAR_NS;
	}
	return expected;
}

bool ask(struct scene *scene, hypmmu_va va, enum question question, struct hypmmu_translation *t)
{
	bool write = question == AT_S1E2W || question == AT_S1E0W;
	struct reading reading;
	struct expected expected;
	enum deviation objection;

	va &= ~QUESTION_BITS;
	reading = scene_walk(scene, va, access_of(question), t);
	objection = scene_objection(scene, va, &reading, t);
	if (objection == DEVIATIONS && scene_is_update(reading.half, t, write))
		objection = HAFDBS;
	if (objection == DEVIATIONS && t->fault && (t->par & PAR_DIRTYBIT))
		objection = NO_NDIRTY;
	if (objection != DEVIATIONS) {
		scene->counts->deviations[objection]++;
		return false;
	}
	expected = expected_of(scene, &reading, t);
	scene_count(scene, va, &reading, false, t);
	batch_ask(scene->batch, RECORD_ASK, va | question, &expected);
	return true;
}
