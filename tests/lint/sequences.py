#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What an emulator does not show: the identity text issues its system instructions in the order
that the architecture asks for, begins each function with a landing pad, can run anywhere, and
touches no memory once it may have turned the MMU off."""

import os
import re
import tempfile

import tree

SOURCE = "arch/aarch64/idmap.S"
SYSTEM = {"mrs", "msr", "isb", "dsb", "dmb", "tlbi", "ic", "dc", "at", "hvc", "smc", "eret"}
# From docs/DESIGN.md: off first if the MMU is on; all registers; nothing stale; on.
WANTED = {
    "hypmmu_arch_el2_setup": "mrs currentel, mrs sctlr_el2, msr sctlr_el2, isb",
    "hm_arch_load_regs": "msr sctlr_el2, isb, msr mair_el2, msr tcr_el2, msr ttbr0_el2, isb,"
                         " tlbi alle2, dsb nsh, isb, msr sctlr_el2, isb, ic iallu, dsb nsh, isb",
    "hm_arch_unload": "dc civac, dsb sy, msr sctlr_el2, isb, tlbi alle2, dsb nsh, isb",
}


def functions(path):
    """Each function's instructions, as (mnemonic, operands)."""
    found, current = {}, None
    for line in tree.run(tree.CROSS + "objdump", "-d", "--no-show-raw-insn", path).split("\n"):
        start = re.match(r"[0-9a-f]+ <(\w+)>:", line)
        insn = re.match(r"\s+[0-9a-f]+:\s+(\S+)\s*([^/]*)", line)
        if start:
            current = found.setdefault(start[1], [])
        elif insn:
            current.append((insn[1], insn[2].lower().strip()))
    return found


def system(instructions):
    """The system instructions, each with the register or operation it names."""
    names = []
    for mnemonic, operands in instructions:
        if mnemonic in SYSTEM:
            words = re.split(r"[,\s]+", operands)
            names.append(f"{mnemonic} {words[1 if mnemonic == 'mrs' else 0]}".strip())
    return ", ".join(names)


def memory_faults(instructions):
    """What touches the stack, or memory after a system register is written."""
    written = False
    for mnemonic, operands in instructions:
        written |= mnemonic == "msr"
        if re.search(r"\bsp\b", operands):
            yield f"{mnemonic} {operands}: uses the stack pointer"
        if written and re.match(r"ld|st|prfm|dc", mnemonic):
            yield f"{mnemonic} {operands}: touches memory"


def main():
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "idmap.o")
        tree.run(tree.CROSS + "gcc", f"-I{tree.TOP}/include", "-c", "-o", path, SOURCE)
        found = functions(path)
        if "R_AARCH64" in tree.run(tree.CROSS + "objdump", "-r", path):
            faults.append("has relocations: does not run anywhere")
    for name in sorted(WANTED.keys() | found.keys()):
        instructions = found.get(name, [])
        if WANTED.get(name, "unknown") != system(instructions):
            faults.append(f"{name}:\n  is     {system(instructions)}\n  wanted {WANTED.get(name)}")
        if not instructions or instructions[0] != ("bti", "c"):
            faults.append(f"{name}: no landing pad")
        faults += [f"{name}: {fault}" for fault in memory_faults(instructions)]
    tree.finish(faults, len(found))


main()
