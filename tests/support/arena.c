/* SPDX-License-Identifier: BSD-2-Clause */
#include "arena.h"
#include <stdlib.h>
#include <string.h>

#define POISON_FREE 0x5b /* bits [1:0] set */
#define POISON_NEW  0xa7
#define NO_PAGE	    SIZE_MAX

static void note(struct arena *arena, const char *wrong)
{
	if (!arena->wrong)
		arena->wrong = wrong;
}

static void call_hook(struct arena *arena, enum arena_call call)
{
	if (!arena->hook || arena->in_hook)
		return;
	arena->in_hook = true;
	arena->hook(arena->hook_ctx, call);
	arena->in_hook = false;
}

static unsigned char *page_at(const struct arena *arena, size_t page)
{
	return arena->memory + page * arena->page_size;
}

/* The page that starts at p. */
static size_t page_of(const struct arena *arena, const void *p)
{
	uintptr_t offset = (uintptr_t)p - (uintptr_t)arena->memory;

	if ((uintptr_t)p < (uintptr_t)arena->memory || offset % arena->page_size)
		return NO_PAGE;
	return offset / arena->page_size < arena->capacity ? offset / arena->page_size : NO_PAGE;
}

static bool is_filled(const unsigned char *page, size_t size, unsigned char byte)
{
	return page[0] == byte && !memcmp(page, page + 1, size - 1);
}

static void *take_page(struct arena *arena)
{
	for (size_t n = 0; n < arena->capacity; n++) {
		size_t page = (arena->cursor + n) % arena->capacity;

		if (arena->is_live[page])
			continue;
		if (!is_filled(page_at(arena, page), arena->page_size, POISON_FREE))
			note(arena, "a store to a free page");
		memset(page_at(arena, page), arena->zeroed ? 0 : POISON_NEW, arena->page_size);
		arena->is_live[page] = 1;
		arena->live++;
		arena->allocs++;
		arena->cursor = page + 7;
		return page_at(arena, page);
	}
	return NULL;
}

/* What the library gets for the page. */
static void *play_trick(struct arena *arena, unsigned char *page)
{
	arena->tricked = page;
	switch (arena->trick) {
	case ARENA_MISALIGNED:
		return page + 64;
	case ARENA_BEYOND_PA:
		return arena->window ? arena->memory + arena->capacity * arena->page_size : page;
	default:
		return page;
	}
}

static void *arena_alloc(void *ctx)
{
	struct arena *arena = ctx;
	bool trick = arena->trick_at && --arena->trick_at == 0;
	void *page;

	call_hook(arena, ARENA_ALLOC);
	if (trick && arena->trick == ARENA_NULL)
		return NULL;
	if (trick && arena->trick == ARENA_TWICE && arena->latest)
		return arena->latest;
	page = take_page(arena);
	arena->latest = page;
	return trick && page ? play_trick(arena, page) : page;
}

/* The page that was given as p: what play_trick() made of it counts as that page. */
static size_t given_page(const struct arena *arena, const void *p)
{
	size_t page = page_of(arena, p);
	const unsigned char *tricked = arena->tricked;

	if (page != NO_PAGE || !tricked)
		return page;
	if (p == tricked + 64 || p == arena->memory + arena->capacity * arena->page_size)
		return page_of(arena, tricked);
	return NO_PAGE;
}

static void arena_free(void *ctx, void *p)
{
	struct arena *arena = ctx;
	size_t page = given_page(arena, p);

	call_hook(arena, ARENA_FREE);
	if (page == NO_PAGE) {
		note(arena, "a free of what was never given");
		return;
	}
	if (!arena->is_live[page]) {
		note(arena, "a second free of a page");
		return;
	}
	memset(page_at(arena, page), POISON_FREE, arena->page_size);
	arena->is_live[page] = 0;
	arena->live--;
	arena->frees++;
	if (page_at(arena, page) == arena->tricked)
		arena->tricked = NULL;
}

hypmmu_pa arena_pa(const struct arena *arena, size_t page)
{
	return arena->base_pa + page * arena->pa_step;
}

static hypmmu_pa arena_to_pa(void *ctx, const void *p)
{
	struct arena *arena = ctx;
	size_t page = given_page(arena, p);

	call_hook(arena, ARENA_TO_PA);
	if (p == arena->tricked && arena->trick == ARENA_BEYOND_PA)
		return UINT64_C(1) << arena->trick_pa_bits;
	if (page == NO_PAGE || !arena->is_live[page]) {
		note(arena, "to_pa of what is not a live page");
		return ~UINT64_C(0);
	}
	if (p == arena->tricked && arena->trick == ARENA_ODD_PA)
		return arena_pa(arena, page) + 64;
	return arena_pa(arena, page);
}

