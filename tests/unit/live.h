/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A live address space that writes down what a change does to it: each store in a table that
 * hardware can reach, each sync, each page that comes or goes. What the header promises of any
 * change is seen to at once; what one change does is compared as text:
 *
 *	3@2p=0			level 3, the slot of page 2: 0 is stored
 *	2@1b=arm-leaf		level 2, the slot of block 1: a leaf, not valid yet
 *	3@1b+4p=~leaf		four pages from block 1 on, by exchange
 *	sync			without TLBIs
 *	sync(2p+1p L3)		one stale range: a page from page 2 on, leaves of level 3
 *	sync(1b+1b L3 walks)	with table descriptors; L*: leaves of more than one level
 *	alloc, free		a page of the source
 *
 * Values: 0, leaf, cont (a leaf with the hint), table; arm- and one of them; drop, fold. Stores in
 * tables that no walker knows are not written down, publishes neither: they are only judged.
 * Link hypmmu-watched before the rest: the library with a door to table memory.
 */
#ifndef LIVE_H
#define LIVE_H
#include "support/subject.h"

#define LIVE_PAGES 64 /* of the arena, if nothing else is said */
#define LIVE_MOST  1024

#define LIVE_VALID UINT64_C(1)
#define LIVE_AP2   (UINT64_C(1) << 7)
#define LIVE_AF	   (UINT64_C(1) << 10)
#define LIVE_DBM   (UINT64_C(1) << 51)
#define LIVE_CONT  (UINT64_C(1) << 52)

enum live_moment { LIVE_STORE, LIVE_PUBLISH, LIVE_SYNC, LIVE_SYNCED, LIVE_ALLOC, LIVE_FREE };

struct live_page {   /* of the arena */
	bool placed; /* walkers may come by: at */
	int level;
	hypmmu_va va;
	size_t from, to;      /* bytes that were stored to and not published yet */
	bool unlinked, stale; /* stale: there was no TLBI since */
};

struct live {
	struct subject s;
	struct hypmmu_maint maint; /* self may be set before live_on() */
	/* The addresses of table pages are virtual addresses of this very space: counts accesses to
	 * pages that it does not map then, or not writable. */
	bool look;
	unsigned long blind;
	/* Called before a store, inside of everything else, not from within itself. slot: of the
	 * store. */
	void (*hook)(struct live *live, enum live_moment moment, hypmmu_desc *slot);
	void *hook_ctx;
	/* of the latest change: */
	char text[2000];
	unsigned syncs, flushes;		 /* flushes: with n */
	size_t ranges;				 /* of all flushes */
	struct hypmmu_stale stale[HYPMMU_STALE]; /* of the last flush */
	unsigned long stores, exchanges;
	const char *wrong;
	/* private: */
	struct hypmmu_pages pages;
	struct live_page page[LIVE_MOST];
	struct {
		hypmmu_va va;
		uint64_t size;
		int level;
		const char *value;
		bool exchange;
	} run;
	bool on, unsynced, in_hook;
};

/* As subject_init(), with LIVE_PAGES, not live yet. The latest one is watched. */
void live_init(struct live *live, const struct hypmmu_config *cfg);
void live_init_with(struct live *live, const struct hypmmu_config *cfg, size_t pages);
/* hypmmu_set_live(). */
void live_on(struct live *live);
void live_end(struct live *live);

/* Forgets what the last change did. live_apply() begins with it. */
void live_begin(struct live *live);
/* Nothing is wrong, and the tree is sound. */
void live_assert_sound(struct live *live);

/* hypmmu_apply() must do it, the tree is sound, and `text` is what happened; NULL: anything. */
struct hypmmu_report live_apply(struct live *live, const struct hypmmu_change *changes, size_t n,
				const char *text);
/* hypmmu_plan() and hypmmu_apply() give the error and the same report; nothing happens. */
struct hypmmu_report live_refuses(struct live *live, int err, const struct hypmmu_change *changes,
				  size_t n);

/* va counts from the subject's first address on. MAP: pa is the same. */
struct hypmmu_change live_change(const struct live *live, enum hypmmu_op op, uint64_t va,
				 uint64_t size, hypmmu_attr attr, uint32_t flags);
/* live_apply() of this one. */
struct hypmmu_report live_do(struct live *live, enum hypmmu_op op, uint64_t va, uint64_t size,
			     hypmmu_attr attr, uint32_t flags, const char *text);

/* Over all subjects, with these bits more in hw and use; without and with range TLBIs, which make
 * no difference to a range of leaves that are alike. Live from the start. */
void live_over(uint32_t hw, uint32_t use,
	       void (*scenario)(struct live *live, uint64_t page, uint64_t block));
/* The slot that decides about va, in the byte order of the tables, and what it holds. */
hypmmu_desc *live_slot(struct live *live, hypmmu_va va);
hypmmu_desc live_desc(struct live *live, hypmmu_va va);
/* As hardware would: `set` is set in the slot, `clear` cleared. */
void live_poke(struct live *live, hypmmu_desc *slot, hypmmu_desc set, hypmmu_desc clear);
#endif
