/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Code, stacks and tables are in blocks that have to be split: without a break, since nothing could
 * run during it. HYPMMU_NEW_ROOT builds other tables beside those in use.
 *
 * The rendezvous with two CPUs, which is the caller's part:
 * 1. One CPU makes the new root. Both go on under the old one, and nothing else is changed.
 * 2. Each CPU calls hypmmu_arch_switch() with the registers for the new root, where it is (the code
 *    that runs and its stack are in both trees), and says so. After it the CPU has nothing of the
 *    old tree in its TLB. Until all have done it, CPUs see different things: here the order is CPU
 *    1, then CPU 0, and what each of them sees is looked at after each.
 * 3. The one that has made the new root, and has heard of all of them, reclaims the old tables.
 */
#include "stand.h"
#include "../../../examples/qemu-virt/host.h"
#include "../../../examples/qemu-virt/layout.h"
#include "../../../examples/qemu-virt/probe.h"
#include "../../../examples/qemu-virt/sysreg.h"
#include "cpus.h"
#include "scenario.h"

#define FSC_TRANSLATION_3 0x07
#define FSC_PERMISSION_3  0x0f

#define MOVZ_X0_42 0xd2800540
#define RET	   0xd65f03c0

extern unsigned char second_stack[], second_stack_end[];

/* Read-only data that is code if its block may be executed; fresh code for each look, since QEMU
 * finds what it has run before without its TLB. */
#define CODE_IN_RODATA                                                                             \
	{                                                                                          \
		MOVZ_X0_42, RET                                                                    \
	}
static const uint32_t code_in_rodata[][2] = {
	CODE_IN_RODATA, CODE_IN_RODATA, CODE_IN_RODATA, CODE_IN_RODATA,
	CODE_IN_RODATA, CODE_IN_RODATA, CODE_IN_RODATA, CODE_IN_RODATA,
	CODE_IN_RODATA, CODE_IN_RODATA, CODE_IN_RODATA, CODE_IN_RODATA,
	CODE_IN_RODATA, CODE_IN_RODATA, CODE_IN_RODATA, CODE_IN_RODATA,
};
#define CODES (sizeof(code_in_rodata) / sizeof(code_in_rodata[0]))

/* On the pages that the blocks are to be split for. */
struct view {
	bool by_blocks;
	unsigned round;
};

static bool has_view(const void *what)
{
	const struct view *view = what;
	const uint64_t code = ADDRESS(code_in_rodata[view->round % CODES]);
	const struct outcome fetch = try_word(code, HYPMMU_FETCH, 0);
	const struct outcome write = try_word(ADDRESS(shared_page), HYPMMU_WRITE, 1);
	const struct outcome read = try_word(ADDRESS(hole_start), HYPMMU_READ, 0);
	bool right;

	if (view->by_blocks)
		right = !fetch.faulted && fetch.value == 42 && !write.faulted && !read.faulted;
	else
		right = is_fault(&fetch, code, HYPMMU_FETCH, FSC_PERMISSION_3) &&
			is_fault(&write, ADDRESS(shared_page), HYPMMU_WRITE, FSC_PERMISSION_3) &&
			is_fault(&read, ADDRESS(hole_start), HYPMMU_READ, FSC_TRANSLATION_3);
	if (!right)
		say("    CPU %d: ESR_EL2 of fetch %lx, write %lx, read %lx: not as %s\n",
		    (int)(read_mpidr_el1() & 1), (uint64_t)fetch.esr, (uint64_t)write.esr,
		    (uint64_t)read.esr, view->by_blocks ? "in blocks" : "in pages");
	return right;
}

/* Does this CPU see the blocks' attributes, or those of the pages? */
static bool sees(struct rig *rig, unsigned cpu, bool by_blocks)
{
	const struct view view = {.by_blocks = by_blocks, .round = rig->rounds++};

	return cpu >= rig->cpus || run_on(cpu, has_view, &view);
}

static bool all_see(struct rig *rig, bool by_blocks)
{
	bool right = sees(rig, 0, by_blocks);

	return sees(rig, 1, by_blocks) && right;
}

static bool is_refused(struct rig *rig, const char *what, const struct hypmmu_change *change,
		       int expected)
{
	const hypmmu_pa root = rig->mmu.root;
	const size_t used = rig->pool.used;
	int err = hypmmu_apply(&rig->mmu, change, 1, NULL);

	say("%s: %s\n", what, hypmmu_strerror(err));
	return err == expected && rig->mmu.root == root && rig->pool.used == used;
}

/* Of a part of a block, from its start and size. */
static struct hypmmu_change edit(enum hypmmu_op op, const unsigned char *start,
				 const unsigned char *size, hypmmu_attr attr, uint32_t flags)
{
	return (struct hypmmu_change){.op = op,
				      .va = ADDRESS(start),
				      .pa = ADDRESS(start),
				      .size = ADDRESS(size),
				      .attr = attr,
				      .flags = flags};
}

static bool pin_all(struct hypmmu *mmu)
{
	const uint64_t stack = ADDRESS(stack_end) - ADDRESS(writable_start);
	const uint64_t second = ADDRESS(second_stack_end) - ADDRESS(second_stack);

	return succeeds("hypmmu_pin", hypmmu_pin(mmu, ADDRESS(text_start), ADDRESS(text_size)),
			NULL) &&
	       succeeds("hypmmu_pin", hypmmu_pin(mmu, ADDRESS(writable_start), stack), NULL) &&
	       succeeds("hypmmu_pin", hypmmu_pin(mmu, ADDRESS(second_stack), second), NULL);
}

