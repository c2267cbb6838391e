/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hyp-mode address space: what KVM's init_hyp_mode() sets up, for a host that knows its memory by
 * virtual addresses and runs part of itself at EL2. docs/hyp-mode.md goes through it step by step.
 *
 * An address space of va_bits has two halves. One holds the identity page, in which a CPU turns the
 * MMU on, and below it the private windows, from the top down. The other one holds host memory,
 * each byte at hypmmu_kern_hyp_va() of its host address.
 *
 * What hypmmu.h says at its top holds here as well: all or nothing, no allocation but through the
 * page source, one writer. "Granule" is that of the configuration; where the host's pages are
 * smaller, host memory that is mapped has to be contiguous and aligned by granules.
 */
#ifndef HYPMMU_HYP_H
#define HYPMMU_HYP_H
#include "hypmmu.h"
#ifdef __cplusplus
extern "C" {
#endif

/* Functions and objects of the caller's own that belong into the identity page, beside what the library
 * has there: arch/aarch64/hypmmu.ld collects them. In assembly: .section .hypmmu.idmap.text, "ax" */
#define HYPMMU_IDMAP_TEXT __attribute__((section(".hypmmu.idmap.text")))

#define HYPMMU_PA_NONE UINT64_MAX /* "there is no such memory", from a to_pa callback */

/* Host bytes [from, to), widened to whole granules. Two sections on one granule have the same
 * attributes. Text, rodata, bss; and, as auxiliary data, any object of the host's that hyp reads or
 * writes: HYPMMU_DATA. */
struct hypmmu_hyp_section {
	const void *from, *to;
	hypmmu_attr attr;
	const char *name; /* for trace */
};

struct hypmmu_hyp_cpu {
	/* in: */
	hypmmu_pa stack; /* whole granules, contiguous; 0 bytes: none */
	uint64_t stack_size;
	const void *data, *data_end; /* host bytes, mapped RW; equal: none */
	/* out: */
	hypmmu_va stack_top, data_va; /* the granule below the stack is never mapped */
};

struct hypmmu_hyp_layout {
	/* The identity text: it turns the MMU on, so it is mapped VA = PA, CODE. Widened to whole
	 * granules it is one granule. The PAs of __hyp_idmap_text_start and _end, of hypmmu.ld. */
	hypmmu_pa idmap_start, idmap_end;
	/* The vectors, or the entry, in it that a CPU uses before the MMU is on: a multiple of 2 KiB;
	 * or 0. Recorded, like KVM's __kvm_hyp_init, for whoever sends a CPU there. */
	hypmmu_pa idmap_vector;
	/* All host memory that may ever be mapped, host addresses. */
	const void *linear_start, *linear_end;
	/* The bits of a hyp address above those that tell host memory apart: 0, or drawn from this. */
	uint64_t seed;
	const struct hypmmu_hyp_section *sections;
	struct hypmmu_hyp_cpu *cpus;
	size_t nsections, ncpus;
	/* Vectors that are to be at a private address, CODE: whole granules, or 0 bytes. */
	hypmmu_pa vectors;
	uint64_t vectors_size;
	/* The PA of a host address, which is a multiple of the granule, or HYPMMU_PA_NONE. Pure: it
	 * answers the same each time. */
	hypmmu_pa (*to_pa)(void *ctx, const void *host);
	/* Each step that has been carried out, with its range of hyp addresses; or NULL. */
	void (*trace)(void *ctx, const char *step, hypmmu_va first, hypmmu_va last);
	void *ctx;
};

struct hypmmu_hyp {
	struct hypmmu mmu;	  /* for every other call: set_live, query, dump ... */
	struct hypmmu_regs regs;  /* for the parameters of every CPU */
	hypmmu_va idmap, vectors; /* the identity page; the vectors' private address */
	hypmmu_pa idmap_vector;	  /* as in the layout */
	/* private: */
	uint64_t va_mask, va_tag, host_tag;
	hypmmu_va private_low, private_high; /* windows lie in [low, high) */
	uintptr_t linear_first, linear_last;
	hypmmu_pa (*to_pa)(void *ctx, const void *host);
	void *ctx;
};

/*
 * Builds the whole address space or nothing: a root; the identity page; the sections, in the order of
 * the list; for each CPU its stack in a private window and its data; the vectors. The identity
 * page, the sections with X and the vectors are pinned. Then the registers.
 *
 * cfg->va_bits is a minimum: it grows until the identity page fits. cfg->regime is HYPMMU_EL2 or 0.
 * The address space is not live; cpus[].stack_top and data_va are filled in.
 * IDMAP: the identity text does not lie within one granule, or idmap_vector not in it. NOSPACE: host
 * memory does not fit into half of the address space; no room for a stack or the vectors; more to
 * pin than HYPMMU_PINS.
 * OVERLAP: two sections with different attributes share a granule: report->index and ->other.
 * RANGE: a section or CPU data outside of linear_start and linear_end. CONFLICT: CPU data share a
 * granule with a section of other attributes. UNMAPPED: to_pa has no memory there; report->va is
 * its hyp address. ALIGN, RANGE: to_pa gives no whole granule below pa_bits. CORRUPT: to_pa does not
 * answer the same each time. Others as hypmmu_init(), hypmmu_apply() and hypmmu_get_regs();
 * report->index is the section or CPU; trace has told of all steps before. On error *hyp is all
 * zero, every page has been given back, and cpus[] is undefined. On success the report holds only
 * `tables`, root included. report may be NULL.
 */
HYPMMU_CHECKED int hypmmu_hyp_init(struct hypmmu_hyp *hyp, const struct hypmmu_config *cfg,
				   const struct hypmmu_pages *pages,
				   const struct hypmmu_hyp_layout *layout,
				   struct hypmmu_report *report);

/* Gives every page back; *hyp is all zero. STATE while live. As hypmmu_destroy(). */
int hypmmu_hyp_destroy(struct hypmmu_hyp *hyp);

/* Where hyp sees a byte of host memory (whether it is mapped is another question), and back. */
hypmmu_va hypmmu_kern_hyp_va(const struct hypmmu_hyp *hyp, const void *host);
const void *hypmmu_hyp_kern_va(const struct hypmmu_hyp *hyp, hypmmu_va va);

/*
 * Maps host bytes [from, to), or identity addresses [start, end), widened to whole granules: the only
 * calls that round. Contiguous runs become blocks. What is mapped there with the same attributes
 * stays; with others: CONFLICT, as where identity addresses leave no guard beside a private window.
 * RANGE: empty, or not in the linear range. IDMAP: identity addresses meet the linear range. Errors
 * as hypmmu_hyp_init() and hypmmu_map(). CORRUPT, all the same with memory mapped: to_pa went back on
 * what it had said twice. Live or not.
 */
HYPMMU_CHECKED int hypmmu_create_hyp_mappings(struct hypmmu_hyp *hyp, const void *from,
					      const void *to, hypmmu_attr attr);
HYPMMU_CHECKED int hypmmu_create_idmap(struct hypmmu_hyp *hyp, hypmmu_pa start, hypmmu_pa end,
				       hypmmu_attr attr);

/*
 * A private window on `size` bytes of memory or a device at pa, any alignment: *va is where hyp sees
 * pa. The window takes the highest hole below the identity page in which an unmapped granule is left
 * on both sides. Where it is as large as a block, it is aligned like pa, so that it gets blocks, as
 * long as there is a hole for that. NOSPACE: there is no hole. Errors as hypmmu_map(). Time grows
 * with what is mapped above the hole.
 */
HYPMMU_CHECKED int hypmmu_map_private(struct hypmmu_hyp *hyp, hypmmu_pa pa, uint64_t size,
				      hypmmu_attr attr, hypmmu_va *va);
/* Unmaps the whole window that va, any address in it, belongs to; the hole is used again. Identity
 * mappings below the identity page are windows, too, those that touch are one. RANGE: va is no
 * private address. UNMAPPED: there is no window. PINNED: it holds the vectors. */
HYPMMU_CHECKED int hypmmu_unmap_private(struct hypmmu_hyp *hyp, hypmmu_va va);
/* A window of whole granules for a stack, DATA: *top is the address behind it. ALIGN. */
HYPMMU_CHECKED int hypmmu_map_stack(struct hypmmu_hyp *hyp, hypmmu_pa pa, uint64_t size,
				    hypmmu_va *top);
#ifdef __cplusplus
}
#endif
#endif
