/* SPDX-License-Identifier: BSD-2-Clause */
/* Contiguous groups in live tables: changed whole they stay, changed in part they are dissolved
 * whole, and what completes one may make it one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"
#include <stdio.h>

#define NC (HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_NC)

/* Two groups of level 3 at block 2, and a page behind them; n pages are a group. */
struct groups {
	struct live *live;
	uint64_t at, page, size;
	unsigned n;
	char text[256];
};

/* N is the pages of a group, M one less, O two less, W twice as many. */
static const char *text(struct groups *g, const char *pattern)
{
	size_t used = 0;

	g->text[0] = '\0';
	for (; *pattern; pattern++) {
		char *to = g->text + used;
		size_t room = sizeof g->text - used;

		if (*pattern == 'N' || *pattern == 'M' || *pattern == 'O')
			used += (size_t)snprintf(to, room, "%u",
						 g->n - (*pattern == 'M'   ? 1u
							 : *pattern == 'O' ? 2u
									   : 0u));
		else if (*pattern == 'W')
			used += (size_t)snprintf(to, room, "%u", 2 * g->n);
		else
			used += (size_t)snprintf(to, room, "%c", *pattern);
	}
	return g->text;
}

static struct groups groups_of(struct live *live)
{
	const enum hypmmu_granule granule = live->s.cfg.granule;
	struct groups g = {.live = live, .at = 2 * live->s.block, .page = live->s.page};

	g.n = granule == HYPMMU_4K ? 16 : granule == HYPMMU_16K ? 128 : 32;
	g.size = g.n * g.page;
	return g;
}

static struct groups begin(struct live *live)
{
	struct groups g = groups_of(live);

	live_do(live, HYPMMU_MAP, g.at, 2 * g.size + g.page, HYPMMU_DATA, 0,
		"alloc 2@2b=table sync");
	return g;
}

/* In pages from the first group on. */
static void run(struct groups *g, enum hypmmu_op op, uint64_t from, uint64_t pages,
		hypmmu_attr attr, uint32_t flags, const char *pattern)
{
	live_do(g->live, op, g->at + from * g->page, pages * g->page, attr, flags,
		text(g, pattern));
}

static void change_whole_groups(struct live *live, uint64_t page, uint64_t block)
{
	struct groups g = begin(live);

	(void)page;
	(void)block;
	run(&g, HYPMMU_PROTECT, 0, g.n, HYPMMU_RODATA, 0, "3@2b+Np=cont sync(2b+Np L3)");
	run(&g, HYPMMU_PROTECT, 0, g.n, HYPMMU_RODATA | HYPMMU_SW(1), 0, "3@2b+Np=cont sync");
	run(&g, HYPMMU_SPLIT, 0, g.n, 0, 0, "");
	run(&g, HYPMMU_PROTECT, 0, g.n, NC, HYPMMU_MAY_BREAK,
	    "3@2b+Np=arm-cont sync(2b+Np L3) 3@2b+Np=cont sync");
	run(&g, HYPMMU_UNMAP, 0, g.n, 0, 0, "3@2b+Np=0 sync(2b+Np L3)");
}

static void what_is_done_to_a_whole_group_keeps_it(void **state)
{
	(void)state;
	live_over(0, HYPMMU_USE_CONT, change_whole_groups);
	live_over(HYPMMU_HW_BBM_NOABORT, HYPMMU_USE_CONT, change_whole_groups);
}

static void unmap_a_member_by_break(struct live *live, uint64_t page, uint64_t block)
{
	struct groups g = begin(live);

	(void)page;
	(void)block;
	run(&g, HYPMMU_UNMAP, 1, 1, 0, HYPMMU_MAY_BREAK,
	    "3@2b+Np=arm-leaf 3@2b1p=0 sync(2b+Np L3) 3@2b=leaf 3@2b2p+Op=leaf sync");
}

static void protect_a_member_by_break(struct live *live, uint64_t page, uint64_t block)
{
	struct groups g = begin(live);

	(void)page;
	(void)block;
	run(&g, HYPMMU_PROTECT, 1, 1, HYPMMU_RODATA, HYPMMU_MAY_BREAK,
	    "3@2b+Np=arm-leaf 3@2b1p=arm-leaf sync(2b+Np L3) 3@2b+Np=leaf sync");
	assert_true(live_desc(live, live->s.base + g.at + g.page) & LIVE_AP2);
	assert_false(live_desc(live, live->s.base + g.at) & LIVE_AP2);
	assert_true(live_desc(live, live->s.base + g.at + g.size) & LIVE_CONT);
}

static void split_a_group_by_break(struct live *live, uint64_t page, uint64_t block)
{
	struct groups g = begin(live);

	(void)page;
	(void)block;
	run(&g, HYPMMU_SPLIT, 1, g.n - 1, 0, HYPMMU_MAY_BREAK,
	    "3@2b+Np=arm-leaf sync(2b+Np L3) 3@2b+Np=leaf sync");
}