/* The live page that holds pa; NO_PAGE. */
static size_t live_page(const struct arena *arena, hypmmu_pa pa)
{
	hypmmu_pa offset = pa - arena->base_pa;
	size_t page = (size_t)(offset / arena->pa_step);

	if (pa < arena->base_pa || page >= arena->capacity || !arena->is_live[page])
		return NO_PAGE;
	return offset % arena->pa_step < arena->page_size ? page : NO_PAGE;
}

/* Where the page whose PA the trick made up, or whose address, is to be found. */
static void *tricked_ptr(struct arena *arena, size_t page)
{
	switch (arena->trick) {
	case ARENA_MISALIGNED:
		return page_at(arena, page) + 64;
	case ARENA_LOST:
		return NULL;
	case ARENA_NO_WAY_BACK:
		return page_at(arena, (page + 1) % arena->capacity);
	default:
		return page_at(arena, page);
	}
}

static void *arena_to_ptr(void *ctx, hypmmu_pa pa)
{
	struct arena *arena = ctx;
	size_t page = live_page(arena, pa);
	bool tricked = page != NO_PAGE && page_at(arena, page) == arena->tricked;
	bool odd = tricked && arena->trick == ARENA_ODD_PA;

	call_hook(arena, ARENA_TO_PTR);
	if (page == NO_PAGE || arena_pa(arena, page) + (odd ? 64 : 0) != pa)
		return NULL;
	return tricked ? tricked_ptr(arena, page) : page_at(arena, page);
}

const unsigned char *arena_at(void *ctx, hypmmu_pa pa, size_t size)
{
	struct arena *arena = ctx;
	size_t page = live_page(arena, pa);
	size_t offset;

	if (page == NO_PAGE)
		return NULL;
	offset = (size_t)(pa - arena_pa(arena, page));
	return offset + size <= arena->page_size ? page_at(arena, page) + offset : NULL;
}

unsigned char *arena_poke(struct arena *arena, hypmmu_pa pa)
{
	size_t page = live_page(arena, pa);

	return page == NO_PAGE ? NULL : page_at(arena, page) + (pa - arena_pa(arena, page));
}

static void set_pages(struct arena *arena)
{
	arena->pages = (struct hypmmu_pages){.alloc = arena_alloc,
					     .free = arena_free,
					     .ctx = arena,
					     .flags = arena->zeroed ? HYPMMU_PAGES_ZEROED : 0};
	if (arena->window) {
		arena->pages.window = arena->memory;
		arena->pages.window_pa = arena->base_pa;
		arena->pages.window_size = arena->capacity * arena->page_size;
	} else {
		arena->pages.to_pa = arena_to_pa;
		arena->pages.to_ptr = arena_to_ptr;
	}
}

bool arena_init(struct arena *arena)
{
	arena->page_size = (size_t)1 << arena->granule;
	if (!arena->pa_step)
		arena->pa_step = arena->page_size;
	arena->memory = aligned_alloc(arena->page_size, arena->capacity * arena->page_size);
	arena->saved_memory = malloc(arena->capacity * arena->page_size);
	arena->is_live = calloc(2, arena->capacity);
	if (!arena->memory || !arena->saved_memory || !arena->is_live) {
		arena_destroy(arena);
		return false;
	}
	arena->saved_is_live = arena->is_live + arena->capacity;
	memset(arena->memory, POISON_FREE, arena->capacity * arena->page_size);
	set_pages(arena);
	return true;
}

void arena_destroy(struct arena *arena)
{
	free(arena->memory);
	free(arena->saved_memory);
	free(arena->is_live);
	*arena = (struct arena){.live = 0};
}

void arena_save(struct arena *arena)
{
	memcpy(arena->saved_memory, arena->memory, arena->capacity * arena->page_size);
	memcpy(arena->saved_is_live, arena->is_live, arena->capacity);
}

bool arena_is_as_saved(const struct arena *arena)
{
	return !memcmp(arena->saved_memory, arena->memory, arena->capacity * arena->page_size) &&
	       !memcmp(arena->saved_is_live, arena->is_live, arena->capacity);
}

const char *arena_fault(struct arena *arena)
{
	for (size_t page = 0; page < arena->capacity; page++) {
		if (!arena->is_live[page] &&
		    !is_filled(page_at(arena, page), arena->page_size, POISON_FREE))
			note(arena, "a store to a free page");
	}
	return arena->wrong;
}
