/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libhypmmu: build, change, read and enable AArch64 EL2 stage-1 translation tables.
 * In order of use: results, configure, pages, attributes, start, change, read, registers. Nothing
 * allocates, prints, panics or keeps globals; the caller owns every object. On any error nothing has
 * changed. Sizes are bytes; a range is its first byte and its size, and may end at the last byte of
 * the address space. One writer at a time per struct hypmmu. Hardware walkers may run beside it. So
 * may query, translate, next_leaf and dump on other CPUs: they see a leaf as it was, as it will be,
 * or (during a break) absent, never a mixture; see hypmmu_pages.free. All other calls need the
 * writer's lock.
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
	HYPMMU_ERR_ARG = -1,     /* NULL, an unknown operation, flag or bit */
	HYPMMU_ERR_CONFIG = -2,  /* the architecture has no such configuration */
	HYPMMU_ERR_ALIGN = -3,   /* not a multiple of the granule */
	HYPMMU_ERR_RANGE = -4,   /* empty, wraps, or beyond va_bits or pa_bits */
	HYPMMU_ERR_ATTR = -5,    /* no R, W with X, X on Device, not of this regime or CPU */
	HYPMMU_ERR_OVERLAP = -6, /* two changes cross: report->index and ->other */
	HYPMMU_ERR_IDMAP = -7,   /* hyp.h: identity text not in one page, or in the linear range */
	HYPMMU_ERR_BUSY = -8,    /* called from one of the library's own callbacks */
	/* The tables do not allow it: */
	HYPMMU_ERR_CONFLICT = -20, /* something else is mapped there */
	HYPMMU_ERR_UNMAPPED = -21, /* nothing is mapped there */
	HYPMMU_ERR_BREAK = -22,    /* needs break-before-make: HYPMMU_MAY_BREAK or HYPMMU_NEW_ROOT */
	/* The world does not allow it: */
	HYPMMU_ERR_NOMEM = -40,       /* the page source is empty */
	HYPMMU_ERR_NOSPACE = -41,     /* no virtual range is left */
	HYPMMU_ERR_UNSUPPORTED = -42, /* this CPU lacks it */
	HYPMMU_ERR_STATE = -43,       /* wrong exception level, E2H, MMU or liveness for this call */
	HYPMMU_ERR_PINNED = -44,      /* would break, remove or weaken a pinned range */
	/* Cannot happen: */
	HYPMMU_ERR_PAGES = -60,   /* the page source gave a misaligned page or one beyond pa_bits */
	HYPMMU_ERR_CORRUPT = -61, /* the tables break an invariant */
};
const char *hypmmu_strerror(int err);
/* ---- Configure ---- */
typedef uint64_t hypmmu_va, hypmmu_pa, hypmmu_desc;
#define HYPMMU_PA_NONE UINT64_MAX /* "no such memory", from a to_pa callback */

enum hypmmu_granule { HYPMMU_4K = 12, HYPMMU_16K = 14, HYPMMU_64K = 16 }; /* log2 of the bytes */
enum hypmmu_regime {
	HYPMMU_EL2 = 1,     /* HCR_EL2.E2H = 0: TTBR0_EL2 */
	HYPMMU_EL2_0_LOWER, /* HCR_EL2.E2H = 1: TTBR0_EL2 */
	HYPMMU_EL2_0_UPPER, /* HCR_EL2.E2H = 1: TTBR1_EL2; addresses with all top bits set */
};
/* What the CPU has; hypmmu_config_from_id() fills it in. */
#define HYPMMU_HW_LPA       (1u << 0) /* 64K granule: 52-bit output */
#define HYPMMU_HW_LPA2      (1u << 1) /* 4K and 16K: 52 bits (TCR_EL2.DS) */
#define HYPMMU_HW_LVA       (1u << 2)
#define HYPMMU_HW_TTST      (1u << 3)
/* Block size and Contiguous of a live mapping may change without a break, and no TLB conflict abort
 * is ever raised for it: ID_AA64MMFR2_EL1.BBM >= 3. On cores whose maker promises the same with a
 * smaller value the caller sets it. Levels 1 and 2 alone promise too little and change nothing. */
