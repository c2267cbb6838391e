#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""hypmmu_arch_cpu_entry() and _exit() are carried out here, with what they call in idmap.S: on a CPU
that can use the tables they do what arch.h says, in that order, and read nothing but the parameters;
another one says why not, and writes no register."""

import os
import re
import tempfile

import a64
import tree

SOURCES = ("arch/aarch64/cpu_entry.S", "arch/aarch64/idmap.S")
NAME = "hypmmu_arch_cpu_entry"
PARAMS, SIZE = 0x40FFF00, 320  # one block, and nothing else in memory
ENTRY, E2H = 0x7F0000001234, a64.E2H
HEADER = dict(re.findall(r"#define HM_(\w+)\s+\(?(-?\d+)", tree.read("arch/aarch64/idmap.h")))
AT = {name: int(HEADER[name]) for name in HEADER}
REGS = {"mair": 0x0C0800F444FF, "tcr": 0x80853510, "ttbr0": 0x41230000, "ttbr1": 0x45670000,
        "sctlr": 0x30CD183D, "hcr": 0}
OWN = {"sp": 0x7F1110, "vbar": 0x7F2800, "entry": ENTRY, "arg": 0x4242, "tpidr": 0x5151}
# Registers that an HVC handler finds as they were.
KEPT = [8, 11, 12, 13, 14, 15, 16, *range(18, 31)]

# ID_AA64MMFR0_EL1: (what is needed, as shift and least), and TGran values that have it or not.
GRANULES = {
    "4K": ((32, 0), 28, [0, 1, 2], [0xF]),
    "4K, 52 bits": ((32, 1), 28, [1], [0xF, 0]),
    "16K": ((40, 1), 20, [1, 2], [0]),
    "16K, 52 bits": ((40, 2), 20, [2], [0, 1]),
    "64K": ((36, 0), 24, [0], [0xF]),
}
ANY = (44, 0)  # of ID_AA64MMFR2_EL1, VARange
# ID_AA64MMFR1_EL1.VH and ID_AA64MMFR4_EL1.E2H0, by the E2H that is wanted.
VH = {0: (52, -8), E2H: (52, 1)}
E2H0 = {0: (36, 0), E2H: (36, -8)}
ID = {"id_aa64mmfr0_el1": 5, "id_aa64mmfr1_el1": 0, "id_aa64mmfr2_el1": 0, "id_aa64mmfr4_el1": 0}


def parameters(granule, pa, va, hcr, keep, **more):
    """more: e2h, that of the tables; granule1 and va1, of the upper half."""
    memory = {PARAMS + offset: 0 for offset in range(0, SIZE, 8)}
    e2h = more.get("e2h", 0)
    for name, value in {**REGS, "hcr": e2h}.items():
        memory[PARAMS + AT["REGS_" + name.upper()]] = value
    for name, value in OWN.items():
        memory[PARAMS + AT["CPU_" + name.upper()]] = value
    memory[PARAMS + AT["CPU_HCR"]], memory[PARAMS + AT["CPU_HCR_KEEP"]] = hcr, keep
    for name, (shift, least) in (("GRANULE", granule), ("GRANULE1", more.get("granule1", granule)),
                                 ("PA", pa), ("VA", va), ("VA1", more.get("va1", va)),
                                 ("VH", VH[e2h]), ("E2H0", E2H0[e2h])):
        at = PARAMS + AT["CPU_" + name]
        memory[at], memory[at + 8] = shift, least & a64.MASK
    return memory


def stage(name):
    return f"[{PARAMS + AT['CPU_STAGE']:#x}] = {AT['CPU_' + name]}"


def success(off, hcr, before=0):
    """The order that arch.h promises; `before` is HCR_EL2 on entry."""
    off = off[before & E2H]
    upper = [f"ttbr1_el2 = {REGS['ttbr1']:#x}"] if hcr & E2H else []
    return [stage("ENTERED"), stage("CHECKED"), "spsel = 0x1", "daifset = 0xf",
            f"sctlr_el2 = {off:#x}", "isb", f"hcr_el2 = {hcr:#x}", "isb", "tpidr_el2 = 0x5151",
            stage("SWITCHING"),
            f"mair_el2 = {REGS['mair']:#x}", f"tcr_el2 = {REGS['tcr']:#x}",
            f"ttbr0_el2 = {REGS['ttbr0']:#x}", *upper, "isb",
            "tlbi alle2", "dsb nsh", "isb", f"sctlr_el2 = {REGS['sctlr']:#x}", "isb",
            "ic iallu", "dsb nsh", "isb", "sp", f"vbar_el2 = {OWN['vbar']:#x}", "isb"]


def run(code, start, level, system, memory, stuck=None, clear=None):
    cpu = a64.Cpu(level, {"sctlr_el2": 0xABC0, "hcr_el2": 0, **ID, **system}, memory)
    cpu.x[0] = PARAMS
    cpu.stuck, cpu.clear = stuck or {}, clear or {}
    before = dict(cpu.x)
    end = cpu.run(code, start)
    if end != ENTRY:
        return cpu, end
    changed = [n for n in KEPT if cpu.x[n] != before[n]]
    if changed or cpu.x[0] != OWN["arg"] or cpu.stack_pointer != OWN["sp"]:
        raise a64.Fault(f"x{changed} changed, x0 {cpu.x[0]:#x}, sp {cpu.stack_pointer}")
    return cpu, end


def compare(what, got, wanted):
    (cpu, end), sleeps = got, wanted[-1] == "dsb sy"
    if cpu.events != wanted or (end == ENTRY) == sleeps:
        yield f"{what}:\n  is     {cpu.events}, on to {end:#x}\n  wanted {wanted}"


def refusal(name):
    return [stage("ENTERED"), stage(name), "dsb sy"]


def granule_cases(call, off):
    for name, (need, shift, good, bad) in GRANULES.items():
        memory = parameters(need, (60, 5), ANY, 0x8000_0000, 0)
        for value in good + bad:
            system = {"id_aa64mmfr0_el1": value << shift | 5}
            wanted = success(off, 0x8000_0000) if value in good else refusal("NO_GRANULE")
            yield from compare(f"{name}, TGran {value:#x}", call(2, system, memory), wanted)
    memory = parameters((36, 0), (60, 5), ANY, E2H, 0, e2h=E2H, granule1=(40, 1))
    for value, good in ((1 << 20, True), (0, False), (0xF << 24 | 1 << 20, False)):
        system = {"id_aa64mmfr0_el1": value | 5, "id_aa64mmfr1_el1": 1 << 8}
        wanted = success(off, E2H) if good else refusal("NO_GRANULE")
        yield from compare(f"64K and 16K, MMFR0 {value:#x}", call(2, system, memory), wanted)


def address_cases(call, off):
    for least in range(7):
        for range_ in range(8):
            memory = parameters((32, 0), (60, least), ANY, 0x8000_0000, 0)
            system = {"id_aa64mmfr0_el1": range_}
            wanted = success(off, 0x8000_0000) if range_ >= least else refusal("NO_PA")
            yield from compare(f"PARange {range_} for {least}", call(2, system, memory), wanted)
    for need, value, good in (((44, 1), 0, False), ((44, 1), 1 << 16, True),
                              ((32, 1), 0, False), ((32, 1), 1 << 28, True)):
        system = {"id_aa64mmfr2_el1": value, "id_aa64mmfr1_el1": 1 << 8}
        for halves in ({"va": need, "va1": ANY}, {"va": ANY, "va1": need}):
            memory = parameters((32, 0), (60, 0), hcr=E2H, keep=0, e2h=E2H, **halves)
            wanted = success(off, E2H) if good else refusal("NO_VA")
            yield from compare(f"MMFR2 {value:#x}", call(2, system, memory), wanted)


def level_cases(call):
    memory = parameters((32, 0), (60, 0), ANY, 0, a64.MASK & ~E2H)
    for level in (1, 3):
        yield from compare(f"EL{level}", call(level, {}, memory), refusal("NOT_EL2"))


def hcr_cases(call, off):
    """HCR_EL2 by what is wanted, what it was, and whether E2H can be written."""
    for e2h in (0, E2H):
        for before in (0x30, E2H | 0x30):
            system = {"hcr_el2": before, "id_aa64mmfr1_el1": 1 << 8}
            for hcr, keep, then in ((0, a64.MASK & ~E2H, e2h | 0x30),
                                    (e2h | 0x80000001, 0, e2h | 0x80000001)):
                memory = parameters((32, 0), (60, 0), ANY, hcr, keep, e2h=e2h)
                wanted = success(off, then, before)
                yield from compare(f"HCR_EL2 {before:#x} to {then:#x}",
                                   call(2, system, memory), wanted)
                stuck = wanted[:8] + [stage("E2H_STUCK"), "dsb sy"]
                if not e2h:
                    stuck[6] = f"hcr_el2 = {then | E2H:#x}"
                    got = call(2, system, memory, {"hcr_el2": E2H})
                    yield from compare("E2H is RES1", got, stuck)
                else:
                    stuck[6] = f"hcr_el2 = {then & ~E2H:#x}"
                    got = call(2, system, memory, clear={"hcr_el2": E2H})
                    yield from compare("E2H is RES0", got, stuck)
                    got = call(2, system, memory, {"hcr_el2": E2H})
                    yield from compare("E2H is RES1, and wanted", got, wanted)


def e2h_cases(call, off):
    """By the ID registers: VH says that E2H can be 1, a negative E2H0 that it cannot be 0."""
    for e2h in (0, E2H):
        memory = parameters((32, 0), (60, 0), ANY, 0, a64.MASK & ~E2H, e2h=e2h)
        for vh in (0, 1):
            for e2h0 in (0, 0xE, 0xF):
                good = vh if e2h else not e2h0
                system = {"id_aa64mmfr1_el1": vh << 8, "id_aa64mmfr4_el1": e2h0 << 24}
                wanted = success(off, e2h) if good else refusal("NO_E2H")
                yield from compare(f"E2H {bool(e2h)}, VH {vh}, E2H0 {e2h0:#x}",
                                   call(2, system, memory), wanted)


def exit_faults(code, start, off):
    """hypmmu_arch_cpu_exit(): off, back to the vectors, on at the entry; all in registers."""
    for e2h in (0, E2H):
        cpu = a64.Cpu(2, {"sctlr_el2": REGS["sctlr"], "vbar_el2": 0x1, "hcr_el2": e2h | 0x30})
        cpu.x.update({0: 0x40000800, 1: 0x40001000, 2: 0x77})
        before = dict(cpu.x)
        end = cpu.run(code, start)
        wanted = [f"sctlr_el2 = {off[e2h]:#x}", "isb", "tlbi alle2", "dsb nsh", "isb",
                  "vbar_el2 = 0x40000800", "isb"]
        changed = [n for n in range(31) if n not in (0, 3, 9, 17) and cpu.x[n] != before[n]]
        if cpu.events != wanted or end != 0x40001000 or cpu.x[0] != 0x77 or changed:
            yield f"exit to {end:#x}, x{changed} changed:\n  is     {cpu.events}\n  wanted {wanted}"


def main():
    faults, calls = [], [0]
    for order, off in a64.OFF.items():
        for at in (0x40000000, 0x1040200040):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "entry")
                a64.link(path, order, at, *SOURCES)
                code, names = a64.instructions(path)

            def call(level, system, memory, stuck=None, clear=None):
                calls[0] += 1
                return run(code, names[NAME], level, system, memory, stuck, clear)

            try:
                faults += [*level_cases(call), *granule_cases(call, off),
                           *address_cases(call, off), *hcr_cases(call, off),
                           *e2h_cases(call, off),
                           *exit_faults(code, names["hypmmu_arch_cpu_exit"], off)]
            except a64.Fault as fault:
                faults.append(str(fault))
    tree.finish(faults, calls[0])


main()
