#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The store that links a table is a store-release on AArch64, whatever compiles it, and so is an
exchange: a walker or a reader on another CPU that sees the link sees what was stored before it. The
exchange that C has for other CPUs is looked at on RISC-V, which tells a release from none."""

import re

import tree

SOURCE = "src/tables.c"
AARCH64 = ["stlr", "stlxr"]
WANTED = {
    (tree.CROSS + "gcc",): AARCH64,
    ("clang", "--target=aarch64-linux-gnu"): AARCH64,
    ("clang", "--target=riscv64", "-march=rv64imac"): ["sc.d.rl"],
}
LEVELS = ["-O2", "-Os", "-O0"]


def mnemonics(*compiler):
    text = tree.run(*compiler, "-std=c11", "-ffreestanding", f"-I{tree.TOP}/include",
                    "-S", "-o", "-", SOURCE)
    return re.findall(r"^(?:\w+:)?\s+([a-z][\w.]*)\s", text, re.M)


def main():
    faults = []
    for compiler, wanted in WANTED.items():
        for level in LEVELS:
            found = mnemonics(*compiler, level)
            faults += [f"{' '.join(compiler)} {level}: no {insn} in {SOURCE}"
                       for insn in wanted if insn not in found]
    tree.finish(faults, len(WANTED) * len(LEVELS))


main()
