/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the judge share. */
#ifndef BBM_MODEL_H
#define BBM_MODEL_H
#include "bbm.h"
#include "oracle.h"

#define PAGE_HEADS  1024
#define ENTRY_HEADS 4096
#define CHUNK	    16 /* slots: every group of contiguous leaves is some chunks */

struct place { /* of a slot in the address space */
	hypmmu_va va;
	int level;
};

enum { SLOT_WRITTEN = 1, SLOT_UNCLEAN = 2 };

struct page {
	struct page *next; /* of this hash */
	hypmmu_pa pa;
	struct place place; /* of its first slot, once it was linked */
	bool allocated;
	unsigned links;		  /* memory of linked tables, and roots, that point to it */
	unsigned old_links;	  /* old entries that do */
	unsigned long last_store; /* event */
	hypmmu_desc *slot;
	unsigned char *state;	      /* of each slot */
	unsigned char *leaves, *cont; /* of each chunk, while linked: leaves, contiguous ones */
};

struct old_entry {
	struct old_entry *next, *prev;	     /* of all, or of the free ones */
	struct old_entry *hash_next, **link; /* of its chunk */
	unsigned long id;		     /* 0: free */
	struct page *page, *target;	     /* target: of a table */
	unsigned index;
	struct place place;
	hypmmu_desc value, value_after;
	unsigned char visible, cached, pending; /* by PE */
	bool clean;				/* the store over it was published */
	bool harm;				/* something was taken away */
	unsigned missed;			/* why a TLBI did not match: bits of enum miss */
	unsigned long born;
	size_t tlbis; /* when it was born */
	const struct old_entry *via;
	unsigned long via_id; /* it can be read through that old table, if this is its id */
};

enum miss {
	MISS_BEFORE_DSB = 1,
	MISS_DSB_SCOPE = 2,
	MISS_SCOPE = 4,
	MISS_REGIME = 8,
	MISS_LAST_LEVEL = 16,
	MISS_LEVEL = 32,
	MISS_ASID = 64,
	MISS_GRANULE = 128,
};

struct note { /* something to look at when the call ends */
	struct page *page;
	unsigned index;
	struct place place;
	hypmmu_desc value;
	unsigned long event;
};

struct notes {
	struct note *list;
	size_t n, room;
};

struct bbm {
	struct trace_regs regs;
	struct oracle shape; /* geometry and decoding of descriptors */
	unsigned char all;   /* PEs */
	bool on, noabort, hardware;
	hypmmu_pa root_of[8];

	struct page *pages[PAGE_HEADS];
	struct page **listed; /* every page ever seen */
	size_t page_count, page_room;

	struct old_entry *old, *spare, *chunk[ENTRY_HEADS];
	size_t old_count, harms;
	size_t held, held_cont;	     /* that are cached; contiguous leaves of these */
	unsigned below[ENTRY_HEADS]; /* old entries below a slot, by hash of its place */
	unsigned long next_id;

	struct notes staged, groups, lost;

	const struct trace_event *event;
	unsigned long ordered, isb, retired; /* events: stores before it are ordered; last ISB;
						something became certain */
	size_t tlbis;
	struct bbm_counts counts;
	struct bbm_fault fault;
};

/* bbm.c */
void bbm_complain(struct bbm *bbm, const char *rule, struct place place, hypmmu_pa slot_pa,
		  hypmmu_desc old, hypmmu_desc value);
void bbm_add_note(struct notes *notes, const struct note *note);

