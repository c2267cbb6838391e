/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libhypmmu: build, change, read and enable AArch64 EL2 stage-1 translation tables.
 *
 * In order of use: results, configure, pages, attributes, start, change, read, registers. First
 * success takes six calls: hypmmu_arch_read_id(), hypmmu_config_from_id(), hypmmu_pool_init(),
 * hypmmu_init(), hypmmu_apply(), hypmmu_arch_enable(); README.md has them as a program.
 *
 * What holds for every call:
 * - Nothing allocates, prints, panics or keeps globals. The caller owns every object.
 * - On any error nothing has changed: no descriptor, no table page, no object. Where that is not so
 *   the function says it.
 * - Sizes are in bytes. A range is its first byte and its size; it may end at the last byte of the
 *   address space. Nothing is rounded or clamped.
 * - Any exception level, MMU on or off: these functions only touch memory. What needs a system
 *   register or a barrier is in arch.h.
 * - One writer at a time for each struct hypmmu. Hardware walkers may run beside it. So may query,
 *   translate, next_leaf and dump on other CPUs: they see each leaf as it was, as it will be, or
 *   absent during a break, never a mixture; see hypmmu_pages.free. All other calls need the
 *   writer's lock.
 * - A callback must not change, start or stop the address space that called it: BUSY. (Except that
 *   calls whose mmu is const cannot tell: their to_ptr and to_pa have to be as pure as they say.)
 */
#ifndef HYPMMU_HYPMMU_H
#define HYPMMU_HYPMMU_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define HYPMMU_VERSION 0x000100 /* major, minor, patch: one byte each */
#if defined(__GNUC__)
#define HYPMMU_CHECKED __attribute__((warn_unused_result))
#else
#define HYPMMU_CHECKED
#endif

/* ---- Results: functions returning int return 0 or one of these; the values never change ---- */

enum hypmmu_err {
	HYPMMU_OK = 0,
	/* The call is wrong: */
	HYPMMU_ERR_ARG = -1,	 /* NULL, an unknown operation, flag or bit */
	HYPMMU_ERR_CONFIG = -2,	 /* the architecture has no such configuration */
	HYPMMU_ERR_ALIGN = -3,	 /* not a multiple of the granule */
	HYPMMU_ERR_RANGE = -4,	 /* empty, wraps, or beyond va_bits or pa_bits */
	HYPMMU_ERR_ATTR = -5,	 /* no R, W with X, X on Device, not of this regime or CPU */
	HYPMMU_ERR_OVERLAP = -6, /* two changes cross: report->index and ->other */
	HYPMMU_ERR_IDMAP = -7,	 /* identity text not in one page, or in the linear range */
	HYPMMU_ERR_BUSY = -8,	 /* called from one of the library's own callbacks */
	/* The tables do not allow it: */
	HYPMMU_ERR_CONFLICT = -20, /* something else is mapped there */
	HYPMMU_ERR_UNMAPPED = -21, /* nothing is mapped there */
	HYPMMU_ERR_BREAK = -22,	   /* needs a break: HYPMMU_MAY_BREAK or HYPMMU_NEW_ROOT */
	/* The world does not allow it: */
	HYPMMU_ERR_NOMEM = -40,	      /* the page source is empty */
	HYPMMU_ERR_NOSPACE = -41,     /* no virtual range is left */
	HYPMMU_ERR_UNSUPPORTED = -42, /* this CPU, or this version of the library, lacks it */
	HYPMMU_ERR_STATE = -43,	 /* wrong exception level, E2H, MMU or liveness for this call */
	HYPMMU_ERR_PINNED = -44, /* would break, remove or weaken a pinned range */
	/* Cannot happen: */
	HYPMMU_ERR_PAGES = -60,	  /* the page source gave a page that cannot be a table */
	HYPMMU_ERR_CORRUPT = -61, /* the tables break an invariant */
};

/* One line for people, never NULL, for any value. */
const char *hypmmu_strerror(int err);

/* ---- Configure ---- */

typedef uint64_t hypmmu_va, hypmmu_pa, hypmmu_desc;

enum hypmmu_granule { HYPMMU_4K = 12, HYPMMU_16K = 14, HYPMMU_64K = 16 }; /* log2 of the bytes */

