/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge of live changes: a model of what the architecture lets TLBs and walkers hold, fed by the
 * events of trace.h. It includes nothing of the library but the types of its public header.
 *
 * The model. A value in a slot of a table that can be walked may be read by any walker, and cached
 * by any TLB (a leaf with AF = 1) or walk cache (a table), from the store on. A store over it leaves
 * an "old entry" behind, for each PE:
 *   visible  until the store is certain to be seen there: published, if walkers do not snoop, and
 *	      then a DSB of the right domain, of any access type;
 *   cached   until a TLBI that matches it was issued while it could not be read again (neither in
 *	      its slot nor through an old table that could still be walked), and then a DSB of the
 *	      right domain for loads and stores.
 * Unlinking a table leaves old entries of all that is below it. A TLBI matches by address, regime,
 * ASID (tables always, leaves if nG), level hint (of leaves only), granule (ranges), and matches
 * tables only if it is not a last-level form; a contiguous leaf may be cached entry by entry.
 *
 * The rules, by the names that bbm_fault.rule has:
 *   no-break             a valid descriptor became another that needs break-before-make
 *   resize-with-change   with BBM_NOABORT: size or Contiguous changed, and something else with it
 *   group-mixed          members of a contiguous group differ in output, type or Contiguous
 *   new-before-old       something new while what lost a right may still be cached elsewhere
 * An old entry that conflicts with what is stored, or is left at the end of the call:
 *   not-visible unpublished dsb-scope       the store over it is not certain to be seen
 *   no-tlbi tlbi-address                    no TLBI since, none that matches its address
 *   tlbi-before-dsb                         it could be read again after the TLBI
 *   tlbi-incomplete                         no DSB has waited for the TLBI
 *   tlbi-scope tlbi-regime tlbi-last-level tlbi-level tlbi-asid tlbi-granule   it did not match
 *   tlbi-undefined                          at once: a range form without FEAT_TLBIRANGE
 * Table pages:
 *   link-before-contents link-unpublished link-garbage   what is linked is not ready to be walked
 *   linked-elsewhere                        a table linked at two addresses
 *   freed-while-walked written-while-walked written-while-free
 *   unseen-store                            memory is not what the events say
 * The end of a call:
 *   no-isb   staged-left (an invalid descriptor that is not 0)   group-broken   af-lost   dirty-lost
 */
#ifndef BBM_H
#define BBM_H
#include "trace.h"

struct bbm_fault {
	const char *rule;
	hypmmu_va va;
	int level;
	hypmmu_pa slot_pa;
	hypmmu_desc old, value; /* the old entry, and what conflicts with it */
	unsigned long event;
};

struct bbm *bbm_new(void); /* NULL: no memory */
void bbm_delete(struct bbm *bbm);
/* A sink: ctx is the struct bbm. After the first fault events are not looked at any more. */
void bbm_take(void *ctx, const struct trace_event *event);
/* NULL: none so far. */
const struct bbm_fault *bbm_fault(const struct bbm *bbm);
void bbm_print(const struct bbm_fault *fault);

/* Is there a leaf in this slot that hardware may write to next: one that a walker can reach and
 * whose AF is 0, or that is clean with DBM? With HA and HD only. */
bool bbm_hardware_may_write(const struct bbm *bbm, hypmmu_pa slot, hypmmu_desc *leaf);
/* The first address that a slot of a linked table translates, and its level; false: there is no such
 * table. */
bool bbm_find_slot(const struct bbm *bbm, hypmmu_pa slot, hypmmu_va *va, int *level);
/* Such a slot, picked at random; false: none was found. */
bool bbm_pick_leaf(const struct bbm *bbm, uint64_t random, hypmmu_pa *slot, hypmmu_desc *leaf);

/* Counted since the last call began: for tests of the number of TLBIs and barriers. */
struct bbm_counts {
	size_t stores, dsbs, isbs, tlbis, publishes;
};
struct bbm_counts bbm_counts(const struct bbm *bbm);
#endif
