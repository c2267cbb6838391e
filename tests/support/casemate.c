/* SPDX-License-Identifier: BSD-2-Clause */
#include "casemate.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

/* AttrIndx 0 to 7: write-back, Non-cacheable, write-through, write-back again; Device. */
#define MAIR UINT64_C(0x0c080400ffbb44ff)
/* Bits 31 and 23, inner shareable write-back walks. */
#define TCR  UINT64_C(0x80803500)

struct casemate {
	FILE *file;
	unsigned long id, event;
	hypmmu_pa root; /* the first page */
	bool has_root;
};

static bool is_for_casemate(const struct hypmmu_config *cfg)
{
	const uint32_t beyond = HYPMMU_USE_HAFDBS | HYPMMU_USE_LOCAL_TLBI;

	return cfg->granule == HYPMMU_4K && cfg->regime == HYPMMU_EL2 && cfg->va_bits > 39 &&
	       cfg->va_bits <= 48 && cfg->pa_bits <= 48 && !(cfg->use & beyond) &&
	       !(cfg->hw & HYPMMU_HW_TLBIRANGE);
}

struct casemate *casemate_open(const struct hypmmu_config *cfg)
{
	static bool taken;
	const char *name = getenv("HYPMMU_TEST_TRACE");
	FILE *file;

	if (!name || taken || !is_for_casemate(cfg))
		return NULL;
	file = fopen(name, "w");
	taken = file;
	return file ? casemate_to(file) : NULL;
}

struct casemate *casemate_to(FILE *file)
{
	struct casemate *casemate = calloc(1, sizeof(*casemate));

	if (casemate)
		casemate->file = file;
	return casemate;
}

void casemate_close(struct casemate *casemate)
{
	if (casemate)
		fclose(casemate->file);
	free(casemate);
}

static void record(struct casemate *casemate, const char *name, const char *format, ...)
{
	va_list args;

	fprintf(casemate->file, "(%s (id %lu) (tid 0) ", name, casemate->id++);
	va_start(args, format);
	vfprintf(casemate->file, format, args);
	va_end(args);
	fprintf(casemate->file, " (src \"trace:%lu\"))\n", casemate->event);
}

static void hint(struct casemate *casemate, const char *kind, hypmmu_pa location, uint64_t value)
{
	record(casemate, "hint", "(kind %s) (location %" PRIx64 ") (value %" PRIx64 ")", kind,
	       location, value);
}

static void write_sysreg(struct casemate *casemate, const char *sysreg, uint64_t value)
{
	record(casemate, "sysreg-write", "(sysreg %s) (value %" PRIx64 ")", sysreg, value);
}

static void take_regs(struct casemate *casemate, const struct trace_event *event)
{
	const struct hypmmu_config *cfg = &event->regs->cfg;

	if (!event->pa) /* only their layout, before there are tables */
		return;
	write_sysreg(casemate, "hcr_el2", 0);
	write_sysreg(casemate, "mair_el2", MAIR);
	write_sysreg(casemate, "tcr_el2", TCR | (64u - cfg->va_bits));
	write_sysreg(casemate, "ttbr0_el2", event->pa);
}

static void take_alloc(struct casemate *casemate, hypmmu_pa page)
{
	record(casemate, "mem-init", "(address %" PRIx64 ") (size 1000)", page);
	if (casemate->has_root) {
		hint(casemate, "set_owner_root", page, casemate->root);
		return;
	}
	casemate->has_root = true;
	casemate->root = page;
	hint(casemate, "set_root_lock", page, CASEMATE_LOCK);
}

static void take_free(struct casemate *casemate, hypmmu_pa page)
{
	if (casemate->has_root && page == casemate->root)
		hint(casemate, "release_table", page, 0);
	else
		hint(casemate, "set_owner_root", page, 0);
}

static void take_tlbi(struct casemate *casemate, const struct trace_event *event)
{
	const char *name = trace_tlbi_name(event->tlbi);

	if (event->tlbi == TRACE_ALLE2 || event->tlbi == TRACE_ALLE2IS ||
	    event->tlbi == TRACE_VMALLE1IS)
		record(casemate, "tlbi", "%s", name);
	else
		record(casemate, "tlbi", "%s (value %" PRIx64 ")", name, event->value);
}

static void take_store(struct casemate *casemate, const struct trace_event *event)
{
	record(casemate, "mem-write", "(mem-order %s) (address %" PRIx64 ") (value %" PRIx64 ")",
	       event->kind == TRACE_STORE ? "plain" : "release", event->pa, event->value);
}

static void take_lock(struct casemate *casemate, const char *what)
{
	record(casemate, what, "(address %x)", CASEMATE_LOCK);
}

/* There is no nshst and no sy: nsh and ish do at least as much as is needed of them. */
static void take_dsb(struct casemate *casemate, enum trace_barrier barrier)
{
	if (barrier == TRACE_NSHST)
		barrier = TRACE_NSH;
	else if (barrier == TRACE_SY)
		barrier = TRACE_ISH;
	record(casemate, "barrier", "dsb (kind %s)", trace_barrier_name(barrier));
}

void casemate_take(void *ctx, const struct trace_event *event)
{
	struct casemate *casemate = ctx;

	casemate->event = event->number;
	switch (event->kind) {
	case TRACE_REGS:
		take_regs(casemate, event);
		break;
	case TRACE_ON:
	case TRACE_OFF:
		write_sysreg(casemate, "sctlr_el2", event->kind == TRACE_ON);
		break;
	case TRACE_SWITCH:
		write_sysreg(casemate, "ttbr0_el2", event->pa);
		break;
	case TRACE_CALL:
		take_lock(casemate, "lock");
		break;
	case TRACE_RETURN:
		take_lock(casemate, "unlock");
		break;
	case TRACE_ALLOC:
		take_alloc(casemate, event->pa);
		break;
	case TRACE_FREE:
		take_free(casemate, event->pa);
		break;
	case TRACE_DSB:
		take_dsb(casemate, event->barrier);
		break;
	case TRACE_ISB:
		record(casemate, "barrier", "isb");
		break;
	case TRACE_TLBI:
		take_tlbi(casemate, event);
		break;
	case TRACE_STORE:
	case TRACE_RELEASE:
	case TRACE_EXCHANGE:
	case TRACE_HARDWARE:
		take_store(casemate, event);
		break;
	default:
		break;
	}
}