enum hypmmu_regime {
	HYPMMU_EL2 = 1,	    /* HCR_EL2.E2H = 0: TTBR0_EL2 */
	HYPMMU_EL2_0_LOWER, /* HCR_EL2.E2H = 1: TTBR0_EL2 */
	HYPMMU_EL2_0_UPPER, /* HCR_EL2.E2H = 1: TTBR1_EL2; addresses with all top bits set */
};

/* hypmmu_config.hw: what the CPU has. hypmmu_config_from_id() fills it in. */
#define HYPMMU_HW_LPA	      (1u << 0) /* FEAT_LPA: 64K granule with 52-bit output addresses */
#define HYPMMU_HW_LPA2	      (1u << 1) /* FEAT_LPA2 for the granule, 4K or 16K: 52 bits (TCR_EL2.DS) */
#define HYPMMU_HW_LVA	      (1u << 2) /* FEAT_LVA: 64K granule with 52-bit virtual addresses */
#define HYPMMU_HW_TTST	      (1u << 3) /* FEAT_TTST: va_bits below 25 */
/* Block size and Contiguous of a live mapping may change without a break, and no TLB conflict abort
 * is ever raised for it: ID_AA64MMFR2_EL1.BBM >= 3. On cores whose maker promises the same with a
 * smaller value the caller sets it. Levels 1 and 2 alone promise too little and change nothing. */
#define HYPMMU_HW_BBM_NOABORT (1u << 4)
#define HYPMMU_HW_HPD	      (1u << 5)	 /* FEAT_HPDS: TCR_EL2.HPD, which is then set */
#define HYPMMU_HW_TLBIRANGE   (1u << 6)	 /* FEAT_TLBIRANGE */
#define HYPMMU_HW_TTL	      (1u << 7)	 /* FEAT_TTL: level hints in TLBI operands */
#define HYPMMU_HW_CNP	      (1u << 8)	 /* FEAT_TTCNP */
#define HYPMMU_HW_BTI	      (1u << 9)	 /* FEAT_BTI: HYPMMU_GUARDED */
#define HYPMMU_HW_MTE	      (1u << 10) /* FEAT_MTE2: HYPMMU_NORMAL_TAGGED */
#define HYPMMU_HW_HAFDBS      (1u << 11) /* FEAT_HAFDBS: access flag and dirty state */
/* FEAT_S1PIE: HYPMMU_USE_S1PIE. Not even hypmmu_config_from_id() sets it: EL3 may trap or disable
 * TCR2_EL2 and PIR_EL2 (SCR_EL3.TCR2En, PIEn), and no ID register tells. The caller knows his
 * firmware; the CPU's ID must have the feature, too. */
#define HYPMMU_HW_S1PIE	      (1u << 12)

/* hypmmu_config.use: what the caller wants. UNSUPPORTED where the CPU lacks it. */
#define HYPMMU_USE_CONT	       (1u << 0) /* the Contiguous hint, see HYPMMU_MAP and HYPMMU_MERGE */
#define HYPMMU_USE_CNP	       (1u << 1) /* TTBR0_EL2.CnP: every CPU runs on this very root */
#define HYPMMU_USE_HAFDBS      (1u << 2) /* TCR_EL2.HA and HD */
#define HYPMMU_USE_BIG_ENDIAN  (1u << 3) /* SCTLR_EL2.EE: tables and data */
#define HYPMMU_USE_NO_WXN      (1u << 4) /* leave SCTLR_EL2.WXN clear */
#define HYPMMU_USE_LOCAL_TLBI  (1u << 5) /* no other CPU ever uses these tables */
#define HYPMMU_USE_REPEAT_TLBI (1u << 6) /* erratum: a second TLBI and DSB after the first */
/* TCR_EL2.TBI: loads, stores and fetches ignore VA[63:56] (TBID stays 0). This is about pointers:
 * here a VA is without tag, but hypmmu_walk() and hypmmu_translate() take any. */
#define HYPMMU_USE_TBI	       (1u << 7)
/* TCR_EL2.TCMA: no check for addresses with tag 0, in the upper half 15; HYPMMU_HW_MTE. Without
 * USE_TBI there are no checks at all. */
#define HYPMMU_USE_TCMA	       (1u << 8)
/* TCR2_EL2.PIE: leaves have a number, PIIndex, and PIR_EL2 says what it permits. Tables written so
 * mean nothing without it. SCTLR_EL2.WXN has no say; nothing in PIR_EL2 is W and X. */
#define HYPMMU_USE_S1PIE       (1u << 9)

