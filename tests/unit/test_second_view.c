/* SPDX-License-Identifier: BSD-2-Clause */
/* One tree, two places: built in one block of memory, copied to another, used there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/subject.h"
#include <string.h>

#define PAGES	  16
#define TABLES_PA UINT64_C(0x40000000)

/* The same physical pages through two pointers. */
static _Alignas(1 << 16) unsigned char first[PAGES << 16];
static _Alignas(1 << 16) unsigned char second[PAGES << 16];

struct view {
	struct hypmmu_pages pages;
	unsigned char *memory;
	size_t page_size;
	unsigned char given[PAGES];
};

static void *give_page(void *ctx)
{
	struct view *view = ctx;

	for (size_t page = 0; page < PAGES; page++) {
		if (!view->given[page]) {
			view->given[page] = 1;
			return memset(view->memory + page * view->page_size, 0xa7, view->page_size);
		}
	}
	return NULL;
}

static void take_page_back(void *ctx, void *table)
{
	struct view *view = ctx;
	size_t offset = (size_t)((unsigned char *)table - view->memory);

	assert_true(offset < PAGES * view->page_size);
	assert_int_equal(offset % view->page_size, 0);
	assert_int_equal(view->given[offset / view->page_size], 1);
	view->given[offset / view->page_size] = 0;
}

static hypmmu_pa to_pa(void *ctx, const void *table)
{
	struct view *view = ctx;

	return TABLES_PA + (hypmmu_pa)((const unsigned char *)table - view->memory);
}

static void *to_ptr(void *ctx, hypmmu_pa pa)
{
	struct view *view = ctx;

	if (pa < TABLES_PA || pa - TABLES_PA >= PAGES * view->page_size)
		return NULL;
	return view->memory + (pa - TABLES_PA);
}

static void view_init(struct view *view, unsigned char *memory, enum hypmmu_granule granule,
		      bool window)
{
	*view = (struct view){.memory = memory, .page_size = (size_t)1 << granule};
	view->pages =
		(struct hypmmu_pages){.alloc = give_page, .free = take_page_back, .ctx = view};
	if (window) {
		view->pages.window = memory;
		view->pages.window_pa = TABLES_PA;
		view->pages.window_size = PAGES * view->page_size;
	} else {
		view->pages.to_pa = to_pa;
		view->pages.to_ptr = to_ptr;
	}
}

struct scene {
	const struct hypmmu_config *cfg;
	struct hypmmu mmu;
	struct view here, there;
	hypmmu_va base;
	uint64_t page, block;
};

static struct hypmmu_change map_of(const struct scene *scene, uint64_t offset, uint64_t size)
{
	return (struct hypmmu_change){.va = scene->base + offset,
				      .pa = scene->block + offset,
				      .size = size,
				      .attr = HYPMMU_DATA};
}

/* A block with a page of code in it. */
static void build(struct scene *scene, const struct hypmmu_config *cfg, bool from, bool to)
{
	struct hypmmu_change list[2];

	memset(first, 0x11, sizeof(first));
	memset(second, 0x22, sizeof(second));
	*scene = (struct scene){
		.cfg = cfg,
		.base = cfg->regime == HYPMMU_EL2_0_UPPER ? ~UINT64_C(0) << cfg->va_bits : 0,
		.page = UINT64_C(1) << cfg->granule,
		.block = UINT64_C(1) << (2 * cfg->granule - 3),
	};
	view_init(&scene->here, first, cfg->granule, from);
	view_init(&scene->there, second, cfg->granule, to);
	list[0] = map_of(scene, 0, 2 * scene->block);
	list[1] = map_of(scene, 3 * scene->page, scene->page);
	list[1].attr = HYPMMU_CODE;
	assert_int_equal(hypmmu_init(&scene->mmu, cfg, &scene->here.pages), 0);
	assert_int_equal(hypmmu_apply(&scene->mmu, list, 2, NULL), 0);
}

/* Memory moves; then nothing may touch the first place: it is filled with what no table holds. */
static void move_out(struct scene *scene)
{
	memcpy(second, first, sizeof(second));
	memcpy(scene->there.given, scene->here.given, PAGES);
	memset(first, 0xee, sizeof(first));
}

static const unsigned char *bytes_there(void *ctx, hypmmu_pa pa, size_t size)
{
	(void)size;
	return to_ptr(ctx, pa);
}

static struct oracle_answer at(struct scene *scene, const struct hypmmu *mmu, uint64_t offset)
{
	struct oracle oracle;

	oracle_init(&oracle, scene->cfg, mmu->root, bytes_there, &scene->there);
	return oracle_walk(&oracle, scene->base + offset);
}

/* The library and the oracle agree that the byte is mapped so. */
static void assert_mapped(struct scene *scene, const struct hypmmu *mmu, uint64_t offset,
			  hypmmu_attr attr, int level)
{
	struct oracle_answer answer = at(scene, mmu, offset);
	struct hypmmu_leaf leaf;

	assert_int_equal(answer.result, ORACLE_OK);
	assert_int_equal(answer.pa, scene->block + offset);
	assert_int_equal(answer.level, level);
	assert_int_equal(answer.w, (attr & HYPMMU_W) != 0);
	assert_int_equal(answer.x, (attr & HYPMMU_X) != 0);
	assert_int_equal(hypmmu_query(mmu, scene->base + offset, &leaf), 0);
	assert_int_equal(leaf.pa + (scene->base + offset - leaf.va), scene->block + offset);
	assert_int_equal(leaf.attr, attr);
	assert_int_equal(leaf.level, level);
	assert_int_equal(leaf.desc, answer.desc);
}

