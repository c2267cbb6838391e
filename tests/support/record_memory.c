/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses and instructions of the recorded library, and the hardware that writes beside it. */
#include "record_memory.h"
#include "record_insn.h"
#include "recorder.h"

/* Of the registers' byte order, whatever the library took it for. */
static hypmmu_desc as_walkers_read(const struct recorder *rec, hypmmu_desc raw)
{
	return rec->cfg.use & HYPMMU_USE_BIG_ENDIAN ? __builtin_bswap64(raw) : raw;
}

static void call_hook(struct recorder *rec, const hypmmu_desc *slot)
{
	if (!rec->hook || rec->in_hook)
		return;
	rec->in_hook = true;
	rec->accessed = recorder_pa_of(rec, slot);
	rec->hook(rec, rec->hook_ctx);
	rec->in_hook = false;
}

static void write_word(struct recorder *rec, enum trace_kind kind, hypmmu_desc *slot,
		       hypmmu_desc raw)
{
	hypmmu_desc old = *slot;

	*slot = raw;
	trace_store(&rec->trace, kind, recorder_pa_of(rec, slot), as_walkers_read(rec, old),
		    as_walkers_read(rec, raw));
}

hypmmu_desc record_load(const hypmmu_desc *slot)
{
	call_hook(recorder_now, slot);
	return *slot;
}

void record_store(hypmmu_desc *slot, hypmmu_desc raw)
{
	call_hook(recorder_now, slot);
	write_word(recorder_now, TRACE_STORE, slot, raw);
}

void record_release(hypmmu_desc *slot, hypmmu_desc raw)
{
	call_hook(recorder_now, slot);
	write_word(recorder_now, TRACE_RELEASE, slot, raw);
}

hypmmu_desc record_exchange(hypmmu_desc *slot, hypmmu_desc expected, hypmmu_desc raw)
{
	hypmmu_desc found;

	call_hook(recorder_now, slot);
	found = *slot;
	if (found == expected)
		write_word(recorder_now, TRACE_EXCHANGE, slot, raw);
	return found;
}

#define RECORD(name, call)                                                                         \
	void name(void)                                                                            \
	{                                                                                          \
		call;                                                                              \
	}
RECORD(isb, trace_simple(&recorder_now->trace, TRACE_ISB))
RECORD(dmb_sy, trace_dmb(&recorder_now->trace, TRACE_SY))
RECORD(dsb_sy, trace_dsb(&recorder_now->trace, TRACE_SY))
RECORD(dsb_ish, trace_dsb(&recorder_now->trace, TRACE_ISH))
RECORD(dsb_ishst, trace_dsb(&recorder_now->trace, TRACE_ISHST))
RECORD(dsb_nsh, trace_dsb(&recorder_now->trace, TRACE_NSH))
RECORD(dsb_nshst, trace_dsb(&recorder_now->trace, TRACE_NSHST))
RECORD(tlbi_alle2, trace_tlbi(&recorder_now->trace, TRACE_ALLE2, 0))
RECORD(tlbi_alle2is, trace_tlbi(&recorder_now->trace, TRACE_ALLE2IS, 0))

#define RECORD_OF(name, tlbi)                                                                      \
	void name(uint64_t operand)                                                                \
	{                                                                                          \
		trace_tlbi(&recorder_now->trace, tlbi, operand);                                   \
	}
RECORD_OF(tlbi_vae2, TRACE_VAE2)
RECORD_OF(tlbi_vae2is, TRACE_VAE2IS)
RECORD_OF(tlbi_vale2, TRACE_VALE2)
RECORD_OF(tlbi_vale2is, TRACE_VALE2IS)
RECORD_OF(tlbi_rvae2, TRACE_RVAE2)
RECORD_OF(tlbi_rvae2is, TRACE_RVAE2IS)
RECORD_OF(tlbi_rvale2, TRACE_RVALE2)
RECORD_OF(tlbi_rvale2is, TRACE_RVALE2IS)

static bool write_by_hardware(struct recorder *rec, hypmmu_pa pa, hypmmu_desc leaf)
{
	const hypmmu_desc af = UINT64_C(1) << 10, dbm = UINT64_C(1) << 51, ap2 = 1 << 7;
	hypmmu_desc *slot = (hypmmu_desc *)(void *)arena_poke(&rec->arena, pa);

	if (!slot || as_walkers_read(rec, *slot) != leaf)
		return false;
	if (!(leaf & af))
		leaf |= af;
	else if (leaf & dbm)
		leaf &= ~ap2;
	write_word(rec, TRACE_HARDWARE, slot, as_walkers_read(rec, leaf));
	return true;
}

bool recorder_touch_accessed(struct recorder *rec)
{
	hypmmu_desc leaf;

	return rec->in_hook && bbm_hardware_may_write(rec->bbm, rec->accessed, &leaf) &&
	       write_by_hardware(rec, rec->accessed, leaf);
}

bool recorder_touch(struct recorder *rec, struct random *random)
{
	hypmmu_desc leaf;
	hypmmu_pa pa;

	if (random_once_in(random, 2) && recorder_touch_accessed(rec))
		return true;
	return bbm_pick_leaf(rec->bbm, random_next(random), &pa, &leaf) &&
	       write_by_hardware(rec, pa, leaf);
}