struct hypmmu_config {
	enum hypmmu_granule granule;
	enum hypmmu_regime regime;
	uint8_t va_bits; /* 64 - TxSZ: 16 (64K: 17) to 52 */
	uint8_t pa_bits; /* 32, 36, 40, 42, 44, 48 or 52; TCR_EL2.PS */
	uint16_t asid;	 /* EL2&0: both halves; in TTBR0_EL2, TTBR1_EL2 and every TLBI operand */
	uint32_t hw, use;
};

/* The ID registers of one CPU, as values: MIDR_EL1, CTR_EL0, ID_AA64MMFR0_EL1 and so on. hcr is
 * HCR_EL2 when read at EL2 (E2H counts), else 0. */
struct hypmmu_id {
	uint64_t midr, ctr, mmfr0, mmfr1, mmfr2, mmfr3, mmfr4, pfr0, pfr1, isar0, isar1, hcr;
};

/*
 * Fills in what is zero in *cfg with the best the CPU offers; what is not zero is a demand.
 * Chosen are: granule, 4K, else 16K, else 64K, the first with which all demands are met; regime, by
 * HCR_EL2.E2H; pa_bits, PARange or the most that the granule's descriptors hold; va_bits, enough to
 * identity-map pa_bits, or the most the CPU translates; hw, all of it. use and asid are never
 * chosen. With any bit of hw set, these bits are demands and the rest is chosen as if the CPU had
 * no more (HYPMMU_HW_S1PIE alone is no such demand: all else is still chosen): so a second CPU is
 * vetted by passing its id and a copy of a filled cfg. (Take a HYPMMU_HW_BBM_NOABORT that ID
 * registers do not confirm out of the copy; where CPUs differ, demand what they have in common.)
 * UNSUPPORTED: the CPU lacks what is demanded, or EL2. CONFIG: no CPU has it. ARG: an unknown bit.
 * On error *cfg is as it was.
 */
HYPMMU_CHECKED int hypmmu_config_from_id(struct hypmmu_config *cfg, const struct hypmmu_id *id);

/* Does VMSAv8-64 have this configuration on a CPU with cfg->hw? For tables of another machine; a
 * CPU's own cfg comes from hypmmu_config_from_id(). CONFIG: no. ARG: an unknown bit. UNSUPPORTED:
 * cfg->use wants what cfg->hw lacks. */
HYPMMU_CHECKED int hypmmu_config_check(const struct hypmmu_config *cfg);

/* ---- Where table memory comes from ---- */

#define HYPMMU_PAGES_ZEROED (1u << 0) /* alloc gives pages that are all zero */

/*
 * A page source; copied where it is passed. Pages stay where they are, and writable, from alloc to
 * free. Every page is checked before it is used: PAGES if it is not aligned to the granule, beyond
 * pa_bits, or to_ptr() does not lead back to it.
 */
struct hypmmu_pages {
	/* One granule, aligned to it, contents undefined; or NULL: NOMEM. Never called after the
	 * first store of a change. */
	void *(*alloc)(void *ctx);
	/* The library is done with the page, which is not linked and not written any more; of live
	 * tables, no walker or TLB has it any more. A query, translate, next_leaf or dump on another
	 * CPU that began before may still be in it: defer reuse if there are any. Called while leaves
	 * of MAY_BREAK changes may be absent. */
	void (*free)(void *ctx, void *table);
	/* Both pure. to_ptr gives NULL unless pa is one of its pages: corrupt tables then end in
	 * CORRUPT, not in a wild read. */
	hypmmu_pa (*to_pa)(void *ctx, const void *table);
	void *(*to_ptr)(void *ctx, hypmmu_pa pa);
	void *ctx;
	/* If all pages lie in one block of memory: both functions may be NULL, and walks are
	 * faster. Address, PA and size are multiples of the granule. */
	void *window;
	hypmmu_pa window_pa;
	size_t window_size;
	uint32_t flags; /* HYPMMU_PAGES_* */
};

/* A page source over one block of memory, lowest page first. Unused pages stay as they were. A page
 * that is given back is written to at once: not for tables that other CPUs read meanwhile. */
struct hypmmu_pool {
	struct hypmmu_pages pages; /* pass &pool.pages to hypmmu_init(); do not move the pool */
	size_t used, peak;	   /* pages now, and at most so far; may be read */
	/* private: */
	unsigned char *base;
	hypmmu_pa base_pa;
	size_t total, fresh, page_size;
	void *free_list;
};