static bool is_refused_in_place(struct rig *rig)
{
	const struct hypmmu_change rodata =
		edit(HYPMMU_PROTECT, rodata_start, rodata_size, RODATA, HYPMMU_MAY_BREAK);
	const struct hypmmu_change shared =
		edit(HYPMMU_PROTECT, shared_page, shared_page_size, RODATA, HYPMMU_MAY_BREAK);
	struct hypmmu_change no_break = rodata, text = code_blocks(rig->mmu.cfg.granule);

	no_break.flags = 0;
	text.op = HYPMMU_UNMAP;
	return is_refused(rig, "a split of the tables' own block", &shared, HYPMMU_ERR_PINNED) &&
	       is_refused(rig, "a split of a block without a break", &no_break, HYPMMU_ERR_BREAK) &&
	       pin_all(&rig->mmu) &&
	       is_refused(rig, "a split of the code's block", &rodata, HYPMMU_ERR_PINNED) &&
	       is_refused(rig, "a split of the stacks' block", &shared, HYPMMU_ERR_PINNED) &&
	       is_refused(rig, "an unmap of the code", &text, HYPMMU_ERR_PINNED) &&
	       all_see(rig, true);
}

static bool switch_over(const void *regs)
{
	return succeeds("hypmmu_arch_switch", hypmmu_arch_switch(regs), NULL);
}

static bool go_over(struct rig *rig, unsigned cpu, const struct hypmmu_regs *regs)
{
	return cpu >= rig->cpus || run_on(cpu, switch_over, regs);
}

/* Both still see what they saw, and nothing else can be changed. */
static bool is_beside(struct rig *rig, hypmmu_pa old_root, bool by_blocks)
{
	const struct hypmmu_change more =
		edit(HYPMMU_UNMAP, hole_start, hole_size, 0, HYPMMU_SKIP_HOLES);

	return rig->mmu.root != old_root && all_see(rig, by_blocks) &&
	       is_refused(rig, "another change before the tables are reclaimed", &more,
			  HYPMMU_ERR_STATE) &&
	       all_see(rig, by_blocks);
}

/* The rendezvous: see above. What the CPUs see under the old root and under the new one. */
static bool change_root(struct rig *rig, const struct hypmmu_change *changes, size_t n, bool before,
			bool after)
{
	const hypmmu_pa old_root = rig->mmu.root;
	struct hypmmu_report report;
	struct hypmmu_regs regs;

	if (!succeeds("hypmmu_apply", hypmmu_apply(&rig->mmu, changes, n, &report), &report) ||
	    !succeeds("hypmmu_get_regs", hypmmu_get_regs(&rig->mmu, NULL, &regs), NULL) ||
	    !is_beside(rig, old_root, before))
		return false;
	if (!go_over(rig, 1, &regs) || !sees(rig, 1, after) || !sees(rig, 0, before))
		return false;
	if (!go_over(rig, 0, &regs) || !all_see(rig, after))
		return false;
	say("a new root: %lu tables more, %lu in all\n", report.tables, rig->pool.used);
	return succeeds("hypmmu_reclaim", hypmmu_reclaim(&rig->mmu), NULL) &&
	       rig->pool.used == rig->mmu.tables && hypmmu_reclaim(&rig->mmu) == HYPMMU_ERR_STATE &&
	       succeeds("hypmmu_check", hypmmu_check(&rig->mmu, &report), &report) &&
	       all_see(rig, after);
}

static bool has_level(const struct rig *rig, int level)
{
	const uint64_t places[] = {ADDRESS(text_start), ADDRESS(writable_start),
				   ADDRESS(second_stack)};
	struct hypmmu_leaf leaf;

	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (hypmmu_query(&rig->mmu, places[i], &leaf) || leaf.level != level) {
			say("    %016lx is not of level %d\n", places[i], level);
			return false;
		}
	}
	return true;
}

static bool split_all(struct rig *rig)
{
	const struct hypmmu_change changes[] = {
		edit(HYPMMU_PROTECT, rodata_start, rodata_size, RODATA, HYPMMU_NEW_ROOT),
		edit(HYPMMU_PROTECT, shared_page, shared_page_size, RODATA, HYPMMU_NEW_ROOT),
		edit(HYPMMU_UNMAP, hole_start, hole_size, 0, HYPMMU_NEW_ROOT),
	};

	return change_root(rig, changes, 3, true, false) && has_level(rig, 3);
}

/* In place: none of it breaks anything. */
static bool give_attributes_back(struct rig *rig)
{
	const struct hypmmu_change changes[] = {
		edit(HYPMMU_PROTECT, rodata_start, rodata_size, CODE, 0),
		edit(HYPMMU_PROTECT, shared_page, shared_page_size, DATA, 0),
		edit(HYPMMU_MAP, hole_start, hole_size, DATA, 0),
	};
	struct hypmmu_report report;

	return succeeds("hypmmu_apply", hypmmu_apply(&rig->mmu, changes, 3, &report), &report) &&
	       all_see(rig, true) && has_level(rig, 3);
}

static bool merge_all(struct rig *rig)
{
	struct hypmmu_change changes[] = {code_blocks(rig->mmu.cfg.granule),
					  data_blocks(rig->mmu.cfg.granule)};

	for (unsigned i = 0; i < 2; i++) {
		changes[i].op = HYPMMU_MERGE;
		changes[i].flags = HYPMMU_MAY_BREAK;
		if (!is_refused(rig, "a merge in place", &changes[i], HYPMMU_ERR_PINNED))
			return false;
		changes[i].flags = HYPMMU_NEW_ROOT;
	}
	return change_root(rig, changes, 2, true, true) && has_level(rig, 2);
}

bool stand(struct rig *rig)
{
	const size_t tables = rig->mmu.tables;

	return has_level(rig, 2) && is_refused_in_place(rig) && split_all(rig) &&
	       give_attributes_back(rig) && merge_all(rig) && rig->mmu.tables == tables;
}
