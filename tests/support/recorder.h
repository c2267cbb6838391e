/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library under the judge: an address space whose every table access, page, publish, barrier
 * and TLBI becomes an event. Link hypmmu-recorded before the rest: it is the whole library built
 * with record_door.h, and arch/aarch64/tlb.c on record_insn.h.
 *
 *	struct recorder rec = {.cfg = ..., .capacity = 64};
 *	assert_true(recorder_init(&rec));		   hypmmu_init()
 *	assert_int_equal(recorder_set_live(&rec), 0);	   MMU on
 *	err = recorder_apply(&rec, changes, n, &report);   a call, judged to its end
 *	assert_null(judge_fault(&rec));
 *	recorder_end(&rec);
 *
 * Any other call of the library on rec.mmu goes between recorder_call() and recorder_return().
 * Not for threads: the latest recorder_init() is the one that records.
 */
#ifndef RECORDER_H
#define RECORDER_H
#include "arena.h"
#include "bbm.h"
#include "random.h"

struct recorder {
	/* set before recorder_init(), the rest zero: */
	struct hypmmu_config cfg;
	size_t capacity;     /* table pages */
	unsigned pes;	     /* 0: 2, or 1 with HYPMMU_USE_LOCAL_TLBI */
	bool no_snoop;	     /* walkers do not look into caches */
	bool new_first;	     /* see struct trace_regs */
	bool window, zeroed; /* of the arena */
	hypmmu_pa base_pa;   /* 0: 0x80000000 */
	hypmmu_pa pa_step;   /* from page to page; 0: the granule */
	/* may be used at any time: */
	struct hypmmu mmu;
	struct arena arena; /* hooks, failures, snapshots */
	struct trace trace; /* to lose events */
	struct bbm *bbm;
	struct hypmmu_maint maint; /* self may be set before set_live */
	/* Called before each access of the library to table memory, not from within itself. */
	void (*hook)(struct recorder *rec, void *ctx);
	void *hook_ctx;
	hypmmu_pa accessed; /* in a hook: the slot */
	/* private: */
	struct trace_regs regs;
	struct hypmmu_pages pages;
	struct casemate *casemate;
	bool in_hook;
	char text[256];
};

/* An empty address space. False: no memory, or hypmmu_init() failed. With HYPMMU_TEST_TRACE=<file>
 * in the environment the events go there, too: see casemate.h. */
bool recorder_init(struct recorder *rec);
/* Frees what there is; not the library's call. */
void recorder_end(struct recorder *rec);

/* hypmmu_set_live() with rec->maint, and all PEs walk the tables; or none does any more. */
int recorder_set_live(struct recorder *rec);
void recorder_set_off(struct recorder *rec);
int recorder_apply(struct recorder *rec, const struct hypmmu_change *changes, size_t n,
		   struct hypmmu_report *report);
void recorder_call(struct recorder *rec);
void recorder_return(struct recorder *rec);
/* As hypmmu_arch_switch() on this PE, to mmu.root: after HYPMMU_NEW_ROOT, before
 * hypmmu_reclaim(). */
void recorder_switch(struct recorder *rec, unsigned pe);
void recorder_switch_all(struct recorder *rec);

/* The first rule broken, or what the arena found; with where and what. NULL: nothing. */
const char *judge_fault(struct recorder *rec);

/* What hardware with HA and HD may do at any time: sets AF or, with DBM, clears AP[2] of some leaf
 * that a walker can reach; from a hook every second time, if it may, that which is about to be
 * accessed. False: found none. */
bool recorder_touch(struct recorder *rec, struct random *random);
/* The same, from a hook, to the slot that is about to be accessed. False: it may not. */
bool recorder_touch_accessed(struct recorder *rec);

/* For the files of the recorder: the one that records, since the door and the instructions have no
 * context; the physical address of table memory. */
extern struct recorder *recorder_now;
hypmmu_pa recorder_pa_of(const struct recorder *rec, const void *p);
#endif