/* base (the pointer), base_pa (its physical address) and size: multiples of the granule, else
 * ALIGN. RANGE: empty or wrapping. CONFIG: no such granule. ARG: NULL. The memory is not
 * touched. */
HYPMMU_CHECKED int hypmmu_pool_init(struct hypmmu_pool *pool, enum hypmmu_granule granule,
				    void *base, hypmmu_pa base_pa, size_t size);

/* ---- What a mapping is: one word, so that layouts can be static const; 0 is invalid ---- */

typedef uint32_t hypmmu_attr;
#define HYPMMU_R	     (1u << 0) /* required */
#define HYPMMU_W	     (1u << 1) /* never with X */
#define HYPMMU_X	     (1u << 2) /* never on Device */
#define HYPMMU_USER	     (1u << 3) /* EL2&0: EL0 has R, W, X; EL2 has R and W only */
/* Exactly one memory type; the number is AttrIndx. Normal memory is Inner Shareable. */
#define HYPMMU_NORMAL	     (0u << 4) /* Write-Back, Read- and Write-Allocate */
#define HYPMMU_NORMAL_NC     (1u << 4) /* Non-cacheable */
#define HYPMMU_NORMAL_WT     (2u << 4) /* Write-Through */
#define HYPMMU_NORMAL_TAGGED (3u << 4) /* Write-Back, with Allocation Tags; HYPMMU_HW_MTE */
#define HYPMMU_DEVICE_NGNRNE (4u << 4)
#define HYPMMU_DEVICE_NGNRE  (5u << 4)
#define HYPMMU_DEVICE_NGRE   (6u << 4)
#define HYPMMU_DEVICE_GRE    (7u << 4)
#define HYPMMU_GUARDED	     (1u << 7) /* GP: branch targets checked; HYPMMU_HW_BTI */
/* The output is Non-secure memory, not Secure or Realm memory. For Secure and Realm EL2; RES0 in
 * Non-secure EL2, which the library cannot tell. With X: Realm EL2 never fetches from there, Secure
 * EL2 only while SCR_EL3.SIF is 0. A live change of it is a break. */
#define HYPMMU_NS	     (1u << 8)
#define HYPMMU_DBM	     (1u << 9)	       /* with W and USE_HAFDBS: first write is recorded */
#define HYPMMU_NG	     (1u << 10)	       /* EL2&0: of this ASID only */
#define HYPMMU_SW(n)	     (((n)&15u) << 12) /* the caller's: descriptor bits [58:55] */

#define HYPMMU_CODE   (HYPMMU_R | HYPMMU_X | HYPMMU_NORMAL)
#define HYPMMU_RODATA (HYPMMU_R | HYPMMU_NORMAL)
#define HYPMMU_DATA   (HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL)
#define HYPMMU_MMIO   (HYPMMU_R | HYPMMU_W | HYPMMU_DEVICE_NGNRE)

/* ---- Start and stop ---- */

struct hypmmu_maint;

struct hypmmu_geometry {	  /* private: what a configuration means for the tables */
	hypmmu_va va_base;	  /* first address of the regime's range */
	uint64_t oa_low, oa_high; /* output address bits of a descriptor: as they are, and folded */
	hypmmu_attr attr_mask;	  /* attributes this regime and CPU have */
	uint16_t last_slot[5];	  /* by level + 1: the highest index */
	uint16_t in_page;	  /* address bits within a granule */
	uint8_t shift[5];	  /* by level + 1: log2 of the bytes that a slot translates */
	uint8_t cont[4];	  /* by level: log2 entries of a contiguous group, 0: none */
	uint8_t oa_fold;	  /* how far the folded ones are shifted down */
	uint8_t root_turn;	  /* 3 - shift of the root, modulo 64 */
	uint8_t page_shift, va_bits, pa_bits;
	uint8_t stride;			 /* address bits that a level resolves */
	int8_t start_level, block_level; /* of the root; the highest that may hold leaves */
	bool ds, two_privileges;	 /* TCR_EL2.DS; EL2&0 */
	bool indirect;			 /* TCR2_EL2.PIE */
	bool tagged, resize_live, swap;	 /* MTE; BBM_NOABORT; foreign byte order */
};

