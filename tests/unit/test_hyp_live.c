/* SPDX-License-Identifier: BSD-2-Clause */
/* A hyp-mode address space that CPUs are running on: what they are told, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp_host.h"

#define PA UINT64_C(0x100000000)
#define AT UINT64_C(0x40000000)

struct listener {
	struct host host;
	struct hypmmu_maint maint;
	size_t publishes, syncs, flushes;
	/* What the latest change is about: at a sync with ranges it must be gone, and covered. */
	hypmmu_va va;
	uint64_t size;
	bool covered, early; /* early: a page was freed before the flush */
};

static void publish(void *ctx, const void *p, size_t size)
{
	struct listener *l = ctx;

	(void)p;
	(void)size;
	l->publishes++;
}

static bool is_stale(const struct hypmmu_stale *list, size_t n, hypmmu_va va)
{
	for (size_t i = 0; i < n; i++) {
		if (!list[i].size || va - list[i].va < list[i].size)
			return true;
	}
	return false;
}

static void sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		 size_t n)
{
	struct listener *l = ctx;

	(void)cfg;
	l->syncs++;
	if (!n)
		return;
	l->flushes++;
	for (uint64_t at = 0; at < l->size; at += l->host.page)
		l->covered = (!at || l->covered) && is_stale(list, n, l->va + at);
	host_assert_hole(&l->host, l->va, l->size);
}

static void hear_of_pages(void *ctx, enum arena_call call)
{
	struct listener *l = ctx;

	if (call == ARENA_FREE && !l->flushes)
		l->early = true;
}

static void forget(struct listener *l, hypmmu_va va, uint64_t size)
{
	l->publishes = l->syncs = l->flushes = 0;
	l->covered = l->early = false;
	l->va = va;
	l->size = size;
}

static void over_configs(void (*scenario)(struct listener *l, struct hypmmu_hyp *hyp,
					  uint64_t page))
{
	for (size_t i = 0; i < HOST_CONFIGS; i++) {
		struct listener l;

		host_init(&l.host, &host_configs[i]);
		host_build_well(&l.host);
		l.maint = (struct hypmmu_maint){.publish = publish, .sync = sync, .ctx = &l};
		assert_int_equal(hypmmu_set_live(&l.host.hyp.mmu, &l.maint), HYPMMU_OK);
		l.host.arena.hook = hear_of_pages;
		l.host.arena.hook_ctx = &l;
		forget(&l, 0, 0);
		scenario(&l, &l.host.hyp, l.host.page);
		host_assert_sound(&l.host);
		assert_int_equal(hypmmu_hyp_destroy(&l.host.hyp), HYPMMU_ERR_STATE);
		assert_int_equal(hypmmu_set_live(&l.host.hyp.mmu, NULL), HYPMMU_OK);
		l.host.arena.hook = NULL;
		host_end(&l.host);
	}
}

/* Nothing was there before: one DSB, no TLBI. */
static void assert_added(struct listener *l)
{
	assert_true(l->publishes >= 1);
	assert_int_equal(l->syncs, 1);
	assert_int_equal(l->flushes, 0);
	forget(l, 0, 0);
}

static void add_everything(struct listener *l, struct hypmmu_hyp *hyp, uint64_t page)
{
	struct host *host = &l->host;
	hypmmu_va va, top;

	host->scattered = AT + 2 * page;
	host->scattered_end = AT + 6 * page;
	assert_int_equal(
		hypmmu_create_hyp_mappings(hyp, host_at(AT), host_at(AT + 9 * page), HYPMMU_DATA),
		HYPMMU_OK);
	assert_added(l);
	for (unsigned i = 0; i < 4; i++)
		host_assert_mapped(host, host_linear(host, AT + (2 + i) * page),
				   HOST_RAM + AT + (5 - i) * page, page, HYPMMU_DATA);
	assert_int_equal(hypmmu_create_idmap(hyp, 4 * page, 5 * page, HYPMMU_MMIO), HYPMMU_OK);
	assert_added(l);
	assert_int_equal(hypmmu_map_private(hyp, PA + 7, 2 * page, HYPMMU_MMIO, &va), HYPMMU_OK);
	assert_added(l);
	assert_int_equal(hypmmu_map_stack(hyp, PA, 4 * page, &top), HYPMMU_OK);
	assert_added(l);
	host_assert_mapped(host, va, PA + 7, 2 * page, HYPMMU_MMIO);
	host_assert_mapped(host, top - 4 * page, PA, 4 * page, HYPMMU_DATA);
}

static void what_is_added_costs_no_tlbi(void **state)
{
	(void)state;
	over_configs(add_everything);
}