#define HYPMMU_HW_BBM_NOABORT (1u << 4)
#define HYPMMU_HW_HPD       (1u << 5)
#define HYPMMU_HW_TLBIRANGE (1u << 6)
#define HYPMMU_HW_TTL       (1u << 7)
#define HYPMMU_HW_CNP       (1u << 8)
#define HYPMMU_HW_BTI       (1u << 9)
#define HYPMMU_HW_MTE       (1u << 10)
#define HYPMMU_HW_HAFDBS    (1u << 11)
/* What the caller wants; UNSUPPORTED where the CPU lacks it. */
#define HYPMMU_USE_CONT        (1u << 0) /* the Contiguous hint */
#define HYPMMU_USE_CNP         (1u << 1) /* every CPU runs on this very root */
#define HYPMMU_USE_HAFDBS      (1u << 2) /* hardware access flag and dirty state */
#define HYPMMU_USE_BIG_ENDIAN  (1u << 3) /* SCTLR_EL2.EE: tables and data */
#define HYPMMU_USE_NO_WXN      (1u << 4) /* leave SCTLR_EL2.WXN clear */
#define HYPMMU_USE_LOCAL_TLBI  (1u << 5) /* no other CPU ever uses these tables */
#define HYPMMU_USE_REPEAT_TLBI (1u << 6) /* erratum: TLBI and DSB twice */

struct hypmmu_config {
	enum hypmmu_granule granule;
	enum hypmmu_regime regime;
	uint8_t va_bits, pa_bits; /* 64 - TxSZ: 16 (64K: 17) to 52; 32, 36, 40, 42, 44, 48 or 52 */
	uint16_t asid;            /* EL2&0: both halves; in TTBR0, TTBR1 and every TLBI operand */
	uint32_t hw, use;
};
/* ID registers of one CPU, as values; hcr is HCR_EL2 at EL2 (E2H counts), else 0. */
struct hypmmu_id {
	uint64_t midr, ctr, mmfr0, mmfr1, mmfr2, mmfr3, mmfr4, pfr0, pfr1, isar0, isar1, hcr;
};
/* Zero fields become the best the CPU offers (va_bits: enough to identity-map pa_bits); others are
 * demands, UNSUPPORTED if unmet. To vet a second CPU, pass its id and a copy of a filled cfg. */
HYPMMU_CHECKED int hypmmu_config_from_id(struct hypmmu_config *cfg, const struct hypmmu_id *id);
/* Does VMSAv8-64 have this configuration, given cfg->hw? For tables of another machine. */
HYPMMU_CHECKED int hypmmu_config_check(const struct hypmmu_config *cfg);
/* ---- Where table memory comes from ---- */
#define HYPMMU_PAGES_ZEROED (1u << 0) /* alloc gives pages that are all zero */
struct hypmmu_pages { /* copied */
	void *(*alloc)(void *ctx); /* one granule, aligned to it, contents undefined; or NULL */
	void (*free)(void *ctx, void *table); /* the library is done with it; readers on other CPUs
					       * may not be: defer reuse if there are any */
	/* Pages stay where they are, and writable, from alloc to free. Both pure. to_ptr gives NULL
	 * unless pa is one of its pages: corrupt tables then end in CORRUPT, not in a wild read. */
	hypmmu_pa (*to_pa)(void *ctx, const void *table);
	void *(*to_ptr)(void *ctx, hypmmu_pa pa);
	void *ctx;
	/* If all pages lie in one block of memory: both functions may be NULL, and walks are faster. */
	void *window;
	hypmmu_pa window_pa;
	size_t window_size;
	uint32_t flags;
};
/* A page source over one block of memory, lowest page first; unused pages stay as they were. */
struct hypmmu_pool {
	struct hypmmu_pages pages; /* pass &pool.pages to hypmmu_init(); do not move the pool */
	size_t used, peak;         /* pages; may be read. The rest is private. */
	unsigned char *base;
	hypmmu_pa base_pa;
	size_t total, fresh, page_size;
	void *free_list;
};
HYPMMU_CHECKED int hypmmu_pool_init(struct hypmmu_pool *pool, enum hypmmu_granule granule,
				    void *base, hypmmu_pa base_pa, size_t size);