struct hypmmu_stale { /* a range whose cached translations are stale */
	hypmmu_va va;
	uint64_t size; /* 0: the whole regime */
	int8_t level;  /* of its leaves; INT8_MAX when mixed */
	bool walks;    /* tables changed too: not last-level TLBIs */
};

#define HYPMMU_STALE 8

struct hypmmu_queue { /* private: what a change leaves stale */
	struct hypmmu_stale list[HYPMMU_STALE];
	uint8_t n;
};

#define HYPMMU_PINS  8
#define HYPMMU_LINKS 65

struct hypmmu_pinned { /* private: see hypmmu_pin() */
	hypmmu_va va, last;
};

/* An address space. It holds no pointer to a table: the root is a PA. Never initialised but all
 * zero, or destroyed: every call gives STATE. */
struct hypmmu {
	/* may be read: */
	struct hypmmu_config cfg;
	hypmmu_pa root;
	size_t tables; /* pages in the tree, root included */
	struct hypmmu_pages pages;
	const struct hypmmu_maint *maint; /* not NULL: live */
	/* private: */
	struct hypmmu_pinned pin[HYPMMU_PINS];
	uint8_t pins;
	hypmmu_pa old_root; /* of NEW_ROOT, until hypmmu_reclaim() */
	size_t old_tables;  /* below it; 0: there is none */
	struct hypmmu_queue queue;
	struct hypmmu_geometry geo;
	hypmmu_desc page;	     /* the template of the last page that was mapped alone, */
	hypmmu_attr attr;	     /* and its attributes; 0: there was none */
	uint8_t links[HYPMMU_LINKS]; /* of a list of changes, while a call is under way */
	bool busy;		     /* a call is under way: a callback may not start another */
};

/* An empty address space: takes one page, the root, and writes all of it. cfg and pages are checked
 * (as hypmmu_config_check(); ARG, ALIGN, RANGE) before *mmu is touched; on NOMEM and PAGES *mmu is
 * all zero. */
HYPMMU_CHECKED int hypmmu_init(struct hypmmu *mmu, const struct hypmmu_config *cfg,
			       const struct hypmmu_pages *pages);

/* A tree that libhypmmu built elsewhere (an earlier stage, the host, a file) with the same cfg, of
 * at most max_tables pages, each of them one of `pages`. It passes hypmmu_check(), else CORRUPT and
 * *mmu is all zero. Not live until hypmmu_set_live(). Takes time with the square of the tables. */
HYPMMU_CHECKED int hypmmu_adopt(struct hypmmu *mmu, const struct hypmmu_config *cfg,
				const struct hypmmu_pages *pages, hypmmu_pa root,
				size_t max_tables);

/* The same tables seen through other pointers (physical addresses before, hyp VAs after). PAGES if
 * the root is not one of them. ARG, ALIGN, RANGE: as hypmmu_init(). */
HYPMMU_CHECKED int hypmmu_set_pages(struct hypmmu *mmu, const struct hypmmu_pages *pages);

/*
 * Nobody may miss [va, va + size), any alignment: running code, stacks, vectors. From now on a change
 * that would unmap, break (even with MAY_BREAK) or weaken a byte of it is PINNED, live or not. To
 * weaken is to take away W or X, or to change anything but the address space's software bits.
 * RANGE: empty, or beyond va_bits. NOSPACE: there are HYPMMU_PINS already.
 */
HYPMMU_CHECKED int hypmmu_pin(struct hypmmu *mmu, hypmmu_va va, uint64_t size);

/* Takes back a pin of exactly this range. UNMAPPED: there is none. */
HYPMMU_CHECKED int hypmmu_unpin(struct hypmmu *mmu, hypmmu_va va, uint64_t size);

/* Gives every page back; *mmu is all zero. STATE while live. CORRUPT: the tree did not have as many
 * tables as it should; those that were found are given back. */
int hypmmu_destroy(struct hypmmu *mmu);

/*
 * How the machine learns of changes. arch.h has one; a host that edits EL2 tables from EL1 has its
 * own, whose sync calls EL2. Both are called in the middle of a change, on the writer's CPU, and
 * cannot fail; what they touch themselves must not be what the change breaks.
 */
