/* SPDX-License-Identifier: BSD-2-Clause */
/* Dump: the address space as text, one merged range a line. */
#include "cursor.h"
#include "query.h"

struct line {
	void (*print)(void *ctx, const char *line);
	void *ctx;
	size_t n;
	char text[128];
};

static void add(struct line *line, const char *text)
{
	while (*text && line->n < sizeof(line->text) - 1)
		line->text[line->n++] = *text++;
}

static void add_number(struct line *line, uint64_t value, unsigned base, unsigned width)
{
	char digits[21];
	unsigned i = sizeof(digits) - 1;

	digits[i] = '\0';
	do {
		digits[--i] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value || sizeof(digits) - 1 - i < width);
	add(line, digits + i);
}

static void add_address(struct line *line, uint64_t address)
{
	add(line, "0x");
	add_number(line, address, 16, 16);
}

/* In the largest unit that leaves no remainder. */
static void add_size(struct line *line, uint64_t size)
{
	static const char units[] = "BKMGTPE";
	unsigned unit = 0;

	while (size && is_aligned(size, 10) && unit < sizeof(units) - 2) {
		size >>= 10;
		unit++;
	}
	add_number(line, size, 10, 1);
	add(line, (const char[]){units[unit], '\0'});
}

static void end_line(struct line *line)
{
	line->text[line->n] = '\0';
	line->print(line->ctx, line->text);
	line->n = 0;
}

static const char *type_name(hypmmu_attr attr)
{
	switch (attr & HM_ATTR_TYPE) {
	case HYPMMU_NORMAL:
		return " normal";
	case HYPMMU_NORMAL_NC:
		return " normal-nc";
	case HYPMMU_NORMAL_WT:
		return " normal-wt";
	case HYPMMU_NORMAL_TAGGED:
		return " normal-tagged";
	case HYPMMU_DEVICE_NGNRNE:
		return " device-nGnRnE";
	case HYPMMU_DEVICE_NGNRE:
		return " device-nGnRE";
	case HYPMMU_DEVICE_NGRE:
		return " device-nGRE";
	default:
		return " device-GRE";
	}
}

static void add_attr(struct line *line, hypmmu_attr attr)
{
	add(line, attr & HYPMMU_W ? " rw" : " r-");
	add(line, attr & HYPMMU_X ? "x" : "-");
	add(line, type_name(attr));
	add(line, attr & HYPMMU_USER ? " user" : "");
	add(line, attr & HYPMMU_GUARDED ? " guarded" : "");
	add(line, attr & HYPMMU_NS ? " ns" : "");
	add(line, attr & HYPMMU_DBM ? " dbm" : "");
	add(line, attr & HYPMMU_NG ? " ng" : "");
	if (attr & HM_ATTR_SW) {
		add(line, " sw=");
		add_number(line, get(HM_ATTR_SW, attr), 10, 1);
	}
}

/* `count` leaves like *last, the last of them. */
static void dump_range(struct line *line, const struct hypmmu_leaf *last, uint64_t count)
{
	uint64_t before = (count - 1) * last->size;

	add_address(line, last->va - before);
	add(line, "-");
	add_address(line, last->va + (last->size - 1));
	add(line, " -> ");
	add_address(line, last->pa - before);
	add(line, " ");
	add_size(line, before + last->size);
	add_attr(line, last->attr);
	add(line, " ");
	add_number(line, count, 10, 1);
	add(line, "x");
	add_size(line, last->size);
	end_line(line);
}

static bool continues(const struct hypmmu_leaf *a, const struct hypmmu_leaf *b)
{
	return b->level == a->level && b->attr == a->attr && b->va == a->va + a->size &&
	       b->pa == a->pa + a->size;
}

static void dump_config(struct line *line, const struct hypmmu *mmu)
{
	add(line, !mmu->geo.two_privileges ? "EL2"
		  : mmu->geo.va_base	   ? "EL2&0 upper"
					   : "EL2&0 lower");
	add(line, " ");
	add_size(line, BIT(mmu->geo.page_shift));
	add(line, " granule, VA ");
	add_number(line, mmu->geo.va_bits, 10, 1);
	add(line, " bits, PA ");
	add_number(line, mmu->geo.pa_bits, 10, 1);
	add(line, " bits, root ");
	add_address(line, hm_mmu_root(mmu));
	add(line, mmu->geo.indirect ? ", S1PIE" : "");
	add(line, mmu->maint ? ", live" : "");
	end_line(line);
}

/* Bounded even while a writer works on the same tables. */
static void dump_tables(struct line *line, const struct hypmmu *mmu)
{
	size_t count[HM_LEVELS] = {0}, total = 0;
	hypmmu_desc *root = hm_root(mmu);
	struct hm_cursor cursor;

	if (!root)
		return;
	hm_cursor_init(&cursor, &mmu->geo, &mmu->pages, root);
	for (; total < hm_mmu_tables(mmu) && cursor.level >= mmu->geo.start_level; total++) {
		hm_cursor_next_table(&cursor);
		count[cursor.level + 2]++;
	}
	add(line, "tables ");
	add_number(line, total, 10, 1);
	add(line, " (");
	add_size(line, (uint64_t)total << mmu->geo.page_shift);
	add(line, "):");
	for (int level = mmu->geo.start_level; level <= HM_LAST_LEVEL; level++) {
		add(line,
		    level < 0 ? " L-1 " : (const char[]){' ', 'L', (char)('0' + level), ' ', '\0'});
		add_number(line, count[level + 1], 10, 1);
	}
	end_line(line);
}

static void dump_corrupt(struct line *line, const struct hypmmu_leaf *slot)
{
	add_address(line, slot->va);
	add(line, "-");
	add_address(line, slot->va + (slot->size - 1));
	add(line, " corrupt: descriptor ");
	add_address(line, slot->desc);
	end_line(line);
}

/* Runs of like leaves, and every slot that no table of ours holds. */
static void dump_leaves(struct line *line, const struct hypmmu *mmu)
{
	struct hypmmu_leaf leaf, last = {.size = 0};
	hypmmu_va va = mmu->geo.va_base;
	uint64_t count = 0;
	int err;

	do {
		err = va >= mmu->geo.va_base ? hm_next_place(mmu, va, &leaf) : HYPMMU_ERR_UNMAPPED;
		if (count && (err || !continues(&last, &leaf))) {
			dump_range(line, &last, count);
			count = 0;
		}
		if (err == HYPMMU_ERR_CORRUPT)
			dump_corrupt(line, &leaf);
		count += !err;
		last = leaf;
		va = leaf.va + leaf.size;
	} while (err != HYPMMU_ERR_UNMAPPED);
}

void hypmmu_dump(const struct hypmmu *mmu, void (*print)(void *ctx, const char *line), void *ctx)
{
	struct line line = {.print = print, .ctx = ctx};

	if (!mmu || !print || !hm_mmu_tables(mmu))
		return;
	dump_config(&line, mmu);
	dump_leaves(&line, mmu);
	dump_tables(&line, mmu);
}
