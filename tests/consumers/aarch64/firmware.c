/* SPDX-License-Identifier: BSD-2-Clause */
/* The consumer's program on bare metal; then an address space of its own, for two CPUs. */
#include "space.h"
#include <hypmmu/arch.h>

#define UART	    UINT64_C(0x9000000)
#define PSCI_CPU_ON 0xc4000003
#define COUNT(a)    (sizeof(a) / sizeof((a)[0]))

extern unsigned char text_start[], text_end[], writable_start[], data_end[], second_stack_end[];
extern unsigned char start_second[];

static unsigned char memory[8 * 4096] __attribute__((aligned(4096)));
static struct hypmmu_pool pool;
static struct hypmmu mmu;

/* What the second CPU reads with its MMU off. */
static struct hand_over {
	struct hypmmu_config cfg;
	struct hypmmu_regs regs;
} hand_over;

static bool second_is_on;

int main(void);
void main_of_second(const struct hand_over *got);

static void say(void *ctx, const char *line)
{
	volatile uint32_t *uart = (volatile uint32_t *)UART;

	(void)ctx;
	while (*line)
		*uart = (unsigned char)*line++;
	*uart = '\n';
}

static int turn_on(void)
{
	const hypmmu_pa text = (hypmmu_pa)text_start, data = (hypmmu_pa)writable_start;
	const hypmmu_pa second_stack = (hypmmu_pa)data_end;
	const uint64_t text_size = (uint64_t)(text_end - text_start);
	const uint64_t data_size = (uint64_t)(data_end - writable_start);
	const uint64_t second_size = (uint64_t)(second_stack_end - data_end);
	const hypmmu_attr uncached = HYPMMU_R | HYPMMU_W | HYPMMU_NORMAL_NC;
	const struct hypmmu_change layout[] = {
		{.va = text, .pa = text, .size = text_size, .attr = HYPMMU_CODE},
		{.va = data, .pa = data, .size = data_size, .attr = HYPMMU_DATA},
		{.va = second_stack, .pa = second_stack, .size = second_size, .attr = uncached},
		{.va = UART, .pa = UART, .size = 0x1000, .attr = HYPMMU_MMIO},
	};
	struct hypmmu_id id;
	int err;

	hand_over.cfg.granule = HYPMMU_4K;
	hypmmu_arch_read_id(&id);
	err = hypmmu_config_from_id(&hand_over.cfg, &id);
	if (!err)
		err = hypmmu_pool_init(&pool, HYPMMU_4K, memory, (hypmmu_pa)memory, sizeof(memory));
	if (!err)
		err = hypmmu_init(&mmu, &hand_over.cfg, &pool.pages);
	if (!err)
		err = hypmmu_apply(&mmu, layout, COUNT(layout), NULL);
	if (!err)
		err = hypmmu_arch_enable(&mmu, NULL, layout, COUNT(layout), NULL);
	return err;
}

static int64_t start_cpu(uint64_t cpu, const void *entry, const void *context)
{
	register uint64_t x0 __asm__("x0") = PSCI_CPU_ON;
	register uint64_t x1 __asm__("x1") = cpu;
	register uint64_t x2 __asm__("x2") = (uintptr_t)entry;
	register uint64_t x3 __asm__("x3") = (uintptr_t)context;

	__asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
	return (int64_t)x0;
}

static int lend(void)
{
	int err = hypmmu_get_regs(&mmu, NULL, &hand_over.regs);

	if (err)
		return err;
	hypmmu_arch_publish(&hand_over, sizeof(hand_over));
	if (start_cpu(1, start_second, &hand_over))
		return HYPMMU_ERR_STATE;
	while (!__atomic_load_n(&second_is_on, __ATOMIC_ACQUIRE))
		__asm__ volatile("yield");
	return 0;
}

void main_of_second(const struct hand_over *got)
{
	struct hypmmu_config mine = got->cfg;
	struct hypmmu_id id;

	hypmmu_arch_read_id(&id);
	if (hypmmu_config_from_id(&mine, &id) || hypmmu_arch_switch(&got->regs))
		return;
	__atomic_store_n(&second_is_on, hypmmu_arch_enabled(), __ATOMIC_RELEASE);
}

int main(void)
{
	int err = show_space(say, NULL);

	if (!err)
		err = turn_on();
	if (!err)
		say(NULL, hypmmu_arch_enabled() ? "CPU 0: the MMU is on" : "CPU 0: it is off");
	if (!err)
		err = lend();
	if (!err)
		say(NULL, "CPU 1: the MMU is on");
	if (err)
		say(NULL, hypmmu_strerror(err));
	return err != 0;
}