struct hypmmu_maint {
	/* Descriptors at [p, p + size) were stored: clean them where walkers do not snoop. */
	void (*publish)(void *ctx, const void *p, size_t size);
	/* The stores so far become visible to walkers: DSB. If n: TLBI of the n ranges, at most 8, on
	 * all CPUs that use the tables, and DSB. Then ISB. A change calls it at most three times, and
	 * at most twice with n. */
	void (*sync)(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		     size_t n);
	void *ctx;
	/* The writer itself runs on these tables, and its pointers to table pages are addresses in
	 * them. What a change would break or unmap, or take W from, while it has to touch a table
	 * page there is then PINNED. */
	bool self;
};

/*
 * Publishes every table, then syncs: from here on walkers may use the tables, and a change obeys
 * break-before-make. Before the MMU goes on; hypmmu_arch_enable() calls it. *maint must stay. NULL:
 * no walker uses them any more, and nothing is published. ARG: a function is missing. CORRUPT: the
 * root is no page.
 */
HYPMMU_CHECKED int hypmmu_set_live(struct hypmmu *mmu, const struct hypmmu_maint *maint);

/* ---- Change ---- */

enum hypmmu_op {
	/* Each byte must be unmapped, or mapped to the same pa with the same attr (leaf size, hint,
	 * AF and dirty state aside) and is then left as it is; else CONFLICT. Leaves are the
	 * largest that are legal, aligned in va and pa, and lie in the range. With USE_CONT each
	 * aligned group of leaves that the change makes gets the Contiguous hint; so does one that
	 * it completes, if no leaf has to be broken for it or, with MAY_BREAK, none outside the
	 * range (outside: for a lone change only). */
	HYPMMU_MAP,
	/* UNMAPPED at a hole. Splits blocks at its ends; tables that end empty are given back. */
	HYPMMU_UNMAP,
	/* attr, same pa; UNMAPPED at a hole. What has these attributes already is not split.
	 * A change of memory type: clean the caches of the range first. */
	HYPMMU_PROTECT,
	/* Leaf boundaries, and those of contiguous groups, at both ends; with PAGES_ONLY into pages
	 * without the hint. Holes are fine. */
	HYPMMU_SPLIT,
	/* Tables whose leaves, all in the range, are one larger leaf become that leaf; with USE_CONT
	 * groups of leaves get the hint. Holes are fine. Merges that touch count as one, which
	 * MAY_BREAK if all of them may. Live: by a break, always. */
	HYPMMU_MERGE,
	/* Leave as it is: a hole in an earlier change of the list. */
	HYPMMU_KEEP,
};

#define HYPMMU_PAGES_ONLY (1u << 0) /* MAP: no blocks, no Contiguous hint. SPLIT: see there */
/* Live: whole leaves, and contiguous groups of leaves, that meet the range may be absent for a
 * moment; the caller answers for what other CPUs do there then, and takes no exception himself that
 * needs them. Broken are leaves that change their size (a split, a merge), hint, address, memory
 * type or shareability, or lose nG; with HYPMMU_HW_BBM_NOABORT not for a split or the hint. Without
 * this flag such a change is BREAK. */
#define HYPMMU_MAY_BREAK  (1u << 1)
/* Live: never break. Every table on the way to a change, of this one and of the others in the list,
 * is copied and the copy changed; mmu->root is then the new root, and the old tables stay as they
 * are. Each CPU calls hypmmu_arch_switch() with hypmmu_get_regs() of the new root; then
 * hypmmu_reclaim(). Until then every other change is STATE. UNSUPPORTED with USE_CNP. Not live:
 * ignored. */
#define HYPMMU_NEW_ROOT	  (1u << 2)
#define HYPMMU_SKIP_HOLES (1u << 3) /* UNMAP, PROTECT: what is not mapped is passed over */

struct hypmmu_change {
	enum hypmmu_op op; /* MAP is 0: a list of mappings need not say so */
	hypmmu_va va;
	hypmmu_pa pa; /* MAP */
	uint64_t size;
	hypmmu_attr attr; /* MAP, PROTECT */
	uint32_t flags;
	const char *name; /* for the caller's messages; never read */
};

struct hypmmu_report {	       /* always filled in whole; on error the counts are 0 */
	size_t tables, freed;  /* pages taken, pages given back */
	size_t leaves, breaks; /* leaves made, changed, removed or merged into; slots broken */
	size_t index, other;   /* on error: the change at fault; OVERLAP: the one it crosses */
	hypmmu_va va;	       /* on error: the first address at fault, */
	hypmmu_desc desc;      /* the descriptor there, */
	int8_t level;	       /* and its level */
};

