/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace.h"
#include <inttypes.h>
#include <stdio.h>

void trace_init(struct trace *trace)
{
	*trace = (struct trace){.events = 0};
}

void trace_add_sink(struct trace *trace, void (*take)(void *ctx, const struct trace_event *event),
		    void *ctx)
{
	if (trace->sinks == TRACE_SINKS)
		return;
	trace->sink[trace->sinks].take = take;
	trace->sink[trace->sinks++].ctx = ctx;
}

/* Is this the event that gets lost? */
static bool is_lost(struct trace *trace, enum trace_kind kind)
{
	return trace->lose_at && (trace->lose >> kind & 1) && --trace->lose_at == 0;
}

static void emit(struct trace *trace, struct trace_event event)
{
	if (is_lost(trace, event.kind))
		return;
	event.number = ++trace->events;
	if (!trace->frozen) {
		trace->last[event.number % TRACE_LAST] = event;
		trace->latest = event.number;
	}
	for (unsigned i = 0; i < trace->sinks; i++)
		trace->sink[i].take(trace->sink[i].ctx, &event);
}

void trace_regs(struct trace *trace, const struct trace_regs *regs, hypmmu_pa root)
{
	emit(trace, (struct trace_event){.kind = TRACE_REGS, .regs = regs, .pa = root});
}

void trace_simple(struct trace *trace, enum trace_kind kind)
{
	emit(trace, (struct trace_event){.kind = kind});
}

void trace_switch(struct trace *trace, unsigned pe, hypmmu_pa root)
{
	emit(trace, (struct trace_event){.kind = TRACE_SWITCH, .pe = pe, .pa = root});
}

void trace_alloc(struct trace *trace, hypmmu_pa page, bool zeroed)
{
	emit(trace, (struct trace_event){.kind = TRACE_ALLOC, .pa = page, .value = zeroed});
}

void trace_free(struct trace *trace, hypmmu_pa page)
{
	emit(trace, (struct trace_event){.kind = TRACE_FREE, .pa = page});
}

void trace_store(struct trace *trace, enum trace_kind kind, hypmmu_pa slot, hypmmu_desc old,
		 hypmmu_desc value)
{
	emit(trace,
	     (struct trace_event){.kind = kind, .pa = slot, .size = 8, .old = old, .value = value});
}

void trace_publish(struct trace *trace, hypmmu_pa pa, uint64_t size)
{
	emit(trace, (struct trace_event){.kind = TRACE_PUBLISH, .pa = pa, .size = size});
}

void trace_dsb(struct trace *trace, enum trace_barrier barrier)
{
	emit(trace, (struct trace_event){.kind = TRACE_DSB, .barrier = barrier});
}

void trace_dmb(struct trace *trace, enum trace_barrier barrier)
{
	emit(trace, (struct trace_event){.kind = TRACE_DMB, .barrier = barrier});
}

void trace_tlbi(struct trace *trace, enum trace_tlbi tlbi, uint64_t operand)
{
	emit(trace, (struct trace_event){.kind = TRACE_TLBI, .tlbi = tlbi, .value = operand});
}

const char *trace_tlbi_name(enum trace_tlbi tlbi)
{
	static const char *const names[TRACE_TLBIS] = {
		"alle2",   "alle2is", "vae2",	  "vae2is", "vale2",  "vale2is", "rvae2",
		"rvae2is", "rvale2",  "rvale2is", "vae1",   "vae1is", "vale1is", "vmalle1is",
	};

	return names[tlbi];
}

const char *trace_barrier_name(enum trace_barrier barrier)
{
	static const char *const names[] = {"nshst", "nsh", "ishst", "ish", "sy"};

	return names[barrier];
}

static const char *kind_name(enum trace_kind kind)
{
	static const char *const names[TRACE_KINDS] = {
		"regs",	   "mmu on", "mmu off", "switch",  "call",     "return",
		"alloc",   "free",   "store",	"release", "exchange", "hardware",
		"publish", "dsb",    "dmb",	"isb",	   "tlbi",
	};

	return names[kind];
}

int trace_format(const struct trace_event *event, char *text, size_t size)
{
	const char *kind = kind_name(event->kind);

	switch (event->kind) {
	case TRACE_STORE:
	case TRACE_RELEASE:
	case TRACE_EXCHANGE:
	case TRACE_HARDWARE:
		return snprintf(text, size, "%lu %s %" PRIx64 ": %" PRIx64 " -> %" PRIx64,
				event->number, kind, event->pa, event->old, event->value);
	case TRACE_PUBLISH:
		return snprintf(text, size, "%lu %s %" PRIx64 " + %" PRIx64, event->number, kind,
				event->pa, event->size);
	case TRACE_DSB:
	case TRACE_DMB:
		return snprintf(text, size, "%lu %s %s", event->number, kind,
				trace_barrier_name(event->barrier));
	case TRACE_TLBI:
		return snprintf(text, size, "%lu tlbi %s, %" PRIx64, event->number,
				trace_tlbi_name(event->tlbi), event->value);
	case TRACE_REGS:
	case TRACE_SWITCH:
	case TRACE_ALLOC:
	case TRACE_FREE:
		return snprintf(text, size, "%lu %s %" PRIx64, event->number, kind, event->pa);
	default:
		return snprintf(text, size, "%lu %s", event->number, kind);
	}
}

void trace_print_last(const struct trace *trace)
{
	unsigned long n = trace->latest < TRACE_LAST ? trace->latest : TRACE_LAST;
	char text[128];

	for (; n; n--) {
		trace_format(&trace->last[(trace->latest - n + 1) % TRACE_LAST], text,
			     sizeof(text));
		printf("  %s\n", text);
	}
}
