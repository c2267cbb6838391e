/* SPDX-License-Identifier: BSD-2-Clause */
#include "space.h"
#include "../qemu-virt/host.h"
#include "cpus.h"

#define HCR_RW UINT64_C(0x80000000) /* EL1 is AArch64 */
#define SEED   UINT64_C(0x5d588b656c078965)

struct hypmmu_hyp hyp;
struct hypmmu_hyp_cpu hyp_cpus[CPUS];
struct hyp_cpu cpu_data[CPUS];
struct hypmmu_cpu_params params[CPUS];
struct hypmmu_pool pool;

static bool forgets;

bool succeeds(const char *what, int err, const struct hypmmu_report *report)
{
	if (!err)
		return true;
	say("%s: %s", what, hypmmu_strerror(err));
	if (report)
		say(" (entry %lu, address %016lx)", report->index, report->va);
	say("\n");
	return false;
}

/* ---- The host's side of changes: it may not issue TLBIs for EL2, and asks hyp ---- */

static void publish(void *ctx, const void *p, size_t size)
{
	(void)ctx;
	hypmmu_arch_publish(p, size);
}

static void sync(void *ctx, const struct hypmmu_config *cfg, const struct hypmmu_stale *list,
		 size_t n)
{
	(void)ctx;
	__asm__ volatile("dsb ishst" : : : "memory"); /* what was stored | a walk of any CPU */
	if (!n || forgets)
		return;
	hyp_request.cfg = *cfg;
	for (size_t i = 0; i < n; i++)
		hyp_request.list[i] = list[i];
	hyp_request.n = n;
	(void)call(HYP_INVALIDATE, 0, 0);
}

static const struct hypmmu_maint host_maint = {.publish = publish, .sync = sync};

/* ---- The layout ---- */

static hypmmu_pa to_pa(void *ctx, const void *host)
{
	(void)ctx;
	return pa_of(host);
}

static void tell(void *ctx, const char *step, hypmmu_va first, hypmmu_va last)
{
	(void)ctx;
	say("    %-8s %016lx - %016lx\n", step, first, last);
}

static uint64_t stack_size(enum hypmmu_granule granule)
{
	return granule == HYPMMU_64K ? 0x10000 : 0x4000;
}

static size_t choose_sections(struct hypmmu_hyp_section *sections, const struct wishes *wishes)
{
	size_t n = 0;

	if (!wishes->without_text)
		sections[n++] = (struct hypmmu_hyp_section){hyp_text_start, hyp_text_end,
							    HYPMMU_CODE, "text"};
	if (!wishes->without_rodata)
		sections[n++] = (struct hypmmu_hyp_section){hyp_rodata_start, hyp_rodata_end,
							    HYPMMU_RODATA, "rodata"};
	sections[n++] =
		(struct hypmmu_hyp_section){hyp_data_start, hyp_data_end, HYPMMU_DATA, "bss"};
	return n;
}

static bool choose_config(struct hypmmu_config *cfg, const struct wishes *wishes)
{
	struct hypmmu_id id;

	hypmmu_arch_read_id(&id);
	*cfg = (struct hypmmu_config){.granule = wishes->granule,
				      .regime = HYPMMU_EL2,
				      .va_bits = (uint8_t)wishes->va_bits};
	return succeeds("hypmmu_config_from_id", hypmmu_config_from_id(cfg, &id), NULL) &&
	       succeeds("hypmmu_pool_init",
			hypmmu_pool_init(&pool, cfg->granule, table_memory, pa_of(table_memory),
					 (size_t)(table_memory_end - table_memory)),
			NULL);
}

static bool init(const struct hypmmu_config *cfg, const struct wishes *wishes)
{
	struct hypmmu_hyp_section sections[3];
	struct hypmmu_hyp_layout layout = {
		.idmap_start = pa_of(__hyp_idmap_text_start),
		.idmap_end = pa_of(__hyp_idmap_text_end),
		.idmap_vector = pa_of(init_vectors),
		.linear_start = image_start,
		.linear_end = image_end,
		.seed = SEED,
		.sections = sections,
		.nsections = choose_sections(sections, wishes),
		.cpus = hyp_cpus,
		.ncpus = CPUS,
		.vectors = pa_of(vectors_start),
		.vectors_size = (uint64_t)(vectors_end - vectors_start),
		.to_pa = to_pa,
		.trace = tell,
	};
	struct hypmmu_report report;

	for (unsigned n = 0; n < CPUS; n++) {
		hyp_cpus[n] = (struct hypmmu_hyp_cpu){
			.stack = pa_of(hyp_stacks[n]),
			.stack_size = stack_size(cfg->granule),
			.data = &cpu_data[n],
			.data_end = &cpu_data[n] + 1,
		};
	}
	return succeeds("hypmmu_hyp_init",
			hypmmu_hyp_init(&hyp, cfg, &pool.pages, &layout, &report), &report);
}