static void remove_windows(struct listener *l, struct hypmmu_hyp *hyp, uint64_t page)
{
	const uint64_t sizes[] = {1, 2, 5, 40};

	for (size_t i = 0; i < 4; i++) {
		size_t tables = hyp->mmu.tables;
		hypmmu_va va;

		assert_int_equal(hypmmu_map_private(hyp, PA, sizes[i] * page, HYPMMU_MMIO, &va),
				 HYPMMU_OK);
		forget(l, va, sizes[i] * page);
		assert_int_equal(hypmmu_unmap_private(hyp, va + page / 2), HYPMMU_OK);
		assert_int_equal(l->flushes, 1);
		assert_true(l->covered);
		assert_false(l->early);
		assert_int_equal(hyp->mmu.tables, tables);
		host_assert_hole(&l->host, va, sizes[i] * page);
	}
}

static void a_window_is_gone_from_all_tlbs_when_it_is_unmapped(void **state)
{
	(void)state;
	over_configs(remove_windows);
}

/* A block of its own, in tables of its own: freed after the flush. */
static void remove_a_block(struct listener *l, struct hypmmu_hyp *hyp, uint64_t page)
{
	uint64_t block = l->host.block, size = block < AT / 4 ? block + 2 * page : 32 * page;
	size_t tables = hyp->mmu.tables, frees;
	hypmmu_va va;

	assert_int_equal(hypmmu_map_private(hyp, PA - page, size, HYPMMU_DATA, &va), HYPMMU_OK);
	assert_true(size < block || hyp->mmu.tables > tables);
	forget(l, va, size);
	frees = l->host.arena.frees;
	assert_int_equal(hypmmu_unmap_private(hyp, va + size - 1), HYPMMU_OK);
	assert_int_equal(l->flushes, 1);
	assert_true(l->covered);
	assert_false(l->early);
	assert_int_equal(hyp->mmu.tables, tables);
	assert_true(size < block || l->host.arena.frees > frees);
}

static void tables_of_a_window_are_freed_after_that(void **state)
{
	(void)state;
	over_configs(remove_a_block);
}

static void fail_everything(struct listener *l, struct hypmmu_hyp *hyp, uint64_t page)
{
	struct host *host = &l->host;
	struct host_saved saved;
	hypmmu_va va;

	host_save(host, &saved);
	assert_int_equal(
		hypmmu_create_hyp_mappings(hyp, host_at(0x60000), host_at(0x60001), HYPMMU_DATA),
		HYPMMU_ERR_CONFLICT);
	host->none = AT + 4 * page;
	assert_int_equal(
		hypmmu_create_hyp_mappings(hyp, host_at(AT), host_at(AT + 9 * page), HYPMMU_DATA),
		HYPMMU_ERR_UNMAPPED);
	host->none = 0;
	host->arena.trick = ARENA_NULL;
	host->arena.trick_at = 1;
	assert_int_equal(
		hypmmu_create_hyp_mappings(hyp, host_at(AT), host_at(AT + 9 * page), HYPMMU_DATA),
		HYPMMU_ERR_NOMEM);
	host->asked = 0;
	host->lie_at = 12;
	host->lie = 64 * page;
	assert_int_equal(
		hypmmu_create_hyp_mappings(hyp, host_at(AT), host_at(AT + 9 * page), HYPMMU_DATA),
		HYPMMU_ERR_CORRUPT);
	assert_int_equal(hypmmu_unmap_private(hyp, hyp->vectors), HYPMMU_ERR_PINNED);
	assert_int_equal(hypmmu_unmap_private(hyp, hyp->vectors - page), HYPMMU_ERR_UNMAPPED);
	assert_int_equal(hypmmu_map_private(hyp, PA, 1, 0, &va), HYPMMU_ERR_ATTR);
	host_assert_saved(host, &saved);
	assert_int_equal(l->publishes | l->syncs, 0);
}

static void what_fails_is_not_heard_of(void **state)
{
	(void)state;
	over_configs(fail_everything);
}

/* Nothing to do: nothing done. */
static void repeat_everything(struct listener *l, struct hypmmu_hyp *hyp, uint64_t page)
{
	(void)page;
	assert_int_equal(
		hypmmu_create_hyp_mappings(hyp, host_at(0x60000), host_at(0x70000), HYPMMU_RODATA),
		HYPMMU_OK);
	assert_int_equal(hypmmu_create_idmap(hyp, HOST_IDMAP, HOST_IDMAP + 1, HYPMMU_CODE),
			 HYPMMU_OK);
	assert_int_equal(l->publishes | l->syncs, 0);
}

static void what_is_there_already_is_not_stored_again(void **state)
{
	(void)state;
	over_configs(repeat_everything);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_costs_no_tlbi),
		cmocka_unit_test(a_window_is_gone_from_all_tlbs_when_it_is_unmapped),
		cmocka_unit_test(tables_of_a_window_are_freed_after_that),
		cmocka_unit_test(what_fails_is_not_heard_of),
		cmocka_unit_test(what_is_there_already_is_not_stored_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