static void assert_as_built(struct scene *scene, const struct hypmmu *mmu)
{
	assert_mapped(scene, mmu, 0, HYPMMU_DATA, 3);
	assert_mapped(scene, mmu, 3 * scene->page, HYPMMU_CODE, 3);
	assert_mapped(scene, mmu, scene->block - 1, HYPMMU_DATA, 3);
	assert_mapped(scene, mmu, scene->block, HYPMMU_DATA, 2);
	assert_int_equal(at(scene, mmu, 2 * scene->block).result, ORACLE_TRANSLATION);
	assert_int_equal(hypmmu_check(mmu, NULL), 0);
}

/* Changes that split, merge, take pages and give pages back. */
static void change_there(struct scene *scene, struct hypmmu *mmu)
{
	uint64_t page = scene->page, block = scene->block;
	struct hypmmu_change list[] = {
		{.op = HYPMMU_PROTECT,
		 .va = scene->base + block,
		 .size = page,
		 .attr = HYPMMU_RODATA},
		map_of(scene, 2 * block, page),
		{.op = HYPMMU_PROTECT,
		 .va = scene->base + 3 * page,
		 .size = page,
		 .attr = HYPMMU_DATA},
	};
	const struct hypmmu_change merge = {.op = HYPMMU_MERGE, .va = scene->base, .size = block};
	struct hypmmu_report report;

	assert_int_equal(hypmmu_apply(mmu, list, 3, &report), 0);
	assert_int_equal(report.tables, 2);
	assert_int_equal(hypmmu_apply(mmu, &merge, 1, &report), 0);
	assert_int_equal(report.freed, 1);

	assert_mapped(scene, mmu, 3 * page, HYPMMU_DATA, 2);
	assert_mapped(scene, mmu, block, HYPMMU_RODATA, 3);
	assert_mapped(scene, mmu, block + page, HYPMMU_DATA, 3);
	assert_mapped(scene, mmu, 2 * block, HYPMMU_DATA, 3);
	assert_int_equal(hypmmu_check(mmu, NULL), 0);
}

static void assert_first_is_left_alone(void)
{
	assert_int_equal(first[0], 0xee);
	assert_memory_equal(first, first + 1, sizeof(first) - 1);
}

static void assert_all_given_back(const struct view *view)
{
	for (size_t page = 0; page < PAGES; page++)
		assert_int_equal(view->given[page], 0);
}

static void set_pages_moves_the_library_to_the_other_pointers(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUBJECTS * 4; i++) {
		struct scene scene;
		hypmmu_pa root;

		build(&scene, &subject_configs[i / 4], i % 2, i / 2 % 2);
		root = scene.mmu.root;
		move_out(&scene);

		assert_int_equal(hypmmu_set_pages(&scene.mmu, &scene.there.pages), 0);

		assert_int_equal(scene.mmu.root, root);
		assert_as_built(&scene, &scene.mmu);
		change_there(&scene, &scene.mmu);
		assert_int_equal(hypmmu_destroy(&scene.mmu), 0);
		assert_all_given_back(&scene.there);
		assert_first_is_left_alone();
	}
}

static void a_copied_tree_is_adopted(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUBJECTS * 2; i++) {
		struct scene scene;
		struct hypmmu other;

		build(&scene, &subject_configs[i / 2], true, i % 2);
		move_out(&scene);

		assert_int_equal(hypmmu_adopt(&other, scene.cfg, &scene.there.pages, scene.mmu.root,
					      scene.mmu.tables),
				 0);

		assert_int_equal(other.tables, scene.mmu.tables);
		assert_as_built(&scene, &other);
		change_there(&scene, &other);
		assert_int_equal(hypmmu_destroy(&other), 0);
		assert_all_given_back(&scene.there);
		assert_first_is_left_alone();
	}
}

/* The root is at TABLES_PA, the first page given. */
static void set_pages_refuses_a_window_without_the_root(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct scene scene;
		struct hypmmu saved;

		build(&scene, &subject_configs[i], true, true);
		assert_int_equal(scene.mmu.root, TABLES_PA);
		memcpy(&saved, &scene.mmu, sizeof(saved));

		scene.there.pages.window_pa = TABLES_PA + scene.page;
		assert_int_equal(hypmmu_set_pages(&scene.mmu, &scene.there.pages),
				 HYPMMU_ERR_PAGES);
		scene.there.pages.window_pa = TABLES_PA - PAGES * scene.page;
		assert_int_equal(hypmmu_set_pages(&scene.mmu, &scene.there.pages),
				 HYPMMU_ERR_PAGES);

		assert_memory_equal(&scene.mmu, &saved, sizeof(saved));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_pages_moves_the_library_to_the_other_pointers),
		cmocka_unit_test(a_copied_tree_is_adopted),
		cmocka_unit_test(set_pages_refuses_a_window_without_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