/* bbm_desc.c: descriptors */
uint64_t bbm_slot_size(const struct bbm *bbm, int level);
unsigned bbm_slots_of(const struct bbm *bbm, int level);
unsigned bbm_group_slots(const struct bbm *bbm, int level); /* 1: no groups */
enum oracle_kind bbm_kind_of(const struct bbm *bbm, int level, hypmmu_desc desc);
bool bbm_is_cont(const struct bbm *bbm, int level, hypmmu_desc leaf);
hypmmu_pa bbm_leaf_pa(const struct bbm *bbm, int level, hypmmu_desc leaf);
/* A TLB that holds a does no harm when memory has b. */
bool bbm_same_to_hardware(const struct bbm *bbm, int level, hypmmu_desc a, hypmmu_desc b);
bool bbm_takes_away(const struct bbm *bbm, int level, hypmmu_desc before, hypmmu_desc after);
/* May a TLB hold both, at different times? The second is stored over the first. */
bool bbm_is_relabel(const struct bbm *bbm, int level, hypmmu_desc before, hypmmu_desc after);
/* Two leaves: does one PE's TLB holding both, in this order, break a rule? */
bool bbm_leaves_clash(const struct bbm *bbm, struct place a, hypmmu_desc before, struct place b,
		      hypmmu_desc after);
bool bbm_leaves_translate_alike(const struct bbm *bbm, struct place a, hypmmu_desc x,
				struct place b, hypmmu_desc y);
bool bbm_group_is_good(const struct bbm *bbm, const struct page *page, unsigned first);

/* bbm_page.c: pages and links */
struct page *bbm_find_page(const struct bbm *bbm, hypmmu_pa pa);
struct page *bbm_make_page(struct bbm *bbm, hypmmu_pa pa);
bool bbm_can_be_walked(const struct page *page);
struct place bbm_place_in(const struct bbm *bbm, const struct page *page, unsigned index);
hypmmu_pa bbm_slot_pa_of(const struct page *page, unsigned index);
struct page *bbm_target_of(const struct bbm *bbm, int level, hypmmu_desc desc);
void bbm_count_leaf(struct bbm *bbm, struct page *page, unsigned index, hypmmu_desc old,
		    hypmmu_desc value);
/* `ordered`: the stores to it come before the one that links it. */
void bbm_link_page(struct bbm *bbm, struct page *page, struct place place, bool ordered);
/* entry: the old entry that points to it; NULL: nothing of it is held by anyone. */
void bbm_unlink_page(struct bbm *bbm, struct page *page, const struct old_entry *entry);
/* Calls it for each leaf of the tree below the page that meets [first, last]; stops at true. */
bool bbm_any_leaf(const struct bbm *bbm, const struct page *page, hypmmu_va first, hypmmu_va last,
		  bool (*visit)(const struct bbm *bbm, const void *ctx, struct place place,
				hypmmu_desc leaf),
		  const void *ctx);

/* bbm_old.c: what may be held that is not there any more */
void bbm_leave_entry(struct bbm *bbm, struct page *page, unsigned index, hypmmu_desc value,
		     hypmmu_desc value_after, const struct old_entry *via);
void bbm_drop_entries_of(struct bbm *bbm, const struct page *page, unsigned index,
			 hypmmu_desc value);
/* What PEs may still cache of it: no more than these. */
void bbm_keep_cached(struct bbm *bbm, struct old_entry *entry, unsigned pes);
void bbm_end_entry(struct bbm *bbm, struct old_entry *entry);
struct old_entry *bbm_entries_at(const struct bbm *bbm, struct place place); /* and near it */
unsigned bbm_entries_below(const struct bbm *bbm, struct place place);
const char *bbm_why_still_there(const struct bbm *bbm, const struct old_entry *entry);
void bbm_complain_of(struct bbm *bbm, const struct old_entry *entry, hypmmu_desc value);

/* bbm_tlb.c: barriers and TLBIs */
void bbm_take_dsb(struct bbm *bbm, enum trace_barrier barrier);
void bbm_take_tlbi(struct bbm *bbm, enum trace_tlbi tlbi, uint64_t operand);
void bbm_take_publish(struct bbm *bbm, hypmmu_pa pa, uint64_t size);

/* bbm_store.c */
void bbm_take_store(struct bbm *bbm, const struct trace_event *event);
/* bbm_return.c */
void bbm_take_return(struct bbm *bbm);
#endif
