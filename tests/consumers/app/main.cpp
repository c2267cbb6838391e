// SPDX-License-Identifier: BSD-2-Clause
// The same as space.c and main.c, as C++17.
#include <hypmmu/hypmmu.h>

#include <array>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string_view>

namespace
{
constexpr hypmmu_pa table_pa = 0x88000000;

alignas(4096) std::array<unsigned char, 5 * 4096> memory;

void check(int err)
{
	if (err)
		throw std::runtime_error(hypmmu_strerror(err));
}

constexpr hypmmu_change map(hypmmu_va va, hypmmu_pa pa, uint64_t size, hypmmu_attr attr)
{
	return {HYPMMU_MAP, va, pa, size, attr, 0, nullptr};
}

constexpr std::array layout = {
	map(0x40200000, 0x80200000, 0x200000, HYPMMU_DATA),
	map(0x40400000, 0x80401000, 0x3000, HYPMMU_CODE),
	map(0x09000000, 0x09000000, 0x1000, HYPMMU_MMIO),
};

class Space
{
      public:
	Space()
	{
		hypmmu_config cfg = {};
		cfg.granule = HYPMMU_4K;
		cfg.regime = HYPMMU_EL2;
		cfg.va_bits = 39;
		cfg.pa_bits = 40;
		check(hypmmu_pool_init(&pool, cfg.granule, memory.data(), table_pa, memory.size()));
		check(hypmmu_init(&mmu, &cfg, &pool.pages));
		check(hypmmu_apply(&mmu, layout.data(), layout.size(), nullptr));
	}
	Space(const Space &) = delete;
	Space &operator=(const Space &) = delete;
	~Space()
	{
		hypmmu_destroy(&mmu);
	}

	void dump() const
	{
		hypmmu_dump(
			&mmu, [](void *, const char *line) { std::cout << line << '\n'; }, nullptr);
	}

	hypmmu_machine machine() const
	{
		hypmmu_machine cpu = {};
		check(hypmmu_get_regs(&mmu, nullptr, &cpu.regs));
		cpu.id.mmfr0 = 2; // PARange: 40 bits
		cpu.read = [](void *, hypmmu_pa pa, unsigned char bytes[8]) {
			if (pa - table_pa > memory.size() - 8)
				return false;
			std::memcpy(bytes, &memory[pa - table_pa], 8);
			return true;
		};
		return cpu;
	}

      private:
	hypmmu_pool pool = {};
	hypmmu mmu = {};
};

void show_walk(const hypmmu_machine &cpu, std::string_view name, hypmmu_va va, hypmmu_access access)
{
	hypmmu_translation t;

	std::cout << name << " 0x" << va;
	if (hypmmu_walk(&cpu, va, access, &t))
		std::cout << " -> 0x" << t.pa << " by 0x" << t.desc << '\n';
	else
		std::cout << " faults, status 0x" << unsigned{t.fsc} << '\n';
}
} // namespace

int main()
try {
	const Space space;
	const hypmmu_machine cpu = space.machine();

	space.dump();
	std::cout << std::hex << "TCR_EL2 0x" << cpu.regs.tcr << ", TTBR0_EL2 0x" << cpu.regs.ttbr0
		  << '\n';
	show_walk(cpu, "write", 0x40234567, HYPMMU_WRITE);
	show_walk(cpu, "fetch", 0x40401008, HYPMMU_FETCH);
	show_walk(cpu, "write", 0x40401008, HYPMMU_WRITE);
	show_walk(cpu, "fetch", 0x40234567, HYPMMU_FETCH);
	show_walk(cpu, "read", 0x40403000, HYPMMU_READ);
	show_walk(cpu, "read", 0x09000018, HYPMMU_READ);
	show_walk(cpu, "read", 0x8040200000, HYPMMU_READ);
	return 0;
} catch (const std::exception &e) {
	std::cout << e.what() << '\n';
	return 1;
}