static bool halves_are_apart(void)
{
	uint64_t differ = hypmmu_kern_hyp_va(&hyp, image_start) ^ hyp.idmap;
	bool apart = differ >> (hyp.mmu.cfg.va_bits - 1) == 1;

	say("The identity page and the host's memory are in different halves: %s\n\n",
	    apart ? "yes" : "NO");
	return apart;
}

bool build_space(const struct wishes *wishes)
{
	struct hypmmu_config cfg;

	forgets = wishes->forgets;
	if (!choose_config(&cfg, wishes))
		return false;
	say("The host sees itself at %016lx, which is PA %010lx.\n", (uintptr_t)image_start,
	    pa_of(image_start));
	say("Identity text: %010lx - %010lx, vectors to enter hyp at %010lx.\n",
	    pa_of(__hyp_idmap_text_start), pa_of(__hyp_idmap_text_end) - 1, pa_of(init_vectors));
	if (!init(&cfg, wishes))
		return false;
	say("%lu tables of %luK. VA: %d bits", hyp.mmu.tables,
	    UINT64_C(1) << (hyp.mmu.cfg.granule - 10), hyp.mmu.cfg.va_bits);
	if (hyp.mmu.cfg.va_bits != wishes->va_bits)
		say(", %d would not hold the identity page", (int)wishes->va_bits);
	say("; PA: %d bits.\n\n", hyp.mmu.cfg.pa_bits);
	say("MAIR_EL2  %016lx\nTCR_EL2   %016lx\nTTBR0_EL2 %016lx\nSCTLR_EL2 %016lx\n\n",
	    hyp.regs.mair, hyp.regs.tcr, hyp.regs.ttbr0, hyp.regs.sctlr);
	return halves_are_apart() && succeeds("hypmmu_check", hypmmu_check(&hyp.mmu, NULL), NULL) &&
	       succeeds("hypmmu_set_live", hypmmu_set_live(&hyp.mmu, &host_maint), NULL);
}

/* ---- One CPU ---- */

static hypmmu_pa exit_address(void)
{
	return pa_of((const void *)(uintptr_t)hypmmu_arch_cpu_exit);
}

hypmmu_pa entry_address(void)
{
	return pa_of((const void *)(uintptr_t)hypmmu_arch_cpu_entry);
}

void fill_in_data(unsigned n)
{
	struct hyp_cpu *data = &cpu_data[n];

	/* Not by an initialiser: without optimisation all 64K of it would be on the stack first. */
	data->handler = hypmmu_kern_hyp_va(&hyp, hyp_handler);
	data->stack_top = hyp_cpus[n].stack_top;
	data->emergency = hypmmu_kern_hyp_va(&hyp, data->emergency_stack + EMERGENCY_SIZE);
	data->exit = exit_address();
	data->entry = entry_address();
	data->back[0] = pa_of(stub_vectors);
	data->back[1] = pa_of(stub_return);
	data->index = n;
	data->stack_low = hyp_cpus[n].stack_top - hyp_cpus[n].stack_size;
	data->guard = data->stack_low - (UINT64_C(1) << hyp.mmu.cfg.granule);
}

static struct hypmmu_change linear(const void *start, const void *end, hypmmu_attr attr)
{
	return (struct hypmmu_change){.va = hypmmu_kern_hyp_va(&hyp, start),
				      .pa = pa_of(start),
				      .size = (uintptr_t)end - (uintptr_t)start,
				      .attr = attr};
}

int prepare_cpu(unsigned n, const unsigned char *entry, uint64_t argument)
{
	const struct hypmmu_change must_hold[] = {
		linear(hyp_text_start, hyp_text_end, HYPMMU_CODE),
		linear(&cpu_data[n], &cpu_data[n] + 1, HYPMMU_DATA),
	};
	struct hypmmu_report report;

	params[n] = (struct hypmmu_cpu_params){
		.sp = hyp_cpus[n].stack_top,
		.vbar = hyp.vectors,
		.entry = hypmmu_kern_hyp_va(&hyp, entry),
		.arg = argument,
		.tpidr = hyp_cpus[n].data_va,
		.hcr = HCR_RW,
	};
	return succeeds("hypmmu_arch_cpu_params",
			hypmmu_arch_cpu_params(&params[n], &hyp.mmu, NULL, must_hold,
					       sizeof(must_hold) / sizeof(must_hold[0]), &report),
			&report)
		       ? PASSED
		       : REFUSED;
}
