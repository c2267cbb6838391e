#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""hypmmu_arch_el2_setup() answers STATE, and writes no register, unless it runs at EL2 with the MMU
off: its few instructions are carried out here for every exception level and SCTLR_EL2.M."""

import os
import re
import tempfile

import tree

SOURCE = "arch/aarch64/idmap.S"
NAME = "hypmmu_arch_el2_setup"
STATE = -43
BUILDS = {"-mlittle-endian": 0x30C50830, "-mbig-endian": 0x32C50830}  # RES1; and EE, bit 25


class Undefined(Exception):
    """SCTLR_EL2 at EL1."""


def instructions(path):
    """{address: (mnemonic, operands)} of the function."""
    text = tree.run(tree.CROSS + "objdump", "-d", "--no-show-raw-insn", path)
    body = text.split(f"<{NAME}>:\n")[1].split("\n\n")[0]
    found = re.findall(r"^\s+([0-9a-f]+):\s+(\S+)[ \t]*([^/\n]*)", body, re.M)
    return {int(at, 16): (name, re.split(r",\s*", rest.lower().strip())) for at, name, rest in found}


class Cpu:
    def __init__(self, level, sctlr):
        self.level, self.sctlr, self.written = level, sctlr, []
        self.x = {31: 0}
        self.equal = None

    def value(self, operand):
        if operand.startswith("#"):
            return int(operand[1:], 0)
        if operand in ("wzr", "xzr"):
            return 0
        return self.x[int(operand[1:])]

    def put(self, register, value):
        mask = (1 << (32 if register[0] == "w" else 64)) - 1
        self.x[int(register[1:])] = value & mask

    def system(self, name):
        if name == "currentel":
            return self.level << 2  # CurrentEL.EL is [3:2]
        if name != "sctlr_el2":
            raise SystemExit(f"{name}: what is that?")
        if self.level < 2:
            raise Undefined(name)
        return self.sctlr

    def step(self, name, args):
        """The address of the branch that is taken, or None."""
        if name == "mrs":
            self.put(args[0], self.system(args[1]))
        elif name == "msr":
            self.system(args[0])
            self.written.append(self.value(args[1]))
        elif name == "mov":
            self.put(args[0], self.value(args[1]))
        elif name == "movk":
            shift = int(args[2].split("#")[1], 0) if len(args) > 2 else 0
            kept = self.value(args[0]) & ~(0xFFFF << shift)
            self.put(args[0], kept | self.value(args[1]) << shift)
        elif name == "cmp":
            self.equal = self.value(args[0]) == self.value(args[1])
        elif name in ("b.ne", "b.eq"):
            return int(args[0].split()[0], 16) if self.equal == (name == "b.eq") else None
        elif name in ("tbnz", "tbz"):
            bit = self.value(args[0]) >> self.value(args[1]) & 1
            return int(args[2].split()[0], 16) if bit == (name == "tbnz") else None
        elif name not in ("bti", "isb"):
            raise SystemExit(f"{name} {args}: this lint has to learn it")
        return None

    def call(self, code):
        """w0 as an int, at RET."""
        at = min(code)
        while code[at][0] != "ret":
            branch = self.step(*code[at])
            at = at + 4 if branch is None else branch
        result = self.value("w0") & 0xFFFFFFFF
        return result - (1 << 32) if result >> 31 else result


def judge(code, off, level, sctlr):
    """What is wrong with one call; None: nothing."""
    cpu = Cpu(level, sctlr)
    good = level == 2 and not sctlr & 1
    try:
        result = cpu.call(code)
    except Undefined as register:
        return f"EL{level}: touches {register}"
    if result != (0 if good else STATE):
        return f"EL{level}, SCTLR_EL2 {sctlr:#x}: gives {result}"
    if cpu.written != ([off] if good else []):
        return f"EL{level}, SCTLR_EL2 {sctlr:#x}: writes {[hex(v) for v in cpu.written]}"
    return None


def main():
    faults, calls = [], 0
    for order, off in BUILDS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "idmap.o")
            tree.run(tree.CROSS + "gcc", order, f"-I{tree.TOP}/include", "-c", "-o", path, SOURCE)
            code = instructions(path)
        for level in (1, 2, 3):
            for sctlr in (0, off, off | 1, 0x30C51835, 1, 0xFFFFFFFFFFFFFFFE, 0x1004):
                fault = judge(code, off, level, sctlr)
                faults += [f"{order[1:]}: {fault}"] if fault else []
                calls += 1
    tree.finish(faults, calls)


main()
