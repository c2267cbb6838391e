#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The store that links a table is a store-release on AArch64, whatever compiles it, and so are an
exchange and the store of a new root: a walker or a reader on another CPU that sees the link sees
what was stored before it. The exchange that C has for other CPUs is looked at on RISC-V, which
tells a release from none."""

import re

import tree

AARCH64 = {"src/tables.c": ["stlr", "stlxr"], "src/apply.c": ["stlr"]}
WANTED = {
    (tree.CROSS + "gcc",): AARCH64,
    ("clang", "--target=aarch64-linux-gnu"): AARCH64,
    ("clang", "--target=riscv64", "-march=rv64imac"): {"src/tables.c": ["sc.d.rl"]},
}
LEVELS = ["-O2", "-Os", "-O0"]


def mnemonics(source, *compiler):
    text = tree.run(*compiler, "-std=c11", "-ffreestanding", f"-I{tree.TOP}/include",
                    "-S", "-o", "-", source)
    return re.findall(r"^(?:\w+:)?\s+([a-z][\w.]*)\s", text, re.M)


def main():
    faults, builds = [], 0
    for compiler, sources in WANTED.items():
        for source, wanted in sources.items():
            for level in LEVELS:
                found = mnemonics(source, *compiler, level)
                faults += [f"{' '.join(compiler)} {level}: no {insn} in {source}"
                           for insn in wanted if insn not in found]
                builds += 1
    tree.finish(faults, builds)


main()
