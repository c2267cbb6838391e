/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"
#include "live_log.h"
#include "support/record_memory.h"
#include <string.h>

/* The door has no context. What is not watched is none of it. */
static struct live nobody, *now = &nobody;

static size_t page_of(const struct live *live, const void *p)
{
	return (size_t)((const unsigned char *)p - live->s.arena.memory) / live->s.page;
}

static hypmmu_desc order(const struct live *live, hypmmu_desc raw)
{
	return live->s.cfg.use & HYPMMU_USE_BIG_ENDIAN ? __builtin_bswap64(raw) : raw;
}

static void call_hook(struct live *live, enum live_moment moment, hypmmu_desc *slot)
{
	if (!live->hook || live->in_hook || !live->on)
		return;
	live->in_hook = true;
	live->hook(live, moment, slot);
	live->in_hook = false;
}

/* Does the writer see the slot? */
static void look(struct live *live, const hypmmu_desc *slot, bool store)
{
	struct oracle_answer answer;

	if (!live->look || !live->on)
		return;
	answer = subject_at(&live->s, (uintptr_t)slot);
	live->blind += answer.result != ORACLE_OK || (store && !answer.w);
}

hypmmu_desc record_load(const hypmmu_desc *slot)
{
	look(now, slot, false);
	return *slot;
}

void record_store(hypmmu_desc *slot, hypmmu_desc raw)
{
	hypmmu_desc before;

	look(now, slot, true);
	call_hook(now, LIVE_STORE, slot);
	before = *slot;
	*slot = raw;
	if (now->on)
		live_log_store(now, slot, order(now, before), order(now, raw), false);
}

void record_release(hypmmu_desc *slot, hypmmu_desc raw)
{
	record_store(slot, raw);
}

hypmmu_desc record_exchange(hypmmu_desc *slot, hypmmu_desc expected, hypmmu_desc raw)
{
	hypmmu_desc found;

	look(now, slot, true);
	call_hook(now, LIVE_STORE, slot);
	found = *slot;
	if (found != expected)
		return found;
	*slot = raw;
	if (now->on)
		live_log_store(now, slot, order(now, found), order(now, raw), true);
	return found;
}

static void *alloc_page(void *ctx)
{
	struct live *live = ctx;
	void *page;

	call_hook(live, LIVE_ALLOC, NULL);
	page = live->s.arena.pages.alloc(&live->s.arena);
	live_log_alloc(live, page ? page_of(live, page) : LIVE_MOST);
	return page;
}

static void free_page(void *ctx, void *page)
{
	struct live *live = ctx;

	call_hook(live, LIVE_FREE, NULL);
	live_log_free(live, page_of(live, page));
	live->s.arena.pages.free(&live->s.arena, page);
}

static hypmmu_pa to_pa(void *ctx, const void *page)
{
	struct live *live = ctx;

	return live->s.arena.pages.to_pa(&live->s.arena, page);
}

static void *to_ptr(void *ctx, hypmmu_pa pa)
{
	struct live *live = ctx;

	return live->s.arena.pages.to_ptr(&live->s.arena, pa);
}

static void publish(void *ctx, const void *p, size_t size)
{
	struct live *live = ctx;

	call_hook(live, LIVE_PUBLISH, NULL);
	live_log_publish(live, (size_t)((const unsigned char *)p - live->s.arena.memory), size);
}

static void sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		 size_t n)
{
	struct live *live = ctx;

	assert_ptr_equal(cfg, &live->s.mmu.cfg);
	call_hook(live, LIVE_SYNC, NULL);
	live_log_sync(live, list, n);
	call_hook(live, LIVE_SYNCED, NULL);
}

void live_init(struct live *live, const struct hypmmu_config *cfg)
{
	live_init_with(live, cfg, LIVE_PAGES);
}

void live_init_with(struct live *live, const struct hypmmu_config *cfg, size_t pages)
{
	memset(live, 0, sizeof *live);
	now = live;
	subject_init_with(&live->s, cfg, pages);
	live->maint = (struct hypmmu_maint){.publish = publish, .sync = sync, .ctx = live};
	live->pages = (struct hypmmu_pages){.alloc = alloc_page,
					    .free = free_page,
					    .to_pa = to_pa,
					    .to_ptr = to_ptr,
					    .ctx = live};
	assert_int_equal(hypmmu_set_pages(&live->s.mmu, &live->pages), HYPMMU_OK);
}

void live_on(struct live *live)
{
	assert_int_equal(hypmmu_set_live(&live->s.mmu, &live->maint), HYPMMU_OK);
	live->on = true;
	live_begin(live);
}

void live_end(struct live *live)
{
	live->on = false;
	live->hook = NULL;
	if (live->s.mmu.root)
		assert_int_equal(hypmmu_set_live(&live->s.mmu, NULL), HYPMMU_OK);
	subject_end(&live->s);
	now = &nobody;
}

