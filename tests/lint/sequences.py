#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What an emulator does not show: the identity text issues its system instructions in the order
that the architecture asks for, begins each function with a landing pad, can run anywhere, and
touches no memory once it may have turned the MMU off; every function of insn.h is the one
instruction that its name says, though some stand there by their encoding."""

import os
import re
import tempfile

import tree

SOURCES = ("arch/aarch64/idmap.S", "arch/aarch64/cpu_entry.S")
INSN = "arch/aarch64/insn.h"
SYSTEM = {"bl", "mrs", "msr", "isb", "dsb", "dmb", "tlbi", "ic", "dc", "at", "hvc", "smc", "eret"}
# What binutils of today call registers that they do not know.
NEW = {"s3_0_c0_c7_3": "id_aa64mmfr3_el1", "s3_0_c0_c7_4": "id_aa64mmfr4_el1",
       "s3_4_c2_c0_1": "ttbr1_el2", "s3_4_c2_c0_3": "tcr2_el2",
       "s3_4_c10_c2_3": "pir_el2", "s3_4_c10_c2_2": "pire0_el2"}
# Its memory accesses are lint cpu_entry's affair.
CARRIED_OUT = "hypmmu_arch_cpu_entry"
LABELS = {"hm_arch_turn_off"}  # never called through a pointer
# From docs/DESIGN.md: off first if the MMU is on; all registers; nothing stale; on.
WANTED = {
    "hypmmu_arch_el2_setup": "mrs currentel, mrs sctlr_el2, mrs hcr_el2, msr sctlr_el2, isb",
    "hm_arch_load_regs": "msr sctlr_el2, isb, msr mair_el2, msr tcr_el2, msr ttbr0_el2,"
                         " msr ttbr1_el2, isb, tlbi alle2, dsb nsh, isb, msr sctlr_el2, isb, ic iallu, dsb nsh, isb",
    "hypmmu_arch_cpu_entry": "mrs currentel, mrs id_aa64mmfr0_el1, mrs id_aa64mmfr2_el1,"
                             " mrs id_aa64mmfr1_el1, mrs id_aa64mmfr4_el1, msr spsel,"
                             " msr daifset, mrs hcr_el2, msr sctlr_el2, isb,"
                             " mrs hcr_el2, msr hcr_el2, isb, mrs hcr_el2, msr tpidr_el2, bl hm_arch_load_regs, msr vbar_el2, isb,"
                             " dsb sy",
    "hypmmu_arch_cpu_exit": "mrs hcr_el2, bl hm_arch_turn_off, msr vbar_el2, isb",
    "hm_arch_turn_off": "msr sctlr_el2, isb, tlbi alle2, dsb nsh, isb",
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


def follow(found):
    """A function that does not end goes on with the next one."""
    names = list(found)
    for name, below in reversed(list(zip(names, names[1:]))):
        if found[name][-1][0] not in ("ret", "br", "b"):
            found[name] = found[name] + found[below]
    return found


def system(instructions):
    """The system instructions, each with the register or operation it names."""
    names = []
    for mnemonic, operands in instructions:
        if mnemonic in SYSTEM:
            words = re.split(r"[,\s]+", operands)
            word = {"mrs": 1, "bl": -1}.get(mnemonic, 0)
            operand = words[word].strip("<>")
            names.append(f"{mnemonic} {NEW.get(operand, operand)}".strip())
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


def position_faults(source, path):
    """Calls within the identity text are the same wherever it lies; nothing else may be linked."""
    for line in tree.run(tree.CROSS + "objdump", "-r", path).split("\n"):
        if "R_AARCH64" in line and not re.search(r"R_AARCH64_CALL26\s+hm_arch_(load_regs|turn_off)$", line):
            yield f"{source}: does not run anywhere: {line}"


def single_instructions(folder):
    """What is wrong with insn.h."""
    source, path = os.path.join(folder, "insn.c"), os.path.join(folder, "insn.o")
    found = re.findall(r"^HM_(READ|WRITE|INSN|INSN_OF)\((\w+),", tree.read(INSN), re.M)
    prefix = {"READ": "read_", "WRITE": "write_"}
    with open(source, "w", encoding="utf-8") as file:
        file.write(f'#include "{tree.TOP}/{INSN}"\n')
        for kind, name in found:
            takes, x = ("uint64_t x", "x") if kind in ("WRITE", "INSN_OF") else ("void", "")
            gives, value = ("uint64_t", "return ") if kind == "READ" else ("void", "")
            call = f"{prefix.get(kind, '')}{name}({x})"
            file.write(f"{gives} {kind}_{name}({takes}) {{ {value}{call}; }}\n")
    tree.run(tree.CROSS + "gcc", "-O2", "-c", "-o", path, source)
    compiled = functions(path)
    for kind, name in found:
        wanted = {"READ": "mrs_", "WRITE": "msr_"}.get(kind, "") + name
        words = system(compiled[f"{kind}_{name}"]).split()
        if "".join(words).replace("_", "") != wanted.replace("_", ""):
            yield f"{INSN}: {name}: is {' '.join(words)}"
    if len(found) < 30:
        yield f"{INSN}: {len(found)} functions only"


def main():
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        faults += single_instructions(folder)
        found = {}
        for source in SOURCES:
            path = os.path.join(folder, os.path.basename(source) + ".o")
            tree.run(tree.CROSS + "gcc", f"-I{tree.TOP}/include", "-c", "-o", path, source)
            found.update(follow(functions(path)))
            faults += position_faults(source, path)
    for name in sorted(WANTED.keys() | found.keys()):
        instructions = found.get(name, [])
        if WANTED.get(name, "unknown") != system(instructions):
            faults.append(f"{name}:\n  is     {system(instructions)}\n  wanted {WANTED.get(name)}")
        if name not in LABELS and (not instructions or instructions[0] != ("bti", "c")):
            faults.append(f"{name}: no landing pad")
        if name != CARRIED_OUT:
            faults += [f"{name}: {fault}" for fault in memory_faults(instructions)]
    tree.finish(faults, len(found))


main()