/* ---- What a mapping is: one word, so that layouts can be static const; 0 is invalid ---- */
typedef uint32_t hypmmu_attr;
#define HYPMMU_R    (1u << 0) /* required */
#define HYPMMU_W    (1u << 1) /* never with X */
#define HYPMMU_X    (1u << 2) /* never on Device */
#define HYPMMU_USER (1u << 3) /* EL2&0: EL0 has R, W, X; EL2 has R and W only */
/* Exactly one memory type; the number is AttrIndx. Normal memory is inner shareable. */
#define HYPMMU_NORMAL        (0u << 4) /* write-back */
#define HYPMMU_NORMAL_NC     (1u << 4)
#define HYPMMU_NORMAL_WT     (2u << 4)
#define HYPMMU_NORMAL_TAGGED (3u << 4) /* MTE */
#define HYPMMU_DEVICE_NGNRNE (4u << 4)
#define HYPMMU_DEVICE_NGNRE  (5u << 4)
#define HYPMMU_DEVICE_NGRE   (6u << 4)
#define HYPMMU_DEVICE_GRE    (7u << 4)
#define HYPMMU_GUARDED       (1u << 7)           /* BTI */
#define HYPMMU_NS            (1u << 8)           /* Secure and Realm EL2: Non-secure output */
#define HYPMMU_DBM           (1u << 9)           /* with W: hardware records the first write */
#define HYPMMU_NG            (1u << 10)          /* EL2&0: of this ASID only */
#define HYPMMU_SW(n)         (((n) & 15u) << 12) /* the caller's: descriptor bits [58:55] */
#define HYPMMU_CODE          (HYPMMU_R | HYPMMU_X | HYPMMU_NORMAL)
#define HYPMMU_RODATA        (HYPMMU_R | HYPMMU_NORMAL)
#define HYPMMU_DATA          (HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL)
#define HYPMMU_MMIO          (HYPMMU_R | HYPMMU_W | HYPMMU_DEVICE_NGNRE)
/* ---- Start and stop ---- */
struct hypmmu_maint;
struct hypmmu_geometry { /* private: what a configuration means for the tables */
	hypmmu_va va_base;	  /* first address of the regime's range */
	uint64_t oa_low, oa_high; /* output address bits of a descriptor: as they are, and folded */
	uint8_t oa_fold;	  /* how far the folded ones were shifted down */
	uint8_t page_shift, stride, root_bits, va_bits, pa_bits;
	int8_t start_level, block_level; /* of the root; the highest that may hold leaves */
	bool ds, two_privileges;	       /* TCR_EL2.DS; EL2&0 */
	bool tagged, resize_live, swap;	       /* MTE; BBM_NOABORT; foreign byte order */
	uint8_t cont[4]; /* log2 entries of a contiguous group by level, 0: none */
	uint32_t attr_mask; /* attributes this regime and CPU have */
};
struct hypmmu { /* holds no pointer to a table. cfg, root and tables may be read. */
	struct hypmmu_config cfg;
	hypmmu_pa root;
	size_t tables; /* pages in the tree, root included */
	struct hypmmu_pages pages;
	const struct hypmmu_maint *maint; /* not NULL: live */
	/* private: */
	struct hypmmu_geometry geo;
	bool busy; /* a change is under way: a callback may not start another */
};
/* An empty address space: takes one page, the root, and writes all of it. */
HYPMMU_CHECKED int hypmmu_init(struct hypmmu *mmu, const struct hypmmu_config *cfg,
			       const struct hypmmu_pages *pages);
/* A tree that libhypmmu built elsewhere (an earlier stage, the host, a file), at most max_tables
 * pages, after hypmmu_check(). Not live until hypmmu_set_live(). */
HYPMMU_CHECKED int hypmmu_adopt(struct hypmmu *mmu, const struct hypmmu_config *cfg,
				const struct hypmmu_pages *pages, hypmmu_pa root, size_t max_tables);
