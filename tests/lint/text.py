#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every file names its licence; our C is as clang-format has it; the version is one."""

import itertools
import re
import sys

import tree

LICENCE = "SPDX-License-Identifier: BSD-2-Clause"
NO_COMMENTS = (".json", "LICENSE")


def licence():
    names = [n for n in tree.files() if not n.endswith(NO_COMMENTS)]
    faults = [f"{n}: no licence in its first three lines" for n in names
              if LICENCE not in "\n".join(tree.read(n).split("\n")[:3])]
    tree.finish(faults, len(names))


def layout():
    names = tree.files(".c", ".h")
    faults = [f"{n}: switches clang-format off" for n in names
              if re.search(r"clang-format\s+off", tree.read(n))]
    for name in names:
        wanted = tree.run("clang-format", "--style=file", name).split("\n")
        lines = itertools.zip_longest(tree.read(name).split("\n"), wanted)
        differ = [number for number, (is_, ought) in enumerate(lines, 1) if is_ != ought]
        if differ:
            faults.append(f"{name}:{differ[0]}: not as clang-format has it")
    tree.finish(faults, len(names))


def version():
    project = re.search(r"project\(\w+ VERSION (\d+)\.(\d+)\.(\d+)", tree.read("CMakeLists.txt"))
    header = re.search(r"define HYPMMU_VERSION (0x\w+)", tree.read("include/hypmmu/hypmmu.h"))
    wanted = sum(int(part) << shift for part, shift in zip(project.groups(), (16, 8, 0)))
    faults = [] if int(header[1], 16) == wanted else [f"CMake has {wanted:#08x}, C {header[1]}"]
    tree.finish(faults, 2)


{"licence": licence, "layout": layout, "version": version}[sys.argv[1]]()