/* Of a table and all below it: where walkers meet it; or, NULL, that none will any more. */
static void mark(struct live *live, struct oracle *oracle, hypmmu_pa pa,
		 const struct live_page *place)
{
	const unsigned char *table = arena_at(&live->s.arena, pa, 8);
	struct live_page *page, below;

	assert_non_null(table);
	page = &live->page[page_of(live, table)];
	if (place) {
		*page = *place;
	} else {
		page->unlinked = true;
		page->stale = true;
	}
	below = *page;
	below.level++;
	for (uint64_t i = 0; page->level < 3 && i < oracle_slots(oracle, page->level); i++) {
		hypmmu_desc desc = oracle_load(oracle, table + 8 * i);

		below.va = page->va + (i << oracle_shift(oracle, page->level));
		if (oracle_kind_of(oracle, page->level, desc) == ORACLE_TABLE)
			mark(live, oracle, oracle_next_table(oracle, desc), place ? &below : NULL);
	}
}

struct live_page *live_mark(struct live *live, hypmmu_desc desc, const struct live_page *place)
{
	struct oracle oracle;
	const unsigned char *table;
	hypmmu_pa pa;

	oracle_init(&oracle, &live->s.cfg, live->s.mmu.root, arena_at, &live->s.arena);
	pa = oracle_next_table(&oracle, desc);
	table = arena_at(&live->s.arena, pa, 8);
	if (!table)
		return NULL;
	mark(live, &oracle, pa, place);
	return &live->page[page_of(live, table)];
}

void live_begin(struct live *live)
{
	struct oracle oracle;

	oracle_init(&oracle, &live->s.cfg, live->s.mmu.root, arena_at, &live->s.arena);
	memset(live->page, 0, sizeof live->page);
	live->blind = 0;
	mark(live, &oracle, live->s.mmu.root,
	     &(struct live_page){
		     .placed = true, .level = oracle_start_level(&oracle), .va = live->s.base});
	live_log_begin(live);
}

void live_assert_sound(struct live *live)
{
	struct hypmmu_report report;
	struct oracle_tree tree;
	struct oracle oracle;

	if (live->wrong)
		fail_msg("%s: %s", live->wrong, live->text);
	oracle_init(&oracle, &live->s.cfg, live->s.mmu.root, arena_at, &live->s.arena);
	oracle_scan(&oracle, NULL, NULL, &tree);
	assert_null(tree.wrong);
	assert_int_equal(tree.tables, live->s.mmu.tables);
	assert_int_equal(hypmmu_check(&live->s.mmu, &report), HYPMMU_OK);
	if (!live->s.mmu.old_tables)
		assert_int_equal(live->s.arena.live, live->s.mmu.tables);
	assert_null(live->s.arena.wrong);
}

struct hypmmu_report live_apply(struct live *live, const struct hypmmu_change *changes, size_t n,
				const char *text)
{
	struct hypmmu_report planned, report;

	live_begin(live);
	assert_int_equal(hypmmu_plan(&live->s.mmu, changes, n, &planned), HYPMMU_OK);
	assert_int_equal(hypmmu_apply(&live->s.mmu, changes, n, &report), HYPMMU_OK);
	live_log_end(live);

	live_assert_sound(live);
	assert_memory_equal(&planned, &report, sizeof report);
	if (text)
		assert_string_equal(live->text, text);
	return report;
}

struct hypmmu_report live_refuses(struct live *live, int err, const struct hypmmu_change *changes,
				  size_t n)
{
	struct hypmmu_report report;

	live_begin(live);
	report = subject_refuses(&live->s, err, changes, n);
	live_log_end(live);
	assert_string_equal(live->text, "");
	assert_int_equal(live->stores + live->syncs, 0);
	return report;
}

struct hypmmu_change live_change(const struct live *live, enum hypmmu_op op, uint64_t va,
				 uint64_t size, hypmmu_attr attr, uint32_t flags)
{
	return (struct hypmmu_change){.op = op,
				      .va = live->s.base + va,
				      .pa = va,
				      .size = size,
				      .attr = attr,
				      .flags = flags};
}

struct hypmmu_report live_do(struct live *live, enum hypmmu_op op, uint64_t va, uint64_t size,
			     hypmmu_attr attr, uint32_t flags, const char *text)
{
	struct hypmmu_change change = live_change(live, op, va, size, attr, flags);

	return live_apply(live, &change, 1, text);
}

void live_over(uint32_t hw, uint32_t use,
	       void (*scenario)(struct live *live, uint64_t page, uint64_t block))
{
	for (size_t i = 0; i < 2 * SUBJECTS; i++) {
		struct hypmmu_config cfg = subject_configs[i / 2];
		struct live live;

		cfg.hw |= hw | (i % 2 ? HYPMMU_HW_TLBIRANGE : 0);
		cfg.use |= use;
		live_init(&live, &cfg);
		live_on(&live);
		scenario(&live, live.s.page, live.s.block);
		live_end(&live);
	}
}

hypmmu_desc *live_slot(struct live *live, hypmmu_va va)
{
	struct oracle_answer answer = subject_at(&live->s, va);

	return (hypmmu_desc *)(void *)arena_poke(&live->s.arena, answer.desc_pa);
}

hypmmu_desc live_desc(struct live *live, hypmmu_va va)
{
	return order(live, *live_slot(live, va));
}

void live_poke(struct live *live, hypmmu_desc *slot, hypmmu_desc set, hypmmu_desc clear)
{
	*slot = (*slot | order(live, set)) & ~order(live, clear);
}
