#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every row of the table in docs/hyp-mode.md names tests, and they exist; every call it names is
declared in a public header."""

import re

import tree

DOC = "docs/hyp-mode.md"
HEADERS = ["include/hypmmu/hypmmu.h", "include/hypmmu/hyp.h", "include/hypmmu/arch.h"]
REGISTERED = re.compile(r"hypmmu_add_(\w*)(?:test|lint)\((\w+)")
RUN = re.compile(r"(demo_kvm_hyp)_((?:\d+g_)?)(\w+?)_(\w+)$")


def known_tests():
    names = set()
    for path in ("tests/CMakeLists.txt", "tests/lint/CMakeLists.txt"):
        for found in REGISTERED.finditer(tree.read(path)):
            names.add(("lint_" if "lint" in path else "") + found[2])
    return names


def has_run(name):
    """demo_kvm_hyp_65g_4k_36: the words are in the example's list, or the granule is."""
    found = RUN.match(name)
    text = tree.read("examples/kvm-hyp/CMakeLists.txt")
    if not found:
        return False
    word = f"{found[3]}-{found[4]}".replace("_", "-")
    return re.search(rf"\b{word}\b", text) is not None or (
        bool(found[2]) and f"${{granule}}-{found[4]}" in text)


def faults_of(row, number, tests, declared):
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    if len(cells) != 4:
        return [f"{DOC}:{number}: {len(cells)} cells"]
    named = re.findall(r"`(\w+)`", cells[3])
    faults = [] if named else [f"{DOC}:{number}: no test"]
    faults += [f"{DOC}:{number}: there is no test {name}" for name in named
               if name not in tests and not has_run(name)]
    faults += [f"{DOC}:{number}: {call} is not declared"
               for call in re.findall(r"`(hypmmu_arch_\w+|hypmmu_\w+)(?:\(\))?`", cells[2])
               if not re.search(rf"\b{call}\(", declared)]
    return faults


def main():
    tests, declared = known_tests(), "".join(tree.read(name) for name in HEADERS)
    faults, rows = [], 0
    for number, line in enumerate(tree.read(DOC).split("\n"), 1):
        if not line.startswith("|") or re.match(r"\| KVM|\|---", line):
            continue
        rows += 1
        faults += faults_of(line, number, tests, declared)
    tree.finish(faults, rows)


main()
