/* SPDX-License-Identifier: BSD-2-Clause */
#include "live_log.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ARM  (UINT64_C(1) << 61)
#define DROP (UINT64_C(1) << 62)
#define FOLD (UINT64_C(1) << 63)

static void note(struct live *live, bool bad, const char *what)
{
	if (bad && !live->wrong)
		live->wrong = what;
}

static void put(struct live *live, const char *text)
{
	size_t used = strlen(live->text);

	snprintf(live->text + used, sizeof live->text - used, "%s", text);
}

static void put_word(struct live *live, const char *text)
{
	if (*live->text)
		put(live, " ");
	put(live, text);
}

/* In blocks and pages. */
static void put_size(struct live *live, uint64_t size)
{
	char text[64];

	if (size >= live->s.block) {
		snprintf(text, sizeof text, "%" PRIu64 "b", size / live->s.block);
		put(live, text);
	}
	if (size % live->s.block || !size) {
		snprintf(text, sizeof text, "%" PRIu64 "p", size % live->s.block / live->s.page);
		put(live, text);
	}
}

static uint64_t slot_size(const struct live *live, int level)
{
	uint64_t size = live->s.page;

	for (; level < 3; level++)
		size *= live->s.page / 8;
	return size;
}

/* The run of stores so far. */
static void flush_run(struct live *live)
{
	char text[8];

	if (!live->run.value)
		return;
	snprintf(text, sizeof text, "%d@", live->run.level);
	put_word(live, text);
	put_size(live, live->run.va - live->s.base);
	if (live->run.size != slot_size(live, live->run.level)) {
		put(live, "+");
		put_size(live, live->run.size);
	}
	put(live, live->run.exchange ? "=~" : "=");
	put(live, live->run.value);
	live->run.value = NULL;
}

void live_log_begin(struct live *live)
{
	live->text[0] = '\0';
	live->run.value = NULL;
	live->syncs = 0;
	live->flushes = 0;
	live->ranges = 0;
	live->stores = 0;
	live->exchanges = 0;
	live->wrong = NULL;
	live->unsynced = false;
}

void live_log_end(struct live *live)
{
	flush_run(live);
	note(live, live->unsynced, "no sync after the last store");
	note(live, live->syncs > 3 || live->flushes > 2, "more syncs than promised");
}

static const char *name_of(int level, hypmmu_desc desc)
{
	bool table = (desc & 2) && level < 3;

	if (!desc)
		return "0";
	if (!(desc & LIVE_VALID) && (desc & DROP))
		return "drop";
	if (!(desc & LIVE_VALID) && (desc & FOLD))
		return "fold";
	if (!(desc & LIVE_VALID) && (desc & ARM))
		return table ? "arm-table" : desc & LIVE_CONT ? "arm-cont" : "arm-leaf";
	if (!(desc & LIVE_VALID))
		return "rubbish";
	return table ? "table" : desc & LIVE_CONT ? "cont" : "leaf";
}

static void store_run(struct live *live, int level, hypmmu_va va, const char *value, bool exchange)
{
	uint64_t size = slot_size(live, level);

	if (live->run.value == value && live->run.level == level &&
	    live->run.exchange == exchange && live->run.va + live->run.size == va) {
		live->run.size += size;
		return;
	}
	flush_run(live);
	live->run.va = va;
	live->run.size = size;
	live->run.level = level;
	live->run.value = value;
	live->run.exchange = exchange;
}

/* Tables come, complete and published; or go. */
static void relink(struct live *live, const struct live_page *parent, hypmmu_va va,
		   hypmmu_desc before, hypmmu_desc after)
{
	struct live_page place = {.placed = true, .level = parent->level + 1, .va = va};
	bool was = (before & LIVE_VALID) && (before & 2),
	     is = !(after & (DROP | FOLD)) && (after & 2);
	const struct live_page *page;

	if (parent->level == 3)
		return;
	if (was)
		(void)live_mark(live, before, NULL);
	if (!is)
		return;
	for (size_t i = 0; i < LIVE_MOST; i++)
		note(live, !live->page[i].placed && live->page[i].to,
		     "linked a table before it was published");
	page = live_mark(live, after, &place);
	note(live, !page, "linked what is no page");
}

void live_log_store(struct live *live, const hypmmu_desc *slot, hypmmu_desc before,
		    hypmmu_desc after, bool exchange)
{
	size_t offset = (size_t)((const unsigned char *)slot - live->s.arena.memory);
	size_t in_page = offset % live->s.page;
	struct live_page *page = &live->page[offset / live->s.page];
	hypmmu_va va = page->va + in_page / 8 * slot_size(live, page->level);

	live->stores++;
	live->exchanges += exchange;
	page->from = page->to && page->from < in_page ? page->from : in_page;
	page->to = page->to > in_page + 8 ? page->to : in_page + 8;
	if (!page->placed)
		return;
	live->unsynced |= (before | after) & LIVE_VALID;
	note(live, page->unlinked, "stored to a table that is unlinked");
	relink(live, page, va, before, after);
	store_run(live, page->level, va, name_of(page->level, after), exchange);
}

void live_log_publish(struct live *live, size_t offset, size_t size)
{
	struct live_page *page = &live->page[offset / live->s.page];
	size_t from = offset % live->s.page, to = from + size;

	note(live, to > live->s.page, "published beyond the page");
	if (from <= page->from && to >= page->to)
		page->to = 0;
	else if (from <= page->from && to > page->from)
		page->from = to;
	else if (to >= page->to && from < page->to)
		page->to = from;
}

static void put_stale(struct live *live, const struct hypmmu_stale *stale)
{
	char text[16];

	if (!stale->size) {
		put(live, "all");
		return;
	}
	put_size(live, stale->va - live->s.base);
	put(live, "+");
	put_size(live, stale->size);
	snprintf(text, sizeof text, stale->level == INT8_MAX ? " L*" : " L%d", stale->level);
	put(live, text);
	put(live, stale->walks ? " walks" : "");
}

void live_log_sync(struct live *live, const struct hypmmu_stale *list, size_t n)
{
	if (!live->on)
		return;
	flush_run(live);
	put_word(live, n ? "sync(" : "sync");
	for (size_t i = 0; i < n; i++) {
		put(live, i ? ", " : "");
		put_stale(live, &list[i]);
	}
	put(live, n ? ")" : "");
	note(live, n > HYPMMU_STALE, "a list of too many ranges");
	for (size_t i = 0; i < LIVE_MOST; i++) {
		note(live, live->page[i].to, "sync of what is unpublished");
		live->page[i].stale &= !n;
	}
	live->unsynced = false;
	live->syncs++;
	live->flushes += n != 0;
	live->ranges += n;
	if (n)
		memcpy(live->stale, list, n * sizeof *list);
}

void live_log_alloc(struct live *live, size_t page)
{
	if (!live->on)
		return;
	note(live, live->stores, "an alloc after a store");
	put_word(live, page < LIVE_MOST ? "alloc" : "nomem");
}

void live_log_free(struct live *live, size_t page)
{
	if (!live->on)
		return;
	flush_run(live);
	put_word(live, live->page[page].placed ? "free" : "give-back");
	note(live, live->page[page].placed && !live->page[page].unlinked, "freed a linked table");
	note(live, live->page[page].stale, "freed a table that walkers may be in");
	memset(&live->page[page], 0, sizeof live->page[page]);
}
