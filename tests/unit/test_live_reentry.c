/* SPDX-License-Identifier: BSD-2-Clause */
/* Callbacks of a live change that call back into the library: BUSY, and nothing is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live.h"
#include "live_log.h"

#define MOMENTS (LIVE_FREE + 1)

struct calls {
	unsigned at[MOMENTS]; /* callbacks */
	unsigned not_busy;
	bool absent; /* the page that is looked at was, once */
};

static int call(struct live *live, unsigned which)
{
	struct hypmmu *mmu = &live->s.mmu;
	const struct hypmmu_change change =
		live_change(live, HYPMMU_UNMAP, live->s.page, live->s.page, 0, 0);
	const hypmmu_va va = change.va;
	struct hypmmu_report report;

	switch (which) {
	case 0:
		return hypmmu_apply(mmu, &change, 1, &report);
	case 1:
		return hypmmu_plan(mmu, &change, 1, &report);
	case 2:
		return hypmmu_unmap(mmu, va, live->s.page, 0);
	case 3:
		return hypmmu_protect(mmu, va, live->s.page, HYPMMU_RODATA, 0);
	case 4:
		return hypmmu_pin(mmu, va, 1);
	case 5:
		return hypmmu_unpin(mmu, va, 1);
	case 6:
		return hypmmu_set_live(mmu, NULL);
	case 7:
		return hypmmu_set_pages(mmu, &live->s.arena.pages);
	case 8:
		return hypmmu_reclaim(mmu);
	default:
		return hypmmu_destroy(mmu);
	}
}

static void call_everything(struct live *live, enum live_moment moment, hypmmu_desc *slot)
{
	struct calls *calls = live->hook_ctx;
	struct hypmmu_leaf leaf;
	int err;

	(void)slot;
	calls->at[moment]++;
	if (moment == LIVE_STORE)
		return;
	for (unsigned which = 0; which < 10; which++)
		calls->not_busy += call(live, which) != HYPMMU_ERR_BUSY;
	err = hypmmu_query(&live->s.mmu, live->s.base + live->s.block, &leaf);
	calls->absent |= err == HYPMMU_ERR_UNMAPPED;
	calls->not_busy += err && err != HYPMMU_ERR_UNMAPPED;
}

static struct calls watch(struct live *live, enum hypmmu_op op, uint64_t va, uint64_t size,
			  hypmmu_attr attr, uint32_t flags, const char *text)
{
	struct calls calls = {.not_busy = 0};

	live->hook = call_everything;
	live->hook_ctx = &calls;
	live_do(live, op, va, size, attr, flags, text);
	live->hook = NULL;
	assert_int_equal(calls.not_busy, 0);
	assert_true(calls.at[LIVE_PUBLISH]);
	assert_true(calls.at[LIVE_SYNC]);
	return calls;
}

static void change_with_callbacks(struct live *live, uint64_t page, uint64_t block)
{
	struct calls calls;

	calls = watch(live, HYPMMU_PROTECT, block + page, page, HYPMMU_RODATA, HYPMMU_MAY_BREAK,
		      "alloc 2@1b=arm-leaf 2@1b=arm-table sync(1b+1b L2) 2@1b=table sync");
	assert_true(calls.at[LIVE_ALLOC]);
	assert_true(calls.absent);
	watch(live, HYPMMU_PROTECT, block + page, page, HYPMMU_DATA, 0,
	      "3@1b1p=leaf sync(1b1p+1p L3)");
	calls = watch(live, HYPMMU_MERGE, block, block, 0, HYPMMU_MAY_BREAK,
		      "2@1b=fold sync(1b+1b L3 walks) 2@1b=leaf free sync");
	assert_true(calls.at[LIVE_FREE]);
	assert_true(calls.absent);
	watch(live, HYPMMU_UNMAP, 2 * page, page, 0, 0, "3@2p=0 sync(2p+1p L3)");
	watch(live, HYPMMU_MAP, 2 * page, page, HYPMMU_DATA, 0, "3@2p=leaf sync");
	calls = watch(live, HYPMMU_UNMAP, 0, block, 0, HYPMMU_SKIP_HOLES,
		      "2@0p=drop sync(0p+1b L* walks) 2@0p=0 free");
	assert_true(calls.at[LIVE_FREE]);
	assert_false(calls.absent);
}

static void a_callback_of_a_change_finds_it_busy(void **state)
{
	(void)state;
	live_over(0, 0, change_with_callbacks);
}

static void reclaim_with_callbacks(struct live *live, uint64_t page, uint64_t block)
{
	struct calls calls = {.not_busy = 0};

	(void)block;
	watch(live, HYPMMU_UNMAP, page, page, 0, HYPMMU_NEW_ROOT, NULL);
	live_begin(live);
	live->hook = call_everything;
	live->hook_ctx = &calls;
	assert_int_equal(hypmmu_reclaim(&live->s.mmu), HYPMMU_OK);
	live->hook = NULL;
	assert_true(calls.at[LIVE_FREE]);
	assert_int_equal(calls.not_busy, 0);
	live_assert_sound(live);
}

static void a_callback_of_a_reclaim_finds_it_busy(void **state)
{
	(void)state;
	live_over(0, 0, reclaim_with_callbacks);
}

static void a_callback_of_going_live_finds_it_busy(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct calls calls = {.not_busy = 0};
		struct live live;

		live_init(&live, &subject_configs[i]);
		live.hook = call_everything;
		live.hook_ctx = &calls;
		live.on = true;
		live_begin(&live);
		assert_int_equal(hypmmu_set_live(&live.s.mmu, &live.maint), HYPMMU_OK);
		live.hook = NULL;
		assert_ptr_equal(live.s.mmu.maint, &live.maint);
		assert_int_equal(calls.at[LIVE_PUBLISH], live.s.mmu.tables);
		assert_int_equal(calls.at[LIVE_SYNC], 1);
		assert_int_equal(calls.not_busy, 0);
		live_end(&live);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_callback_of_a_change_finds_it_busy),
		cmocka_unit_test(a_callback_of_a_reclaim_finds_it_busy),
		cmocka_unit_test(a_callback_of_going_live_finds_it_busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