static void part_of_a_group_dissolves_it_by_a_break_of_all_members(void **state)
{
	(void)state;
	live_over(0, HYPMMU_USE_CONT, unmap_a_member_by_break);
	live_over(0, HYPMMU_USE_CONT, protect_a_member_by_break);
	live_over(0, HYPMMU_USE_CONT, split_a_group_by_break);
}

static void change_a_member_after_resize(struct live *live, uint64_t page, uint64_t block)
{
	struct groups g = begin(live);

	(void)page;
	(void)block;
	run(&g, HYPMMU_UNMAP, 1, 1, 0, 0, "3@2b+Np=leaf sync(2b+Np L3) 3@2b1p=0 sync(2b1p+1p L3)");
	run(&g, HYPMMU_SPLIT, 2 * g.n - 1, 1, 0, 0, "3@2bNp+Np=leaf sync(2bNp+Np L3)");
}

static void part_of_a_group_dissolves_it_by_a_resize(void **state)
{
	(void)state;
	live_over(HYPMMU_HW_BBM_NOABORT, HYPMMU_USE_CONT, change_a_member_after_resize);
}

static void refuse(struct groups *g, enum hypmmu_op op, uint64_t from, hypmmu_attr attr)
{
	struct hypmmu_change change =
		live_change(g->live, op, g->at + from * g->page, g->page, attr, 0);
	struct hypmmu_report report = live_refuses(g->live, HYPMMU_ERR_BREAK, &change, 1);

	assert_int_equal(report.va, change.va);
	assert_int_equal(report.level, 3);
	assert_int_equal(report.desc, live_desc(g->live, change.va));
}

static void change_members_without_a_break(struct live *live, uint64_t page, uint64_t block)
{
	struct groups g = begin(live);

	(void)page;
	(void)block;
	refuse(&g, HYPMMU_UNMAP, 1, 0);
	refuse(&g, HYPMMU_PROTECT, g.n - 1, HYPMMU_RODATA);
	refuse(&g, HYPMMU_PROTECT, g.n, HYPMMU_DATA | HYPMMU_SW(1));
	refuse(&g, HYPMMU_SPLIT, 2, 0);
	run(&g, HYPMMU_UNMAP, 2 * g.n, 1, 0, 0, "3@2bWp=0 sync(2bWp+1p L3)");
}

static void a_group_is_not_dissolved_without_a_break(void **state)
{
	(void)state;
	live_over(0, HYPMMU_USE_CONT, change_members_without_a_break);
}

/* Half a group in a table of its own. */
static struct groups begin_half(struct live *live)
{
	struct groups g = groups_of(live);

	live_do(live, HYPMMU_MAP, g.at, g.size / 2, HYPMMU_DATA, 0, "alloc 2@2b=table sync");
	return g;
}

static void complete_without_a_break(struct live *live, uint64_t page, uint64_t block)
{
	struct groups g = begin_half(live);

	(void)page;
	(void)block;
	live_do(live, HYPMMU_MAP, g.at + g.size / 2, g.size / 2, HYPMMU_DATA, HYPMMU_MAY_BREAK,
		NULL);
	assert_int_equal(live->flushes, 0);
	assert_false(live_desc(live, live->s.base + g.at) & LIVE_CONT);
	assert_false(live_desc(live, live->s.base + g.at + g.size / 2) & LIVE_CONT);
}

static void complete_by_a_break(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_report report;
	struct groups g = begin_half(live);

	(void)page;
	(void)block;
	report = live_do(live, HYPMMU_MAP, g.at, g.size, HYPMMU_DATA, HYPMMU_MAY_BREAK,
			 text(&g, "3@2b+Np=arm-cont sync(2b+Np L3) 3@2b+Np=cont sync"));
	assert_int_equal(report.breaks, g.n / 2);
}

static void complete_whole_without_a_break(struct live *live, uint64_t page, uint64_t block)
{
	struct groups g = begin_half(live);

	(void)page;
	(void)block;
	live_do(live, HYPMMU_MAP, g.at, g.size, HYPMMU_DATA, 0, NULL);
	assert_int_equal(live->flushes, 0);
	assert_false(live_desc(live, live->s.base + g.at) & LIVE_CONT);
}

static void what_completes_a_group_breaks_none_outside_its_range(void **state)
{
	(void)state;
	live_over(0, HYPMMU_USE_CONT, complete_without_a_break);
	live_over(0, HYPMMU_USE_CONT, complete_by_a_break);
	live_over(0, HYPMMU_USE_CONT, complete_whole_without_a_break);
}

static void complete_by_resize(struct live *live, uint64_t page, uint64_t block)
{
	struct hypmmu_report report;
	struct groups g = begin_half(live);

	(void)page;
	(void)block;
	report = live_do(live, HYPMMU_MAP, g.at + g.size / 2, g.size / 2, HYPMMU_DATA, 0,
			 text(&g, "3@2b+Np=cont sync(2b+Np L3)"));
	assert_int_equal(report.breaks, 0);
}

