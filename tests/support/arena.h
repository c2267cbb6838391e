/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page source that trusts nobody, over one block of memory.
 *
 * Free pages hold one poison, pages just given another (or zero), both with descriptor bits [1:0]
 * set: what the library forgets to write looks valid. Pages are given in a scattered order.
 */
#ifndef ARENA_H
#define ARENA_H
#include <hypmmu/hypmmu.h>

enum arena_call { ARENA_ALLOC, ARENA_FREE, ARENA_TO_PA, ARENA_TO_PTR };

/* What goes wrong with the page of the trick_at-th allocation. */
enum arena_trick {
	ARENA_HONEST,
	ARENA_NULL,	   /* there is none */
	ARENA_MISALIGNED,  /* it starts 64 bytes into a page, whose PA it has */
	ARENA_ODD_PA,	   /* its PA is 64 too high */
	ARENA_BEYOND_PA,   /* its PA is one page above trick_pa_bits; a window: its last page + 1 */
	ARENA_NO_WAY_BACK, /* to_ptr(to_pa(page)) is another live page */
	ARENA_LOST,	   /* to_ptr(to_pa(page)) is NULL */
	ARENA_TWICE,	   /* it is the page given before */
};

struct arena {
	struct hypmmu_pages pages; /* to be passed to the library; ctx is the arena */
	/* set by the caller of arena_init(): */
	enum hypmmu_granule granule;
	size_t capacity;
	hypmmu_pa base_pa, pa_step; /* page i is at base_pa + i * pa_step; 0: the granule */
	bool window, zeroed;
	/* set at any time: */
	enum arena_trick trick;
	size_t trick_at; /* 1: the next allocation */
	unsigned trick_pa_bits;
	void (*hook)(void *ctx, enum arena_call call); /* called by every callback, not by itself */
	void *hook_ctx;
	/* may be read: */
	size_t live, allocs, frees;
	const char *wrong; /* the first thing that the library did wrong */
	/* private: */
	unsigned char *memory, *saved_memory, *is_live, *saved_is_live;
	size_t page_size, cursor;
	void *latest, *tricked;
	bool in_hook;
};

/* The fields above "set at any time" are set, the rest is zero. False: no memory. */
bool arena_init(struct arena *arena);
void arena_destroy(struct arena *arena);

/* Table memory as hardware reads it; NULL unless [pa, pa + size) is in one live page. */
const unsigned char *arena_at(void *arena, hypmmu_pa pa, size_t size);
hypmmu_pa arena_pa(const struct arena *arena, size_t page);
/* For tests that corrupt tables. NULL as arena_at(). */
unsigned char *arena_poke(struct arena *arena, hypmmu_pa pa);

/* Remembers every byte and which pages are live; is all of it still so? */
void arena_save(struct arena *arena);
bool arena_is_as_saved(const struct arena *arena);

/* What the library did wrong: double and foreign frees, stores to free pages. NULL: nothing. */
const char *arena_fault(struct arena *arena);
#endif
