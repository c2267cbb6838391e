#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""hypmmu_arch_el2_setup() answers STATE, and writes no register, unless it runs at EL2 with the MMU
off: its few instructions are carried out here for every exception level, SCTLR_EL2.M and
HCR_EL2.E2H."""

import os
import tempfile

import a64
import tree

SOURCE = "arch/aarch64/idmap.S"
NAME = "hypmmu_arch_el2_setup"
STATE = -43


def judge(code, start, off, level, sctlr, hcr):
    """What is wrong with one call; None: nothing."""
    cpu = a64.Cpu(level, {"sctlr_el2": sctlr, "hcr_el2": hcr})
    cpu.x[30] = 0  # where no code is
    good = level == 2 and not sctlr & 1
    try:
        cpu.run(code, start)
    except a64.Fault as fault:
        return str(fault)
    result = a64.signed(cpu.x[0] & 0xFFFFFFFF, 32)
    if result != (0 if good else STATE):
        return f"EL{level}, SCTLR_EL2 {sctlr:#x}: gives {result}"
    if cpu.events != ([f"sctlr_el2 = {off[hcr & a64.E2H]:#x}", "isb"] if good else []):
        return f"EL{level}, SCTLR_EL2 {sctlr:#x}: {cpu.events}"
    return None


def main():
    faults, calls = [], 0
    for order, off in a64.OFF.items():
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "idmap")
            a64.link(path, order, 0x40000000, SOURCE)
            code, names = a64.instructions(path)
        for level in (1, 2, 3):
            for sctlr in (0, off[0], off[0] | 1, 0x30C51835, 1, 0xFFFFFFFFFFFFFFFE, 0x1004):
                for hcr in (0, a64.E2H, a64.MASK, a64.MASK & ~a64.E2H):
                    fault = judge(code, names[NAME], off, level, sctlr, hcr)
                    faults += [f"{order[1:]}: {fault}"] if fault else []
                    calls += 1
    tree.finish(faults, calls)


main()