static void complete_in_a_list(struct live *live, uint64_t page, uint64_t block)
{
	struct groups g = begin_half(live);
	const struct hypmmu_change changes[] = {
		live_change(live, HYPMMU_MAP, g.at + g.size / 2, g.size / 2, HYPMMU_DATA, 0),
		live_change(live, HYPMMU_UNMAP, g.at, page, 0, 0),
	};

	(void)block;
	live_apply(live, changes, 2, NULL);
	assert_false(live_desc(live, live->s.base + g.at + g.size / 2) & LIVE_CONT);
	assert_int_equal(live_desc(live, live->s.base + g.at), 0);
}

static void what_completes_a_group_gets_it_where_no_break_is_needed(void **state)
{
	(void)state;
	live_over(HYPMMU_HW_BBM_NOABORT, HYPMMU_USE_CONT, complete_by_resize);
	live_over(HYPMMU_HW_BBM_NOABORT, HYPMMU_USE_CONT, complete_in_a_list);
	live_over(0, HYPMMU_USE_CONT, complete_in_a_list);
}

static void complete_static(struct live *live, uint64_t page, uint64_t block)
{
	struct groups g = groups_of(live);

	(void)page;
	(void)block;
	assert_int_equal(hypmmu_set_live(&live->s.mmu, NULL), HYPMMU_OK);
	live->on = false;
	live_do(live, HYPMMU_MAP, g.at, g.size / 2, HYPMMU_DATA, 0, NULL);
	live_do(live, HYPMMU_MAP, g.at + g.size / 2, g.size / 2, HYPMMU_DATA, 0, NULL);
	assert_true(live_desc(live, live->s.base + g.at) & LIVE_CONT);
	live_do(live, HYPMMU_UNMAP, g.at + g.page, g.page, 0, 0, NULL);
	assert_false(live_desc(live, live->s.base + g.at) & LIVE_CONT);
	assert_false(live_desc(live, live->s.base + g.at + g.size - g.page) & LIVE_CONT);
	live_do(live, HYPMMU_MAP, g.at, g.size, HYPMMU_DATA, 0, NULL);
	assert_true(live_desc(live, live->s.base + g.at) & LIVE_CONT);
	assert_true(live_desc(live, live->s.base + g.at + g.page) & LIVE_CONT);
	live_do(live, HYPMMU_PROTECT, g.at, g.page, HYPMMU_RODATA, 0, NULL);
	assert_false(live_desc(live, live->s.base + g.at + g.page) & LIVE_CONT);
}

static void a_group_that_is_not_live_comes_and_goes_without_ado(void **state)
{
	(void)state;
	live_over(0, HYPMMU_USE_CONT, complete_static);
}

static void merge_pages_into_a_group(struct live *live, uint64_t page, uint64_t block)
{
	struct groups g = groups_of(live);
	const bool resize = live->s.cfg.hw & HYPMMU_HW_BBM_NOABORT;

	(void)page;
	(void)block;
	live_do(live, HYPMMU_MAP, g.at, g.size + g.page, HYPMMU_DATA, HYPMMU_PAGES_ONLY, NULL);
	if (!resize)
		run(&g, HYPMMU_MERGE, 0, g.n, 0, 0, "");
	run(&g, HYPMMU_MERGE, 0, g.n - 1, 0, HYPMMU_MAY_BREAK, "");
	run(&g, HYPMMU_MERGE, 0, g.n + 1, 0, HYPMMU_MAY_BREAK,
	    resize ? "3@2b+Np=cont sync(2b+Np L3)"
		   : "3@2b+Np=arm-cont sync(2b+Np L3) 3@2b+Np=cont sync");
	run(&g, HYPMMU_MERGE, 0, g.n + 1, 0, HYPMMU_MAY_BREAK, "");
	run(&g, HYPMMU_SPLIT, 0, g.n, 0, HYPMMU_PAGES_ONLY | HYPMMU_MAY_BREAK,
	    resize ? "3@2b+Np=leaf sync(2b+Np L3)"
		   : "3@2b+Np=arm-leaf sync(2b+Np L3) 3@2b+Np=leaf sync");
}

static void a_merge_makes_groups_and_a_split_into_pages_dissolves_them(void **state)
{
	(void)state;
	live_over(0, HYPMMU_USE_CONT, merge_pages_into_a_group);
	live_over(HYPMMU_HW_BBM_NOABORT, HYPMMU_USE_CONT, merge_pages_into_a_group);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_done_to_a_whole_group_keeps_it),
		cmocka_unit_test(part_of_a_group_dissolves_it_by_a_break_of_all_members),
		cmocka_unit_test(part_of_a_group_dissolves_it_by_a_resize),
		cmocka_unit_test(a_group_is_not_dissolved_without_a_break),
		cmocka_unit_test(what_completes_a_group_breaks_none_outside_its_range),
		cmocka_unit_test(what_completes_a_group_gets_it_where_no_break_is_needed),
		cmocka_unit_test(a_group_that_is_not_live_comes_and_goes_without_ado),
		cmocka_unit_test(a_merge_makes_groups_and_a_split_into_pages_dissolves_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
