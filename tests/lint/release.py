#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The store that links a table is a store-release on AArch64, whatever compiles it: a walker or a
reader on another CPU that sees the link sees what was stored before it."""

import os
import re
import tempfile

import tree

SOURCE = "src/tables.c"
COMPILERS = [[tree.CROSS + "gcc"], ["clang", "--target=aarch64-linux-gnu"]]
LEVELS = ["-O2", "-Os", "-O0"]


def mnemonics(path):
    disassembly = tree.run(tree.CROSS + "objdump", "-d", "--no-show-raw-insn", path)
    return re.findall(r"^\s+[0-9a-f]+:\s+(\S+)", disassembly, re.M)


def main():
    faults, builds = [], 0
    for compiler in COMPILERS:
        for level in LEVELS:
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "apply.o")
                tree.run(*compiler, level, "-std=c11", "-ffreestanding", f"-I{tree.TOP}/include",
                         "-c", "-o", path, SOURCE)
                if "stlr" not in mnemonics(path):
                    faults.append(f"{' '.join(compiler)} {level}: no stlr in {SOURCE}")
            builds += 1
    tree.finish(faults, builds)


main()