/*
 * Carries out all n changes or none. Disjoint changes may come in any order; a change that lies
 * within an earlier one replaces it there; any other overlap is OVERLAP. report may be NULL.
 * Changes are not joined: two that cover a block between them split it. A flag that an operation
 * does not know is ignored.
 *
 * First the list is checked: ARG, ALIGN, RANGE, ATTR, OVERLAP name the first change at fault. Then
 * the tables: CONFLICT, UNMAPPED, BREAK, PINNED, CORRUPT name the lowest address at fault. Then
 * exactly report->tables pages are taken: NOMEM, PAGES; PINNED again, if the writer would lose sight
 * of one of them (maint->self). Then it cannot fail. BUSY, STATE: see the top, NEW_ROOT.
 *
 * New tables are filled before the one store that links them. Live, moreover: what is removed, loses
 * a right or is broken is gone from all TLBs before anything new is there, in the whole list, and
 * before the call ends; tables are given back only after that. What is merely added, or changes its
 * software bits, costs no TLBI.
 */
HYPMMU_CHECKED int hypmmu_apply(struct hypmmu *mmu, const struct hypmmu_change *changes, size_t n,
				struct hypmmu_report *report);

/* What hypmmu_apply() would report, without taking a page. After 0, apply() of the same list to the
 * same tables can only fail with NOMEM, PAGES or, for new pages, PINNED. */
HYPMMU_CHECKED int hypmmu_plan(const struct hypmmu *mmu, const struct hypmmu_change *changes,
			       size_t n, struct hypmmu_report *report);

/* Plans on an empty tree: report->tables is what the layout needs, its root included. Needs no page
 * source, so that a pool can be sized by it, at build time too. ARG: report is NULL. */
HYPMMU_CHECKED int hypmmu_tables_needed(const struct hypmmu_config *cfg,
					const struct hypmmu_change *changes, size_t n,
					struct hypmmu_report *report);

/* hypmmu_apply() of one change, without a report. */
HYPMMU_CHECKED int hypmmu_map(struct hypmmu *mmu, const struct hypmmu_change *map);
HYPMMU_CHECKED int hypmmu_idmap(struct hypmmu *mmu, hypmmu_pa pa, uint64_t size, hypmmu_attr attr);
HYPMMU_CHECKED int hypmmu_unmap(struct hypmmu *mmu, hypmmu_va va, uint64_t size, uint32_t flags);
HYPMMU_CHECKED int hypmmu_protect(struct hypmmu *mmu, hypmmu_va va, uint64_t size, hypmmu_attr attr,
				  uint32_t flags);

/*
 * After NEW_ROOT, and after every CPU has switched: gives back the tables that only the old root
 * leads to. What hardware wrote to the old leaves meanwhile (AF, dirty state) the new ones take over.
 * STATE: there is no old root.
 */
int hypmmu_reclaim(struct hypmmu *mmu);

/* ---- Read ---- */

struct hypmmu_leaf {
	hypmmu_va va;
	hypmmu_pa pa;
	uint64_t size;
	hypmmu_attr attr;
	int8_t level;
	bool contiguous, accessed, dirty; /* Contiguous; AF; writable and, with DBM, written */
	hypmmu_desc desc;		  /* in the host's byte order */
};

/* The leaf that translates va. UNMAPPED: *leaf has va, size, level and desc of the empty slot.
 * RANGE: va is not in the regime's range. */
HYPMMU_CHECKED int hypmmu_query(const struct hypmmu *mmu, hypmmu_va va, struct hypmmu_leaf *leaf);

/* The first leaf above *leaf; a zeroed *leaf starts at the bottom. False: no more. What no table of
 * ours holds is passed over; on tables that fail hypmmu_check() it may take as long as the address
 * space is large. */
bool hypmmu_next_leaf(const struct hypmmu *mmu, struct hypmmu_leaf *leaf);

/* Are these n byte ranges (va, pa, size, attr; the rest is not read) mapped exactly so? Any
 * alignment. UNMAPPED, CONFLICT or RANGE, and where. */
HYPMMU_CHECKED int hypmmu_expect(const struct hypmmu *mmu, const struct hypmmu_change *maps,
				 size_t n, struct hypmmu_report *report);

/* Every invariant that docs/DESIGN.md lists: CORRUPT, and where. Comes back whatever the tables
 * hold; takes time with the square of mmu->tables. report may be NULL. */
