/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream of events: all that a CPU does to live tables, in program order.
 *
 * PE 0 is the writer; the others only walk. Descriptors are as a walker reads them, whatever the
 * byte order of the tables. Whoever makes events calls trace_*(); whoever wants them is a sink.
 */
#ifndef TRACE_H
#define TRACE_H
#include <hypmmu/hypmmu.h>

enum trace_kind {
	TRACE_REGS,	/* what the system registers of all PEs say; pa: the root */
	TRACE_ON,	/* from here on all PEs walk the tables */
	TRACE_OFF,	/* and now none does, and no TLB holds anything */
	TRACE_SWITCH,	/* one PE goes over to the root at pa: MMU off, TLBI ALLE2, DSB, ISB, on */
	TRACE_CALL,	/* a public call of the library begins */
	TRACE_RETURN,	/* and ends */
	TRACE_ALLOC,	/* the page at pa is the library's; value: its slots are all zero */
	TRACE_FREE,	/* and no longer is */
	TRACE_STORE,	/* a slot at pa: from old to value */
	TRACE_RELEASE,	/* the same by a store-release */
	TRACE_EXCHANGE, /* the same by an atomic exchange with release */
	TRACE_HARDWARE, /* the same by a walker: access flag, dirty state */
	TRACE_PUBLISH,	/* [pa, pa + size) is cleaned for walkers that do not snoop */
	TRACE_DSB,
	TRACE_DMB,
	TRACE_ISB,
	TRACE_TLBI, /* value: the operand */
	TRACE_KINDS
};

enum trace_barrier { TRACE_NSHST, TRACE_NSH, TRACE_ISHST, TRACE_ISH, TRACE_SY };

enum trace_tlbi {
	TRACE_ALLE2,
	TRACE_ALLE2IS,
	TRACE_VAE2,
	TRACE_VAE2IS,
	TRACE_VALE2,
	TRACE_VALE2IS,
	TRACE_RVAE2,
	TRACE_RVAE2IS,
	TRACE_RVALE2,
	TRACE_RVALE2IS,
	TRACE_VAE1, /* of another regime, from here on */
	TRACE_VAE1IS,
	TRACE_VALE1IS,
	TRACE_VMALLE1IS,
	TRACE_TLBIS
};

/* cfg: granule, sizes, regime, ASID, what the CPU has and uses. */
struct trace_regs {
	struct hypmmu_config cfg;
	unsigned pes;	/* 1 to 8 */
	bool no_snoop;	/* walkers read memory, not the caches */
	bool new_first; /* do not ask that all old is gone before anything new is there */
};

struct trace_event {
	unsigned long number; /* from 1 on */
	enum trace_kind kind;
	unsigned pe;
	enum trace_barrier barrier;
	enum trace_tlbi tlbi;
	hypmmu_pa pa;
	uint64_t size;
	hypmmu_desc old, value;
	const struct trace_regs *regs;
};

#define TRACE_SINKS 3
#define TRACE_LAST  64

struct trace {
	/* To lose one event on purpose: the lose_at-th from now of the kinds in the mask. */
	uint32_t lose;
	size_t lose_at;
	bool frozen; /* later events are not among the last: set by a sink that found a fault */
	/* private: */
	unsigned long events, latest;
	struct trace_event last[TRACE_LAST];
	struct {
		void (*take)(void *ctx, const struct trace_event *event);
		void *ctx;
	} sink[TRACE_SINKS];
	unsigned sinks;
};

void trace_init(struct trace *trace);
void trace_add_sink(struct trace *trace, void (*take)(void *ctx, const struct trace_event *event),
		    void *ctx);

void trace_regs(struct trace *trace, const struct trace_regs *regs, hypmmu_pa root);
void trace_simple(struct trace *trace, enum trace_kind kind); /* ON OFF CALL RETURN ISB */
void trace_switch(struct trace *trace, unsigned pe, hypmmu_pa root);
void trace_alloc(struct trace *trace, hypmmu_pa page, bool zeroed);
void trace_free(struct trace *trace, hypmmu_pa page);
/* kind: STORE RELEASE EXCHANGE HARDWARE */
void trace_store(struct trace *trace, enum trace_kind kind, hypmmu_pa slot, hypmmu_desc old,
		 hypmmu_desc value);
void trace_publish(struct trace *trace, hypmmu_pa pa, uint64_t size);
void trace_dsb(struct trace *trace, enum trace_barrier barrier);
void trace_dmb(struct trace *trace, enum trace_barrier barrier);
void trace_tlbi(struct trace *trace, enum trace_tlbi tlbi, uint64_t operand);

const char *trace_tlbi_name(enum trace_tlbi tlbi);	    /* "vale2is" */
const char *trace_barrier_name(enum trace_barrier barrier); /* "ishst" */
/* One line, for people. */
int trace_format(const struct trace_event *event, char *text, size_t size);
/* The last events, oldest first, to stdout. */
void trace_print_last(const struct trace *trace);
#endif