/* The same tables seen through other pointers (physical addresses before, hyp VAs after). */
HYPMMU_CHECKED int hypmmu_set_pages(struct hypmmu *mmu, const struct hypmmu_pages *pages);
/* Gives every page back. STATE while live. */
int hypmmu_destroy(struct hypmmu *mmu);
struct hypmmu_stale { /* a range whose cached translations are stale */
	hypmmu_va va;
	uint64_t size; /* 0: the whole regime */
	int8_t level;  /* of its leaves; INT8_MAX when mixed */
	bool walks;    /* tables changed too: not last-level TLBIs */
};
/* How the machine learns of changes. arch.h has one; a host that edits EL2 tables from EL1 has its
 * own, whose sync calls EL2. */
struct hypmmu_maint {
	/* Descriptors at [p, p + size) were stored: clean them where walkers do not snoop. */
	void (*publish)(void *ctx, const void *p, size_t size);
	/* DSB; if n: TLBI of the n ranges on all CPUs, DSB; ISB. At most 3 per public call. */
	void (*sync)(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		     size_t n);
	void *ctx;
	bool self; /* the writer itself runs on these tables: the leaves that map the table pages it
		    * touches are then pinned too */
};
/* Publishes every table and syncs; from here on walkers may use the tables, and changes obey
 * break-before-make. Before the MMU goes on. maint must stay; NULL: no walker uses them any more. */
HYPMMU_CHECKED int hypmmu_set_live(struct hypmmu *mmu, const struct hypmmu_maint *maint);
/* ---- Change ---- */
enum hypmmu_op {
	HYPMMU_MAP,     /* each byte must be unmapped, or mapped to the same pa with the same attr (leaf
			 * size, hint, AF, dirty aside) and is then left as it is; else CONFLICT */
	HYPMMU_UNMAP,   /* UNMAPPED at a hole; splits blocks at its ends; empty tables are freed */
	HYPMMU_PROTECT, /* attr, same pa; UNMAPPED at a hole. Type changes: clean the caches first */
	HYPMMU_SPLIT,   /* leaf boundaries at both ends; with PAGES_ONLY into pages; holes are fine */
	HYPMMU_MERGE,   /* into the largest leaves and groups; holes are fine; live: by a break */
	HYPMMU_KEEP,    /* leave as is: a hole in an earlier change of the list */
};
#define HYPMMU_PAGES_ONLY (1u << 0) /* MAP: no blocks, no Contiguous hint */
#define HYPMMU_MAY_BREAK  (1u << 1) /* whole leaves that meet the range may be absent for a moment; the
				     * caller answers for what other CPUs do there meanwhile */
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
struct hypmmu_report { /* always filled in whole */
	size_t tables, freed, leaves, breaks; /* pages taken, given back; descriptors stored, broken */
	size_t index, other; /* on error: the change at fault; OVERLAP: the one it crosses */
	hypmmu_va va;        /* on error: the first address at fault, */
	hypmmu_desc desc;    /* the descriptor there, */
	int8_t level;        /* and its level */
};
/* Disjoint changes may come in any order; one within an earlier one replaces it there; any other
 * overlap is OVERLAP. All n or none; report may be NULL. After plan() gave 0, apply() can only fail
 * with NOMEM or PAGES. tables_needed() plans on an empty tree and counts its root. */
HYPMMU_CHECKED int hypmmu_apply(struct hypmmu *mmu, const struct hypmmu_change *changes, size_t n,
				struct hypmmu_report *report);
HYPMMU_CHECKED int hypmmu_plan(const struct hypmmu *mmu, const struct hypmmu_change *changes, size_t n,
			       struct hypmmu_report *report);
HYPMMU_CHECKED int hypmmu_tables_needed(const struct hypmmu_config *cfg,
					const struct hypmmu_change *changes, size_t n,
					struct hypmmu_report *report);
/* hypmmu_apply() of one change, without a report. */
HYPMMU_CHECKED int hypmmu_map(struct hypmmu *mmu, const struct hypmmu_change *map);
HYPMMU_CHECKED int hypmmu_idmap(struct hypmmu *mmu, hypmmu_pa pa, uint64_t size, hypmmu_attr attr);
HYPMMU_CHECKED int hypmmu_unmap(struct hypmmu *mmu, hypmmu_va va, uint64_t size, uint32_t flags);
HYPMMU_CHECKED int hypmmu_protect(struct hypmmu *mmu, hypmmu_va va, uint64_t size, hypmmu_attr attr,
				  uint32_t flags);
