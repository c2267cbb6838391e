#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The library needs memset and memcpy at most, exports only its prefixes, holds no writable data;
on the host and on AArch64, whatever the optimisation."""

import os
import tempfile

import tree

CORE = tree.sources("HYPMMU_SRCS")
ALL = CORE + tree.sources("HYPMMU_AARCH64_SRCS")
A64 = ["-ffreestanding", "-mgeneral-regs-only", "-mstrict-align", "-mno-outline-atomics"]
CLANG_A64 = ["clang", "--target=aarch64-none-elf"]
BUILDS = [
    ("", CORE, [["gcc", level] for level in ("-O0", "-O2", "-O3", "-Os")]
     + [["gcc", "-O2", "-ffreestanding"], ["clang", "-O0"], ["clang", "-O2"]]),
    (tree.CROSS, ALL, [[tree.CROSS + "gcc", level] + A64 for level in ("-O0", "-O2", "-Os")]
     + [[tree.CROSS + "gcc", "-O2", "-ffreestanding", "-mgeneral-regs-only"],
        CLANG_A64 + ["-O2"] + A64, CLANG_A64 + ["-Os"] + A64]),
]
MAY_NEED = {"memset", "memcpy"}
PREFIXES = ("hypmmu_", "hm_")


def link(folder, tools, compiler, names):
    """All sources as one relocatable object: what is undefined there, the library needs."""
    paths = [os.path.join(tree.TOP, name) for name in names]
    tree.run(*compiler, "-std=c11", f"-I{tree.TOP}/include", "-c", *paths, cwd=folder)
    objects = [f for f in os.listdir(folder) if f.endswith(".o")]
    if len(objects) != len(names):
        raise SystemExit(f"{len(names)} sources gave {len(objects)} objects")
    tree.run(tools + "ld", "-r", "-o", "all", *objects, cwd=folder)
    return os.path.join(folder, "all")


def symbol_faults(tools, path):
    for line in tree.run(tools + "nm", "-g", path).splitlines():
        kind, name = line.split()[-2:]
        if kind in "Uwv" and name not in MAY_NEED:
            yield f"needs {name}"
        if kind not in "Uwv" and not name.startswith(PREFIXES):
            yield f"exports {name}"


def data_faults(tools, path):
    for line in tree.run(tools + "objdump", "-h", "-w", path).splitlines():
        words = line.split()
        if not words or not words[0].isdigit():
            continue
        name, size = words[1], int(words[2], 16)
        constant = "READONLY" in line or name.startswith(".data.rel.ro")
        if size and "ALLOC" in line and not constant:
            yield f"{size} bytes of writable data in {name}"


def main():
    faults, builds = [], 0
    for tools, names, compilers in BUILDS:
        for compiler in compilers:
            with tempfile.TemporaryDirectory() as folder:
                path = link(folder, tools, compiler, names)
                found = [*symbol_faults(tools, path), *data_faults(tools, path)]
            faults += [f"{' '.join(compiler)}: {fault}" for fault in found]
            builds += 1
    tree.finish(faults, builds)


main()