HYPMMU_CHECKED int hypmmu_check(const struct hypmmu *mmu, struct hypmmu_report *report);

/* The address space as text: the configuration, one line for each run of like leaves (VA, PA, size,
 * permissions, type, count) and for each slot that no table of ours holds, the tables by level.
 * print gets one line at a time, without a newline, valid during the call. Tables that fail
 * hypmmu_check(): see hypmmu_next_leaf(). */
void hypmmu_dump(const struct hypmmu *mmu, void (*print)(void *ctx, const char *line), void *ctx);

/* ---- Registers, and what the MMU makes of them ---- */

struct hypmmu_regs { /* complete values; the caller may OR further bits into sctlr */
	uint64_t mair, tcr, ttbr0, ttbr1, sctlr, hcr; /* of hcr only E2H */
	uint64_t tcr2, mair2, pir, pire0;	      /* 0 without USE_S1PIE; mair2 always */
};

/* The values for these address spaces. EL2: lower alone. EL2&0: either half may be NULL, and walks
 * of it are then disabled (TCR_EL2.EPDn). The halves share pa_bits, TCR_EL2.DS, HA and HD, the byte
 * order, WXN, MTE, PIE and the ASID: CONFIG if these differ. TBI and TCMA are of each half. */
HYPMMU_CHECKED int hypmmu_get_regs(const struct hypmmu *lower, const struct hypmmu *upper,
				   struct hypmmu_regs *regs);

enum hypmmu_access {
	HYPMMU_READ,
	HYPMMU_WRITE,
	HYPMMU_FETCH,
	HYPMMU_EL0_READ,
	HYPMMU_EL0_WRITE,
	HYPMMU_EL0_FETCH,
};

enum hypmmu_fault {
	HYPMMU_FAULT_NONE,
	HYPMMU_FAULT_TRANSLATION,
	HYPMMU_FAULT_ADDRESS_SIZE,
	HYPMMU_FAULT_ACCESS_FLAG,
	HYPMMU_FAULT_PERMISSION,
	HYPMMU_FAULT_EXTERNAL,
};

struct hypmmu_translation {
	enum hypmmu_fault fault; /* of the access that was asked */
	uint8_t fsc;		 /* ESR_EL2.DFSC or IFSC of the fault */
	int8_t level;		 /* of the leaf or the fault */
	uint8_t allowed; /* bit (1 << enum hypmmu_access) for each access that would succeed */
	/* With no fault, an access flag fault or a permission fault: */
	uint8_t mair, sh; /* type in effect; effective shareability: 0 none, 2 outer, 3 inner */
	hypmmu_pa pa;	  /* of va itself */
	/* 0 if the walk ended before the first descriptor: */
	uint64_t size;	   /* of the leaf, or of the hole */
	hypmmu_desc desc;  /* the last descriptor read; 0 if reading it was an external abort */
	hypmmu_pa desc_pa; /* its address */
	uint64_t par;	   /* PAR_EL1 after AT */
};

/* A CPU and its memory, real or recorded. */
struct hypmmu_machine {
	struct hypmmu_regs regs;
	struct hypmmu_id id;
	/* The 8 bytes as they lie at pa; false: external abort. */
	bool (*read)(void *ctx, hypmmu_pa pa, unsigned char bytes[8]);
	void *ctx;
};

/*
 * What the MMU makes of va: whether the access succeeds; *t is always filled in. Reads memory only
 * through `read`, at most once for each level. Non-secure, PSTATE.PAN = 0, 64-bit descriptors, no
 * FEAT_S1POE. Where the architecture leaves a choice: TxSZ out of bounds and nT blocks (FEAT_BBM
 * level 1 or 2) fault, a contiguous group wider than the address range does not, a reserved TG is
 * 4K, and PAR_EL1.NS, UNKNOWN here, is 1. With SCTLR_EL2.C or I clear, mair says so.
 */
bool hypmmu_walk(const struct hypmmu_machine *machine, hypmmu_va va, enum hypmmu_access access,
		 struct hypmmu_translation *t);

/* hypmmu_walk() of our own tables, with the registers of hypmmu_get_regs(). */
bool hypmmu_translate(const struct hypmmu *mmu, hypmmu_va va, enum hypmmu_access access,
		      struct hypmmu_translation *t);
#ifdef __cplusplus
}
#endif
#endif