/* ---- Read ---- */
struct hypmmu_leaf {
	hypmmu_va va;
	hypmmu_pa pa;
	uint64_t size;
	hypmmu_attr attr;
	int8_t level;
	bool contiguous, accessed, dirty;
	hypmmu_desc desc; /* in the host's byte order */
};
HYPMMU_CHECKED int hypmmu_query(const struct hypmmu *mmu, hypmmu_va va, struct hypmmu_leaf *leaf);
/* The first leaf above *leaf; a zeroed *leaf starts at the bottom. False: no more. */
bool hypmmu_next_leaf(const struct hypmmu *mmu, struct hypmmu_leaf *leaf);
/* Are these n byte ranges mapped exactly so? CONFLICT or UNMAPPED, and where. Any alignment. */
HYPMMU_CHECKED int hypmmu_expect(const struct hypmmu *mmu, const struct hypmmu_change *maps, size_t n,
				 struct hypmmu_report *report);
/* Every invariant; visits at most mmu->tables tables, whatever they hold. report may be NULL. */
HYPMMU_CHECKED int hypmmu_check(const struct hypmmu *mmu, struct hypmmu_report *report);
void hypmmu_dump(const struct hypmmu *mmu, void (*print)(void *ctx, const char *line), void *ctx);
/* ---- Registers, and what the MMU makes of them ---- */
struct hypmmu_regs { /* complete values; the caller may OR further bits into sctlr */
	uint64_t mair, tcr, ttbr0, ttbr1, sctlr, hcr; /* of hcr only E2H */
	uint64_t tcr2, mair2, pir, pire0;             /* 0 without FEAT_TCR2, AIE, S1PIE */
};
/* upper NULL: walks of the upper half are disabled. */
HYPMMU_CHECKED int hypmmu_get_regs(const struct hypmmu *lower, const struct hypmmu *upper,
				   struct hypmmu_regs *regs);
enum hypmmu_access {
	HYPMMU_READ, HYPMMU_WRITE, HYPMMU_FETCH, HYPMMU_EL0_READ, HYPMMU_EL0_WRITE, HYPMMU_EL0_FETCH
};
enum hypmmu_fault {
	HYPMMU_FAULT_NONE, HYPMMU_FAULT_TRANSLATION, HYPMMU_FAULT_ADDRESS_SIZE,
	HYPMMU_FAULT_ACCESS_FLAG, HYPMMU_FAULT_PERMISSION, HYPMMU_FAULT_EXTERNAL
};
struct hypmmu_translation {
	enum hypmmu_fault fault;
	uint8_t fsc;        /* ESR_EL2.DFSC or IFSC of the fault */
	int8_t level;       /* of the leaf or the fault */
	uint8_t allowed;    /* bit (1 << enum hypmmu_access) for every access that would succeed */
	uint8_t mair, sh;   /* type byte; effective shareability: 0 none, 2 outer, 3 inner */
	hypmmu_pa pa;       /* of va itself */
	uint64_t size, par; /* of the leaf, or of the hole; PAR_EL1 after AT */
	hypmmu_desc desc;   /* last descriptor read, and its address */
	hypmmu_pa desc_pa;
};
/* A CPU and its memory, real or recorded. read: 8 bytes as they lie at pa; false: external abort. */
struct hypmmu_machine {
	struct hypmmu_regs regs;
	struct hypmmu_id id;
	bool (*read)(void *ctx, hypmmu_pa pa, unsigned char bytes[8]);
	void *ctx;
};
/* Whether the access succeeds; *t is always filled in. translate(): our own tables. */
bool hypmmu_walk(const struct hypmmu_machine *machine, hypmmu_va va, enum hypmmu_access access,
		 struct hypmmu_translation *t);
bool hypmmu_translate(const struct hypmmu *mmu, hypmmu_va va, enum hypmmu_access access,
		      struct hypmmu_translation *t);
#ifdef __cplusplus
}
#endif
#endif
